/**
 * For each prefix of a text, how long its longest border is: what is matched again when the next byte does not fit (Knuth,
 * Morris, Pratt). Writes `length` + 1 cells of 16 bits to `borders`, by the prefix's length.
 */
export function writeBorders(text: usize, length: i32, borders: usize): void {
  let border = 0;
  store<u16>(borders, 0);
  for (let i = 0; i < length; i++) {
    const byte = load<u8>(text + i);
    if (i > 0) {
      while (border > 0 && load<u8>(text + border) != byte) border = borderOf(borders, border);
      if (load<u8>(text + border) == byte) border++;
    }
    store<u16>(borders + (i << 1), border, 2);
  }
}

// @ts-ignore: decorator
@inline
export function borderOf(borders: usize, prefixLength: i32): i32 {
  return load<u16>(borders + (prefixLength << 1));
}
