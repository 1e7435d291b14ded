import { TextWindow } from "./detector";

const BLOCK_BYTES: i32 = 16;
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
 * `window.end` where there is none.
 */
export function findSeparated(window: TextWindow, from: i32): i32 {
  const end = window.end;
  let at = from;
  while (at < end) {
    while (at + BLOCK_BYTES + 2 <= end) {
      const pointer = window.pointer + <usize>(at - window.start);
      const block = v128.load(pointer);
      const second = v128.load(pointer, 1);
      const third = v128.load(pointer, 2);
      if (v128.any_true(v128.and(v128.or(block, third), i8x16.splat(-128)))) break;
      const letters = i8x16.lt_u(i8x16.sub(v128.or(block, i8x16.splat(0x20)), i8x16.splat(0x61)), i8x16.splat(26));
      const digits = i8x16.lt_u(i8x16.sub(block, i8x16.splat(0x30)), i8x16.splat(10));
      const others = v128.or(v128.or(letters, digits), i8x16.eq(block, second));
      const separated = v128.andnot(i8x16.eq(block, third), others);
      const places = i8x16.bitmask(separated);
      if (places != 0) return at + ctz(places);
      at += BLOCK_BYTES;
    }
    const stop = min(at + BLOCK_BYTES, end);
    while (at < stop) {
      if (isSeparator(window, at) && maySeparate(window, at)) return at;
      at += lengthBy(window.at(at));
    }
  }
  return end;
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
