import { lanes } from "./lanes";

/** The first `byte` of [pointer, end), or `end`. */
export function findByte(pointer: usize, end: usize, byte: u8): usize {
  const wanted = lanes(byte);
  while (pointer + 16 <= end) {
    const found = i8x16.bitmask(i8x16.eq(v128.load(pointer), wanted));
    if (found) return pointer + ctz(found);
    pointer += 16;
  }
  while (pointer < end && load<u8>(pointer) != byte) pointer++;
  return pointer;
}

/** The first byte of [pointer, end) that is white space, a control or not ASCII, or `end`. */
export function findNoWord(pointer: usize, end: usize): usize {
  const space = lanes(0x20);
  while (pointer + 16 <= end) {
    const found = i8x16.bitmask(i8x16.le_s(v128.load(pointer), space));
    if (found) return pointer + ctz(found);
    pointer += 16;
  }
  while (pointer < end && <i8>load<u8>(pointer) > 0x20) pointer++;
  return pointer;
}
