import { Ascii, isAscii, isBlank } from "../../bytes/ascii";
import { Bytes } from "../../bytes/view";

/**
 * Reads `value; name=value; name="value"` (RFC 9110, 5.6.6) where every parser would read the same, and refuses the rest:
 * empty or odd parameters, blanks around "=", unquoted values that are no tokens or hold an apostrophe, a backslash before a
 * quote (an escape to some, an end to others), control characters.
 */
@final
export class HeaderParameters {
  readonly name: Bytes = new Bytes();
  readonly value: Bytes = new Bytes();
  isQuoted: bool = false;
  isMalformed: bool = false;
  private at: usize = 0;
  private end: usize = 0;

  /** Takes the leading value, up to the first ";", into `value`. */
  begin(pointer: usize, length: i32): void {
    this.isMalformed = false;
    this.at = pointer;
    this.end = pointer + length;
    while (this.end > this.at && isBlank(load<u8>(this.end - 1))) this.end--;
    this.skipBlanks();
    this.isMalformed = !this.take(this.value, 0x2f /* / */, 0);
  }

  /** Takes the next parameter; false at the end, or when it is malformed. */
  next(): bool {
    this.skipBlanks();
    if (this.isMalformed || this.at == this.end) return false;
    this.isMalformed = true;
    if (load<u8>(this.at++) != 0x3b /* ; */) return false;
    this.skipBlanks();
    if (!this.take(this.name, 0, 0) || this.at == this.end || load<u8>(this.at) != 0x3d /* = */) return false;
    this.at++;
    this.isQuoted = this.at < this.end && load<u8>(this.at) == 0x22; /* " */
    this.isMalformed = !(this.isQuoted ? this.takeQuoted() : this.takeToken());
    return !this.isMalformed;
  }

  private takeToken(): bool {
    // RFC 8187: an extended value has the apostrophes that make others look quoted to some.
    const isExtended = this.name.at(this.name.length - 1) == 0x2a; /* * */
    return this.take(this.value, 0, isExtended ? 0 : 0x27 /* ' */);
  }

  /** Takes a run of tokens' bytes and of `more`, but for `less`, into `part`; false when it is empty. */
  private take(part: Bytes, more: u8, less: u8): bool {
    const start = this.at;
    let at = start;
    for (; at < this.end; at++) {
      const byte = load<u8>(at);
      if (byte != more && (byte == less || !isTokenByte(byte))) break;
    }
    this.at = at;
    part.set(start, <i32>(at - start));
    return at > start;
  }

  private takeQuoted(): bool {
    const start = this.at + 1;
    for (let at = start; at < this.end; at++) {
      const byte = load<u8>(at);
      if (byte == 0x22) {
        this.at = at + 1;
        this.value.set(start, <i32>(at - start));
        return load<u8>(at - 1) != 0x5c; /* \ */
      }
      if (byte < 0x20 || byte == 0x7f) return false;
    }
    return false;
  }

  private skipBlanks(): void {
    while (this.at < this.end && isBlank(load<u8>(this.at))) this.at++;
  }
}

// @ts-ignore: decorator
@inline
export function isTokenByte(byte: u8): bool {
  return isAscii(byte, Ascii.Token);
}
