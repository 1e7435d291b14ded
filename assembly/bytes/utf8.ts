/**
 * Where a byte-by-byte reading of UTF-8 stands. Any other value: within a character, as three bytes: how many bytes still
 * follow, the least and the most that the next one may be. Table 3-7 of the Unicode Standard: no overlong forms, no surrogates,
 * nothing over U+10FFFF.
 */
export const enum Utf8State {
  /** Between two characters. */
  Boundary = 0,
  /** Takes no byte: its least is above its most. */
  Invalid = 0x0100,
}

const ONE_BYTE: u32 = 0x10000;
const ANY_CONTINUATION: u32 = 0x80bf;
/** Most bytes of a character that is not complete. */
const LONGEST_START: usize = 3;

/** The state after one more byte. */
export function utf8Next(state: Utf8State, byte: u32): Utf8State {
  if (state == Utf8State.Boundary) return startOf(byte);
  const within: u32 = state;
  if (byte < ((within >> 8) & 0xff) || byte > (within & 0xff)) return Utf8State.Invalid;
  const left = (within - ONE_BYTE) & ~0xffff;
  return left == 0 ? Utf8State.Boundary : <Utf8State>(left | ANY_CONTINUATION);
}

function startOf(byte: u32): Utf8State {
  if (byte < 0x80) return Utf8State.Boundary;
  if (byte < 0xc2 || byte > 0xf4) return Utf8State.Invalid;
  let state = ONE_BYTE | ANY_CONTINUATION;
  if (byte >= 0xe0) state += ONE_BYTE;
  if (byte >= 0xf0) state += ONE_BYTE;
  if (byte == 0xe0) state += 0x2000; // from A0: below would be overlong
  if (byte == 0xf0) state += 0x1000; // from 90: likewise
  if (byte == 0xed) state -= 0x20; // to 9F: above would be a surrogate
  if (byte == 0xf4) state -= 0x30; // to 8F: above would be over U+10FFFF
  return <Utf8State>state;
}

/** The state at `pointer`, where the three bytes before it are readable and everything before it is valid so far. */
export function utf8StateAt(pointer: usize): Utf8State {
  let start = pointer - 1;
  while ((load<u8>(start) & 0xc0) == 0x80) {
    if (pointer - start == LONGEST_START) return Utf8State.Boundary;
    start--;
  }
  let state = startOf(load<u8>(start));
  while (++start < pointer) state = utf8Next(state, load<u8>(start));
  return state;
}

/** Writes a Unicode scalar value at `pointer` (room for 4 bytes); returns how many bytes it took. */
export function storeUtf8(pointer: usize, scalar: u32): i32 {
  if (scalar < 0x80) {
    store<u8>(pointer, scalar);
    return 1;
  }
  const length = 2 + i32(scalar >= 0x800) + i32(scalar >= 0x10000);
  for (let i = length - 1; i > 0; i--) {
    store<u8>(pointer + i, 0x80 | (scalar & 0x3f));
    scalar >>= 6;
  }
  store<u8>(pointer, (0xff00 >> length) | scalar);
  return length;
}
