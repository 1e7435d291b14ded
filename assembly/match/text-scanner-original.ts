import { LOOK_BEHIND_BYTES, TextWindow } from "./detector";
import { Matcher, View } from "./matcher";
import { CommonHits } from "./text-scanner-hits";
import { ViewDetectors, ViewHits } from "./text-scanner-view";

/** What is looked at beside the reach of a hit, so that a hit that begins where looking began is not one at a change. */
const MARGIN_BYTES: i32 = 16;
/** What the folder may keep back. */
const UNFOLDED_BYTES: i32 = 16;

/**
 * Looks at the original text where the plain text is another: from the reach of a hit before the first change to the reach of
 * a hit behind the last one. Such a stretch is a text of its own to the detectors. Hits that end before its first change are
 * those of the plain text.
 */
@final
export class OriginalView extends ViewHits {
  private readonly window: TextWindow = new TextWindow();
  /** The same bytes, by offsets from the beginning of the stretch. */
  private readonly stretch: TextWindow = new TextWindow();
  private readonly bytes: StaticArray<u8>;
  private readonly detectors: ViewDetectors;
  private readonly reachBytes: i32;
  private readonly keptBytes: i32;
  private isLooking: bool = false;
  private origin: i32 = 0;
  /** Of the stretch, in the text: where hits that are told end at the least, and where it ends if nothing else changes. */
  private tellFrom: i32 = 0;
  private end: i32 = 0;

  /** Takes `stepBytes` at a time, which must be no more than `maxHoldBytes`. */
  constructor(
    matcher: Matcher,
    maxHoldBytes: i32,
    stepBytes: i32,
    private readonly hits: CommonHits,
  ) {
    super();
    const reachBytes = maxHoldBytes + MARGIN_BYTES;
    this.reachBytes = reachBytes;
    this.keptBytes = reachBytes + LOOK_BEHIND_BYTES + UNFOLDED_BYTES;
    this.bytes = new StaticArray<u8>(reachBytes + LOOK_BEHIND_BYTES + UNFOLDED_BYTES + stepBytes);
    this.detectors = new ViewDetectors(matcher, View.Original, maxHoldBytes);
    this.window.pointer = changetype<usize>(this.bytes);
  }

  get isEmpty(): bool {
    return this.detectors.isEmpty;
  }

  reset(): void {
    this.window.start = 0;
    this.window.end = 0;
    this.isLooking = false;
    this.end = 0;
  }

  append(pointer: usize, length: i32): void {
    const window = this.window;
    const kept = window.end - window.start;
    if (kept + length > this.bytes.length) {
      const gone = kept - this.keptBytes;
      memory.copy(window.pointer, window.pointer + <usize>gone, this.keptBytes);
      window.start += gone;
    }
    memory.copy(window.pointer + <usize>(window.end - window.start), pointer, length);
    window.end += length;
  }

  /** Looks at what there is; `first` and `last` are where a change begins first and ends last in what was appended, or -1. */
  scan(first: i32, last: i32, isLast: bool): void {
    if (this.isLooking) {
      if (first >= 0 && first <= this.end) this.end = last + this.reachBytes;
      this.look(isLast);
    }
    if (this.isLooking || first < 0) return;
    this.begin(first);
    this.end = last + this.reachBytes;
    this.look(isLast);
  }

  /** The offset before which every hit has been reported; `end` where nothing is pending. */
  settled(end: i32): i32 {
    if (!this.isLooking) return end;
    const pending = this.detectors.pending(this.stretch);
    return pending < this.stretch.end ? this.origin + pending : end;
  }

  override onHit(id: i32, start: i32, end: i32, isContinued: bool): void {
    const from = this.origin + start;
    const to = this.origin + end;
    if (to > this.tellFrom) this.hits.tell(View.Original, this.firstId + id, from, to, isContinued);
  }

  private begin(change: i32): void {
    const window = this.window;
    let origin = max(change - this.reachBytes, 0);
    while (origin > window.start && (window.at(origin) & 0xc0) == 0x80) origin--;
    this.isLooking = true;
    this.origin = origin;
    this.tellFrom = max(change - LOOK_BEHIND_BYTES, this.end);
    this.detectors.reset();
  }

  private look(isLast: bool): void {
    const window = this.window;
    const stretch = this.stretch;
    const start = max(window.start, this.origin);
    stretch.pointer = window.pointer + <usize>(start - window.start);
    stretch.start = start - this.origin;
    stretch.end = min(window.end, this.end) - this.origin;
    stretch.isLast = isLast && window.end <= this.end;
    this.detectors.scan(stretch, this);
    this.isLooking = window.end < this.end;
  }
}
