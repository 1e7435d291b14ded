/**
 * Country codes (ITU-T E.164, list of assigned codes): of one and of two digits, those of three begin with the rest.
 */
const TWO_DIGITS = memory.data<u8>([
  20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46, 47, 48, 49, 51, 52, 53, 54, 55, 56, 57, 58, 60, 61, 62,
  63, 64, 65, 66, 81, 82, 84, 86, 90, 91, 92, 93, 94, 95, 98, 0,
]);

/** For the countries whose numbers have one length or two: the code and how many digits follow it, at least and at most. */
const LENGTHS = memory.data<u16>([
  1, 10, 10, 7, 10, 10, 20, 8, 10, 27, 9, 9, 30, 10, 10, 31, 9, 9, 32, 8, 9, 33, 9, 9, 34, 9, 9, 36, 8, 9, 39, 6, 11,
  40, 9, 9, 41, 9, 9, 43, 6, 13, 44, 9, 10, 45, 8, 8, 46, 7, 10, 47, 8, 8, 48, 9, 9, 49, 6, 11, 51, 8, 9, 52, 10, 11,
  54, 10, 11, 55, 10, 11, 56, 9, 9, 57, 8, 10, 60, 8, 10, 61, 9, 9, 62, 8, 12, 63, 9, 10, 64, 8, 10, 65, 8, 8, 66, 8, 9,
  81, 9, 10, 82, 8, 10, 84, 9, 10, 86, 9, 11, 90, 10, 10, 91, 10, 10, 92, 9, 10, 94, 9, 9, 98, 10, 10, 351, 9, 9, 353,
  7, 9, 358, 5, 11, 370, 8, 8, 371, 8, 8, 372, 7, 8, 380, 9, 9, 385, 8, 9, 420, 9, 9, 421, 9, 9, 852, 8, 8, 886, 8, 9,
  966, 8, 9, 971, 8, 9, 972, 8, 9, 0,
]);
const ENTRY_BYTES: usize = 6;
const MIN_NATIONAL: u32 = 6;
const MAX_INTERNATIONAL: u32 = 15;

/** How many digits the country code has that a number begins with, of which three are given; 0 if there is none. */
export function countryCodeLength(three: u32): u32 {
  const first = three / 100;
  if (first == 1 || first == 7) return 1;
  const two = three / 10;
  if (first == 0 || two == 28 || two == 83 || two == 89 || three == 999) return 0;
  for (let code = TWO_DIGITS; load<u8>(code) != 0; code++) if (load<u8>(code) == two) return 2;
  return 3;
}

/** The least number of digits behind a country code in the lower half, the most in the upper. */
export function nationalLengths(code: u32, codeLength: u32): u32 {
  for (let entry = LENGTHS; load<u16>(entry) != 0; entry += ENTRY_BYTES) {
    if (load<u16>(entry) == code) return load<u32>(entry, 2);
  }
  return MIN_NATIONAL | ((MAX_INTERNATIONAL - codeLength) << 16);
}
