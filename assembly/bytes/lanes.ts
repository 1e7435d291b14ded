const BYTES = memory.data(256);
for (let i: usize = 0; i < 256; i++) store<u8>(BYTES + i, <u8>i);

/**
 * 16 times `byte`, from 0 to 255. Loaded: V8 makes a constant vector anew in each turn of a loop, by three instructions. The Java
 * host has no instruction that loads and splats in one.
 */
// @ts-ignore: decorator
@inline
export function lanes(byte: u32): v128 {
  return i8x16.splat(load<u8>(BYTES + <usize>byte));
}
