import { mix } from "./groups";
import { runWeightOf } from "./weights";

/** How many runs the table remembers; a power of 2. */
const SEEN: u32 = 2048;
const SEEN_BYTES: usize = (<usize>SEEN) << 2;

const SPACE: u64 = 0x20;
/** How far a character is above the one after it: six are in 64 bits, and what is earlier falls out. */
const SHIFT: u64 = 11;
const LAST: u64 = (1 << SHIFT) - 1;
const LOW: u32 = 0x9e3779b1;
const HIGH: u32 = 0x85ebca6b;

/**
 * The weights of the runs of six characters, across words, with one space for all that separates. A run counts once a block,
 * unless another one took its place in the table since.
 */
@final
export class CharacterRuns {
  /** Of the block so far: the sum of the runs' weights, and how many runs there are. */
  sum: i32 = 0;
  count: i32 = 0;
  private recent: u64 = SPACE;
  private readonly seen: StaticArray<u32> = new StaticArray<u32>(SEEN);

  reset(): void {
    this.recent = SPACE;
    this.beginBlock();
  }

  /** Characters go on to make runs with those of the block before. */
  beginBlock(): void {
    this.sum = 0;
    this.count = 0;
    memory.fill(changetype<usize>(this.seen), 0, SEEN_BYTES);
  }

  /** The next letter, digit or ideograph. */
  @inline
  add(scalar: u32): void {
    const recent = (this.recent << SHIFT) + <u64>scalar;
    this.recent = recent;
    // 0 is an empty place.
    const hash = mix(<u32>recent * LOW + <u32>(recent >> 32) * HIGH) | 1;
    const place = changetype<usize>(this.seen) + (((<usize>(hash >> 1)) & (SEEN - 1)) << 2);
    if (load<u32>(place) == hash) return;
    store<u32>(place, hash);
    this.sum += runWeightOf(hash);
    this.count++;
  }

  /** Something that separates. */
  @inline
  separate(): void {
    if ((this.recent & LAST) != SPACE) this.add(<u32>SPACE);
  }
}
