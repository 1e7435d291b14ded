import { isDigit } from "./characters";
import { isSeparator, mayBeGrouped, MIN_SINGLE_DIGITS } from "./digit-groups";
import { digitsIn, lettersIn } from "../../bytes/ascii";
import { lanes } from "../../bytes/lanes";

/** How many bytes before the 16 are read, and from their beginning on. */
export const BYTES_BEFORE_BLOCK: i32 = 4;
export const NUMBER_BLOCK_BYTES: i32 = 32;

const BLOCK: i32 = 16;
const MIN_CARD_DIGITS: i32 = 12;

const BACKSLASH: i8 = 0x5c;

/**
 * Which digits of the 16 bytes at `pointer`, lowest first, a number that is looked for may begin with: the first of a run at the
 * beginning of a word, long or followed by another run behind a separator; behind "tel"; or the third byte of a word that may be an IBAN.
 *
 * Only sorts out, much faster than it could be told byte by byte, what could be nothing.
 */
export function numberStarts(pointer: usize): u32 {
  const bytes = v128.load(pointer);
  const here = digitsOf(bytes);
  if (here == 0) return 0;
  const before = v128.load(pointer - 1);
  let starts = here & ~digitsOf(before);
  if (starts == 0) return 0;
  let kept: u32 = 0;
  const letters = lettersOf(before);
  const within = starts & letters;
  if (within != 0) {
    const second = v128.load(pointer - 2);
    const third = v128.load(pointer - 3);
    const isInWord = (lettersOf(third) | digitsOf(third)) & ~equal(v128.load(pointer - 4), BACKSLASH);
    kept = within & lettersOf(second) & ~isInWord & digitsOf(v128.load(pointer, 1));
    kept |= within & letter(before, 0x6c) & letter(second, 0x65) & letter(third, 0x74);
    starts ^= within & ~equal(second, BACKSLASH);
  }
  if (starts == 0) return kept;
  const digits = here | (digitsOf(v128.load(pointer, BLOCK)) << BLOCK);
  for (; starts != 0; starts &= starts - 1) {
    const at = ctz(starts);
    if (mayBegin(pointer, digits, at)) kept |= 1 << at;
  }
  return kept;
}

/** Whether the digits from bit `at` on are many, or others follow. */
function mayBegin(pointer: usize, digits: u32, at: u32): bool {
  const first = <i32>ctz(~(digits >> at));
  const end = <i32>at + first;
  pointer += at;
  const after = pointer + <usize>first;
  const gap: u32 = load<u8>(after);
  if (first < MIN_SINGLE_DIGITS && gap != 0x20 && gap - 0x28 > 7) return false;
  if (first == 4 && gap == 0x20 && load<u8>(after, 1) == 0x20) return isDigit(load<u8>(after, 2));
  const digit: u32 = load<u8>(pointer);
  const before: u32 = load<u8>(pointer - 1);
  const isAfterDigit = isDigit(load<u8>(pointer - 2));
  const isInRow = isAfterDigit && isSeparator(before);
  if (first >= MIN_SINGLE_DIGITS || end > 27) {
    if (first >= MIN_CARD_DIGITS || end > 27) return true;
    // Without a zero, a plus or Chinese around, a word must tell what it is, and none is before another number.
    return digit == 0x30 ? !isInRow : !isAfterDigit || before == 0x2b || before >= 0x80 || gap >= 0x80;
  }
  const second = <i32>ctz(~(digits >> (end + 1)));
  if (end + second > 30) return true;
  if (isInRow && gap != 0x2e) {
    if (first != 4) return first == 3 && second == 2;
    if (second != 4 && second != 6) return false;
    return before != gap || !(isDigit(load<u8>(pointer - 3)) && isDigit(load<u8>(pointer - 4)));
  }
  return mayBeGrouped(digit, before, first, gap, load<u8>(after, 1), second, load<u8>(after + <usize>second, 1));
}


@inline
function digitsOf(bytes: v128): u32 {
  return i8x16.bitmask(digitsIn(bytes));
}


@inline
function lettersOf(bytes: v128): u32 {
  return i8x16.bitmask(lettersIn(bytes));
}


@inline
function equal(bytes: v128, byte: u32): u32 {
  return i8x16.bitmask(i8x16.eq(bytes, lanes(byte)));
}

/** Which bytes are a letter, by its small form. */

@inline
function letter(bytes: v128, small: u32): u32 {
  return equal(v128.or(bytes, lanes(0x20)), small);
}
