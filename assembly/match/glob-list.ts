import { fnv1a } from "../bytes/fnv";
import { Glob } from "./glob";

const NONE: i32 = -1;
const FREE: i32 = 0;

/**
 * An ordered list of globs, of which the first that matches wins.
 *
 * A value is looked up among the exact patterns by hash, and only the patterns with stars that stand before that entry are
 * tried, so a long list of plain names costs one hash a value. Never allocates after construction.
 */
@final
export class GlobList {
  private readonly globs: Glob[] = [];
  private readonly starred: i32[] = [];
  /** Open addressing with linear probing, at most half full: indexes of exact patterns, counted from 1. */
  private readonly table: StaticArray<i32>;
  private readonly mask: i32;
  /** The latest pattern of which an earlier one takes all that it matches, or -1. */
  shadowed: i32 = NONE;

  constructor(
    patterns: string[],
    private readonly ignoreCase: bool = false,
  ) {
    let slots = 4;
    while (slots < patterns.length * 2) slots *= 2;
    this.mask = slots - 1;
    this.table = new StaticArray<i32>(slots);
    for (let i = 0; i < patterns.length; i++) {
      const glob = new Glob(unchecked(patterns[i]), ignoreCase);
      if (this.find(changetype<usize>(glob.data), glob.data.length) != NONE) this.shadowed = i;
      this.globs.push(glob);
      if (glob.isExact) this.enter(i);
      else this.starred.push(i);
    }
  }

  get length(): i32 {
    return this.globs.length;
  }

  /** The index of the first pattern that matches, or -1. */
  find(pointer: usize, length: i32): i32 {
    const exact = this.findExact(pointer, length);
    for (let i = 0; i < this.starred.length; i++) {
      const index = unchecked(this.starred[i]);
      if (exact != NONE && index > exact) break;
      if (unchecked(this.globs[index]).matches(pointer, length)) return index;
    }
    return exact;
  }

  /** Equal patterns keep their order along the probe, so the first of them is found. */
  private enter(index: i32): void {
    const bytes = unchecked(this.globs[index]).data;
    let slot = this.hash(changetype<usize>(bytes), bytes.length) & this.mask;
    while (unchecked(this.table[slot]) != FREE) slot = (slot + 1) & this.mask;
    unchecked((this.table[slot] = index + 1));
  }

  private findExact(pointer: usize, length: i32): i32 {
    let slot = this.hash(pointer, length) & this.mask;
    while (true) {
      const index = unchecked(this.table[slot]) - 1;
      if (index == NONE || unchecked(this.globs[index]).matches(pointer, length)) return index;
      slot = (slot + 1) & this.mask;
    }
  }

  /** Where case is ignored, of bytes with the case bit set, which merges a few values that differ. */
  private hash(pointer: usize, length: i32): i32 {
    return fnv1a(pointer, length, this.ignoreCase ? 0x20 : 0);
  }
}
