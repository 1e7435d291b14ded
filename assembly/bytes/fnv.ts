const BASIS: u32 = 0x811c9dc5;
const PRIME: u32 = 0x01000193;

/** FNV-1a with 32 bits, by Fowler, Noll and Vo, of the bytes with `setBits` set in each. The low bits alone are weak. */
export function fnv1a(pointer: usize, length: i32, setBits: u32 = 0): u32 {
  let hash = BASIS;
  for (let i = 0; i < length; i++) hash = (hash ^ (load<u8>(pointer + i) | setBits)) * PRIME;
  return hash;
}
