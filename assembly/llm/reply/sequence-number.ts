/** One that has more is none that can be counted on. */
const MOST_DIGITS: i32 = 9;

export const NO_SEQUENCE_NUMBER: i32 = -1;

/**
 * The number at `at`, behind which something else stands: of up to `MOST_DIGITS` digits, or `NO_SEQUENCE_NUMBER`.
 */
export function readSequenceNumber(at: usize): i32 {
  let number = 0;
  for (let i = 0; i <= MOST_DIGITS; i++) {
    const digit = <u32>load<u8>(at + i) - 0x30;
    if (digit > 9) return i > 0 ? number : NO_SEQUENCE_NUMBER;
    number = number * 10 + digit;
  }
  return NO_SEQUENCE_NUMBER;
}
