export const MAX_CODE_POINT: u32 = 0x10ffff;

/** A set of Unicode code points: sorted ranges with a gap between each two, once `normalize` was called. */
@final
export class CodePointSet {
  /** The first code point of each range in the upper half, the last one in the lower. */
  readonly ranges: u64[] = [];


  @inline
  get length(): i32 {
    return this.ranges.length;
  }


  @inline
  first(index: i32): u32 {
    return <u32>(unchecked(this.ranges[index]) >> 32);
  }


  @inline
  last(index: i32): u32 {
    return <u32>unchecked(this.ranges[index]);
  }

  /** Adds the code points from `first` to `last`, both included. */
  add(first: u32, last: u32): void {
    this.ranges.push(((<u64>first) << 32) | last);
  }

  addAll(other: CodePointSet): void {
    for (let i = 0; i < other.length; i++) this.ranges.push(unchecked(other.ranges[i]));
  }

  /** Sorts the ranges and joins those that touch. */
  normalize(): void {
    const ranges = this.ranges;
    sort(ranges);
    let kept = 0;
    for (let i = 0; i < ranges.length; i++) {
      const first = this.first(i);
      const last = this.last(i);
      if (kept > 0 && first <= this.last(kept - 1) + 1) {
        if (last > this.last(kept - 1)) {
          unchecked((ranges[kept - 1] = (ranges[kept - 1] & 0xffffffff00000000) | last));
        }
      } else {
        unchecked((ranges[kept++] = ranges[i]));
      }
    }
    ranges.length = kept;
  }

  /** Turns a normal set into all code points that are not in it. */
  negate(): void {
    const before = this.ranges.slice();
    this.ranges.length = 0;
    let next: u32 = 0;
    for (let i = 0; i < before.length; i++) {
      const first = <u32>(unchecked(before[i]) >> 32);
      if (first > next) this.add(next, first - 1);
      next = <u32>unchecked(before[i]) + 1;
    }
    if (next <= MAX_CODE_POINT) this.add(next, MAX_CODE_POINT);
  }
}

/** Shell's sort: small, and quick on what is nearly sorted. */
function sort(values: u64[]): void {
  for (let gap = values.length >> 1; gap > 0; gap >>= 1) {
    for (let i = gap; i < values.length; i++) {
      const value = unchecked(values[i]);
      let at = i;
      for (; at >= gap && unchecked(values[at - gap]) > value; at -= gap) unchecked((values[at] = values[at - gap]));
      unchecked((values[at] = value));
    }
  }
}
