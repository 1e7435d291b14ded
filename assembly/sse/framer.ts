import { EventListener } from "./listener";
import { lanes } from "../bytes/lanes";

const LF: u32 = 0x0a;
const CR: u32 = 0x0d;
const SPACE: u32 = 0x20;
const COLON: u32 = 0x3a;
/** The only field that is read, first letter lowest. */
const NAME: u32 = 0x61746164; // "data"
const NAME_LENGTH: i32 = 4;
/** First byte lowest. */
const BYTE_ORDER_MARK: u32 = 0xbfbbef;
const MARK_LENGTH: i32 = 3;
const LINE_FEED = memory.data<u8>([0x0a]);

/** What the next byte belongs to. */
const enum Within {
  Mark,
  LineStart,
  Name,
  ValueStart,
  Data,
  /** The rest of a comment, or of a field that isn't read. */
  Other,
}

/**
 * Finds the events of a Server-Sent Events stream that arrives in pieces (WHATWG HTML, "Interpreting an event stream");
 * splitting it anywhere gives the same result, but for how data is cut into `onData`.
 *
 * Data lines are joined with LF. An event without a data line is not reported, and neither is one that the stream's end
 * cuts off: `isOpen` tells. A line that ends with CR is over when the byte after it, or the end, is known. Names, ids and
 * retry times are not reported. Keeps no byte of the stream and never allocates.
 */
@final
export class SseFramer {
  /** How many bytes have been consumed. */
  offset: u64 = 0;
  /** Where the event in hand begins. */
  eventStart: u64 = 0;
  /** Whether the event in hand has data. */
  isOpen: bool = false;
  private within: Within = Within.Mark;
  /** How much of the mark or of the field's name was read. */
  private matched: i32 = 0;
  private isAfterCr: bool = false;

  constructor(private readonly listener: EventListener) {}

  /** Begins another stream, of which the first `offset` bytes, blank or a byte order mark, are known already. */
  begin(offset: u64): void {
    this.offset = offset;
    this.eventStart = offset;
    this.isOpen = false;
    this.within = Within.Mark;
    this.matched = 0;
    this.isAfterCr = false;
  }

  /** Whether no byte of an event has been consumed, and the next one begins one. */
  @inline
  get isBetween(): bool {
    return this.within == Within.LineStart && this.eventStart == this.offset && !this.isAfterCr;
  }

  /** Instead of `feed`: the next `length` bytes are an event as a whole, which nobody hears about. Only where `isBetween`. */
  skip(length: i32): void {
    this.offset += length;
    this.eventStart = this.offset;
  }

  feed(pointer: usize, length: i32): void {
    const end = pointer + length;
    const base = this.offset - pointer;
    let at = pointer;
    if (this.isAfterCr && at < end) {
      this.isAfterCr = false;
      if (load<u8>(at) == LF) at++;
      this.endLine(base + at);
    }
    while (at < end) {
      if (this.within == Within.LineStart && at + NAME_LENGTH + 2 <= end && load<u32>(at) == NAME) {
        if (load<u8>(at, NAME_LENGTH) == COLON) {
          at += NAME_LENGTH + 1;
          if (load<u8>(at) == SPACE) at++;
          this.beginData();
          this.within = Within.Data;
        }
      }
      if (this.within < Within.Data) {
        at = this.takeStructure(at, end, base);
        continue;
      }
      const lineEnd = findLineEnd(at, end);
      if (this.within == Within.Data && lineEnd > at) this.listener.onData(at, <i32>(lineEnd - at));
      at = lineEnd < end ? this.takeLineEnd(lineEnd, end, base) : end;
    }
    this.offset = base + end;
  }

  /** The stream is over. */
  finish(): void {
    if (!this.isAfterCr) return;
    this.isAfterCr = false;
    this.endLine(this.offset);
  }

  /** Takes one byte of what stands before a value. */
  private takeStructure(at: usize, end: usize, base: u64): usize {
    const byte: u32 = load<u8>(at);
    switch (this.within) {
      case Within.Mark:
        if (byte == ((BYTE_ORDER_MARK >> (this.matched << 3)) & 0xff)) {
          if (++this.matched == MARK_LENGTH) {
            this.within = Within.LineStart;
            this.eventStart = base + at + 1;
          }
          return at + 1;
        }
        this.within = this.matched > 0 ? Within.Other : Within.LineStart;
        return at;
      case Within.LineStart:
        if (byte == LF || byte == CR) return this.takeLineEnd(at, end, base);
        this.matched = 0;
        this.within = Within.Name;
        return at;
      case Within.Name:
        if (this.matched < NAME_LENGTH) {
          if (byte != ((NAME >> (this.matched << 3)) & 0xff)) {
            this.within = Within.Other;
            return at;
          }
          this.matched++;
          return at + 1;
        }
        if (byte == COLON) {
          this.beginData();
          this.within = Within.ValueStart;
          return at + 1;
        }
        if (byte == LF || byte == CR) this.beginData();
        this.within = Within.Other;
        return at;
      default:
        this.within = Within.Data;
        return byte == SPACE ? at + 1 : at;
    }
  }

  private beginData(): void {
    if (this.isOpen) this.listener.onData(LINE_FEED, 1);
    this.isOpen = true;
  }

  /** Takes a line's end, of which the last byte may be in the next piece. */
  private takeLineEnd(at: usize, end: usize, base: u64): usize {
    const byte: u32 = load<u8>(at++);
    if (byte == CR) {
      if (at == end) {
        this.isAfterCr = true;
        return at;
      }
      if (load<u8>(at) == LF) at++;
    }
    this.endLine(base + at);
    return at;
  }

  private endLine(end: u64): void {
    if (this.within != Within.LineStart) {
      this.within = Within.LineStart;
      return;
    }
    const start = this.eventStart;
    this.eventStart = end;
    if (!this.isOpen) return;
    this.isOpen = false;
    this.listener.onEventEnd(start, end);
  }
}

/** The first CR or LF of [at, end), or `end`. */
export function findLineEnd(at: usize, end: usize): usize {
  const lf = lanes(LF);
  const cr = lanes(CR);
  while (at + 16 <= end) {
    const bytes = v128.load(at);
    const mask = i8x16.bitmask(v128.or(i8x16.eq(bytes, lf), i8x16.eq(bytes, cr)));
    if (mask) return at + ctz(mask);
    at += 16;
  }
  while (at < end) {
    const byte: u32 = load<u8>(at);
    if (byte == LF || byte == CR) break;
    at++;
  }
  return at;
}
