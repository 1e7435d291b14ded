import { RANGES, RANGE_CODES, RANGE_STARTS, UPPER_RANGES, UPPER_RANGE_CODES, UPPER_RANGE_STARTS } from "./weights";

/** The upper three bits of a character's code; below are its group, or which letter or symbol it is. */
export const enum Class {
  Lower,
  Upper,
  Caseless,
  /** Capitals at even code points, small letters at odd ones. */
  Alternating,
  Digit,
  Space,
  Symbol,
  Control,
}

export const CODE_BITS: u32 = 5;
export const GROUP: u32 = 31;

/** The latest range: texts stay within one for long. */
let first: u32 = 0;
let next: u32 = 0;
let code: u32 = 0;

/** The code of a character beyond ASCII. */
export function codeOf(codePoint: u32): u32 {
  if (codePoint - first >= next - first) {
    if (codePoint < 0x10000) find(codePoint, RANGE_STARTS, RANGE_CODES, RANGES, 0);
    else find(codePoint, UPPER_RANGE_STARTS, UPPER_RANGE_CODES, UPPER_RANGES, 8);
  }
  return code;
}

function find(codePoint: u32, starts: usize, codes: usize, count: i32, shift: u32): void {
  const wanted = codePoint >> shift;
  let low = 0;
  let high = count;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (<u32>load<u16>(starts + (middle << 1)) <= wanted) low = middle;
    else high = middle;
  }
  first = (<u32>load<u16>(starts + (low << 1))) << shift;
  next = high == count ? (<u32>0x10000) << shift : (<u32>load<u16>(starts + (high << 1))) << shift;
  code = load<u8>(codes + low);
}
