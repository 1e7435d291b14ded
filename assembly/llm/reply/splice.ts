import { ByteBuffer } from "../../bytes/buffer";
import { ByteString } from "../../bytes/view";
import { findByte } from "../../bytes/find";
import { hexValues, isSecondHalf, unescaped } from "../../json/string-decoder";
import { SPAN_BYTES, MaskSpan } from "./masks";
import { appendDigits, Nesting, nestingAfter } from "../../json/nesting";
import { MaskPlace, ReplyJudge } from "./scanner";

const LETTER_U: u32 = 0x75;
const ESCAPE_BYTES: usize = 2;
const UNIT_BYTES: usize = 6;
const PAIR_BYTES: usize = 12;
const PAIR_UTF8: i32 = 4;
/** No byte of JSON's structure. */
const NO_ASCII: u32 = 0x80;

// As they are in a string within a string.
const QUOTE = new ByteString('\\"');
const BACKSLASH_BYTE: u8 = 0x5c;
const BACKSLASH = new ByteString("\\\\");

/**
 * Writes the content of a JSON string with the spans of a text masked that it is a part of. The string arrives in pieces; splitting
 * it anywhere gives the same bytes, but that a character which a span covers in part is masked whole only where it is not cut.
 *
 * Spans are offsets in the text, decoded; an escape that a span touches goes as a whole; every other byte stays as it is. A mask
 * stands where its span begins, and is not written again where the span began in an earlier part of the text.
 */
@final
export class ReplySplice {
  /** Some of it had no room. */
  isFull: bool = false;
  private place: MaskPlace = MaskPlace.Inside;
  private judge: ReplyJudge | null = null;
  private out: ByteBuffer | null = null;
  /** Where in the text the next byte is. */
  private offset: i32 = 0;
  private nesting: Nesting = Nesting.None;
  /** The spans that have not been passed. */
  private span: usize = 0;
  private spansEnd: usize = 0;
  /** The first of them has begun. */
  private isOpen: bool = false;
  /** An escape that is cut, or half a pair. */
  private carried: i32 = 0;
  private readonly carry: StaticArray<u8> = new StaticArray<u8>(<i32>PAIR_BYTES);

  /** What stands in this place has the text from `offset` on. The spans must stay where they are. */
  begin(
    judge: ReplyJudge,
    spans: usize,
    count: i32,
    offset: i32,
    nesting: Nesting,
    place: MaskPlace,
    out: ByteBuffer,
  ): void {
    this.judge = judge;
    this.out = out;
    this.isFull = false;
    this.place = place;
    this.offset = offset;
    this.nesting = nesting;
    this.carried = 0;
    this.spansEnd = spans + <usize>count * SPAN_BYTES;
    while (spans < this.spansEnd && changetype<MaskSpan>(spans).end <= offset) spans += SPAN_BYTES;
    this.span = spans;
    this.isOpen = this.hasSpan && changetype<MaskSpan>(spans).start < offset;
  }

  /** Bytes that have no escapes. */
  feedPlain(pointer: usize, length: i32): void {
    this.takeRun(pointer, pointer + length);
  }

  feed(pointer: usize, length: i32): void {
    const end = pointer + length;
    let at = pointer;
    while (this.carried > 0 && at < end) {
      store<u8>(changetype<usize>(this.carry) + this.carried++, load<u8>(at++));
      this.takeCarried(false);
    }
    while (at < end) {
      const stop = findByte(at, end, BACKSLASH_BYTE);
      this.takeRun(at, stop);
      at = stop;
      if (at == end) break;
      const taken = this.takeEscape(at, end, false);
      if (taken == 0) {
        memory.copy(changetype<usize>(this.carry), at, end - at);
        this.carried = <i32>(end - at);
        break;
      }
      at += taken;
    }
  }

  /** The string is over. */
  finish(): void {
    while (this.carried > 0) this.takeCarried(true);
  }


  @inline
  private get hasSpan(): bool {
    return this.span < this.spansEnd;
  }

  /** Takes what the carried bytes are for sure; what they are when nothing follows, if they are the last. */
  private takeCarried(isLast: bool): void {
    const carry = changetype<usize>(this.carry);
    while (this.carried > 0) {
      const end = carry + this.carried;
      let taken = findByte(carry, end, BACKSLASH_BYTE) - carry;
      if (taken > 0) this.takeRun(carry, carry + taken);
      else taken = this.takeEscape(carry, end, isLast);
      if (taken == 0) return;
      this.carried -= <i32>taken;
      memory.copy(carry, carry + taken, this.carried);
    }
  }

  /** Takes an escape, or the two of a pair; returns how many bytes that are, 0 when it depends on what comes. */
  private takeEscape(at: usize, end: usize, isLast: bool): usize {
    if (at + ESCAPE_BYTES > end) return isLast ? this.takeUnit(at, end - at, 1, NO_ASCII) : 0;
    const letter: u32 = load<u8>(at, 1);
    if (letter != LETTER_U) return this.takeUnit(at, ESCAPE_BYTES, 1, unescaped(letter));
    if (at + UNIT_BYTES > end) return isLast ? this.takeUnit(at, end - at, 1, NO_ASCII) : 0;
    const unit = hexValues(load<u32>(at, 2));
    if (unit < 0x80) return this.takeUnit(at, UNIT_BYTES, 1, unit);
    if (unit < 0x800) return this.takeUnit(at, UNIT_BYTES, 2, NO_ASCII);
    if ((unit & 0xfc00) == 0xd800) {
      const next = at + UNIT_BYTES;
      if (next + UNIT_BYTES > end) {
        if (!isLast && mayBeUnit(next, end)) return 0;
      } else if (isSecondHalf(next, end)) {
        return this.takeUnit(at, PAIR_BYTES, PAIR_UTF8, NO_ASCII);
      }
    }
    // Half a pair is U+FFFD, which has as many bytes as any other.
    return this.takeUnit(at, UNIT_BYTES, 3, NO_ASCII);
  }

  /** Takes `length` bytes that are one character, `size` bytes of the text; all of them or none stay. */
  private takeUnit(at: usize, length: usize, size: i32, byte: u32): usize {
    const end = this.offset + size;
    const after = nestingAfter(this.nesting, byte);
    let isCovered = false;
    while (this.hasSpan && changetype<MaskSpan>(this.span).start < end) {
      isCovered = true;
      this.openSpan();
      if (changetype<MaskSpan>(this.span).end > end) break;
      this.nesting = after;
      this.closeSpan();
    }
    this.nesting = after;
    this.offset = end;
    if (!isCovered) this.write(at, <i32>length);
    return length;
  }

  /** Takes bytes that stand for themselves, and none of them for JSON's structure. */
  private takeRun(at: usize, end: usize): void {
    while (this.hasSpan) {
      const span = changetype<MaskSpan>(this.span);
      const left = <i32>(end - at);
      if (span.start >= this.offset + left) break;
      const kept = max(span.start - this.offset, 0);
      const start = beginOfCharacter(at + <usize>kept, at, end);
      this.write(at, <i32>(start - at));
      this.pass(at, start);
      this.openSpan();
      const covered = min(max(span.end - this.offset, 0), <i32>(end - start));
      at = endOfCharacter(start + <usize>covered, end);
      this.pass(start, at);
      if (span.end > this.offset) return;
      this.closeSpan();
    }
    this.write(at, <i32>(end - at));
    this.pass(at, end);
  }

  /** These bytes of a run are behind. */
  private pass(at: usize, end: usize): void {
    this.offset += <i32>(end - at);
    while (at < end && this.nesting > Nesting.Inside) this.nesting = nestingAfter(this.nesting, load<u8>(at++));
  }

  private openSpan(): void {
    if (this.isOpen) return;
    this.isOpen = true;
    const span = changetype<MaskSpan>(this.span);
    if (span.isContinued) return;
    this.writeBoundary();
    if (!appendDigits(this.nesting, this.out!)) this.isFull = true;
    const mask = this.judge!.maskOf(span.id, this.place);
    this.write(mask.pointer, mask.length);
  }

  private closeSpan(): void {
    const span = changetype<MaskSpan>(this.span);
    if (!span.isContinued) this.writeBoundary();
    this.span += SPAN_BYTES;
    this.isOpen = false;
  }

  /** What makes a mask a string, or the part of one, in the JSON around it. */
  private writeBoundary(): void {
    if (this.nesting == Nesting.Outside) this.write(QUOTE.pointer, QUOTE.length);
    else if (this.nesting == Nesting.AfterBackslash) this.write(BACKSLASH.pointer, BACKSLASH.length);
  }

  private write(pointer: usize, length: i32): void {
    if (!this.out!.append(pointer, length)) this.isFull = true;
  }
}

/** Whether what is cut off at `end` may be an escape with `u`. */
function mayBeUnit(at: usize, end: usize): bool {
  if (at < end && load<u8>(at) != 0x5c) return false;
  return at + 1 >= end || <u32>load<u8>(at, 1) == LETTER_U;
}

function isContinuation(at: usize): bool {
  return (load<u8>(at) & 0xc0) == 0x80;
}

function beginOfCharacter(at: usize, least: usize, end: usize): usize {
  while (at > least && at < end && isContinuation(at)) at--;
  return at;
}

function endOfCharacter(at: usize, end: usize): usize {
  while (at < end && isContinuation(at)) at++;
  return at;
}
