import { HitListener } from "./detector";
import { View } from "./matcher";

/** How many hits are remembered: a power of two. */
const REMEMBERED: i32 = 64;

/**
 * Passes on the hits that the plain and the original view have in common once: of hits of one id that begin at the same place
 * the longest one, in parts if it comes later.
 *
 * Remembers the last 64 hits of such detectors; the views keep in step, so a hit is told twice only where more of them are
 * between the two tellings.
 */
@final
export class CommonHits {
  private readonly ids: StaticArray<i32> = new StaticArray<i32>(REMEMBERED);
  private readonly starts: StaticArray<i32> = new StaticArray<i32>(REMEMBERED);
  private readonly ends: StaticArray<i32> = new StaticArray<i32>(REMEMBERED);
  private readonly views: StaticArray<View> = new StaticArray<View>(REMEMBERED);
  private count: i32 = 0;

  constructor(private readonly hits: HitListener) {}

  reset(): void {
    this.count = 0;
  }

  tell(view: View, id: i32, start: i32, end: i32, isContinued: bool): void {
    const own = isContinued ? this.findEnd(view, id, start) : this.add(view, id, start);
    if (own >= 0) {
      unchecked((this.ends[own] = end));
      const told = this.toldTo(view, id, unchecked(this.starts[own]));
      if (told >= end) return;
      if (told > start) return this.hits.onHit(id, told, end, true);
    }
    this.hits.onHit(id, start, end, isContinued);
  }

  private add(view: View, id: i32, start: i32): i32 {
    const index = this.count++ & (REMEMBERED - 1);
    unchecked((this.ids[index] = id));
    unchecked((this.starts[index] = start));
    unchecked((this.views[index] = view));
    return index;
  }

  /** The hit of this view that has been told up to an offset. */
  private findEnd(view: View, id: i32, end: i32): i32 {
    for (let i = min(this.count, REMEMBERED) - 1; i >= 0; i--) {
      if (unchecked(this.ends[i]) == end && unchecked(this.ids[i]) == id && unchecked(this.views[i]) == view) return i;
    }
    return -1;
  }

  /** Up to where hits of the other view have been told that begin at an offset; -1 where there is none. */
  private toldTo(view: View, id: i32, start: i32): i32 {
    let told = -1;
    for (let i = min(this.count, REMEMBERED) - 1; i >= 0; i--) {
      if (unchecked(this.starts[i]) != start || unchecked(this.ids[i]) != id || unchecked(this.views[i]) == view)
        continue;
      told = max(told, unchecked(this.ends[i]));
    }
    return told;
  }
}
