import { encodeUtf8 } from "../bytes/text";
import { StringDecoder } from "../json/string-decoder";
import { findQuoteOrBackslash } from "../json/string-end";
import { JsonListener } from "../json/listener";
import { NONE } from "../json/paths";
import { MAX_DEPTH } from "../json/scanner";
import { ReplyEventType } from "./reply-event-type";
import { hashOfKey, ReplyKey, roleOfKey } from "./reply-keys";
import { ReplyListener, TextForm } from "./reply-listener";
import { TextKind } from "./reply-scanner";
import { NO_POSITION, ReplySlots } from "./reply-slots";

const QUOTE: u32 = 0x22;
const COMMA: u32 = 0x2c;
const MINUS: u32 = 0x2d;
const COLON: u32 = 0x3a;
const OPEN_ARRAY: u32 = 0x5b;
const CLOSE_ARRAY: u32 = 0x5d;
const LETTER_T: u32 = 0x74;
const OPEN_OBJECT: u32 = 0x7b;
const CLOSE_OBJECT: u32 = 0x7d;

/** Of an array or object with nothing in it. */
const EMPTY_BYTES: i32 = 2;

/** A longer key is none that is known. */
const MAX_KEY: i32 = 64;

// What is told apart by these is told apart first; the other indexes are within it.
const INDEX = hashOfName("index");
const OUTPUT_INDEX = hashOfName("output_index");
const BLOCK_INDEX = hashOfName("contentBlockIndex");

/** What all that `ReplyKey.Text` says belongs to. */
const TEXT_GROUP: u32 = 1;

/** What holds for everything in an object or array; the three lowest bits are the kind of its texts. */
const enum Scope {
  KindMask = 7,
  Object = 8,
  /** The model wrote all of it. */
  Tree = 16,
  Mute = 32,
  /** The object itself is what is added to a message. */
  Delta = 64,
  Choices = 128,
  /** What is in it has been said before. */
  Whole = 256,
  Source = 512,
  /** Its elements are told apart by position. */
  Listed = 1024,
  Repeat = 2048,
}

const INHERITED: i32 = Scope.KindMask | Scope.Tree | Scope.Mute | Scope.Choices | Scope.Whole | Scope.Source;

/** What the string in hand is. */
const enum Use {
  None,
  Key,
  Text,
  Noise,
  Type,
  Finish,
  Path,
  Id,
  Model,
  Index,
}

/** Where an object or array is within the document. */
@final
@unmanaged
class Level {
  scope: i32;
  slot: i32;
  /** Of an array: the role and hash of its key, which its elements share, and how many have begun. */
  role: i32;
  hash: u32;
  position: i32;
}

const LEVEL_BYTES: i32 = 20;

/** Decodes a key, up to `MAX_KEY` bytes of it. */
@final
class KeyBytes extends JsonListener {
  length: i32 = 0;
  readonly bytes: StaticArray<u8> = new StaticArray<u8>(MAX_KEY);

  override onBytes(path: i32, pointer: usize, length: i32): void {
    const room = MAX_KEY - this.length;
    if (room > 0) memory.copy(changetype<usize>(this.bytes) + this.length, pointer, min(length, room));
    this.length += length;
  }
}

/**
 * Finds every text that a model has written in one JSON document of an answer, in whatever dialect: a whole answer, or the data
 * of one event. The document arrives in pieces; splitting it anywhere gives the same result.
 *
 * It goes by keys, wherever they are, and takes the string of a key that it doesn't know for a text: what it is told to leave
 * out are ids, types, models and the like, what the request said, and what is encrypted or no text at all. The document must be
 * valid JSON, which somebody else sees to. Never allocates after construction.
 */
@final
export class ReplyTexts {
  /** The text that has begun, for the listener. */
  kind: TextKind = TextKind.Content;
  form: TextForm = TextForm.String;
  /** In an event that isn't whole, this is more of a text that began earlier. */
  grows: bool = false;
  /** Which of the growing texts of one slot it is. */
  group: u32 = 0;
  /** Its kind and group are those of the event's type. */
  isTyped: bool = false;
  slot: i32 = 0;
  /** The document is one of a stream: it says what is added, or whether that is all. */
  isOfStream: bool = false;
  readonly slots: ReplySlots = new ReplySlots();
  readonly type: ReplyEventType = new ReplyEventType();

  private depth: i32 = 0;
  private isKeyNext: bool = false;
  private isInString: bool = false;
  private isAfterBackslash: bool = false;
  private isInNumber: bool = false;
  private use: Use = Use.None;
  /** Whether anything of the string has come. */
  private isEmpty: bool = true;
  private role: ReplyKey = ReplyKey.Unknown;
  private hash: u32 = 0;
  private number: u32 = 0;
  private repeatLevel: i32 = 0;
  private repeatStart: i32 = 0;
  /** What to add to an address for the place in the document. */
  private shift: usize = 0;
  private listener: ReplyListener | null = null;
  private readonly levels: StaticArray<u8> = new StaticArray<u8>((MAX_DEPTH + 1) * LEVEL_BYTES);
  private readonly key: KeyBytes = new KeyBytes();
  private readonly decoder: StringDecoder = new StringDecoder();

  /** Begins another document. */
  begin(listener: ReplyListener): void {
    this.listener = listener;
    this.depth = 0;
    this.isKeyNext = false;
    this.isInString = false;
    this.isInNumber = false;
    this.repeatLevel = 0;
    this.isOfStream = false;
    this.decoder.reset();
    this.slots.reset();
    this.type.reset();
    const root = this.level(0);
    root.scope = TextKind.Content;
    root.slot = 0;
    root.role = ReplyKey.Text;
    root.hash = 0;
    root.position = NO_POSITION;
  }

  /** Takes more of the document, of which `pointer` is at `place`. */
  feed(pointer: usize, end: usize, place: i32): void {
    this.shift = <usize>place - pointer;
    let at = pointer;
    if (this.isInNumber) at = this.takeNumber(at, end);
    while (at < end) {
      if (this.isInString) {
        at = this.takeString(at, end);
        continue;
      }
      const byte: u32 = load<u8>(at);
      switch (byte) {
        case QUOTE:
          at = this.beginString(at + 1);
          continue;
        case COMMA:
          this.nextValue();
          break;
        case COLON:
          this.isKeyNext = false;
          break;
        case OPEN_OBJECT:
        case OPEN_ARRAY:
          this.open(byte == OPEN_OBJECT, at);
          break;
        case CLOSE_OBJECT:
        case CLOSE_ARRAY:
          this.close(at + 1);
          break;
        case LETTER_T:
          this.takeTrue();
          break;
        default:
          if (byte == MINUS || byte - 0x30 < 10) {
            this.beginNumber(at);
            at = this.takeNumber(at, end);
            continue;
          }
      }
      at++;
    }
  }

  /** The document is over. */
  finish(): void {
    // Only a document that is nothing but a number ends in one, and that is no text.
    this.isInNumber = false;
  }

  private nextValue(): void {
    const level = this.level(this.depth);
    if (level.scope & Scope.Object) this.isKeyNext = true;
    else level.position++;
  }

  private open(isObject: bool, at: usize): void {
    const outer = this.level(this.depth);
    const isElement = (outer.scope & Scope.Object) == 0;
    const role = <ReplyKey>(isElement ? outer.role : this.role);
    let scope = (outer.scope & INHERITED) | (isObject ? Scope.Object : 0);
    if ((scope & (Scope.Tree | Scope.Mute)) == 0) scope = this.scopeOf(role, scope, isObject, at);
    if (this.depth < MAX_DEPTH) this.depth++;
    const level = this.level(this.depth);
    level.slot = outer.slot;
    if (isElement && isObject && this.depth > 1 && (scope & (Scope.Tree | Scope.Mute)) == 0) {
      level.slot = this.slots.add(outer.slot, outer.scope & Scope.Listed ? outer.position : NO_POSITION);
    }
    level.scope = scope;
    level.role = role;
    level.hash = isElement ? outer.hash : this.hash;
    level.position = 0;
    this.isKeyNext = isObject;
  }

  private scopeOf(role: ReplyKey, scope: i32, isObject: bool, at: usize): i32 {
    switch (role) {
      case ReplyKey.Reasoning:
        return (scope & ~Scope.KindMask) | TextKind.Reasoning;
      case ReplyKey.Call:
        return (scope & ~Scope.KindMask) | TextKind.ToolInput;
      case ReplyKey.ToolInput:
        return (scope & ~Scope.KindMask) | TextKind.ToolInput | Scope.Tree;
      case ReplyKey.Delta:
        return scope | Scope.Delta;
      case ReplyKey.Choices:
        return scope | Scope.Choices | Scope.Listed;
      case ReplyKey.ToolCalls:
        return scope | Scope.Listed;
      case ReplyKey.Message:
        return scope & Scope.Choices ? scope | Scope.Whole : scope;
      case ReplyKey.Source:
        return scope | Scope.Source;
      case ReplyKey.MuteTree:
        return scope | Scope.Mute;
      case ReplyKey.RepeatList:
        if (isObject) return scope;
      case ReplyKey.Repeat:
        if (this.repeatLevel == 0) {
          this.repeatLevel = this.depth + 1;
          this.repeatStart = this.placeOf(at);
        }
        return scope | Scope.Mute;
      default:
        return scope;
    }
  }

  private close(end: usize): void {
    if (this.repeatLevel != 0 && this.repeatLevel == this.depth) {
      this.repeatLevel = 0;
      const isArray = (this.level(this.depth).scope & Scope.Object) == 0;
      const place = this.placeOf(end);
      if (place - this.repeatStart > EMPTY_BYTES) this.listener!.onRepeat(this.repeatStart, place, isArray);
    }
    if (this.depth > 0) this.depth--;
    this.isKeyNext = false;
  }

  private takeTrue(): void {
    const level = this.level(this.depth);
    if ((level.scope & Scope.Object) == 0 || (level.scope & (Scope.Mute | Scope.Tree)) != 0) return;
    if (this.role == ReplyKey.Thought) this.slots.setThought(level.slot);
    if (this.role == ReplyKey.Done) this.slots.setEnded(level.slot);
  }

  private beginString(at: usize): usize {
    const level = this.level(this.depth);
    this.isInString = true;
    this.isAfterBackslash = false;
    this.isEmpty = true;
    this.use = this.isKeyNext ? this.useOfKey(level) : this.useOfString(level);
    if (this.use == Use.Text || this.use == Use.Noise) this.tell(this.use, at);
    return at;
  }

  private tell(use: Use, at: usize): void {
    const listener = this.listener!;
    if (use == Use.Text) listener.onText(this, this.placeOf(at));
    else listener.onNoise(TextForm.String, this.placeOf(at));
  }

  private useOfKey(level: Level): Use {
    this.key.length = 0;
    if (level.scope & Scope.Mute) return Use.None;
    if ((level.scope & Scope.Tree) == 0) return Use.Key;
    return this.useAsText(level, TextForm.Key, TextKind.ToolInput, false, 0);
  }

  private useOfString(level: Level): Use {
    const scope = level.scope;
    if (scope & Scope.Mute) return Use.None;
    const kind = <TextKind>(scope & Scope.KindMask);
    if (scope & Scope.Tree) return this.useAsText(level, TextForm.String, kind, false, 0);
    const isMember = (scope & Scope.Object) != 0;
    const hash = isMember ? this.hash : level.hash;
    switch (isMember ? this.role : level.role) {
      case ReplyKey.Mute:
      case ReplyKey.MuteTree:
      case ReplyKey.Index:
        return Use.None;
      case ReplyKey.Noise:
      case ReplyKey.Created:
        return Use.Noise;
      case ReplyKey.Type:
      case ReplyKey.EventType:
        if (this.depth != 1) return Use.None;
        this.type.reset();
        return Use.Type;
      case ReplyKey.Finish:
        return Use.Finish;
      case ReplyKey.Path:
        return Use.Path;
      case ReplyKey.Id:
        return this.depth <= 2 ? Use.Id : Use.None;
      case ReplyKey.Model:
        return this.depth <= 2 ? Use.Model : Use.None;
      case ReplyKey.Data:
        if ((scope & Scope.Source) == 0) return Use.None;
        return this.useAsText(level, TextForm.String, kind, false, hash);
      case ReplyKey.Text:
        return this.useAsText(level, TextForm.String, kind, true, TEXT_GROUP);
      case ReplyKey.Delta:
        this.useAsText(level, TextForm.String, kind, true, hash);
        this.isTyped = true;
        return Use.Text;
      case ReplyKey.Reasoning:
        return this.useAsText(level, TextForm.String, TextKind.Reasoning, true, hash);
      case ReplyKey.Refusal:
        return this.useAsText(level, TextForm.String, TextKind.Refusal, true, hash);
      case ReplyKey.Aside:
        return this.useAsText(level, TextForm.String, kind, true, hash);
      case ReplyKey.ToolInput:
        return this.useAsText(level, TextForm.String, TextKind.ToolInput, true, hash);
      case ReplyKey.ToolOutput: {
        const from = this.depth == 1 ? TextKind.Content : TextKind.ToolOutput;
        return this.useAsText(level, TextForm.String, from, true, hash);
      }
      case ReplyKey.Name:
        return this.useAsText(level, TextForm.String, TextKind.ToolInput, false, hash);
      default:
        return this.useAsText(level, TextForm.String, kind, (scope & Scope.Delta) != 0, hash);
    }
  }

  private useAsText(level: Level, form: TextForm, kind: TextKind, grows: bool, group: u32): Use {
    this.form = form;
    this.kind = kind;
    this.grows = grows && (level.scope & Scope.Whole) == 0;
    this.group = group;
    this.isTyped = false;
    this.slot = level.slot;
    return Use.Text;
  }

  private takeString(at: usize, end: usize): usize {
    const from = at;
    if (this.isAfterBackslash) {
      this.isAfterBackslash = false;
      at++;
    }
    while (true) {
      at = findQuoteOrBackslash(at, end);
      if (at == end || load<u8>(at) == QUOTE) break;
      if (at + 1 == end) {
        this.isAfterBackslash = true;
        at = end;
        break;
      }
      at += 2;
    }
    const use = this.use;
    if (use == Use.Key && at < end) {
      this.endKey(from, <i32>(at - from));
      this.isInString = false;
      return at + 1;
    }
    if (at > from && use != Use.None) this.addString(use, from, <i32>(at - from));
    if (at == end) return end;
    this.isInString = false;
    if (use != Use.None) this.endString(use, at);
    return at + 1;
  }

  private addString(use: Use, from: usize, length: i32): void {
    this.isEmpty = false;
    switch (use) {
      case Use.Text:
        this.listener!.onRaw(from, length);
        break;
      case Use.Key:
        this.decoder.decode(this.key, NONE, from, length);
        break;
      case Use.Type:
        this.decoder.decode(this.type, NONE, from, length);
        break;
      case Use.Path:
        this.slots.tellApart(this.level(this.depth).slot, this.hash, hashOfKey(from, length));
        break;
      case Use.Id:
      case Use.Model:
        this.listener!.onName(use == Use.Model, from, length);
    }
  }

  private endString(use: Use, at: usize): void {
    if (use == Use.Text) this.listener!.onTextEnd(this.placeOf(at));
    else if (use == Use.Noise) this.listener!.onNoiseEnd(this.placeOf(at));
    else if (use == Use.Type) this.endType();
    else if (use == Use.Finish && !this.isEmpty) this.slots.setEnded(this.level(this.depth).slot);
  }

  private endType(): void {
    this.decoder.finish(this.type, NONE);
    this.type.end();
  }

  /** The rest of a key; it is the whole one when nothing of it came before. */
  private endKey(pointer: usize, length: i32): void {
    const key = this.key;
    if (!this.isEmpty || hasBackslash(pointer, length)) {
      this.decoder.decode(key, NONE, pointer, length);
      this.decoder.finish(key, NONE);
      pointer = changetype<usize>(key.bytes);
      length = key.length;
    }
    if (length > MAX_KEY) length = 0;
    this.hash = hashOfKey(pointer, length);
    this.role = roleOfKey(this.hash, pointer, length);
    if (this.role == ReplyKey.Delta || this.role == ReplyKey.Done || this.role == ReplyKey.EventType)
      this.isOfStream = true;
  }

  private beginNumber(at: usize): void {
    this.isInNumber = true;
    this.number = 0;
    const level = this.level(this.depth);
    const scope = level.scope;
    this.use = Use.None;
    if (this.depth == 0 || this.repeatLevel != 0) return;
    if (scope & Scope.Tree) this.use = this.useAsText(level, TextForm.Number, TextKind.ToolInput, false, 0);
    else if ((scope & (Scope.Mute | Scope.Object)) == Scope.Object && this.role == ReplyKey.Index) this.use = Use.Index;
    else this.use = Use.Noise;
    if (this.use == Use.Text) this.listener!.onText(this, this.placeOf(at));
    else if (this.use == Use.Noise) this.listener!.onNoise(TextForm.Number, this.placeOf(at));
  }

  private takeNumber(at: usize, end: usize): usize {
    const from = at;
    for (; at < end; at++) {
      const byte: u32 = load<u8>(at);
      if (byte - 0x30 < 10) this.number = this.number * 10 + (byte - 0x30);
      else if (byte != MINUS && byte != 0x2b && byte != 0x2e && (byte | 0x20) != 0x65) break;
    }
    if (at > from && this.use == Use.Text) this.listener!.onRaw(from, <i32>(at - from));
    if (at < end) this.endNumber(at);
    return at;
  }

  private endNumber(at: usize): void {
    this.isInNumber = false;
    if (this.use == Use.Text) this.listener!.onTextEnd(this.placeOf(at));
    else if (this.use == Use.Noise) this.listener!.onNoiseEnd(this.placeOf(at));
    else if (this.use == Use.Index) this.setIndex();
  }

  private setIndex(): void {
    const slot = this.level(this.depth).slot;
    const isOuter = this.hash == INDEX || this.hash == OUTPUT_INDEX || this.hash == BLOCK_INDEX;
    if (isOuter) this.slots.setPosition(slot, this.number & i32.MAX_VALUE);
    else this.slots.tellApart(slot, this.hash, this.number);
  }

  private placeOf(at: usize): i32 {
    return <i32>(at + this.shift);
  }


  @inline
  private level(depth: i32): Level {
    return changetype<Level>(changetype<usize>(this.levels) + <usize>depth * LEVEL_BYTES);
  }
}

function hashOfName(name: string): u32 {
  const bytes = encodeUtf8(name);
  return hashOfKey(changetype<usize>(bytes), bytes.byteLength);
}

function hasBackslash(pointer: usize, length: i32): bool {
  return findQuoteOrBackslash(pointer, pointer + length) < pointer + length;
}
