/** The first `byte` of [pointer, end), or `end`. */
export function findByte(pointer: usize, end: usize, byte: u8): usize {
  const wanted = i8x16.splat(byte);
  while (pointer + 16 <= end) {
    const found = i8x16.bitmask(i8x16.eq(v128.load(pointer), wanted));
    if (found) return pointer + ctz(found);
    pointer += 16;
  }
  while (pointer < end && load<u8>(pointer) != byte) pointer++;
  return pointer;
}
