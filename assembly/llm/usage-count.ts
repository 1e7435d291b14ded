/** No count: the value is absent or malformed. */
export const ABSENT: i64 = -1;
/** The largest count that is taken: JSON's numbers are exact up to here. */
export const MAX_COUNT: i64 = 1 << 53;

/** Reads a count whose digits may arrive in pieces: an integer from 0 to `MAX_COUNT`, without fraction and exponent. */
@final
export class CountReader {
  /** The count, or `ABSENT` while there is none. */
  value: i64 = ABSENT;
  private isBad: bool = false;

  begin(): void {
    this.value = ABSENT;
    this.isBad = false;
  }

  append(pointer: usize, length: i32): void {
    if (this.isBad) return;
    let value = max<i64>(this.value, 0);
    for (let i = 0; i < length; i++) {
      const digit = <u32>load<u8>(pointer + i) - 0x30;
      value = value * 10 + digit;
      if (digit < 10 && value <= MAX_COUNT) continue;
      this.isBad = true;
      this.value = ABSENT;
      return;
    }
    if (length > 0) this.value = value;
  }
}
