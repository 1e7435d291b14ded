import { HitListener } from "../match/detector";
import { Matcher } from "../match/matcher";
import { TextScanner } from "../match/text-scanner";
import { COUNTS, COUNTS_NOT, IN_ONE_TEXT, OpenHits } from "./seam-open-hits";

/** Hears about hits that stand in more than one text. */
export abstract class SeamListener {
  /** A part of a hit: bytes [start, end) of a text, by what `begin` was told of it. */
  abstract onSeamPart(text: i32, start: i32, end: i32): void;

  /**
   * The hit whose parts came since the last call is complete; `scopes` are those of all its texts. Whether it counts: only then more of
   * it is told, as a hit by itself, where it goes on in texts behind those.
   */
  abstract onSeamHit(id: i32, scopes: i32): bool;
}

const MOST_PIECES: i32 = 512;
const TEXT: i32 = 0;
/** Offset in the text of the piece's first byte. */
const TEXT_OFFSET: i32 = 1;
/** Offset in the scanned stream of the piece's first byte. */
const STREAM_START: i32 = 2;
const SCOPES: i32 = 3;
const FIELDS: i32 = 4;
const MOST_HITS: i32 = 64;
const HIT_FIELDS: i32 = 3;
/** All bits of `TextScope`. */
const ALL_SCOPES: i32 = 31;

/**
 * Finds what is split over texts that follow each other: parts of a message, messages, tool results. A model reads them as
 * one, whatever they are cut into.
 *
 * It scans the end of each text with the beginning of the next ones, as if nothing were between them, and reports what stands
 * in more than one. Reads at most twice `reachBytes` of each text, but for what a hit goes on in that began before it; fixed memory.
 */
@final
export class SeamScanner {
  private readonly scanner: TextScanner;
  private readonly tail: StaticArray<u8>;
  private tailLength: i32 = 0;
  /** The decoded length of the text in hand so far. */
  private length: i32 = 0;
  /** How much of that was scanned from its beginning on. */
  private headLength: i32 = 0;
  private text: i32 = 0;
  /** Of all that was scanned, gaps left out. */
  private streamLength: i32 = 0;
  /** Where in that the scanner's text begins: after the last gap. */
  private base: i32 = 0;
  /** The last pieces of the stream, oldest first. */
  private readonly pieces: StaticArray<i32> = new StaticArray<i32>(MOST_PIECES * FIELDS);
  private pieceCount: i32 = 0;
  /** The first piece whose scope is not known yet. */
  private unscoped: i32 = 0;
  /** Hits that wait for the scope of their last text. */
  private readonly hits: StaticArray<i32> = new StaticArray<i32>(MOST_HITS * HIT_FIELDS);
  private hitCount: i32 = 0;
  private readonly open: OpenHits = new OpenHits();
  /** Where the last hit over texts ends. */
  private lastEnd: i32 = 0;

  constructor(
    matcher: Matcher,
    private readonly reachBytes: i32,
    private readonly listener: SeamListener,
  ) {
    const hits = new StreamHits();
    this.scanner = new TextScanner(matcher, reachBytes, hits);
    this.tail = new StaticArray<u8>(reachBytes);
    hits.seams = this;
  }

  reset(): void {
    this.scanner.reset();
    this.streamLength = 0;
    this.base = 0;
    this.pieceCount = 0;
    this.unscoped = 0;
    this.hitCount = 0;
    this.open.reset();
    this.lastEnd = 0;
  }

  /** A text begins; `text` is what the listener is told of it. */
  begin(text: i32): void {
    this.text = text;
    this.length = 0;
    this.headLength = 0;
    this.tailLength = 0;
  }

  add(pointer: usize, length: i32): void {
    let inHead = 0;
    while (inHead < length && this.isInHead) {
      const step = min(length - inHead, this.reachBytes - (this.headLength % this.reachBytes));
      if (this.headLength == 0) this.addPiece(0);
      this.scan(pointer + inHead, step);
      this.headLength += step;
      inHead += step;
    }
    if (length > inHead) this.keepTail(pointer + inHead, length - inHead);
    this.length += length;
  }

  /** Whether what follows is scanned at once: in the first bytes of a text, and while a hit goes on. */
  private get isInHead(): bool {
    if (this.tailLength > 0) return false;
    const isWithin = this.headLength == 0 || this.headLength % this.reachBytes != 0;
    // What is told of a hit that goes on is behind: the last line of a private key, and what is invisible.
    return isWithin || this.lastEnd + this.reachBytes > this.streamLength;
  }

  end(): void {
    const left = this.tailLength;
    if (left == 0) return;
    if (this.length > this.headLength + left) {
      this.scanner.finish();
      this.scanner.reset();
      this.base = this.streamLength;
    }
    this.addPiece(this.length - left);
    this.scan(changetype<usize>(this.tail), left);
  }

  /** All texts since the last call have these scopes. */
  scope(scopes: i32): void {
    for (let i = this.unscoped; i < this.pieceCount; i++) this.put(i, SCOPES, scopes);
    this.unscoped = this.pieceCount;
    this.reportAll(0);
    this.forgetOld();
  }

  /** No more texts come. */
  finish(): void {
    this.scanner.finish();
    this.scope(0);
  }

  /** A hit in the stream, by offsets since the last gap; or more of one, from where it has been told to. */
  hit(id: i32, from: i32, to: i32, isContinued: bool): void {
    const start = this.base + from;
    const end = this.base + to;
    const open = this.open;
    const known = isContinued ? open.find(id, start) : -1;
    if (known < 0) return open.add(id, start, end, this.keep(id, start, end));
    let state = open.stateOf(known);
    if (state == COUNTS_NOT) return open.goOn(known, end, state);
    if (state == IN_ONE_TEXT) state = this.keep(id, open.startOf(known), end);
    else if (state == COUNTS) state = this.wait(id, start, end);
    else this.hits[state + 2] = end;
    open.goOn(known, end, state);
    if (state != IN_ONE_TEXT) this.lastEnd = end;
  }

  /** Has a hit wait for its scopes, if it stands in more than one text; returns where, or `IN_ONE_TEXT`. */
  private keep(id: i32, start: i32, end: i32): i32 {
    const first = this.pieceAt(start);
    if (first >= 0 && this.get(first, TEXT) == this.get(this.pieceAt(end - 1), TEXT)) return IN_ONE_TEXT;
    this.lastEnd = end;
    return this.wait(id, start, end);
  }

  private wait(id: i32, start: i32, end: i32): i32 {
    if (this.hitCount == MOST_HITS) this.reportAll(ALL_SCOPES);
    const at = this.hitCount++ * HIT_FIELDS;
    this.hits[at] = id;
    this.hits[at + 1] = start;
    this.hits[at + 2] = end;
    return at;
  }

  /** Reports what waits, with these scopes beside those that are known. */
  private reportAll(scopes: i32): void {
    for (let i = 0; i < this.hitCount; i++)
      this.open.settle(i * HIT_FIELDS, this.report(i, scopes) ? COUNTS : COUNTS_NOT);
    this.hitCount = 0;
  }

  private report(index: i32, more: i32): bool {
    const at = index * HIT_FIELDS;
    const id = this.hits[at];
    const start = this.hits[at + 1];
    const end = this.hits[at + 2];
    let scopes = more;
    const first = this.pieceAt(start);
    for (let i = max(first, 0); i < this.pieceCount && this.get(i, STREAM_START) < end; i++) {
      const pieceStart = this.get(i, STREAM_START);
      const pieceEnd = i + 1 < this.pieceCount ? this.get(i + 1, STREAM_START) : this.streamLength;
      const offset = this.get(i, TEXT_OFFSET) - pieceStart;
      scopes |= this.get(i, SCOPES);
      this.listener.onSeamPart(this.get(i, TEXT), max(start, pieceStart) + offset, min(end, pieceEnd) + offset);
    }
    return this.listener.onSeamHit(id, scopes);
  }

  private scan(pointer: usize, length: i32): void {
    this.streamLength += length;
    this.scanner.feed(pointer, length);
  }

  private keepTail(pointer: usize, length: i32): void {
    const base = changetype<usize>(this.tail);
    const kept = min(this.tailLength, max(this.reachBytes - length, 0));
    memory.copy(base, base + (this.tailLength - kept), kept);
    const added = min(length, this.reachBytes);
    memory.copy(base + kept, pointer + (length - added), added);
    this.tailLength = kept + added;
  }

  private addPiece(textOffset: i32): void {
    if (this.pieceCount == MOST_PIECES) this.makeRoom();
    const index = this.pieceCount++;
    this.put(index, TEXT, this.text);
    this.put(index, TEXT_OFFSET, textOffset);
    this.put(index, STREAM_START, this.streamLength);
    this.put(index, SCOPES, 0);
  }

  /** The piece that this byte of the stream stands in; -1 when it has been forgotten. */
  private pieceAt(offset: i32): i32 {
    let index = this.pieceCount - 1;
    while (index >= 0 && this.get(index, STREAM_START) > offset) index--;
    return index;
  }

  /** What waits for a scope must not be forgotten with its texts: it counts as found in every scope. */
  private makeRoom(): void {
    this.reportAll(ALL_SCOPES);
    this.shift(MOST_PIECES / 4);
  }

  /** Only what a hit could still begin in is needed. */
  private forgetOld(): void {
    let first = 0;
    while (first + 1 < this.pieceCount && this.get(first + 1, STREAM_START) + this.reachBytes < this.streamLength)
      first++;
    if (first > 0) this.shift(first);
  }

  private shift(count: i32): void {
    const bytes = FIELDS << 2;
    const base = changetype<usize>(this.pieces);
    this.pieceCount -= count;
    this.unscoped = max(this.unscoped - count, 0);
    memory.copy(base, base + count * bytes, this.pieceCount * bytes);
  }

  private get(index: i32, field: i32): i32 {
    return unchecked(this.pieces[index * FIELDS + field]);
  }

  private put(index: i32, field: i32, value: i32): void {
    unchecked((this.pieces[index * FIELDS + field] = value));
  }
}


@final
class StreamHits extends HitListener {
  seams: SeamScanner | null = null;

  onHit(id: i32, start: i32, end: i32, isContinued: bool): void {
    this.seams!.hit(id, start, end, isContinued);
  }
}
