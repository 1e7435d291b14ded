/** No hit waits. */
export const NO_HIT: i32 = -1;

const WORD_SHIFT: i32 = 6;
const WORD_MASK: i32 = 63;

/**
 * Hits that may yet lose against one that began before or together with them: for each pattern in order of the text, none
 * over another. All lie within the `maxHoldBytes` before the place that has been reached.
 *
 * Kept as two rings of bits a pattern, where hits begin and where they end, so that any number of them takes the same room.
 */
@final
export class WaitingHits {
  /** Patterns for which hits wait, in the order in which they came to; the first `count`. */
  readonly patterns: StaticArray<u16>;
  count: i32 = 0;
  /** Where each pattern's first waiting hit begins, NO_HIT when none waits. */
  private readonly firsts: StaticArray<i32>;
  /** Where its last one ends. */
  private readonly ends: StaticArray<i32>;
  /** Whether its first one is more of a hit that was told. */
  private readonly continued: StaticArray<bool>;
  private readonly ringMask: i32;
  private readonly ringWords: i32;
  private readonly begins: StaticArray<u64>;
  private readonly finishes: StaticArray<u64>;

  constructor(patterns: i32, maxHoldBytes: i32) {
    let ring = WORD_MASK + 1;
    while (ring <= maxHoldBytes) ring *= 2;
    this.ringMask = ring - 1;
    const words = ring >> WORD_SHIFT;
    this.ringWords = words;
    this.patterns = new StaticArray<u16>(patterns);
    this.firsts = new StaticArray<i32>(patterns).fill(NO_HIT);
    this.ends = new StaticArray<i32>(patterns);
    this.continued = new StaticArray<bool>(patterns);
    this.begins = new StaticArray<u64>(patterns * words);
    this.finishes = new StaticArray<u64>(patterns * words);
  }


  @inline
  first(pattern: i32): i32 {
    return unchecked(this.firsts[pattern]);
  }


  @inline
  isContinued(pattern: i32): bool {
    return unchecked(this.continued[pattern]);
  }

  /** Where the first one ends. */
  firstEnd(pattern: i32): i32 {
    return this.findBit(this.finishes, pattern, this.first(pattern) + 1);
  }

  /** A hit that all waiting ones from `start` on lose against. */
  add(pattern: i32, start: i32, end: i32, isContinued: bool): void {
    const first = this.first(pattern);
    if (first == NO_HIT) {
      unchecked((this.patterns[this.count++] = <u16>pattern));
    } else {
      this.clearBits(this.begins, pattern, max(start, first), this.ends[pattern]);
      this.clearBits(this.finishes, pattern, max(start, first) + 1, this.ends[pattern] + 1);
    }
    if (first == NO_HIT || start <= first) {
      this.firsts[pattern] = start;
      this.continued[pattern] = isContinued;
    }
    this.ends[pattern] = end;
    this.setBit(this.begins, pattern, start);
    this.setBit(this.finishes, pattern, end);
  }

  /** Takes the first one away, which ends at `end`. */
  shift(pattern: i32, end: i32): void {
    const first = this.first(pattern);
    this.clearBits(this.begins, pattern, first, first + 1);
    this.clearBits(this.finishes, pattern, end, end + 1);
    this.continued[pattern] = false;
    this.firsts[pattern] = end == this.ends[pattern] ? NO_HIT : this.findBit(this.begins, pattern, end);
  }

  /** Forgets the patterns in `patterns` for which no hit waits any more. */
  sweep(): void {
    let kept = 0;
    for (let i = 0; i < this.count; i++) {
      const pattern = unchecked(this.patterns[i]);
      if (this.first(pattern) != NO_HIT) unchecked((this.patterns[kept++] = pattern));
    }
    this.count = kept;
  }

  clear(): void {
    for (let i = 0; i < this.count; i++) {
      const pattern = this.patterns[i];
      this.clearBits(this.begins, pattern, this.first(pattern), this.ends[pattern]);
      this.clearBits(this.finishes, pattern, this.first(pattern) + 1, this.ends[pattern] + 1);
      this.firsts[pattern] = NO_HIT;
    }
    this.count = 0;
  }


  @inline
  private wordOf(pattern: i32, place: i32): i32 {
    return pattern * this.ringWords + ((place & this.ringMask) >> WORD_SHIFT);
  }

  private setBit(bits: StaticArray<u64>, pattern: i32, place: i32): void {
    const word = this.wordOf(pattern, place);
    unchecked((bits[word] |= (<u64>1) << (place & WORD_MASK)));
  }

  /** Clears the bits of [from, to). */
  private clearBits(bits: StaticArray<u64>, pattern: i32, from: i32, to: i32): void {
    while (from < to) {
      const word = this.wordOf(pattern, from);
      const next = min(to, (from | WORD_MASK) + 1);
      const mask = (u64.MAX_VALUE >> (64 - (next - from))) << (from & WORD_MASK);
      unchecked((bits[word] &= ~mask));
      from = next;
    }
  }

  /** The first bit that is set from `from` on; there is one. */
  private findBit(bits: StaticArray<u64>, pattern: i32, from: i32): i32 {
    let found = unchecked(bits[this.wordOf(pattern, from)]) >> (from & WORD_MASK);
    while (found == 0) {
      from = (from | WORD_MASK) + 1;
      found = unchecked(bits[this.wordOf(pattern, from)]);
    }
    return from + <i32>ctz(found);
  }
}
