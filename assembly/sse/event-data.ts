import { findLineEnd } from "./framer";

const LF: u32 = 0x0a;
const CR: u32 = 0x0d;
const SPACE: u32 = 0x20;
const COLON: u32 = 0x3a;
/** First letter lowest. */
const NAME: u32 = 0x61746164; // "data"
const NAME_LENGTH: usize = 4;

/** The data lines of one event of a Server-Sent Events stream, which is there as a whole. */
@final
export class EventData {
  /** The value of the line that `next` found. */
  start: usize = 0;
  end: usize = 0;
  private at: usize = 0;
  private limit: usize = 0;

  /** The event is [start, end). */
  begin(start: usize, end: usize): void {
    this.at = start;
    this.limit = end;
  }

  /** Goes to the next data line; false when there is none. */
  next(): bool {
    const limit = this.limit;
    while (this.at < limit) {
      const line = this.at;
      const end = findLineEnd(line, limit);
      this.at = end + 1;
      if (end + 1 < limit && load<u8>(end) == CR && load<u8>(end, 1) == LF) this.at = end + 2;
      const value = line + NAME_LENGTH;
      if (value > end || load<u32>(line) != NAME) continue;
      if (value < end && load<u8>(value) != COLON) continue;
      this.start = min(value + 1, end);
      if (this.start < end && load<u8>(this.start) == SPACE) this.start++;
      this.end = end;
      return true;
    }
    return false;
  }
}
