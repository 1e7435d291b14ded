/** The most bytes that `writeDecimal` writes. */
export const MOST_DECIMAL_BYTES: i32 = 20;

/** Writes a whole number of 0 or more in decimal digits; returns how many bytes that took. A negative one is written as 0. */
export function writeDecimal(value: i64, to: usize): i32 {
  let left = max<i64>(value, 0);
  let length = 1;
  for (let rest = left / 10; rest > 0; rest /= 10) length++;
  for (let at = to + length; at > to; left /= 10) store<u8>(--at, <u8>(0x30 + (left % 10)));
  return length;
}
