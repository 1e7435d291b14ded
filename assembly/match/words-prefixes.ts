export const enum Prefix {
  None,
  /** Words begin so that have more bytes to look up. */
  Longer,
  /** And some that have none. */
  Word = 3,
}

const HASH_BITS: u64 = 15;
const CASE_BITS: u64 = 0x2020202020202020;

/** Beginnings of words by hash, whatever the case of letters; a `Prefix` each, in two bits. */
@final
export class PrefixTable {
  private readonly entries: StaticArray<u8> = new StaticArray<u8>(1 << (<i32>HASH_BITS - 2));

  add(prefix: u64, isWord: bool): void {
    const hash = hashOf(prefix);
    const shift = shiftOf(hash);
    const bits: u32 = isWord ? Prefix.Word : Prefix.Longer;
    this.entries[hash >> 2] |= <u8>(bits << shift);
  }


  @inline
  find(prefix: u64): u32 {
    const hash = hashOf(prefix);
    const shift = shiftOf(hash);
    const four: u32 = load<u8>(changetype<usize>(this.entries) + <usize>(hash >> 2));
    return (four >> shift) & 3;
  }
}

// @ts-ignore: decorator
@inline
function hashOf(prefix: u64): i32 {
  return <i32>(((prefix | CASE_BITS) * 0x9e3779b97f4a7c15) >> (64 - HASH_BITS));
}

// @ts-ignore: decorator
@inline
function shiftOf(hash: i32): u32 {
  return (hash & 3) * 2;
}
