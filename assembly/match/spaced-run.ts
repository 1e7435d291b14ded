import { HitListener, LOOK_BEHIND_BYTES, TextWindow } from "./detector";
import { Matcher, View } from "./matcher";
import { PlainText } from "./plain-text";
import { GatheredText } from "./plain-text-gathered";
import { beginningOf, findSeparated, lengthBy, MOST_BEGINNING_BYTES, MOST_SEPARATORS } from "./spaced-run-search";
import { ViewDetectors, ViewHits } from "./text-scanner-view";

/** Shorter hits come about by chance. */
const LEAST_CHARACTERS: i32 = 4;
const STEP_BYTES: i32 = 64;
/** The most bytes that one more character adds: it, and what separators are read as. */
const MOST_ADDED_BYTES: i32 = 8;
const BLANK: u8 = 0x20;

/**
 * Looks at letters that stand apart in plain text as if they stood together: `p r o j e c t - x`, `p.r.o.j.e.c.t`.
 *
 * A run begins with a character that is no separator and has none but separators beside it (`isSeparator` says which those
 * are). Then characters of any kind follow, each after the same separator. Two of them in a row are read as a blank, three as
 * the separator itself (`p-r-o-j-e-c-t---x`); with the fourth, or with a character that no separator stands before, the run is
 * over. A run of any length is looked at as it comes. Hits of fewer than four characters are not told; the others cover their
 * characters and what is between them.
 */
@final
export class SpacedRuns extends ViewHits {
  /** What is before this plain offset is of no more use here. */
  keepFrom: i32 = 0;
  private readonly letters: GatheredText;
  private readonly detectors: ViewDetectors;
  private next: i32 = 0;
  private isInRun: bool = false;
  /** The separator of the run, as bytes; how many of it stand before `next`, and from where on. */
  private separator: u32 = 0;
  private gap: i32 = 0;
  private gapStart: i32 = 0;

  /** `hits` hears of them by offsets in the original text. */
  constructor(
    matcher: Matcher,
    maxHoldBytes: i32,
    private readonly hits: HitListener,
  ) {
    super();
    this.letters = new GatheredText(maxHoldBytes + LOOK_BEHIND_BYTES + STEP_BYTES);
    this.detectors = new ViewDetectors(matcher, View.Spaced, maxHoldBytes);
  }

  get isEmpty(): bool {
    return this.detectors.isEmpty;
  }

  reset(): void {
    this.keepFrom = 0;
    this.next = 0;
    this.begin();
    this.isInRun = false;
  }

  /** More of the plain text is there, or it is over. */
  scan(plain: PlainText): void {
    const window = plain.window;
    while (this.next < window.end) {
      if (this.isInRun) this.follow(plain);
      else this.find(window);
    }
    if (this.isInRun) {
      if (window.isLast) this.end();
      else this.detectors.scan(this.letters.window, this);
    }
    this.keepFrom = (this.isInRun && this.gap > 0 ? this.gapStart : this.next) - MOST_BEGINNING_BYTES;
  }

  /** The original offset before which every hit has been reported; `end` where nothing is pending. */
  settled(end: i32): i32 {
    if (!this.isInRun) return end;
    const pending = this.detectors.pending(this.letters.window);
    return pending < this.letters.window.end ? this.letters.startOf(pending) : end;
  }

  override onHit(id: i32, start: i32, end: i32, isContinued: bool): void {
    if (!isContinued && this.characters(start, end) < LEAST_CHARACTERS) return;
    const letters = this.letters;
    const from = isContinued ? letters.endOf(start - 1) : letters.startOf(start);
    this.hits.onHit(this.firstId + id, from, letters.endOf(end - 1), isContinued);
  }

  private characters(start: i32, end: i32): i32 {
    const window = this.letters.window;
    let count = 0;
    for (let at = max(start, window.start); at < end; at++) {
      if ((window.at(at) & 0xc0) != 0x80) count++;
    }
    return count;
  }

  private begin(): void {
    this.isInRun = true;
    this.gap = 0;
    this.letters.reset();
    this.detectors.reset();
  }

  private end(): void {
    this.isInRun = false;
    this.letters.window.isLast = true;
    this.detectors.scan(this.letters.window, this);
  }

  /** Goes to the first character of the next run, or to the end of the window. */
  private find(window: TextWindow): void {
    const place = findSeparated(window, this.next);
    this.next = place;
    if (place == window.end) return;
    const beginning = beginningOf(window, place);
    if (beginning < 0) {
      this.next = place + lengthBy(window.at(place));
      return;
    }
    this.begin();
    this.separator = characterAt(window, place);
    // The first character is like one after a separator.
    this.gap = 1;
    this.next = beginning;
  }

  /** Reads characters of the run as long as there are some. */
  private follow(plain: PlainText): void {
    const window = plain.window;
    while (this.next < window.end) {
      const character = characterAt(window, this.next);
      const length = lengthBy(window.at(this.next));
      if (character != this.separator) {
        if (this.gap == 0) return this.end();
        this.append(plain, length);
        this.gap = 0;
      } else {
        if (this.gap == MOST_SEPARATORS) return this.end();
        if (this.gap == 0) this.gapStart = this.next;
        this.gap++;
      }
      this.next += length;
    }
  }

  /** Appends the character at `next`, and before it what the separators are read as. */
  private append(plain: PlainText, length: i32): void {
    const letters = this.letters;
    if (letters.room < MOST_ADDED_BYTES) {
      this.detectors.scan(letters.window, this);
      letters.slide(this.detectors.pending(letters.window), MOST_ADDED_BYTES);
    }
    if (this.gap > 1) this.appendGap(plain);
    const start = plain.originalStart(this.next);
    const end = plain.originalEnd(this.next + length);
    for (let i = 0; i < length; i++) letters.append(<u8>plain.window.at(this.next + i), start, end);
  }

  private appendGap(plain: PlainText): void {
    const start = plain.originalStart(this.gapStart);
    const end = plain.originalEnd(this.next);
    if (this.gap == 2) return this.letters.append(BLANK, start, end);
    for (let bytes = this.separator; bytes != 0; bytes >>= 8) this.letters.append(<u8>bytes, start, end);
  }
}

/** The bytes of a character, the first one lowest. */
function characterAt(window: TextWindow, at: i32): u32 {
  let bytes: u32 = 0;
  for (let i = lengthBy(window.at(at)) - 1; i >= 0; i--) bytes = (bytes << 8) | window.at(at + i);
  return bytes;
}
