import { beginsNumber, isOfNumber, MOST_NUMBER_BYTES, Nesting, nestingAfter } from "../../json/nesting";
import { findQuoteOrBackslash } from "../../json/string-end";
import { ReplyFifo } from "./fifo";
import { MaskSpans } from "./masks";
import { ReplyScanner } from "./scanner";

/** What of a text is looked at between two looks at what was found. */
const STEP_BYTES: i32 = 1024;
/** Room for all numbers that a scanner may still tell something about, in bytes: a text has one in two bytes at most. */
const MOST_BYTES: i32 = 64 << 10;

const NO_NUMBER: i32 = -1;

/** The bytes [start, end) of the text. It lies in the list's own memory. */
@final
@unmanaged
class NumberSpan {
  start: i32;
  end: i32;
}

const NUMBER_BYTES: i32 = 8;

/**
 * A text that may be JSON itself, as it grows, on its way to its scanner. What is to be masked within a number between strings becomes
 * all of that number, with its sign: a string can't stand for a part of one.
 */
@final
export class NestedText {
  /** Where the next byte is. */
  nesting: Nesting = Nesting.None;
  private offset: i32 = 0;
  /** Where the number in hand begins, or `NO_NUMBER`. */
  private start: i32 = NO_NUMBER;
  private isLong: bool = false;
  /** Those that something may still be found in. */
  private readonly numbers: ReplyFifo = new ReplyFifo(MOST_BYTES);

  /** Another text begins. */
  begin(): void {
    this.nesting = Nesting.None;
    this.offset = 0;
    this.start = NO_NUMBER;
    this.isLong = false;
    this.numbers.reset();
  }

  feed(scanner: ReplyScanner, pointer: usize, length: i32): void {
    if (this.nesting == Nesting.None) {
      this.offset += length;
      scanner.feed(pointer, length);
      return;
    }
    while (length > 0) {
      const step = min(length, STEP_BYTES);
      this.follow(pointer, step);
      scanner.feed(pointer, step);
      this.widen(scanner);
      pointer += step;
      length -= step;
    }
  }

  finish(scanner: ReplyScanner): void {
    this.endNumber();
    scanner.finish();
    this.widen(scanner);
  }

  /** Up to where the text may go out whose scanner has settled that much: not up to within a number. */
  settledOf(settled: i32): i32 {
    if (this.start != NO_NUMBER) settled = min(settled, this.start);
    const numbers = this.numbers;
    if (numbers.length == 0) return settled;
    // All before the first have been dropped.
    const first = changetype<NumberSpan>(numbers.pointer);
    return first.start < settled && settled < first.end ? first.start : settled;
  }

  /** Finds the numbers. */
  private follow(pointer: usize, length: i32): void {
    const end = pointer + <usize>length;
    let nesting = this.nesting;
    let at = pointer;
    while (at < end) {
      if (nesting == Nesting.Inside) {
        const stop = findQuoteOrBackslash(at, end);
        this.offset += <i32>(stop - at);
        at = stop;
        if (at == end) break;
      }
      const byte: u32 = load<u8>(at++);
      if (nesting == Nesting.Outside) this.takeOutside(byte);
      nesting = nestingAfter(nesting, byte);
      this.offset++;
    }
    this.nesting = nesting;
  }

  private takeOutside(byte: u32): void {
    const begins = beginsNumber(byte);
    if (this.start == NO_NUMBER) {
      if (begins && !this.isLong) this.start = this.offset;
      else if (!begins) this.isLong = false;
    } else if (!isOfNumber(byte)) {
      this.endNumber();
    } else if (this.offset - this.start >= MOST_NUMBER_BYTES) {
      this.start = NO_NUMBER;
      this.isLong = true;
    }
  }

  private endNumber(): void {
    if (this.start == NO_NUMBER) return;
    const record = this.numbers.push(NUMBER_BYTES);
    if (record != 0) {
      const number = changetype<NumberSpan>(record);
      number.start = this.start;
      number.end = this.offset;
    }
    this.start = NO_NUMBER;
  }

  private widen(scanner: ReplyScanner): void {
    const numbers = this.numbers;
    const masks = scanner.masks;
    const end = numbers.pointer + <usize>numbers.length;
    let at = numbers.pointer;
    let passed = 0;
    for (; at < end; at += NUMBER_BYTES) {
      const number = changetype<NumberSpan>(at);
      if (masks.count > 0) widenOver(masks, number.start, number.end);
      if (number.end <= scanner.settled) passed += NUMBER_BYTES;
    }
    if (passed > 0) numbers.drop(passed);
  }
}

/** Makes the spans that touch a number one, which has all of it. */
function widenOver(masks: MaskSpans, start: i32, end: i32): void {
  let first = masks.count;
  let isWhole = true;
  for (let i = masks.count - 1; i >= 0; i--) {
    const span = masks.at(i);
    if (span.end <= start) break;
    if (span.start >= end) continue;
    first = i;
    isWhole = span.start <= start && span.end >= end;
  }
  if (first < masks.count && !isWhole) masks.add(start, end, masks.at(first).id, false);
}
