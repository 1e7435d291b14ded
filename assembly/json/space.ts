/** Whether JSON allows this byte, which is at most 0x20, between tokens. */
// @ts-ignore: decorator
@inline
export function isSpace(byte: u32): bool {
  const TAB_LF_CR_SPACE: u64 = (1 << 0x09) | (1 << 0x0a) | (1 << 0x0d) | (1 << 0x20);
  return ((TAB_LF_CR_SPACE >> byte) & 1) != 0;
}

/** The first byte of [position, end) that is no white space, or `end`. */
export function skipSpace(position: usize, end: usize): usize {
  while (position + 16 <= end) {
    const bytes = v128.load(position);
    const line = v128.or(i8x16.eq(bytes, i8x16.splat(0x0a)), i8x16.eq(bytes, i8x16.splat(0x0d)));
    const blank = v128.or(i8x16.eq(bytes, i8x16.splat(0x20)), i8x16.eq(bytes, i8x16.splat(0x09)));
    const others = ~i8x16.bitmask(v128.or(line, blank)) & 0xffff;
    if (others) return position + ctz(others);
    position += 16;
  }
  while (position < end) {
    const byte: u32 = load<u8>(position);
    if (byte > 0x20 || !isSpace(byte)) break;
    position++;
  }
  return position;
}
