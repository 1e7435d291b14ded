import { weightOf } from "./weights";

/** How many groups the table remembers; a power of 2. */
const SEEN: u32 = 2048;
const SEEN_BYTES: usize = (<usize>SEEN) << 2;

const LAST: u32 = 0x9e3779b1;
const BEFORE: u32 = 0x85ebca6b;

/**
 * The weights of the groups that a block's tokens make with the two tokens before them: the token itself, with the last one,
 * with the one before that, and with both; and the same four over the tokens' beginnings. A group counts once a block, unless
 * another one took its place in the table since.
 */
@final
export class TokenGroups {
  /** Of the block so far: the sum of the groups' weights, and how many groups there are. */
  sum: i32 = 0;
  count: i32 = 0;
  private last: u32 = 0;
  private before: u32 = 0;
  private lastPrefix: u32 = 0;
  private beforePrefix: u32 = 0;
  private readonly seen: StaticArray<u32> = new StaticArray<u32>(SEEN);

  reset(): void {
    this.last = 0;
    this.before = 0;
    this.lastPrefix = 0;
    this.beforePrefix = 0;
    this.beginBlock();
  }

  /** Tokens go on to make groups with those of the block before. */
  beginBlock(): void {
    this.sum = 0;
    this.count = 0;
    memory.fill(changetype<usize>(this.seen), 0, SEEN_BYTES);
  }

  /** The next token, and its beginning, as hashes. */
  add(token: u32, prefix: u32): void {
    const last = this.last;
    const before = this.before;
    this.note(token);
    this.note(mix(last * LAST + token + 1));
    this.note(mix(before * BEFORE + token + 2));
    this.note(mix((before * BEFORE + last) * LAST + token + 3));
    this.before = last;
    this.last = token;
    const lastPrefix = this.lastPrefix;
    const beforePrefix = this.beforePrefix;
    this.note(mix(prefix + 4));
    this.note(mix(lastPrefix * LAST + prefix + 5));
    this.note(mix(beforePrefix * BEFORE + prefix + 6));
    this.note(mix((beforePrefix * BEFORE + lastPrefix) * LAST + prefix + 7));
    this.beforePrefix = lastPrefix;
    this.lastPrefix = prefix;
  }


  @inline
  private note(group: u32): void {
    // 0 is an empty place.
    const hash = group | 1;
    const place = changetype<usize>(this.seen) + (((<usize>(hash >> 1)) & (SEEN - 1)) << 2);
    if (load<u32>(place) == hash) return;
    store<u32>(place, hash);
    this.sum += weightOf(hash);
    this.count++;
  }
}

/** Spreads a number over all bits (a 32-bit finaliser in the manner of MurmurHash3). */
// @ts-ignore: decorator
@inline
export function mix(value: u32): u32 {
  value = (value ^ (value >> 15)) * 0x2c1b3c6d;
  value = (value ^ (value >> 12)) * 0x297a2d39;
  return value ^ (value >> 15);
}
