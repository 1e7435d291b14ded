const ZERO: u32 = 0x30;
const POINT: u32 = 0x2e;
const PLUS: u32 = 0x2b;
const MINUS: u32 = 0x2d;
const LETTER_E: u32 = 0x65;

/** What has been read of a number. */
const enum Read {
  Minus,
  Zero,
  Integer,
  Point,
  Fraction,
  Exponent,
  ExponentSign,
  ExponentDigits,
}

/** Finds the end of a JSON number that may arrive in pieces, and validates it. */
@final
export class NumberScanner {
  /** Whether a byte came that the number can neither contain nor end before. */
  isBad: bool = false;
  private read: Read = Read.Minus;

  /** A number begins with this byte, a minus or a digit. */
  begin(first: u32): void {
    this.isBad = false;
    this.read = first == MINUS ? Read.Minus : first == ZERO ? Read.Zero : Read.Integer;
  }

  /** Whether the number could end here. */
  get isWhole(): bool {
    switch (this.read) {
      case Read.Zero:
      case Read.Integer:
      case Read.Fraction:
      case Read.ExponentDigits:
        return true;
      default:
        return false;
    }
  }

  /**
   * Scans a number that begins at `position` and is followed by something else before `end`. Returns where that is, or 0
   * for any number that is cut off or wrong, which `scan` then finds out about.
   */
  scanWhole(position: usize, end: usize): usize {
    if (load<u8>(position) == MINUS) position++;
    if (position >= end) return 0;
    let digits = position;
    position = load<u8>(position) == ZERO ? position + 1 : skipDigits(position, end);
    if (position == digits || position >= end) return 0;
    let byte: u32 = load<u8>(position);
    if (byte == POINT) {
      digits = position + 1;
      position = skipDigits(digits, end);
      if (position == digits || position >= end) return 0;
      byte = load<u8>(position);
    }
    if ((byte | 0x20) == LETTER_E) {
      if (++position >= end) return 0;
      byte = load<u8>(position);
      digits = position + <usize>(byte == PLUS || byte == MINUS);
      position = skipDigits(digits, end);
      if (position == digits || position >= end) return 0;
    }
    return position;
  }

  /** Scans to the first byte that is not of the number, or to `end`; returns where it stopped. */
  scan(position: usize, end: usize): usize {
    let read = this.read;
    while (position < end) {
      const byte: u32 = load<u8>(position);
      const isDigit = byte - ZERO < 10;
      switch (read) {
        case Read.Minus:
          if (!isDigit) return this.fail(position);
          read = byte == ZERO ? Read.Zero : Read.Integer;
          break;
        case Read.Integer:
          if (isDigit) break;
        case Read.Zero:
          if (byte == POINT) {
            read = Read.Point;
            break;
          }
        case Read.Fraction:
          if (isDigit && read == Read.Fraction) break;
          if ((byte | 0x20) == LETTER_E) {
            read = Read.Exponent;
            break;
          }
          this.read = read;
          return position;
        case Read.Point:
          if (!isDigit) return this.fail(position);
          read = Read.Fraction;
          break;
        case Read.Exponent:
          if (byte == PLUS || byte == MINUS) {
            read = Read.ExponentSign;
            break;
          }
        case Read.ExponentSign:
          if (!isDigit) return this.fail(position);
          read = Read.ExponentDigits;
          break;
        case Read.ExponentDigits:
          if (isDigit) break;
          this.read = read;
          return position;
      }
      position++;
    }
    this.read = read;
    return position;
  }

  private fail(position: usize): usize {
    this.isBad = true;
    return position;
  }
}

function skipDigits(position: usize, end: usize): usize {
  while (position + 8 <= end) {
    const bytes = load<u64>(position);
    // In each byte: zero for a digit.
    const others =
      ((bytes & 0xf0f0f0f0f0f0f0f0) ^ 0x3030303030303030) |
      (((bytes + 0x0606060606060606) & 0xf0f0f0f0f0f0f0f0) ^ 0x3030303030303030);
    if (others) return position + ((<usize>ctz(others)) >> 3);
    position += 8;
  }
  while (position < end && <u32>load<u8>(position) - ZERO < 10) position++;
  return position;
}
