import { StringEnd } from "../../json/string-end";
import { isSpace } from "../../json/space";

const LF: u32 = 0x0a;
const QUOTE: u32 = 0x22;
const COMMA: u32 = 0x2c;
const OPEN_ARRAY: u32 = 0x5b;
const CLOSE_ARRAY: u32 = 0x5d;
const OPEN_OBJECT: u32 = 0x7b;
const CLOSE_OBJECT: u32 = 0x7d;

/** What the last `feed` has found. */
export const enum Found {
  Nothing,
  /** The end of an object. */
  Object,
  /** The end of a line that is no JSON. */
  Garbage,
}

/**
 * Finds the objects of an answer that follow one another: one, one a line, or the elements of an array. It arrives in pieces;
 * splitting it anywhere gives the same result. Whether they are valid is somebody else's business.
 */
@final
export class ReplyObjects {
  /** Where the object, or the line, in hand begins; `offset` between two of them. */
  start: u64 = 0;
  /** How many bytes have been consumed. */
  offset: u64 = 0;
  /** Before which byte, between two objects, everything belongs to the one before; and where that was before the last one. */
  gapEnd: u64 = 0;
  lastGapEnd: u64 = 0;
  /** The objects are elements of an array. */
  isArray: bool = false;
  private depth: i32 = 0;
  private isGarbage: bool = false;
  private isInString: bool = false;
  private readonly stringEnd: StringEnd = new StringEnd();
  private hasComma: bool = false;

  /** Begins another answer, of which the first `offset` bytes are known already. */
  begin(offset: u64): void {
    this.offset = offset;
    this.start = offset;
    this.gapEnd = offset;
    this.lastGapEnd = offset;
    this.isArray = false;
    this.depth = 0;
    this.isGarbage = false;
    this.isInString = false;
    this.stringEnd.reset();
    this.hasComma = false;
  }

  /** Whether no object, and no line of anything else, has begun that hasn't ended. */
  @inline
  get isBetween(): bool {
    return this.depth == 0 && !this.isGarbage;
  }

  /** The next `length` bytes are an object. */
  skip(length: i32): void {
    this.lastGapEnd = this.gapEnd;
    this.offset += length;
    this.start = this.offset;
    this.gapEnd = this.offset;
    this.hasComma = false;
  }

  /** Consumes up to the end of an object or line, of which `objectStart` and `offset` tell the place, or all. */
  feed(pointer: usize, end: usize): Found {
    let at = pointer;
    if (this.isBetween) {
      at = this.skipGap(at, end);
      this.start = this.offset + (at - pointer);
      if (!this.hasComma) this.gapEnd = this.start;
      this.lastGapEnd = this.gapEnd;
    }
    let found = Found.Nothing;
    if (at < end) {
      if (this.isBetween) this.isGarbage = <u32>load<u8>(at) != OPEN_OBJECT;
      const stop = this.isGarbage ? endOfLine(at, end) : this.endOfObject(at, end);
      if (stop != 0) {
        found = this.isGarbage ? Found.Garbage : Found.Object;
        this.isGarbage = false;
        this.hasComma = false;
        end = stop;
      }
    }
    this.offset += end - pointer;
    if (found != Found.Nothing) this.gapEnd = this.offset;
    return found;
  }

  private skipGap(at: usize, end: usize): usize {
    for (; at < end; at++) {
      const byte: u32 = load<u8>(at);
      if (byte == COMMA) this.hasComma = true;
      else if (byte == OPEN_ARRAY) this.isArray = true;
      else if (byte != CLOSE_ARRAY && (byte > 0x20 || !isSpace(byte))) break;
    }
    return at;
  }

  /** Behind the object's last brace, or 0. */
  private endOfObject(at: usize, end: usize): usize {
    while (at < end) {
      if (this.isInString) {
        at = this.stringEnd.find(at, end);
        if (at == end) return 0;
        this.isInString = false;
        at++;
        continue;
      }
      const byte: u32 = load<u8>(at++);
      if (byte == QUOTE) this.isInString = true;
      else if (byte == OPEN_OBJECT) this.depth++;
      else if (byte == CLOSE_OBJECT && --this.depth == 0) return at;
    }
    return 0;
  }
}

/** Behind the first line feed, or 0. */
function endOfLine(at: usize, end: usize): usize {
  while (at < end) if (<u32>load<u8>(at++) == LF) return at;
  return 0;
}
