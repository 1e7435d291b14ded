import { NumberScanner } from "../../json/number-scanner";
import { specialBytes, StringProblem, StringScanner } from "../../json/string-scanner";
import { EventText } from "./event-text";
import { TextForm } from "./text-form";

const MAX_BYTES: i32 = 1024;
const MAX_HOLES: i32 = 32;
const LONGEST_NUMBER: usize = 32;
const QUOTE: u32 = 0x22;
const MINUS: u32 = 0x2d;
const ZERO: u32 = 0x30;

export const NO_TEXT: i32 = -1;
export const NO_PLACE: i32 = -1;
/** `match` has found another event. */
export const OTHER: usize = 0;
/** `match` has found nothing else yet. */
export const CUT: usize = 1;

/** Where in an event a string or number may be another one. */
@final
@unmanaged
class Hole {
  start: i32;
  end: i32;
  isNumber: i32;
  /** Which of the event's texts it is, or `NO_TEXT`. */
  text: i32;
  isSequenceNumber: i32;
}

const HOLE_BYTES: i32 = 20;

const STRING = new StringScanner();
const NUMBER = new NumberScanner();

/**
 * The bytes of an event that has been read, with holes for its texts and numbers. The next event of a stream nearly always has the
 * same bytes around others of these, and then it is compared instead of read.
 */
@final
export class ReplyTemplate {
  /** Where the event's number in its stream begins, or `NO_PLACE`. */
  sequenceStart: i32 = NO_PLACE;
  private length: i32 = 0;
  private holeCount: i32 = 0;
  private readonly bytes: StaticArray<u8> = new StaticArray<u8>(MAX_BYTES);
  private readonly holes: StaticArray<u8> = new StaticArray<u8>(MAX_HOLES * HOLE_BYTES);

  /** Forgets the event; nothing fits. */
  reset(): void {
    this.length = 0;
    this.holeCount = 0;
    this.sequenceStart = NO_PLACE;
  }

  /** A hole begins, which is the text of this index or none of them. */
  addHole(form: TextForm, start: i32, text: i32): void {
    if (this.holeCount < MAX_HOLES) {
      const hole = this.hole(this.holeCount);
      hole.start = start;
      hole.isNumber = <i32>(form == TextForm.Number);
      hole.text = text;
      hole.isSequenceNumber = 0;
    }
    this.holeCount++;
  }

  /** The hole that has begun at `start` is the event's number in its stream. */
  setSequenceNumber(start: i32): void {
    this.sequenceStart = start;
    if (this.holeCount <= MAX_HOLES) this.hole(this.holeCount - 1).isSequenceNumber = 1;
  }

  /** The event has what is neither the same in the next one nor a hole. */
  spoil(): void {
    this.holeCount = MAX_HOLES + 1;
  }

  endHole(end: i32): void {
    if (this.holeCount <= MAX_HOLES) this.hole(this.holeCount - 1).end = end;
  }

  /** The event's bytes, whose holes are all there. */
  keep(pointer: usize, length: i32): void {
    if (length > MAX_BYTES || this.holeCount > MAX_HOLES) return;
    memory.copy(changetype<usize>(this.bytes), pointer, length);
    this.length = length;
  }

  /**
   * Behind the event at `pointer` when it differs in holes only, and is valid JSON therefore; `OTHER` when it does not, `CUT` when it
   * ends at `limit` before that is known. Notes the places of the texts and of the number, counted from
   * `pointer`.
   */
  match(pointer: usize, limit: usize, texts: usize): usize {
    const length = this.length;
    if (length == 0) return OTHER;
    const bytes = changetype<usize>(this.bytes);
    let at = pointer;
    let from = 0;
    for (let i = 0; i < this.holeCount; i++) {
      const hole = this.hole(i);
      const gap = hole.start - from;
      if (at + gap >= limit) return this.cutAt(bytes + from, at, limit);
      if (!isEqual(bytes + from, at, gap)) return OTHER;
      at += gap;
      const start = at;
      at = hole.isNumber ? endOfNumber(at, limit) : endOfString(at, limit);
      if (at <= CUT) return hole.isNumber && limit - start < LONGEST_NUMBER ? CUT : at;
      if (hole.text != NO_TEXT) {
        const text = EventText.at(texts, hole.text);
        text.start = <i32>(start - pointer);
        text.end = <i32>(at - pointer);
      } else if (hole.isSequenceNumber) {
        this.sequenceStart = <i32>(start - pointer);
      }
      from = hole.end;
    }
    const gap = length - from;
    if (at + gap > limit) return this.cutAt(bytes + from, at, limit);
    return isEqual(bytes + from, at, gap) ? at + gap : OTHER;
  }

  private cutAt(from: usize, at: usize, limit: usize): usize {
    return isEqual(from, at, <i32>(limit - at)) ? CUT : OTHER;
  }


  @inline
  private hole(index: i32): Hole {
    return changetype<Hole>(changetype<usize>(this.holes) + <usize>index * HOLE_BYTES);
  }
}

/** Where a number ends that something else follows before `limit`; 0 for one that is cut off or wrong. */
function endOfNumber(at: usize, limit: usize): usize {
  const first: u32 = load<u8>(at);
  if (first != MINUS && first - ZERO > 9) return OTHER;
  NUMBER.begin(first);
  const end = NUMBER.scan(at + 1, limit);
  return end == limit || NUMBER.isBad || !NUMBER.isWhole ? OTHER : end;
}

/** Where the string ends whose content begins at `at`; `CUT` when that is not before `limit`, `OTHER` when it is not valid. */
function endOfString(at: usize, limit: usize): usize {
  if (at + 16 <= limit) {
    const special = specialBytes(v128.load(at));
    const end = at + ctz(special);
    if (special && load<u8>(end) == QUOTE) return end;
  }
  STRING.reset();
  const end = STRING.scan(at, at, limit);
  if (STRING.isClosed) return end - 1;
  return STRING.problem == StringProblem.None ? CUT : OTHER;
}

/** Like `isSame`, for what is likely to be the same and long. */
function isEqual(a: usize, b: usize, length: i32): bool {
  if (length < 16) {
    for (let i = 0; i < length; i++) if (load<u8>(a + i) != load<u8>(b + i)) return false;
    return true;
  }
  const last = length - 16;
  for (let i = 0; i < last; i += 16) {
    if (v128.any_true(v128.xor(v128.load(a + i), v128.load(b + i)))) return false;
  }
  return !v128.any_true(v128.xor(v128.load(a + last), v128.load(b + last)));
}
