import { lanes } from "../bytes/lanes";

const BLOCK: usize = 16;

/** How many bytes from a beginning are looked at. */
export const FIRST_BYTES: i32 = 3;
export const BUCKETS: i32 = 8;
/** All bytes, as halves. */
export const ANY_BYTE: u32 = 0xffffffff;

/** A byte as halves: a bit for the lower one in the lower 16 bits, and one for the upper one in the upper 16. */
// @ts-ignore: decorator
@inline
export function halvesOf(byte: u32): u32 {
  return (1 << (byte & 15)) | (1 << (16 + (byte >> 4)));
}

/**
 * Tells 16 places of a text at a time where something may begin, by what its first three bytes can be: whatever is looked for is
 * put into eight buckets, and two tables a byte tell by the halves of a byte which buckets can have it. After Teddy, of Hyperscan.
 */
@final
export class FirstBytes {
  /** For each of the bytes, 16 bytes by a lower half and 16 by an upper one: one bit a bucket. */
  private readonly tables: StaticArray<u8> = new StaticArray<u8>(FIRST_BYTES * 32);

  /** In a bucket the byte at `index` can have these halves, too. */
  add(index: i32, bucket: i32, halves: u32): void {
    for (let half = 0; half < 32; half++) {
      const at = index * 32 + half;
      if ((halves >> half) & 1) this.tables[at] |= (<u8>1) << (<u8>bucket);
    }
  }

  /** For each of the 16 places from `pointer` on, the buckets of what may begin there; reads 18 bytes. */
  @inline
  at(pointer: usize): v128 {
    const tables = changetype<usize>(this.tables);
    const half = lanes(15);
    const first = v128.load(pointer);
    const second = v128.load(pointer, 1);
    const third = v128.load(pointer, 2);
    return v128.and(
      v128.and(
        v128.and(
          i8x16.swizzle(v128.load(tables), v128.and(first, half)),
          i8x16.swizzle(v128.load(tables, 16), i8x16.shr_u(first, 4)),
        ),
        v128.and(
          i8x16.swizzle(v128.load(tables, 32), v128.and(second, half)),
          i8x16.swizzle(v128.load(tables, 48), i8x16.shr_u(second, 4)),
        ),
      ),
      v128.and(
        i8x16.swizzle(v128.load(tables, 64), v128.and(third, half)),
        i8x16.swizzle(v128.load(tables, 80), i8x16.shr_u(third, 4)),
      ),
    );
  }

  /** The first place from `pointer` on where something may begin; a place less than 18 before `end` where none was found. */
  find(pointer: usize, end: usize): usize {
    for (; pointer + BLOCK + FIRST_BYTES - 1 <= end; pointer += BLOCK) {
      const buckets = this.at(pointer);
      if (v128.any_true(buckets)) return pointer + <usize>ctz(i8x16.bitmask(i8x16.ne(buckets, i8x16.splat(0))));
    }
    return pointer;
  }
}
