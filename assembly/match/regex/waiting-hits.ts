/** No hit waits. */
export const NO_HIT: i32 = -1;

/** Where in the numbers of a pattern what lies, in bytes. */
const enum Field {
  /** Where its first waiting hit begins, NO_HIT when none waits. */
  First = 0,
  /** Where its last one begins and ends. */
  Last = 4,
  End = 8,
  /** Whether its first one is more of a hit that was told. */
  IsContinued = 12,
}

const FIELDS: i32 = 4;
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
  private readonly patterns: StaticArray<u16>;
  count: i32 = 0;
  /** Four numbers a pattern: see `Field`. */
  private readonly fields: StaticArray<i32>;
  private readonly ringMask: i32;
  private readonly ringWords: i32;
  /** For each pattern the words of where hits begin, then those of where they end. */
  private readonly rings: StaticArray<u64>;

  constructor(patterns: i32, maxHoldBytes: i32) {
    let ring = WORD_MASK + 1;
    while (ring <= maxHoldBytes) ring *= 2;
    this.ringMask = ring - 1;
    const words = ring >> WORD_SHIFT;
    this.ringWords = words;
    this.patterns = new StaticArray<u16>(patterns);
    this.fields = new StaticArray<i32>(patterns * FIELDS).fill(NO_HIT);
    this.rings = new StaticArray<u64>(patterns * words * 2);
  }


  @inline
  pattern(index: i32): i32 {
    return load<u16>(changetype<usize>(this.patterns) + ((<usize>index) << 1));
  }


  @inline
  first(pattern: i32): i32 {
    return load<i32>(this.fieldsOf(pattern), Field.First);
  }


  @inline
  isContinued(pattern: i32): bool {
    return load<i32>(this.fieldsOf(pattern), Field.IsContinued) != 0;
  }

  /** Where the first one ends. */
  firstEnd(pattern: i32): i32 {
    return this.findBit(this.ends(pattern), this.first(pattern) + 1);
  }

  /** A hit that all waiting ones from `start` on lose against. */
  add(pattern: i32, start: i32, end: i32, isContinued: bool): void {
    const fields = this.fieldsOf(pattern);
    const begins = this.begins(pattern);
    const ends = this.ends(pattern);
    const first = load<i32>(fields, Field.First);
    const before = load<i32>(fields, Field.End);
    if (first == NO_HIT) {
      store<u16>(changetype<usize>(this.patterns) + ((<usize>this.count) << 1), <u16>pattern);
      this.count++;
    } else if (start == load<i32>(fields, Field.Last)) {
      this.flipBit(begins, start);
      this.flipBit(ends, before);
    } else if (start < before) {
      this.clearBits(begins, max(start, first), before);
      this.clearBits(ends, max(start, first) + 1, before + 1);
    }
    this.flipBit(begins, start);
    this.flipBit(ends, end);
    store<i32>(fields, start, Field.Last);
    store<i32>(fields, end, Field.End);
    if (first == NO_HIT || start <= first) {
      store<i32>(fields, start, Field.First);
      store<i32>(fields, isContinued ? 1 : 0, Field.IsContinued);
    }
  }

  /** Takes the first one away, which ends at `end`. */
  shift(pattern: i32, end: i32): void {
    const fields = this.fieldsOf(pattern);
    const begins = this.begins(pattern);
    this.flipBit(begins, load<i32>(fields, Field.First));
    this.flipBit(this.ends(pattern), end);
    const isLast = end == load<i32>(fields, Field.End);
    store<i32>(fields, isLast ? NO_HIT : this.findBit(begins, end), Field.First);
    store<i32>(fields, 0, Field.IsContinued);
  }

  /** Forgets the patterns in the list for which no hit waits any more. */
  sweep(): void {
    let kept = 0;
    for (let i = 0; i < this.count; i++) {
      const pattern = this.pattern(i);
      if (this.first(pattern) == NO_HIT) continue;
      store<u16>(changetype<usize>(this.patterns) + ((<usize>kept) << 1), <u16>pattern);
      kept++;
    }
    this.count = kept;
  }

  clear(): void {
    for (let i = 0; i < this.count; i++) {
      const pattern = this.pattern(i);
      const fields = this.fieldsOf(pattern);
      const first = load<i32>(fields, Field.First);
      const end = load<i32>(fields, Field.End);
      this.clearBits(this.begins(pattern), first, end);
      this.clearBits(this.ends(pattern), first + 1, end + 1);
      store<i32>(fields, NO_HIT, Field.First);
    }
    this.count = 0;
  }


  @inline
  private fieldsOf(pattern: i32): usize {
    return changetype<usize>(this.fields) + <usize>(pattern * (FIELDS * sizeof<i32>()));
  }


  @inline
  private begins(pattern: i32): usize {
    return changetype<usize>(this.rings) + ((<usize>(pattern * this.ringWords) * 2) << 3);
  }


  @inline
  private ends(pattern: i32): usize {
    return this.begins(pattern) + ((<usize>this.ringWords) << 3);
  }

  /** Where the word lies that has the bit of `place`. */
  @inline
  private wordAt(ring: usize, place: i32): usize {
    return ring + ((<usize>((place & this.ringMask) >> WORD_SHIFT)) << 3);
  }


  @inline
  private flipBit(ring: usize, place: i32): void {
    const word = this.wordAt(ring, place);
    store<u64>(word, load<u64>(word) ^ ((<u64>1) << (place & WORD_MASK)));
  }

  /** Clears the bits of [from, to). */
  private clearBits(ring: usize, from: i32, to: i32): void {
    while (from < to) {
      const word = this.wordAt(ring, from);
      const next = min(to, (from | WORD_MASK) + 1);
      const mask = (u64.MAX_VALUE >> (64 - (next - from))) << (from & WORD_MASK);
      store<u64>(word, load<u64>(word) & ~mask);
      from = next;
    }
  }

  /** The first bit that is set from `from` on; there is one. */
  private findBit(ring: usize, from: i32): i32 {
    let found = load<u64>(this.wordAt(ring, from)) >> (from & WORD_MASK);
    while (found == 0) {
      from = (from | WORD_MASK) + 1;
      found = load<u64>(this.wordAt(ring, from));
    }
    return from + <i32>ctz(found);
  }
}
