/**
 * Where a byte-by-byte reading of UTF-8 stands: what the next byte may be, and how many continuation bytes follow it.
 * Table 3-7 of the Unicode Standard: no overlong forms, no surrogates, nothing over U+10FFFF.
 */
export const enum Utf8State {
  /** Between two characters. */
  Boundary,
  LastOne,
  LastTwo,
  LastThree,
  /** After E0, where 80..9F would be overlong. */
  AfterE0,
  /** After ED, where A0..BF would be a surrogate. */
  AfterEd,
  /** After F0, where 80..8F would be overlong. */
  AfterF0,
  /** After F4, where 90..BF would be over U+10FFFF. */
  AfterF4,
  Invalid,
}

/** The state after one more byte. */
export function utf8Next(state: Utf8State, byte: u32): Utf8State {
  switch (state) {
    case Utf8State.Boundary:
      return startOf(byte);
    case Utf8State.LastOne:
      return within(byte, 0x80, 0xbf, Utf8State.Boundary);
    case Utf8State.LastTwo:
      return within(byte, 0x80, 0xbf, Utf8State.LastOne);
    case Utf8State.LastThree:
      return within(byte, 0x80, 0xbf, Utf8State.LastTwo);
    case Utf8State.AfterE0:
      return within(byte, 0xa0, 0xbf, Utf8State.LastOne);
    case Utf8State.AfterEd:
      return within(byte, 0x80, 0x9f, Utf8State.LastOne);
    case Utf8State.AfterF0:
      return within(byte, 0x90, 0xbf, Utf8State.LastTwo);
    case Utf8State.AfterF4:
      return within(byte, 0x80, 0x8f, Utf8State.LastTwo);
    default:
      return Utf8State.Invalid;
  }
}

function startOf(byte: u32): Utf8State {
  if (byte < 0x80) return Utf8State.Boundary;
  if (byte < 0xc2) return Utf8State.Invalid;
  if (byte < 0xe0) return Utf8State.LastOne;
  if (byte == 0xe0) return Utf8State.AfterE0;
  if (byte == 0xed) return Utf8State.AfterEd;
  if (byte < 0xf0) return Utf8State.LastTwo;
  if (byte == 0xf0) return Utf8State.AfterF0;
  if (byte < 0xf4) return Utf8State.LastThree;
  return byte == 0xf4 ? Utf8State.AfterF4 : Utf8State.Invalid;
}

// @ts-ignore: decorator
@inline
function within(byte: u32, low: u32, high: u32, next: Utf8State): Utf8State {
  return byte >= low && byte <= high ? next : Utf8State.Invalid;
}

/** The state at `pointer`, where the three bytes before it are readable and everything before it is valid so far. */
export function utf8StateAt(pointer: usize): Utf8State {
  const last: u32 = load<u8>(pointer - 1);
  if (last < 0x80) return Utf8State.Boundary;
  if (last >= 0xc0) return startOf(last);
  const second: u32 = load<u8>(pointer - 2);
  if (second >= 0xc0) return utf8Next(startOf(second), last);
  const third: u32 = load<u8>(pointer - 3);
  return third >= 0xf0 ? utf8Next(utf8Next(startOf(third), second), last) : Utf8State.Boundary;
}

/** Writes a Unicode scalar value at `pointer` (room for 4 bytes); returns how many bytes it took. */
export function storeUtf8(pointer: usize, scalar: u32): i32 {
  if (scalar < 0x80) {
    store<u8>(pointer, scalar);
    return 1;
  }
  if (scalar < 0x800) {
    store<u8>(pointer, 0xc0 | (scalar >> 6));
    store<u8>(pointer, 0x80 | (scalar & 0x3f), 1);
    return 2;
  }
  if (scalar < 0x10000) {
    store<u8>(pointer, 0xe0 | (scalar >> 12));
    store<u8>(pointer, 0x80 | ((scalar >> 6) & 0x3f), 1);
    store<u8>(pointer, 0x80 | (scalar & 0x3f), 2);
    return 3;
  }
  store<u8>(pointer, 0xf0 | (scalar >> 18));
  store<u8>(pointer, 0x80 | ((scalar >> 12) & 0x3f), 1);
  store<u8>(pointer, 0x80 | ((scalar >> 6) & 0x3f), 2);
  store<u8>(pointer, 0x80 | (scalar & 0x3f), 3);
  return 4;
}
