import { alphanumerics } from "../bytes/ascii";
import { TextWindow } from "./detector";
import { lanes } from "../bytes/lanes";

const BLOCK_BYTES: i32 = 16;
/** How much is looked at before a block and behind it. */
const BEFORE_BYTES: i32 = 2;
const BEHIND_BYTES: usize = 5;
/** How far before a separator the beginning of a run is looked for: separators, a character, and what is before it. */
export const MOST_BEGINNING_BYTES: i32 = 20;
/** How many separators may be between two characters. */
export const MOST_SEPARATORS: i32 = 3;

/** The length of the character that begins with a byte. */
// @ts-ignore: decorator
@inline
export function lengthBy(lead: u32): i32 {
  return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/**
 * Whether a character can stand between letters that stand apart: one of ASCII that is neither a letter nor a digit, or a
 * symbol (U+2000 to U+2FFF, and U+1F000 to U+1FFFF with the emoji).
 */
// @ts-ignore: decorator
@inline
export function isSeparator(window: TextWindow, at: i32): bool {
  const byte = window.at(at);
  if (byte < 0x80) return (byte | 0x20) - 0x61 >= 26 && byte - 0x30 >= 10;
  return byte == 0xe2 || (byte == 0xf0 && window.at(at + 1) == 0x9f);
}

/** Whether the characters at two offsets are the same. */
function isSameCharacter(window: TextWindow, a: i32, b: i32): bool {
  const length = lengthBy(window.at(a));
  for (let i = 0; i < length; i++) {
    if (b + i >= window.end || window.at(a + i) != window.at(b + i)) return false;
  }
  return true;
}

/** Where the character begins that ends before `end`. */
function previous(window: TextWindow, end: i32): i32 {
  let at = end - 1;
  while (at > window.start && (window.at(at) & 0xc0) == 0x80) at--;
  return at;
}

/**
 * The first place from `from` on with a separator, one other character, and the same separator, as far as the window shows;
 * `window.end` where there is none. Leaves some out that no run begins at.
 */
export function findSeparated(window: TextWindow, from: i32): i32 {
  const end = window.end;
  let at = from;
  while (at < end) {
    while (at >= BEFORE_BYTES && at + BLOCK_BYTES + <i32>BEHIND_BYTES <= end) {
      const pointer = window.pointer + <usize>(at - window.start);
      const places = separatedIn(v128.load(pointer), pointer);
      if (places == 0) {
        at += BLOCK_BYTES;
        continue;
      }
      at += ctz(places);
      if (isSeparator(window, at) && maySeparate(window, at)) return at;
      at += lengthBy(window.at(at));
    }
    const stop = min(at + BLOCK_BYTES, end);
    while (at < stop) {
      if (isSeparator(window, at) && maySeparate(window, at)) return at;
      at += lengthBy(window.at(at));
    }
  }
  return end;
}

/**
 * Where a separator may be that stands again behind one other character, and has a single character or itself before it; bytes
 * that other characters begin with, too.
 */
// @ts-ignore: decorator
@inline
function separatedIn(block: v128, pointer: usize): i32 {
  const next = v128.load(pointer, 1);
  const isNextWide = i8x16.lt_s(next, i8x16.splat(0));
  const isAgain = v128.or(
    i8x16.eq(block, v128.load(pointer, 2)),
    // Behind a character of two, three or four bytes.
    v128.and(
      isNextWide,
      v128.or(
        i8x16.eq(block, v128.load(pointer, 3)),
        v128.or(i8x16.eq(block, v128.load(pointer, 4)), i8x16.eq(block, v128.load(pointer, 5))),
      ),
    ),
  );
  // Only letters and digits of ASCII are sure to be no separator, and to make no character single.
  const isSingle = v128.or(v128.not(alphanumerics(v128.load(pointer - 2))), i8x16.eq(block, v128.load(pointer - 1)));
  const isOther = v128.or(alphanumerics(block), v128.or(i8x16.lt_s(block, i8x16.splat(0)), i8x16.eq(block, next)));
  const symbols = v128.or(i8x16.eq(block, lanes(0xe2)), i8x16.eq(block, lanes(0xf0)));
  return i8x16.bitmask(v128.or(v128.andnot(v128.and(isAgain, isSingle), isOther), symbols));
}

function maySeparate(window: TextWindow, at: i32): bool {
  const character = at + lengthBy(window.at(at));
  if (character >= window.end) return true;
  if (isSameCharacter(window, at, character)) return false;
  const again = character + lengthBy(window.at(character));
  return again >= window.end || isSameCharacter(window, at, again);
}

/**
 * Where the run begins whose first separator, or the last of the first ones, is at an offset: with a letter or digit that has
 * none before it. -1 where there is no such beginning.
 */
export function beginningOf(window: TextWindow, separator: i32): i32 {
  let at = separator;
  for (let count = 0; count < MOST_SEPARATORS; count++) {
    if (at == window.start) return -1;
    at = previous(window, at);
    if (isSameCharacter(window, separator, at)) continue;
    if (isSeparator(window, at)) return -1;
    return at == 0 || (at > window.start && isSeparator(window, previous(window, at))) ? at : -1;
  }
  return -1;
}
