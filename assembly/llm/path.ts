import { hexDigit } from "../bytes/percent";

/** Longest path that is compared, in bytes once normalised. */
export const MAX_PATH: i32 = 8192;
const MAX_RAW_OFFSET: i32 = 0xffff;

const NORMALISED = new StaticArray<u8>(MAX_PATH);
/** Where each normalised byte was in the path as it came. */
const RAW_OFFSETS = new StaticArray<u16>(MAX_PATH);

/**
 * A request path, normalised for comparison; what is forwarded stays as it came.
 *
 * Removed: query, fragment, `;parameters` of a segment, empty segments, `.` and `..` (also `..;`, as Tomcat reads it), a
 * trailing slash. Percent-encoding is undone once; a backslash and the encoded `%2F` and `%5C` separate segments, since some
 * servers take them so. What comes out is empty or "/segment/segment", in its own case, with the segments' bytes.
 *
 * Fixed memory, shared by all instances: what it holds lasts until the next `normalise` of any of them. A path that is
 * longer than MAX_PATH once normalised, or 64 KiB as it came, is unknown: it comes out empty.
 */
@final
export class RequestPath {
  length: i32 = 0;
  private raw: usize = 0;
  private rawLength: i32 = 0;


  @inline
  get pointer(): usize {
    return changetype<usize>(NORMALISED);
  }

  /** False when the path is too long; it is empty then. */
  normalise(raw: usize, rawLength: i32): bool {
    this.raw = raw;
    this.rawLength = this.lengthWithoutQuery(raw, rawLength);
    this.length = 0;
    if (this.rawLength > MAX_RAW_OFFSET) return false;
    let at = 0;
    while (at < this.rawLength) {
      at = this.takeSegment(at);
      if (at < 0) {
        this.length = 0;
        return false;
      }
    }
    return true;
  }

  /** Where the normalised byte at `index` begins in the path as it came. */
  rawStart(index: i32): i32 {
    return <i32>unchecked(RAW_OFFSETS[index]);
  }

  /** Where the normalised byte at `index` ends in the path as it came. */
  rawEnd(index: i32): i32 {
    const start = this.rawStart(index);
    return start + (this.encodedAt(start) >= 0 ? 3 : 1);
  }

  private lengthWithoutQuery(raw: usize, rawLength: i32): i32 {
    for (let i = 0; i < rawLength; i++) {
      const byte = load<u8>(raw + i);
      if (byte == 0x3f /* ? */ || byte == 0x23 /* # */) return i;
    }
    return rawLength;
  }

  /** Takes one segment from `at`; returns where the next one begins, or -1 when there is no room. */
  private takeSegment(at: i32): i32 {
    const before = this.length;
    let isParameter = false;
    while (at < this.rawLength) {
      const encoded = this.encodedAt(at);
      const isEncoded = encoded >= 0;
      const byte = isEncoded ? <u8>encoded : load<u8>(this.raw + at);
      const start = at;
      at += isEncoded ? 3 : 1;
      if (byte == 0x2f /* / */ || byte == 0x5c /* \ */) break;
      if (byte == 0x3b /* ; */ && !isEncoded) isParameter = true;
      if (isParameter) continue;
      if (this.length == before && !this.append(0x2f, start)) return -1;
      if (!this.append(byte, start)) return -1;
    }
    this.dropDots(before);
    return at;
  }

  private append(byte: u8, rawOffset: i32): bool {
    if (this.length == MAX_PATH) return false;
    unchecked((NORMALISED[this.length] = byte));
    unchecked((RAW_OFFSETS[this.length] = <u16>rawOffset));
    this.length++;
    return true;
  }

  private dropDots(segment: i32): void {
    const length = this.length - segment;
    if (length < 2 || length > 3 || unchecked(NORMALISED[segment + 1]) != 0x2e /* . */) return;
    if (length == 3 && unchecked(NORMALISED[segment + 2]) != 0x2e) return;
    this.length = segment;
    if (length == 2) return;
    while (this.length > 0) {
      this.length--;
      if (unchecked(NORMALISED[this.length]) == 0x2f) return;
    }
  }

  /** The byte that the percent-encoding at `at` stands for; below 0 when there is none. */
  private encodedAt(at: i32): i32 {
    if (load<u8>(this.raw + at) != 0x25 /* % */ || at + 2 >= this.rawLength) return -1;
    return (hexDigit(load<u8>(this.raw + at + 1)) << 4) | hexDigit(load<u8>(this.raw + at + 2));
  }
}
