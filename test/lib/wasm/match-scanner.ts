import { Detector, HitListener, LEAST_BEGINNING_BYTES, TextWindow } from "../../../assembly/match/detector";
import { ALL_VIEWS, DetectorFactory, Matcher, View } from "../../../assembly/match/matcher";
import { TextScanner } from "../../../assembly/match/text-scanner";
import { WordSet } from "../../../assembly/match/words";
import { WordList } from "../../../assembly/match/words-list";

const INPUT = new StaticArray<u8>(1 << 20);
/** For each hit: its id, start, end, whether it is continued, and what was settled before. */
const HITS = new StaticArray<i32>(1 << 20);
let hits: i32 = 0;


@final
class Recorder extends HitListener {
  override onHit(id: i32, start: i32, end: i32, isContinued: bool): void {
    HITS[hits++] = id;
    HITS[hits++] = start;
    HITS[hits++] = end;
    HITS[hits++] = <i32>isContinued;
    HITS[hits++] = scanner.settled;
  }
}

/** Numbers of 4 digits or more, which no letter stands beside; longer ones than it may hold back are none. */
@final
class Numbers extends Detector {
  private next: i32 = 0;

  constructor(private readonly maxHoldBytes: i32) {
    super();
  }

  override reset(): void {
    this.pending = 0;
    this.next = 0;
  }

  override scan(window: TextWindow, hits: HitListener): void {
    for (; this.next < window.end; this.next++) {
      if (isDigit(window.at(this.next))) continue;
      this.tell(window, hits);
      this.pending = this.next + 1;
    }
    if (window.isLast) this.tell(window, hits);
    if (window.isLast) this.pending = window.end;
    if (this.next - this.pending >= this.maxHoldBytes) this.pending = this.next;
  }

  private tell(window: TextWindow, hits: HitListener): void {
    const length = this.next - this.pending;
    if (length < 4) return;
    if (this.pending > 0 && !isApart(window.at(this.pending - 1))) return;
    if (this.next < window.end && !isApart(window.at(this.next))) return;
    hits.onHit(0, this.pending, this.next, false);
  }
}

/** Everything from an opening brace to the closing one, in parts. */
@final
class Braces extends Detector {
  private isWithin: bool = false;
  private isTold: bool = false;

  override reset(): void {
    this.pending = 0;
    this.isWithin = false;
    this.isTold = false;
  }

  override scan(window: TextWindow, hits: HitListener): void {
    let start = this.pending;
    let at = this.pending;
    for (; at < window.end; at++) {
      const byte = window.at(at);
      if (!this.isWithin && byte == 0x7b) {
        this.isWithin = true;
        this.isTold = false;
        start = at;
      } else if (this.isWithin && byte == 0x7d) {
        hits.onHit(1, start, at + 1, this.isTold);
        this.isWithin = false;
      }
    }
    if (this.isWithin && !this.isTold && !window.isLast && at - start < LEAST_BEGINNING_BYTES) {
      this.isWithin = false;
      at = start;
    } else if (this.isWithin && start < at) {
      hits.onHit(1, start, at, this.isTold);
      this.isTold = true;
    }
    this.pending = at;
  }
}


@final
class Shapes extends DetectorFactory {
  constructor(private readonly isNumbers: bool) {
    super(ALL_VIEWS);
  }

  override create(view: View, maxHoldBytes: i32): Detector {
    return this.isNumbers ? new Numbers(maxHoldBytes) : new Braces();
  }
}

/** Another factory, for some views only. */
@final
class InViews extends DetectorFactory {
  constructor(
    private readonly other: DetectorFactory,
    views: i32,
  ) {
    super(views, other.mostBytes);
  }

  override create(view: View, maxHoldBytes: i32): Detector {
    return this.other.create(view, maxHoldBytes);
  }
}

const RECORDER = new Recorder();
let list = new WordList();
let scanner = new TextScanner(new Matcher(), 256, RECORDER);

export function inputPointer(): usize {
  return changetype<usize>(INPUT);
}

export function hitsPointer(): usize {
  return changetype<usize>(HITS);
}

export function hitsLength(): i32 {
  return hits;
}

export function clear(): void {
  list = new WordList();
}

export function add(word: string, id: i32): bool {
  return list.add(word, id);
}

/** Words have their ids, numbers are 100, what is in braces is 101. */
export function make(maxHoldBytes: i32, hasShapes: bool, views: i32): void {
  const matcher = new Matcher();
  matcher.add(new InViews(new WordSet(list), views), 0);
  if (hasShapes) {
    matcher.add(new Shapes(true), 100);
    matcher.add(new Shapes(false), 100);
  }
  scanner = new TextScanner(matcher, maxHoldBytes, RECORDER);
}

/** Where new memory is, which is higher up with each call and with everything that was allocated between. */
export function mark(): usize {
  return changetype<usize>(new ArrayBuffer(16));
}

export function makeWithout(maxHoldBytes: i32): void {
  scanner = new TextScanner(new Matcher(), maxHoldBytes, RECORDER);
}

export function begin(): void {
  hits = 0;
  scanner.reset();
}

export function feed(start: i32, length: i32): void {
  scanner.feed(inputPointer() + start, length);
}

export function finish(): void {
  scanner.finish();
}

export function settled(): i32 {
  return scanner.settled;
}

export function isChanged(): bool {
  return scanner.isChanged;
}

/** A text without looking at its hits. */
export function measure(length: i32, pieceBytes: i32): i32 {
  begin();
  for (let from = 0; from < length; from += pieceBytes) {
    hits = 0;
    feed(from, min(pieceBytes, length - from));
  }
  finish();
  return scanner.settled;
}

function isDigit(byte: u32): bool {
  return byte - 0x30 < 10;
}

function isApart(byte: u32): bool {
  return (byte | 0x20) - 0x61 >= 26 && byte < 0x80;
}
