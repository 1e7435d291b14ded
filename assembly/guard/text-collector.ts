import { ByteBuffer } from "../bytes/buffer";
import { ByteString } from "../bytes/view";
import { appendJsonText } from "../json/quote";
import { TextScope } from "../llm/text-scope";
import { MaskedTexts } from "./masked-texts";

const MESSAGE = new ByteString('{"message":');
const ROLE = new ByteString('{"role":"');
const CONTENT = new ByteString('","content":');
const SYSTEM = new ByteString("system");
const USER = new ByteString("user");
const ASSISTANT = new ByteString("assistant");
const TOOL = new ByteString("tool");
const QUOTE: u8 = 0x22;
const COMMA: u8 = 0x2c;
const CLOSE: u8 = 0x7d;

/**
 * Before each part of a text, in bytes: its length, the scopes of the text, what the text is called, and where its next part is. Parts after
 * the first have no scopes, so that only their text finds them.
 */
const HEAD_BYTES: i32 = 16;
const SCOPES: i32 = 4;
const NAME: i32 = 8;
const NEXT: i32 = 12;
const EMPTY_HEAD = memory.data(HEAD_BYTES, 4);

/**
 * Keeps the texts of one exchange for services to judge, as far as its buffer has room for them. Texts may grow by turns, as those of
 * several choices do.
 */
@final
export class TextCollector {
  /** There was no room for all of them. */
  isOverflown: bool = false;
  /** How they are written; null: as they are. With it they have one part each. */
  edited: MaskedTexts | null = null;
  /** The first part that `scope` hasn't seen. */
  private unscoped: i32 = 0;
  /** The text that is told about. */
  private at: i32 = 0;

  constructor(private readonly texts: ByteBuffer) {}

  /** A text begins, which `name` gives back; its scopes are these, or with none those that `scope` says. Returns its latest part. */
  begin(name: i32, scopes: i32): i32 {
    const part = this.beginPart();
    if (this.isOverflown) return part;
    store<i32>(this.texts.pointer + part, scopes, SCOPES);
    store<i32>(this.texts.pointer + part, name, NAME);
    return part;
  }

  /** More of the text with this latest part; returns its latest part from now on. In each part a character is whole. */
  add(part: i32, pointer: usize, length: i32): i32 {
    if (this.isOverflown) return part;
    const last = this.after(part) == this.texts.length ? part : this.beginPart();
    if (this.isOverflown || !this.texts.append(pointer, length)) {
      this.isOverflown = true;
      return part;
    }
    const head = this.texts.pointer + last;
    store<i32>(head, load<i32>(head) + length);
    if (last != part) store<i32>(this.texts.pointer + part, last, NEXT);
    return last;
  }

  /** All texts since the last call have these scopes; they have one part each. */
  scope(scopes: i32): void {
    if (this.isOverflown) return;
    for (; this.unscoped < this.texts.length; this.unscoped = this.after(this.unscoped)) {
      store<i32>(this.texts.pointer + this.unscoped, scopes, SCOPES);
    }
  }

  /** Points `name` and `length` at the first text in these scopes; false when there is none. */
  first(scopes: i32): bool {
    this.at = this.next(0, scopes);
    return this.at >= 0;
  }

  /** And at the next one. */
  advance(scopes: i32): bool {
    this.at = this.next(this.after(this.at), scopes);
    return this.at >= 0;
  }

  countOf(scopes: i32): i32 {
    let count = 0;
    for (let at = this.next(0, scopes); at >= 0; at = this.next(this.after(at), scopes)) count++;
    return count;
  }

  /** Whether there may be a text in these scopes that isn't empty. */
  hasWords(scopes: i32): bool {
    if (this.isOverflown) return true;
    for (let at = this.next(0, scopes); at >= 0; at = this.next(this.after(at), scopes)) {
      const head = this.texts.pointer + at;
      if (load<i32>(head) > 0 || load<i32>(head, NEXT) > 0) return true;
    }
    return false;
  }

  get name(): i32 {
    return load<i32>(this.texts.pointer + this.at, NAME);
  }

  /** In bytes of UTF-8; of its first part. */
  get length(): i32 {
    return load<i32>(this.texts.pointer + this.at);
  }

  /** Appends it as it is written inside a JSON string. False when `out` has no room. */
  append(out: ByteBuffer): bool {
    return this.appendContent(out, this.at);
  }

  /**
   * Appends the texts in these scopes as `{"role","content"}`, each as the `message` of an object with `asChoices`, separated by
   * commas. False when `out` has no room.
   */
  appendMessages(out: ByteBuffer, scopes: i32, asChoices: bool): bool {
    let count = 0;
    for (let at = this.next(0, scopes); at >= 0; at = this.next(this.after(at), scopes)) {
      const role = roleOf(load<i32>(this.texts.pointer + at, SCOPES));
      const isWritten =
        (count++ == 0 || out.appendByte(COMMA)) &&
        (!asChoices || out.append(MESSAGE.pointer, MESSAGE.length)) &&
        out.append(ROLE.pointer, ROLE.length) &&
        out.append(role.pointer, role.length) &&
        out.append(CONTENT.pointer, CONTENT.length) &&
        this.appendText(out, at) &&
        out.appendByte(CLOSE) &&
        (!asChoices || out.appendByte(CLOSE));
      if (!isWritten) return false;
    }
    return true;
  }

  /** Appends the texts in these scopes as strings, separated by commas. False when `out` has no room. */
  appendStrings(out: ByteBuffer, scopes: i32): bool {
    let count = 0;
    for (let at = this.next(0, scopes); at >= 0; at = this.next(this.after(at), scopes)) {
      if ((count++ > 0 && !out.appendByte(COMMA)) || !this.appendText(out, at)) return false;
    }
    return true;
  }

  private appendText(out: ByteBuffer, at: i32): bool {
    return out.appendByte(QUOTE) && this.appendContent(out, at) && out.appendByte(QUOTE);
  }

  private appendContent(out: ByteBuffer, at: i32): bool {
    const edited = this.edited;
    if (edited != null) {
      const head = this.texts.pointer + at;
      return edited.append(load<i32>(head, NAME), head + HEAD_BYTES, load<i32>(head), out);
    }
    for (let part = at, isFirst = true; isFirst || part > 0; isFirst = false) {
      const head = this.texts.pointer + part;
      if (!appendJsonText(out, head + HEAD_BYTES, load<i32>(head))) return false;
      part = load<i32>(head, NEXT);
    }
    return true;
  }

  private beginPart(): i32 {
    const start = this.texts.length;
    if (this.isOverflown || !this.texts.append(EMPTY_HEAD, HEAD_BYTES)) this.isOverflown = true;
    return start;
  }

  /** The first text in these scopes from `at` on, or -1. */
  private next(at: i32, scopes: i32): i32 {
    while (at < this.texts.length) {
      if ((load<i32>(this.texts.pointer + at, SCOPES) & scopes) != 0) return at;
      at = this.after(at);
    }
    return -1;
  }

  private after(at: i32): i32 {
    return at + HEAD_BYTES + load<i32>(this.texts.pointer + at);
  }
}

function roleOf(scopes: i32): ByteString {
  if ((scopes & TextScope.System) != 0) return SYSTEM;
  if ((scopes & TextScope.User) != 0) return USER;
  return (scopes & TextScope.ToolOutput) != 0 ? TOOL : ASSISTANT;
}
