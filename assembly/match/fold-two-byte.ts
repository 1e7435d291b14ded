import { storeUtf8 } from "../bytes/utf8";
import { cellOf, ITSELF, writePlain } from "./fold-character";

const FIRST: u32 = 0x80;
const END: u32 = 0x800;
const LENGTH_SHIFT: u32 = 24;

/**
 * What the characters of two bytes read as, most letters of European and Semitic scripts among them, so that a text of them
 * needs no branch a letter. None reads as more than three bytes.
 *
 *     31                  30  26 25    24 23           0
 *     | is something else |  0  | length | plain bytes |
 */
const READS = makeReads();

/** The word of the character in two bytes. */
// @ts-ignore: decorator
@inline
export function readsOfTwoBytes(pair: u32): u32 {
  // The lead is the low byte.
  const scalar = ((pair & 0x1f) << 6) | ((pair >> 8) & 0x3f);
  return load<u32>(changetype<usize>(READS) + <usize>((scalar - FIRST) * 4));
}

/** Whether these two bytes are one character. */
// @ts-ignore: decorator
@inline
export function isTwoBytes(pair: u32): bool {
  return ((pair & 0xff) - 0xc2 < 0xe0 - 0xc2) & ((pair & 0xc000) == 0x8000);
}

// @ts-ignore: decorator
@inline
export function lengthOf(reads: u32): usize {
  return (reads >> LENGTH_SHIFT) & 3;
}

// @ts-ignore: decorator
@inline
export function isOther(reads: u32): bool {
  return <bool>(reads >> 31);
}

function makeReads(): StaticArray<u32> {
  const all = new StaticArray<u32>(END - FIRST);
  const bytes = changetype<usize>(new StaticArray<u8>(16));
  for (let scalar = FIRST; scalar < END; scalar++) {
    const cell = cellOf(scalar);
    const length = cell == ITSELF ? storeUtf8(bytes, scalar) : writePlain(scalar, cell, bytes);
    const other: u32 = cell == ITSELF ? 0 : 0x80000000;
    all[scalar - FIRST] = other | ((<u32>length) << LENGTH_SHIFT) | (load<u32>(bytes) & 0xffffff);
  }
  return all;
}
