/** Whether JSON allows this byte, which is at most 0x20, between tokens. */
// @ts-ignore: decorator
@inline
export function isSpace(byte: u32): bool {
  const TAB_LF_CR_SPACE: u64 = (1 << 0x09) | (1 << 0x0a) | (1 << 0x0d) | (1 << 0x20);
  return ((TAB_LF_CR_SPACE >> byte) & 1) != 0;
}

/** The first byte of [position, end) that is no white space, or `end`. Spaces, the most of an indented text, by eights. */
export function skipSpace(position: usize, end: usize): usize {
  while (position < end) {
    while (position + 8 <= end && load<u64>(position) == 0x2020202020202020) position += 8;
    if (position == end) break;
    const byte: u32 = load<u8>(position);
    if (byte > 0x20 || !isSpace(byte)) break;
    position++;
  }
  return position;
}
