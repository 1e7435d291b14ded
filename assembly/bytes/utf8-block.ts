import { lanes } from "./lanes";

// What is wrong when a byte, by its nibbles, follows the one before it. A bit left over from all three tables is an error.
const TOO_SHORT: u8 = 1 << 0; // a lead and then no continuation
const TOO_LONG: u8 = 1 << 1; // ASCII and then a continuation
const OVERLONG_3: u8 = 1 << 2;
const TOO_LARGE: u8 = 1 << 3;
const SURROGATE: u8 = 1 << 4;
const OVERLONG_2: u8 = 1 << 5;
const TOO_LARGE_1000: u8 = 1 << 6;
const OVERLONG_4: u8 = 1 << 6;
const TWO_CONTINUATIONS: u8 = 1 << 7;
const CARRY: u8 = TOO_SHORT | TOO_LONG | TWO_CONTINUATIONS;

// Tables, not vector constants: see `lanes`.
// prettier-ignore
const BY_FIRST_HIGH = memory.data<u8>([
  TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG,
  TWO_CONTINUATIONS, TWO_CONTINUATIONS, TWO_CONTINUATIONS, TWO_CONTINUATIONS,
  TOO_SHORT | OVERLONG_2,
  TOO_SHORT,
  TOO_SHORT | OVERLONG_3 | SURROGATE,
  TOO_SHORT | TOO_LARGE | TOO_LARGE_1000 | OVERLONG_4,
], 16);
// prettier-ignore
const BY_FIRST_LOW = memory.data<u8>([
  CARRY | OVERLONG_3 | OVERLONG_2 | OVERLONG_4,
  CARRY | OVERLONG_2,
  CARRY, CARRY,
  CARRY | TOO_LARGE,
  CARRY | TOO_LARGE | TOO_LARGE_1000, CARRY | TOO_LARGE | TOO_LARGE_1000, CARRY | TOO_LARGE | TOO_LARGE_1000,
  CARRY | TOO_LARGE | TOO_LARGE_1000, CARRY | TOO_LARGE | TOO_LARGE_1000, CARRY | TOO_LARGE | TOO_LARGE_1000,
  CARRY | TOO_LARGE | TOO_LARGE_1000, CARRY | TOO_LARGE | TOO_LARGE_1000,
  CARRY | TOO_LARGE | TOO_LARGE_1000 | SURROGATE,
  CARRY | TOO_LARGE | TOO_LARGE_1000, CARRY | TOO_LARGE | TOO_LARGE_1000,
], 16);
// prettier-ignore
const BY_SECOND_HIGH = memory.data<u8>([
  TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
  TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS | OVERLONG_3 | TOO_LARGE_1000 | OVERLONG_4,
  TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS | OVERLONG_3 | TOO_LARGE,
  TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS | SURROGATE | TOO_LARGE,
  TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS | SURROGATE | TOO_LARGE,
  TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
], 16);

/** How many bytes `utf8Errors` looks at. */
export const UTF8_BLOCK: usize = 64;

/**
 * Non-zero somewhere when the 64 bytes at `pointer` continue the bytes before them in a way that UTF-8 forbids. A
 * character that is cut off by the end of the block is no error yet.
 *
 * The three bytes before `pointer` must be readable and checked. Keiser and Lemire, "Validating UTF-8 in less than one
 * instruction per byte", 2020.
 */
// @ts-ignore: decorator
@inline
export function utf8Errors(pointer: usize): v128 {
  const byFirstHigh = v128.load(BY_FIRST_HIGH);
  const byFirstLow = v128.load(BY_FIRST_LOW);
  const bySecondHigh = v128.load(BY_SECOND_HIGH);
  const low = lanes(0x0f);
  const leastThird = lanes(0x60);
  const leastFourth = lanes(0x70);
  const topBits = lanes(0x80);
  let errors = errorsAt(pointer, byFirstHigh, byFirstLow, bySecondHigh, low, leastThird, leastFourth, topBits);
  for (let i: usize = 16; i < UTF8_BLOCK; i += 16) {
    const more = errorsAt(pointer + i, byFirstHigh, byFirstLow, bySecondHigh, low, leastThird, leastFourth, topBits);
    errors = v128.or(errors, more);
  }
  return errors;
}

// @ts-ignore: decorator
@inline
function errorsAt(
  pointer: usize,
  byFirstHigh: v128,
  byFirstLow: v128,
  bySecondHigh: v128,
  low: v128,
  leastThird: v128,
  leastFourth: v128,
  topBits: v128,
): v128 {
  const input = v128.load(pointer);
  const before1 = v128.load(pointer - 1);
  const before2 = v128.load(pointer - 2);
  const before3 = v128.load(pointer - 3);
  const special = v128.and(
    v128.and(
      i8x16.swizzle(byFirstHigh, v128.and(i16x8.shr_u(before1, 4), low)),
      i8x16.swizzle(byFirstLow, v128.and(before1, low)),
    ),
    i8x16.swizzle(bySecondHigh, v128.and(i16x8.shr_u(input, 4), low)),
  );
  // Two continuations in a row are right exactly where a lead of three or four bytes stands two or three before.
  const third = i8x16.sub_sat_u(before2, leastThird);
  const fourth = i8x16.sub_sat_u(before3, leastFourth);
  return v128.xor(v128.and(v128.or(third, fourth), topBits), special);
}
