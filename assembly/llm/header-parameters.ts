import { Bytes, ByteString } from "../bytes/view";

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
    const start = this.at;
    while (this.at < this.end && (isToken(load<u8>(this.at)) || load<u8>(this.at) == 0x2f) /* / */) this.at++;
    this.value.set(start, <i32>(this.at - start));
    this.isMalformed = this.at == start;
  }

  /** Takes the next parameter; false at the end, or when it is malformed. */
  next(): bool {
    this.skipBlanks();
    if (this.isMalformed || this.at == this.end) return false;
    this.isMalformed = true;
    if (load<u8>(this.at++) != 0x3b /* ; */) return false;
    this.skipBlanks();
    const start = this.at;
    while (this.at < this.end && isToken(load<u8>(this.at))) this.at++;
    if (this.at == start || this.at == this.end || load<u8>(this.at) != 0x3d /* = */) return false;
    this.name.set(start, <i32>(this.at - start));
    this.at++;
    this.isQuoted = this.at < this.end && load<u8>(this.at) == 0x22; /* " */
    this.isMalformed = !(this.isQuoted ? this.takeQuoted() : this.takeToken());
    return !this.isMalformed;
  }

  private takeToken(): bool {
    const start = this.at;
    // RFC 8187: an extended value has the apostrophes that make others look quoted to some.
    const isExtended = this.name.at(this.name.length - 1) == 0x2a; /* * */
    while (this.at < this.end && isToken(load<u8>(this.at))) {
      if (load<u8>(this.at) == 0x27 /* ' */ && !isExtended) break;
      this.at++;
    }
    this.value.set(start, <i32>(this.at - start));
    return this.at > start;
  }

  private takeQuoted(): bool {
    const start = ++this.at;
    while (this.at < this.end) {
      const byte = load<u8>(this.at);
      if (byte == 0x22) {
        if (load<u8>(this.at - 1) == 0x5c /* \ */) return false;
        this.value.set(start, <i32>(this.at - start));
        this.at++;
        return true;
      }
      if (byte < 0x20 || byte == 0x7f) return false;
      this.at++;
    }
    return false;
  }

  private skipBlanks(): void {
    while (this.at < this.end && isBlank(load<u8>(this.at))) this.at++;
  }
}

/** Whether these bytes are this word, given in lower case, whatever the case of their ASCII letters. */
export function isSameBytes(pointer: usize, length: i32, word: ByteString): bool {
  if (length != word.length) return false;
  for (let i = 0; i < length; i++) {
    let byte = load<u8>(pointer + i);
    if (byte >= 0x41 && byte <= 0x5a) byte |= 0x20;
    if (byte != load<u8>(word.pointer + i)) return false;
  }
  return true;
}


@inline
export function isBlank(byte: u8): bool {
  return byte == 0x20 || byte == 0x09;
}

export function isAlphanumeric(byte: u8): bool {
  const letter = byte | 0x20;
  return (letter >= 0x61 && letter <= 0x7a) || (byte >= 0x30 && byte <= 0x39);
}

/** RFC 9110, 5.6.2: tchar. */
export function isToken(byte: u8): bool {
  if (isAlphanumeric(byte)) return true;
  switch (byte) {
    case 0x21: // !
    case 0x23: // #
    case 0x24: // $
    case 0x25: // %
    case 0x26: // &
    case 0x27: // '
    case 0x2a: // *
    case 0x2b: // +
    case 0x2d: // -
    case 0x2e: // .
    case 0x5e: // ^
    case 0x5f: // _
    case 0x60: // `
    case 0x7c: // |
    case 0x7e: // ~
      return true;
    default:
      return false;
  }
}
