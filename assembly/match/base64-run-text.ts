import { HitListener, LOOK_BEHIND_BYTES } from "./detector";
import { Group, MOST_GROUP_CHARACTERS } from "./base64-run-group";
import { Folder } from "./fold";
import { Matcher, View } from "./matcher";
import { PlainText } from "./plain-text";
import { GatheredText } from "./plain-text-gathered";
import { ViewDetectors, ViewHits } from "./text-scanner-view";

const STEP_BYTES: i32 = 64;
/** Invisible characters among what was decoded, as the zeros of UTF-16, may be so many times what is kept of the plain text. */
const DECODED_FACTOR: i32 = 2;

/**
 * A text that was encoded, as it is decoded: folded, and looked at. A hit covers the groups of four characters of base64, or
 * the pairs of digits, that it was in.
 */
@final
export class DecodedText extends ViewHits {
  private readonly decoded: GatheredText;
  private readonly plain: PlainText;
  private readonly folder: Folder;
  private readonly detectors: ViewDetectors;
  private foldedTo: i32 = 0;

  constructor(
    matcher: Matcher,
    maxHoldBytes: i32,
    private readonly hits: HitListener,
  ) {
    const plain = new PlainText(maxHoldBytes, STEP_BYTES);
    super();
    this.plain = plain;
    this.folder = new Folder(plain);
    this.decoded = new GatheredText(DECODED_FACTOR * (maxHoldBytes + LOOK_BEHIND_BYTES) + STEP_BYTES);
    this.detectors = new ViewDetectors(matcher, View.Decoded, maxHoldBytes);
  }

  get isEmpty(): bool {
    return this.detectors.isEmpty;
  }

  begin(): void {
    this.decoded.reset();
    this.folder.reset();
    this.detectors.reset();
    this.foldedTo = 0;
  }

  /** Takes what a group of an encoded text was decoded to. */
  append(group: Group, isHex: bool, outer: PlainText): void {
    if (this.decoded.room < MOST_GROUP_CHARACTERS) this.look();
    const unitBytes = isHex ? 1 : 3;
    const unitCharacters = isHex ? 2 : 4;
    for (let first = 0, byte = 0; byte < group.decodedBytes; first += unitCharacters) {
      const last = min(first + unitCharacters, group.length) - 1;
      const start = outer.originalStart(group.placeOf(first));
      const end = outer.originalEnd(group.placeOf(last) + 1);
      const unitEnd = min(byte + unitBytes, group.decodedBytes);
      for (; byte < unitEnd; byte++) this.decoded.append(unchecked(group.decoded[byte]), start, end);
    }
  }

  /** Takes up to three bytes, the first one highest in `bytes`, of a group that is [start, end) of the original. */
  add(bytes: u32, count: i32, start: i32, end: i32): void {
    if (this.decoded.room < MOST_GROUP_CHARACTERS) this.look();
    for (let i = 0; i < count; i++) this.decoded.append(<u8>(bytes >> (16 - 8 * i)), start, end);
  }

  /** Looks at all that there is. */
  look(): void {
    const window = this.decoded.window;
    do {
      const from = window.pointer + <usize>(this.foldedTo - window.start);
      const next = this.folder.fold(from, window.pointer + <usize>(window.end - window.start));
      this.foldedTo += <i32>(next - from);
      this.scan();
    } while (this.foldedTo < window.end);
    this.decoded.slide(this.keepFrom, MOST_GROUP_CHARACTERS);
  }

  /** The text is over. */
  end(): void {
    this.look();
    while (!this.folder.finish()) this.scan();
    this.plain.window.isLast = true;
    this.detectors.scan(this.plain.window, this);
  }

  /** The original offset before which every hit has been reported; `end` where nothing is pending. */
  settled(end: i32): i32 {
    const from = this.keepFrom;
    return from < this.decoded.window.end ? this.decoded.startOf(from) : end;
  }

  override onHit(id: i32, start: i32, end: i32, isContinued: bool): void {
    const plain = this.plain;
    const decoded = this.decoded;
    const from = isContinued
      ? decoded.endOf(plain.originalEnd(start) - 1)
      : decoded.startOf(plain.originalStart(start));
    const to = decoded.endOf(plain.originalEnd(end) - 1);
    this.hits.onHit(this.firstId + id, from, to, isContinued);
  }

  /** What is before this offset of the decoded text is of no more use. */
  private get keepFrom(): i32 {
    const pending = this.detectors.pending(this.plain.window);
    return pending < this.plain.window.end ? this.plain.originalStart(pending) : this.folder.originalBytes;
  }

  private scan(): void {
    this.detectors.scan(this.plain.window, this);
    this.plain.slide(this.detectors.pending(this.plain.window));
  }
}
