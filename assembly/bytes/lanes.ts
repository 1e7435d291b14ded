const BYTES = memory.data(256);
for (let i: usize = 0; i < 256; i++) store<u8>(BYTES + i, <u8>i);

/** 16 times `byte`, from 0 to 255. Loaded: V8 makes a constant vector anew in each turn of a loop, by three instructions. */
// @ts-ignore: decorator
@inline
export function lanes(byte: u32): v128 {
  return v128.load_splat<u8>(BYTES + <usize>byte);
}
