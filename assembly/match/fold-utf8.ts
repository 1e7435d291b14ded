import { Utf8State, utf8Next } from "../bytes/utf8";

const REPLACEMENT: u32 = 0xfffd;

/** The end of what is there is within the character. */
export const INCOMPLETE: u32 = 0;

/**
 * The character at `pointer`, which is not ASCII: its scalar value, and its length in bytes from bit 24 on. What is no
 * UTF-8 gives U+FFFD for each longest beginning of a character (Unicode, chapter 3, "U+FFFD Substitution of Maximal
 * Subparts"; the WHATWG decoder's way).
 */
export function decodeCharacter(pointer: usize, end: usize): u32 {
  const first: u32 = load<u8>(pointer);
  if (first - 0xc2 < 0xe0 - 0xc2 && pointer + 2 <= end) {
    const second: u32 = load<u8>(pointer, 1);
    if ((second & 0xc0) == 0x80) return (2 << 24) | ((first & 0x1f) << 6) | (second & 0x3f);
  }
  if ((first & 0xf0) == 0xe0 && pointer + 3 <= end) {
    const second: u32 = load<u8>(pointer, 1);
    const third: u32 = load<u8>(pointer, 2);
    const scalar = ((first & 0x0f) << 12) | ((second & 0x3f) << 6) | (third & 0x3f);
    const isWhole = (second & 0xc0) == 0x80 && (third & 0xc0) == 0x80;
    if (isWhole && scalar >= 0x800 && scalar - 0xd800 >= 0x800) return (3 << 24) | scalar;
  }
  return decodeByByte(pointer, end);
}

function decodeByByte(pointer: usize, end: usize): u32 {
  const first: u32 = load<u8>(pointer);
  let state = utf8Next(Utf8State.Boundary, first);
  if (state == Utf8State.Invalid) return (1 << 24) | REPLACEMENT;
  // As many bits as the lead has of the scalar value: 5, 4 or 3.
  let scalar = first & (first < 0xe0 ? 0x1f : first < 0xf0 ? 0x0f : 0x07);
  let length: u32 = 1;
  while (state != Utf8State.Boundary) {
    if (pointer + length >= end) return INCOMPLETE;
    const byte: u32 = load<u8>(pointer + length);
    state = utf8Next(state, byte);
    if (state == Utf8State.Invalid) return (length << 24) | REPLACEMENT;
    scalar = (scalar << 6) | (byte & 0x3f);
    length++;
  }
  return (length << 24) | scalar;
}
