const ZERO: u32 = 0x30;
const POINT: u32 = 0x2e;
const PLUS: u32 = 0x2b;
const MINUS: u32 = 0x2d;

/** The largest count that is taken: JSON's numbers are exact up to here. */
export const MAX_COUNT: i64 = 1 << 53;
/** No count: there is none, or it makes no sense. */
export const NO_COUNT: i64 = -1;

const MOST_MANTISSA: i64 = 1 << 58;
const MOST_EXPONENT: i32 = 9999;

/** Reads a JSON number that may arrive in pieces as a count. */
@final
export class CountReader {
  /** The first digits, as many as fit. */
  private mantissa: i64 = 0;
  private exponent: i32 = 0;
  private fractionDigits: i32 = 0;
  private isNegative: bool = false;
  private isExponentNegative: bool = false;
  private isInFraction: bool = false;
  private isInExponent: bool = false;

  /** Ready for another number. */
  begin(): void {
    this.mantissa = 0;
    this.exponent = 0;
    this.fractionDigits = 0;
    this.isNegative = false;
    this.isExponentNegative = false;
    this.isInFraction = false;
    this.isInExponent = false;
  }

  append(pointer: usize, length: i32): void {
    for (const end = pointer + length; pointer < end; pointer++) this.addByte(load<u8>(pointer));
  }

  /** The count as it stands, digits that make a whole number up to `MAX_COUNT`; else `NO_COUNT`. */
  get exact(): i64 {
    const isInteger = !this.isNegative && !this.isInFraction && !this.isInExponent;
    return isInteger && this.mantissa <= MAX_COUNT ? this.mantissa : NO_COUNT;
  }

  /** The count, however its digits are written (Cohere's are doubles: 7.0, 7e0); `NO_COUNT` where it is no whole number up to `MAX_COUNT`. */
  get whole(): i64 {
    if (this.isNegative) return NO_COUNT;
    let value = this.mantissa;
    let exponent = (this.isExponentNegative ? -this.exponent : this.exponent) - this.fractionDigits;
    for (; value != 0 && exponent < 0; exponent++) {
      if (value % 10 != 0) return NO_COUNT;
      value /= 10;
    }
    for (; value != 0 && exponent > 0 && value <= MAX_COUNT; exponent--) value *= 10;
    return value <= MAX_COUNT ? value : NO_COUNT;
  }

  /** The count rounded up, and never over `MAX_COUNT`; `NO_COUNT` for a negative one. */
  get value(): i64 {
    if (this.mantissa == 0) return 0;
    if (this.isNegative) return NO_COUNT;
    let exponent = (this.isExponentNegative ? -this.exponent : this.exponent) - this.fractionDigits;
    let value = <f64>this.mantissa;
    for (; exponent > 0 && value < <f64>MAX_COUNT; exponent--) value *= 10;
    for (; exponent < 0 && value > 1; exponent++) value /= 10;
    return value < <f64>MAX_COUNT ? <i64>ceil(value) : MAX_COUNT;
  }

  private addByte(byte: u32): void {
    const digit = byte - ZERO;
    if (digit < 10) {
      if (this.isInExponent) {
        this.exponent = min(this.exponent * 10 + digit, MOST_EXPONENT);
      } else if (this.mantissa < MOST_MANTISSA) {
        this.mantissa = this.mantissa * 10 + digit;
        if (this.isInFraction) this.fractionDigits++;
      } else if (!this.isInFraction) {
        this.fractionDigits--;
      }
    } else if (byte == MINUS) {
      if (this.isInExponent) this.isExponentNegative = true;
      else this.isNegative = true;
    } else if (byte == POINT) {
      this.isInFraction = true;
    } else if (byte != PLUS) {
      this.isInExponent = true;
    }
  }
}

/** a + b, of counts. */
export function addCounts(a: i64, b: i64): i64 {
  return min(a + b, MAX_COUNT);
}

/** a * b, of counts. */
export function multiplyCounts(a: i64, b: i64): i64 {
  return b != 0 && a > MAX_COUNT / b ? MAX_COUNT : a * b;
}
