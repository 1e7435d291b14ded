import { storeUtf8 } from "../bytes/utf8";
import { BASES, BLOCKS, CELLS, EXPANSIONS, OTHERS, PAGES, TABLE_END } from "./unicode/plain-table";

/** The most bytes that `writePlain` and what calls it write for one character; up to 16 are touched. */
export const MOST_PLAIN_BYTES: i32 = 16;

/** What a character is in the tables that stays as it is. */
export const ITSELF: u32 = 0;
/** What a character is in the tables that shows nothing. */
export const NOTHING: u32 = 1;
const EXPANSION: u32 = 0x8000;
const EXPANSION_END: u32 = 0x9000;
/** Tag characters: ASCII that no screen shows, though a model reads it. Around them is nothing that is shown either. */
const TAGS: u32 = 0xe0000;
const TAGS_END: u32 = 0xe1000;

/** The cell of a character from U+0080 on: `ITSELF`, or what `writePlain` takes. */
// @ts-ignore: decorator
@inline
export function cellOf(scalar: u32): u32 {
  if (scalar >= TABLE_END) return scalar - TAGS < TAGS_END - TAGS ? tagCell(scalar - TAGS) : ITSELF;
  return load<u8>(CELLS + <usize>(pageOf(scalar) * 16 + (scalar & 15)));
}

function tagCell(ascii: u32): u32 {
  return ascii >= 0x20 && ascii < 0x7f ? ascii : NOTHING;
}

// @ts-ignore: decorator
@inline
function pageOf(scalar: u32): u32 {
  const block: u32 = load<u8>(BLOCKS + <usize>(scalar >> 8));
  return load<u16>(PAGES + <usize>((block * 16 + ((scalar >> 4) & 15)) * 2));
}

/** Writes what a character that does not stay reads as; returns the bytes it took, 0 where it shows nothing. */
export function writePlain(scalar: u32, cell: u32, to: usize): i32 {
  if (cell < 0x80) {
    store<u8>(to, <u8>cell);
    return cell == NOTHING ? 0 : 1;
  }
  const base: u32 = load<u16>(BASES + <usize>(pageOf(scalar) * 2));
  const other: u32 = load<u16>(OTHERS + <usize>((base + (cell & 0x7f)) * 2));
  if (other - EXPANSION < EXPANSION_END - EXPANSION) return writeExpansion(EXPANSIONS + <usize>(other - EXPANSION), to);
  const isSymbol = scalar - 0x1d400 < 0xc00 || scalar >= 0x1ee00;
  return storeUtf8(to, (isSymbol ? 0 : scalar & 0x10000) | ((scalar + other) & 0xffff));
}

function writeExpansion(from: usize, to: usize): i32 {
  const length: i32 = load<u8>(from);
  for (let i = 0; i < length; i++) store<u8>(to + i, load<u8>(from + i, 1));
  return length;
}

/** Writes what any character reads as; returns the bytes it took. */
export function writeScalar(scalar: u32, to: usize): i32 {
  if (scalar < 0x80) {
    const reads = asciiReads(scalar);
    store<u8>(to, <u8>reads);
    return reads == NOTHING ? 0 : 1;
  }
  const cell = cellOf(scalar);
  return cell == ITSELF ? storeUtf8(to, scalar) : writePlain(scalar, cell, to);
}

/** An ASCII character, or 1 for controls that show nothing; a form feed is a blank. */
export function asciiReads(scalar: u32): u32 {
  if (scalar >= 0x20) return scalar == 0x7f ? NOTHING : scalar;
  if (scalar == 0x09 || scalar == 0x0a || scalar == 0x0d) return scalar;
  return scalar == 0x0b || scalar == 0x0c ? 0x20 : NOTHING;
}
