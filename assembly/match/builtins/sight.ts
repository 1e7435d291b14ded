import { TextWindow } from "../detector";
import { ALPHANUMERIC, DIGIT, isOf, WORD } from "./characters";

/** How far back a word that says what a number is may begin. A power of two. */
export const CONTEXT_BYTES: i32 = 32;

const BACKSLASH: u32 = 0x5c;
export const UNDERSCORE: u32 = 0x5f;
/** So many underscores emphasise in Markdown. */
export const MAX_EMPHASIS: i32 = 3;

/**
 * The text as recognisers see it: by offset, forwards as far as it has come, backwards a little.
 *
 * A recogniser that looks at a byte that has not come yet reads 0 and is *short*: whatever it concluded is forgotten, and
 * it is asked again when there is more. So none of them needs to know how the text was cut.
 */
@final
export class Sight {
  /** The first byte that there is, and the one after the last. */
  start: i32 = 0;
  end: i32 = 0;
  /** Whether a byte was wanted that has not come yet. */
  isShort: bool = false;
  /** Where the candidate in hand may begin, at the earliest. */
  candidate: i32 = 0;
  /** Where the last hit ended: no other begins before. */
  settled: i32 = 0;

  /** What was found: nothing when `hitEnd` is 0. */
  hitId: i32 = 0;
  hitStart: i32 = 0;
  hitEnd: i32 = 0;
  /** The classes of bytes that continue the hit beyond `hitEnd`, and of those that do so between two such; 0 when it is over. */
  runClasses: u32 = 0;
  runJoiners: u32 = 0;

  private base: usize = 0;
  private isOpen: bool = false;
  private readonly context: StaticArray<u8> = new StaticArray<u8>(CONTEXT_BYTES);
  private contextEnd: i32 = 0;

  reset(): void {
    this.settled = 0;
    this.contextEnd = 0;
  }

  show(window: TextWindow): void {
    this.base = window.pointer - <usize>window.start;
    this.start = window.start;
    this.end = window.end;
    this.isOpen = !window.isLast;
  }

  /** The same in place, for where many are looked at. */

  @inline
  peekBefore(offset: i32): u32 {
    return offset >= this.start ? <u32>load<u8>(this.base + <usize>offset) : this.before(offset);
  }

  /** Keeps what may go out of the window but says what comes after it. */
  keepContext(until: i32): void {
    const context = changetype<usize>(this.context);
    for (let at = max(this.contextEnd, until - CONTEXT_BYTES); at < until; at++) {
      store<u8>(context + (at & (CONTEXT_BYTES - 1)), load<u8>(this.base + <usize>at));
    }
    this.contextEnd = until;
  }

  /** Where the byte at an offset lies. */

  @inline
  pointer(offset: i32): usize {
    return this.base + <usize>offset;
  }

  /** The byte at an offset from the window's start on; 0 where the text is over. */
  at(offset: i32): u32 {
    return this.peek(offset);
  }

  /** The same in place, for where many are looked at. */

  @inline
  peek(offset: i32): u32 {
    if (offset < this.end) return load<u8>(this.base + <usize>offset);
    this.isShort = this.isShort || this.isOpen;
    return 0;
  }

  /** The byte at an offset before one that is still in the window, up to `CONTEXT_BYTES` back; 0 before the text. */
  before(offset: i32): u32 {
    if (offset >= this.start) return load<u8>(this.base + <usize>offset);
    if (offset < 0 || offset >= this.contextEnd) return 0;
    return load<u8>(changetype<usize>(this.context) + (offset & (CONTEXT_BYTES - 1)));
  }

  /** Whether the text goes on with `text`, which is ASCII. */
  hasAt(offset: i32, text: string): bool {
    for (let i = 0; i < text.length; i++) if (this.at(offset + i) != text.charCodeAt(i)) return false;
    return true;
  }

  /** Whether `text`, in lower-case ASCII, ends before an offset; in either case. */
  hasBefore(offset: i32, text: string): bool {
    for (let i = 1; i <= text.length; i++) {
      if ((this.before(offset - i) | 0x20) != text.charCodeAt(text.length - i)) return false;
    }
    return true;
  }

  /** Whether a word may begin at an offset: no byte of `classes` is before, but for the letter of an escape such as `\n`. */
  beginsWord(offset: i32, classes: u32): bool {
    const byte = this.before(offset - 1);
    if (!isOf(byte, classes)) return true;
    return (byte == 0x6e || byte == 0x72 || byte == 0x74) && this.before(offset - 2) == BACKSLASH;
  }

  /** Whether a number or word may end before an offset, where another digit behind a full stop or a dash would go on. */
  endsNumber(offset: i32): bool {
    const byte = this.at(offset);
    if (byte == 0x5f || isOf(byte, ALPHANUMERIC)) return false;
    return (byte != 0x2e && byte != 0x2d) || !isOf(this.at(offset + 1), DIGIT);
  }

  /** Whether a number or word may end at `end` that begins at `start`; an underscore there is emphasis, or on both sides part of a name around it. */
  endsApart(start: i32, end: i32): bool {
    if (this.at(end) != UNDERSCORE) return this.endsNumber(end);
    if (this.before(start - 1) == UNDERSCORE) return true;
    let at = end + 1;
    while (at < end + MAX_EMPHASIS && this.at(at) == UNDERSCORE) at++;
    return !isOf(this.at(at), WORD);
  }

  /** Whether a number or word may both begin and end there. */
  isApart(start: i32, end: i32): bool {
    return this.endsApart(start, end) && this.beginsApart(start, end);
  }

  /** Whether it may begin there. */
  beginsApart(start: i32, end: i32): bool {
    if (this.before(start - 1) != UNDERSCORE || this.at(end) == UNDERSCORE) return true;
    let at = start - 2;
    while (at > start - 1 - MAX_EMPHASIS && this.before(at) == UNDERSCORE) at--;
    return !isOf(this.before(at), WORD);
  }

  /** Where a run of bytes of `classes` ends, or `limit`. A byte of `joiners` is of the run between two of its bytes. */
  runEnd(from: i32, limit: i32, classes: u32, joiners: u32): i32 {
    let at = from;
    while (at < limit) {
      const byte = this.peek(at);
      if (!isOf(byte, classes) && (!isOf(byte, joiners) || !isOf(this.at(at + 1), classes))) break;
      at++;
    }
    return at;
  }

  /** Finds a hit, if it does not begin within the one before. */
  found(id: i32, start: i32, end: i32): void {
    if (start < this.settled) return;
    this.hitId = id;
    this.hitStart = start;
    this.hitEnd = end;
  }

  /** Finds a hit that goes on until `runEnd`; where that is the limit, it is told in parts. */
  foundRun(id: i32, start: i32, end: i32, limit: i32, classes: u32, joiners: u32): void {
    this.found(id, start, end);
    if (end < limit || this.hitEnd == 0) return;
    this.runClasses = classes;
    this.runJoiners = joiners;
  }
}
