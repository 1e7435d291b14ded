import { EncodedRuns } from "./base64-run";
import { HitListener } from "./detector";
import { Folder } from "./fold";
import { Matcher, View } from "./matcher";
import { PlainText } from "./plain-text";
import { SpacedRuns } from "./spaced-run";
import { CommonHits } from "./text-scanner-hits";
import { OriginalView } from "./text-scanner-original";
import { ViewDetectors, ViewHits } from "./text-scanner-view";

/** The least that `maxHoldBytes` can be. */
export const MIN_HOLD_BYTES: i32 = 128;

/** What detectors of letters that stood apart and of decoded text may hold back, of those. */
const INNER_HOLD_BYTES: i32 = 128;
/** How much plain text is written before it is looked at. */
const STEP_BYTES: i32 = 1024;

/**
 * Looks for everything of a matcher in a text that arrives in pieces of any size, in all views of it, and reports what it
 * finds by offsets in the text itself. What it reports depends on the text only, not on how it was cut.
 *
 * Holds back at most `maxHoldBytes`, and nothing but what a hit could still begin with. A hit that is longer than that in the
 * text, for what is invisible in it or stands between its letters, is told all the same, though what is before `settled` may
 * have been released; so is one within the first 7 characters of a run in base64.
 *
 * Memory is fixed, about 11 bytes for each byte of `maxHoldBytes` and 12 kB, beside the detectors'. Never allocates after
 * construction; use it again after `reset`. Texts are shorter than 1 GiB.
 */
@final
export class TextScanner extends ViewHits {
  /** The offset in the text before which every hit has been reported. Never goes back. */
  settled: i32 = 0;
  /** Whether the plain text is another than the text so far. */
  isChanged: bool = false;
  private length: i32 = 0;
  private readonly holdBytes: i32;
  private readonly plain: PlainText;
  private readonly folder: Folder;
  private readonly detectors: ViewDetectors;
  private readonly common: CommonHits;
  private readonly original: OriginalView;
  private readonly spaced: SpacedRuns;
  private readonly encoded: EncodedRuns;

  constructor(matcher: Matcher, maxHoldBytes: i32, hits: HitListener) {
    const holdBytes = max(maxHoldBytes, MIN_HOLD_BYTES);
    const mostBytes = max(holdBytes, matcher.mostBytes);
    const innerBytes = max(INNER_HOLD_BYTES, matcher.mostBytes);
    const plain = new PlainText(mostBytes, STEP_BYTES);
    const common = new CommonHits(hits);
    super();
    this.holdBytes = holdBytes;
    this.plain = plain;
    this.common = common;
    this.folder = new Folder(plain);
    this.detectors = new ViewDetectors(matcher, View.Plain, holdBytes);
    this.original = new OriginalView(matcher, mostBytes, STEP_BYTES, common);
    this.spaced = new SpacedRuns(matcher, innerBytes, hits);
    this.encoded = new EncodedRuns(matcher, innerBytes, hits);
  }

  /** Ready for another text. */
  reset(): void {
    this.settled = 0;
    this.isChanged = false;
    this.length = 0;
    this.folder.reset();
    this.detectors.reset();
    this.common.reset();
    this.original.reset();
    this.spaced.reset();
    this.encoded.reset();
  }

  /** The text is a file's bytes in base64: they are decoded from the first to the last. */
  beginFile(): void {
    this.encoded.beginFile();
  }

  /** Takes `length` bytes at `pointer`. */
  feed(pointer: usize, length: i32): void {
    const end = pointer + <usize>length;
    while (pointer < end) {
      this.folder.forgetChanges();
      const next = this.folder.fold(pointer, min(end, pointer + STEP_BYTES));
      if (!this.original.isEmpty) this.original.append(pointer, <i32>(next - pointer));
      this.length += <i32>(next - pointer);
      this.look(false);
      pointer = next;
    }
    this.settle();
  }

  /** The text is over. */
  finish(): void {
    let isFinished = false;
    while (!isFinished) {
      this.folder.forgetChanges();
      isFinished = this.folder.finish();
      this.look(isFinished);
    }
    this.settled = this.length;
  }

  override onHit(id: i32, start: i32, end: i32, isContinued: bool): void {
    // What is invisible between two parts is part of the hit.
    const from = isContinued ? this.plain.originalEnd(start) : this.plain.originalStart(start);
    this.common.tell(View.Plain, this.firstId + id, from, this.plain.originalEnd(end), isContinued);
  }

  private look(isLast: bool): void {
    const plain = this.plain;
    const window = plain.window;
    const change = this.folder.firstChange;
    window.isLast = isLast;
    this.isChanged = this.isChanged || change >= 0;
    this.detectors.scan(window, this);
    if (!this.original.isEmpty) this.original.scan(change, this.folder.lastChange, isLast);
    let keepFrom = this.detectors.pending(window);
    if (!this.spaced.isEmpty) {
      this.spaced.scan(plain);
      keepFrom = min(keepFrom, this.spaced.keepFrom);
    }
    if (!this.encoded.isEmpty) {
      this.encoded.scan(plain);
      keepFrom = min(keepFrom, this.encoded.keepFrom);
    }
    if (plain.isCrowded) plain.slide(keepFrom);
  }

  private settle(): void {
    const window = this.plain.window;
    const folded = this.folder.originalBytes;
    const pending = this.detectors.pending(window);
    let settled = pending < window.end ? this.plain.originalStart(pending) : folded;
    settled = min(settled, this.original.settled(folded));
    if (!this.spaced.isEmpty) settled = min(settled, this.spaced.settled(folded));
    if (!this.encoded.isEmpty) settled = min(settled, this.encoded.settled(this.plain, folded));
    this.settled = max(this.settled, max(settled, this.length - this.holdBytes));
  }
}
