import { encodeUtf8 } from "../../bytes/text";
import { NONE } from "../../json/paths";
import { StringDecoder } from "../../json/string-decoder";
import { StringEnd } from "../../json/string-end";
import { ReplyEventType } from "./event-type";
import { ReplyKeyReader } from "./key-reader";
import { hashOfKey, ReplyKey } from "./keys";
import { ReplyListener } from "./listener";
import { ReplyLevel, ReplyLevels, scopeWithin, Scope } from "./scope";
import { mix, NO_POSITION, ReplySlots } from "./slots";
import { ReplyText, Use } from "./text";
import { TextForm } from "./text-form";

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

// What is told apart by these is told apart first; the other indexes are within it.
const INDEX = hashOfName("index");
const OUTPUT_INDEX = hashOfName("output_index");
const BLOCK_INDEX = hashOfName("contentBlockIndex");
const TOOLS = hashOfName("tools");
const OUTPUT = hashOfName("output");
const ITEM = hashOfName("item");
const SEQUENCE_NUMBER = hashOfName("sequence_number");

/**
 * Finds every text that a model has written in one JSON document of an answer, in whatever dialect: a whole answer, or the data
 * of one event. The document arrives in pieces; splitting it anywhere gives the same result.
 *
 * It goes by keys, wherever they are, and takes the string of a key that it doesn't know for a text: what it leaves out are ids,
 * types, models and the like, what the request said, and what is encrypted or no text at all. The document must be valid JSON, which
 * somebody else sees to. Never allocates after construction.
 */
@final
export class ReplyTexts {
  /** The document is one of a stream: it says what is added, or whether that is all. */
  isOfStream: bool = false;
  readonly slots: ReplySlots = new ReplySlots();
  readonly type: ReplyEventType = new ReplyEventType();

  private isKeyNext: bool = false;
  private isInString: bool = false;
  private readonly stringEnd: StringEnd = new StringEnd();
  private isInNumber: bool = false;
  /** What the string or number in hand is. */
  private use: Use = Use.None;
  /** Nothing of the string has come. */
  private isEmpty: bool = true;
  private number: u32 = 0;
  /** At which depth what repeats the text is open, and where that begins. */
  private repeatDepth: i32 = 0;
  private repeatStart: i32 = 0;
  /** What to add to an address for the place in the document. */
  private shift: usize = 0;
  private listener: ReplyListener | null = null;
  private readonly text: ReplyText = new ReplyText();
  private readonly key: ReplyKeyReader = new ReplyKeyReader();
  private readonly levels: ReplyLevels = new ReplyLevels();
  private readonly decoder: StringDecoder = new StringDecoder();

  /** Begins another document. */
  begin(listener: ReplyListener): void {
    this.listener = listener;
    this.isOfStream = false;
    this.isKeyNext = false;
    this.isInString = false;
    this.isInNumber = false;
    this.repeatDepth = 0;
    this.decoder.reset();
    this.levels.reset();
    this.slots.reset();
    this.type.reset();
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
          this.beginString(++at);
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

  private nextValue(): void {
    const level = this.levels.innermost;
    if (level.isObject) this.isKeyNext = true;
    else level.position++;
  }

  private open(isObject: bool, at: usize): void {
    const outer = this.levels.innermost;
    const isElement = !outer.isObject;
    const role = this.isListOfTools(outer) ? ReplyKey.Quote : this.roleIn(outer);
    const level = this.levels.enter();
    const scope = scopeWithin(outer.scope, role, isObject);
    const isRead = (scope & (Scope.Tree | Scope.Mute)) == 0;
    level.scope = scope;
    level.slot = outer.slot;
    if (scope & Scope.Whole) {
      // Nothing in it grows, so that one slot does for all of it.
      if ((outer.scope & Scope.Whole) == 0) level.slot = this.slots.add(outer.slot, NO_POSITION);
    } else if (isElement && isObject && isRead && this.levels.depth > 1) {
      level.slot = this.slots.add(outer.slot, outer.scope & Scope.Listed ? outer.position : NO_POSITION);
    }
    level.role = role;
    level.hash = isElement ? outer.hash : this.key.hash;
    level.path = role != ReplyKey.Unknown || isElement ? outer.path : mix(outer.path, level.hash);
    level.position = 0;
    level.place = mix(outer.place, isElement ? outer.position : this.key.hash);
    if (role == ReplyKey.Delta && isRead) this.slots.setAdded(outer.slot);
    this.isKeyNext = isObject;
    if (isRead || outer.isMuteOrTree || this.repeatDepth != 0) return;
    if (role != ReplyKey.Repeat && role != ReplyKey.RepeatList) return;
    this.repeatDepth = this.levels.depth;
    this.repeatStart = this.placeOf(at);
  }

  /** Tools that a server has told of (OpenAI, "Responses", `mcp_list_tools`); elsewhere the answer repeats the request's. */
  private isListOfTools(level: ReplyLevel): bool {
    return level.isObject && this.key.hash == TOOLS && (level.hash == OUTPUT || level.hash == ITEM);
  }

  private close(end: usize): void {
    if (this.repeatDepth != 0 && this.repeatDepth == this.levels.depth) {
      this.repeatDepth = 0;
      const place = this.placeOf(end);
      const isArray = !this.levels.innermost.isObject;
      if (place - this.repeatStart > EMPTY_BYTES) this.listener!.onRepeat(this.repeatStart, place, isArray);
    }
    this.levels.leave();
    this.isKeyNext = false;
  }

  private takeTrue(): void {
    const level = this.levels.innermost;
    if (!level.isObject || level.isMuteOrTree) return;
    if (this.key.role == ReplyKey.Thought) this.slots.setThought(level.slot);
    if (this.key.role == ReplyKey.Done) this.slots.setEnded(level.slot);
  }

  private beginString(at: usize): void {
    const level = this.levels.innermost;
    this.isInString = true;
    this.stringEnd.reset();
    this.isEmpty = true;
    if (this.isKeyNext) {
      this.use = this.useOfKey(level);
    } else {
      const hash = level.isObject ? this.key.hash : level.hash;
      this.use = this.text.useOf(this.roleIn(level), hash, level, this.levels.depth);
      if (this.use == Use.Type) this.type.reset();
    }
    this.tell(TextForm.String, at);
  }

  private useOfKey(level: ReplyLevel): Use {
    if (level.scope & Scope.Mute) return Use.None;
    if (level.scope & Scope.Tree) return this.text.setInTree(level, TextForm.Key);
    this.key.begin();
    return Use.Key;
  }

  private takeString(at: usize, end: usize): usize {
    const from = at;
    at = this.stringEnd.find(at, end);
    const length = <i32>(at - from);
    const use = this.use;
    if (at == end) {
      if (length > 0) this.addString(use, from, length);
      return end;
    }
    this.isInString = false;
    if (use == Use.Key) {
      this.endKey(from, length);
    } else if (use != Use.None) {
      if (length > 0) this.addString(use, from, length);
      this.endString(use, at);
    }
    return at + 1;
  }

  private addString(use: Use, from: usize, length: i32): void {
    this.isEmpty = false;
    switch (use) {
      case Use.Text:
        this.listener!.onRaw(from, length);
        break;
      case Use.Key:
        this.key.add(from, length);
        break;
      case Use.Type:
        this.decoder.decode(this.type, NONE, from, length);
        break;
      case Use.Path:
        this.slots.tellApart(this.levels.innermost.slot, this.key.hash, hashOfKey(from, length));
        break;
      case Use.Id:
      case Use.Model:
        this.listener!.onName(use == Use.Model, from, length);
    }
  }

  private endString(use: Use, at: usize): void {
    switch (use) {
      case Use.Type:
        this.decoder.finish(this.type, NONE);
        this.type.end();
        break;
      case Use.Finish:
        if (!this.isEmpty) this.slots.setEnded(this.levels.innermost.slot);
        break;
      default:
        this.tellEnd(at);
    }
  }

  private endKey(from: usize, length: i32): void {
    this.key.end(from, length);
    const role = this.key.role;
    if (role == ReplyKey.Delta || role == ReplyKey.Done || role == ReplyKey.EventType) this.isOfStream = true;
  }

  private beginNumber(at: usize): void {
    const level = this.levels.innermost;
    this.isInNumber = true;
    this.number = 0;
    if (this.levels.depth == 0 || this.repeatDepth != 0) this.use = Use.None;
    else if (level.scope & Scope.Tree) this.use = this.text.setInTree(level, TextForm.Number);
    else this.use = !level.isMuteOrTree && this.roleIn(level) == ReplyKey.Index ? Use.Index : Use.Noise;
    this.tell(TextForm.Number, at);
    const isOfEvent = this.use == Use.Noise && this.levels.depth == 1 && level.isObject;
    if (isOfEvent && this.key.hash == SEQUENCE_NUMBER) this.listener!.onSequenceNumber(this.placeOf(at));
  }

  private takeNumber(at: usize, end: usize): usize {
    const from = at;
    for (; at < end; at++) {
      const byte: u32 = load<u8>(at);
      if (byte - 0x30 < 10) this.number = this.number * 10 + (byte - 0x30);
      else if (byte != MINUS && byte != 0x2b && byte != 0x2e && (byte | 0x20) != 0x65) break;
    }
    if (at > from && this.use == Use.Text) this.listener!.onRaw(from, <i32>(at - from));
    if (at == end) return at;
    this.isInNumber = false;
    if (this.use == Use.Index) this.setIndex();
    else this.tellEnd(at);
    return at;
  }

  private setIndex(): void {
    const slot = this.levels.innermost.slot;
    const hash = this.key.hash;
    const isOuter = hash == INDEX || hash == OUTPUT_INDEX || hash == BLOCK_INDEX;
    if (isOuter) this.slots.setPosition(slot, this.number & i32.MAX_VALUE);
    else this.slots.tellApart(slot, hash, this.number);
  }

  /** What the next value is: a member by its key, an element by its array's. */
  private roleIn(level: ReplyLevel): ReplyKey {
    return level.isObject ? this.key.role : <ReplyKey>level.role;
  }

  private tell(form: TextForm, at: usize): void {
    if (this.use == Use.Text) this.tellText(at);
    else if (this.use == Use.Noise) this.listener!.onNoise(form, this.placeOf(at));
  }

  private tellText(at: usize): void {
    const level = this.levels.innermost;
    const text = this.text;
    text.isElement = !level.isObject;
    text.path = mix(level.place, text.isElement ? level.position : this.key.hash);
    this.listener!.onText(text, this.placeOf(at));
  }

  private tellEnd(at: usize): void {
    if (this.use == Use.Text) this.listener!.onTextEnd(this.placeOf(at));
    else if (this.use == Use.Noise) this.listener!.onNoiseEnd(this.placeOf(at));
  }


  @inline
  private placeOf(at: usize): i32 {
    return <i32>(at + this.shift);
  }
}

function hashOfName(name: string): u32 {
  const bytes = encodeUtf8(name);
  return hashOfKey(changetype<usize>(bytes), bytes.byteLength);
}
