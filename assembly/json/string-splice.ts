import { ByteBuffer } from "../bytes/buffer";
import { ByteString } from "../bytes/view";
import { findByte } from "../bytes/find";
import { appendDigits, isOfNumber, MOST_NUMBER_BYTES, Nesting, nestingAfter } from "./nesting";
import { hexValues, unescaped } from "./string-decoder";
import { TextSpan, TextSpans } from "./text-spans";

const BACKSLASH: u32 = 0x5c;
const LETTER_U: u32 = 0x75;
const SHORT_ESCAPE: i32 = 2;
const LONG_ESCAPE: i32 = 6;
const PAIR: i32 = 12;
/** A character's bytes but for the first. */
const CONTINUATION: i32 = 3;
/** No byte of JSON's structure. */
const NO_ASCII: u32 = 0x80;

// As they are in a string within a string.
const NESTED_QUOTE = new ByteString('\\"');
const NESTED_BACKSLASH = new ByteString("\\\\");

/**
 * Replaces parts of JSON strings in bytes that come in pieces: a body's, an event's, or one string's alone. Every other byte
 * passes as it is, escapes too. Splitting the bytes anywhere gives the same result.
 *
 * The parts are told in decoded bytes. One whose edge is within a character or an escape takes in all of that; another part
 * that it swallows so is dropped. In a text that is JSON itself, what becomes of a part within a string of it leaves that one whole;
 * a number goes as a whole, with its sign, and what becomes of it is a string. Keeps at most one escape and one number; what it
 * writes is the caller's to bound.
 */
@final
export class StringSplice {
  private offset: u64 = 0;
  private next: i32 = 0;
  private isInText: bool = false;
  /** How many decoded bytes of the text have passed. */
  private position: i32 = 0;
  /** Whether the next span's replacement is written. */
  private isReplaced: bool = false;
  private isFull: bool = false;
  /** The beginning of a character or an escape, of which the last piece had no more. */
  private readonly held: StaticArray<u8> = new StaticArray<u8>(PAIR);
  private heldLength: i32 = 0;
  /** How many decoded bytes the last unit has. */
  private decodedLength: i32 = 0;
  /** The byte that it is, or `NO_ASCII`. */
  private decodedByte: u32 = 0;
  /** Where the next unit is in a text that is JSON itself. */
  private nesting: Nesting = Nesting.None;
  /** The number there that has begun, which a part may yet take in; in escapes, maybe. */
  private readonly number: StaticArray<u8> = new StaticArray<u8>(LONG_ESCAPE * MOST_NUMBER_BYTES);
  private numberLength: i32 = 0;

  constructor(
    private readonly spans: TextSpans,
    /** What spans become, as bytes of a JSON string's content; of raw ones, as bytes. */
    private readonly replacements: StaticArray<ByteString>,
  ) {}

  /** Begins anew, with what the spans are then. */
  reset(): void {
    this.offset = 0;
    this.next = 0;
    this.isInText = false;
    this.isReplaced = false;
    this.isFull = false;
    this.heldLength = 0;
  }

  /** Appends to `out` what this piece becomes, but for what may wait for the next. False when `out` has no room. */
  feed(pointer: usize, length: i32, out: ByteBuffer): bool {
    const end = pointer + length;
    let at = pointer;
    while (at < end) {
      if (this.heldLength > 0) at = this.takeHeld(at, out);
      else if (!this.isInText) at = this.takeOutside(at, end, out);
      else if (this.span.isRaw) at = this.takeRaw(at, end, out);
      else at = this.takeText(at, end, out);
    }
    return !this.isFull;
  }

  /** The bytes are over. False when `out` has no room, or when they ended before the last span did. */
  finish(out: ByteBuffer): bool {
    this.drain(true, out);
    if (this.isInText && !this.span.isRaw) this.leavePassed(false, out);
    return !this.isFull && this.next == this.spans.count;
  }

  private get span(): TextSpan {
    return this.spans.at(this.next);
  }

  private get heldPointer(): usize {
    return changetype<usize>(this.held);
  }

  private takeOutside(at: usize, end: usize, out: ByteBuffer): usize {
    const isLast = this.next == this.spans.count;
    const left = <u64>(end - at);
    const length = isLast ? left : min(left, this.span.text - this.offset);
    this.put(at, <i32>length, out);
    this.offset += length;
    if (!isLast && this.offset == this.span.text) {
      this.isInText = true;
      this.position = 0;
      this.nesting = this.span.isNested ? Nesting.Outside : Nesting.None;
      this.numberLength = 0;
    }
    return at + <usize>length;
  }

  private takeRaw(at: usize, end: usize, out: ByteBuffer): usize {
    this.replace(out);
    const length = min(<i32>(end - at), this.span.end - this.position);
    this.position += length;
    this.offset += length;
    if (this.position >= this.span.end) this.leaveSpan(out);
    return at + length;
  }

  /** Takes a run without escapes, up to an edge, or one unit. */
  private takeText(at: usize, end: usize, out: ByteBuffer): usize {
    if (!this.leavePassed(this.isRest(at, <i32>(end - at)), out)) return at;
    const span = this.span;
    const isWithin = this.position >= span.start;
    // Up to the edge of a span the bytes may be of a character that it must take in.
    const edge = isWithin ? span.end : span.start - CONTINUATION;
    const room = edge - this.position;
    if (room > 0 && !span.isNested) {
      const run = <i32>(findByte(at, min(end, at + room), <u8>BACKSLASH) - at);
      if (run > 0) {
        if (isWithin) this.replace(out);
        else this.put(at, run, out);
        this.position += run;
        this.offset += run;
        return at + run;
      }
    }
    const taken = this.takeUnit(at, <i32>(end - at), false, out);
    if (taken > 0) return at + taken;
    this.heldLength = <i32>(end - at);
    memory.copy(this.heldPointer, at, this.heldLength);
    return end;
  }

  /** One more byte for what is held. */
  private takeHeld(at: usize, out: ByteBuffer): usize {
    store<u8>(this.heldPointer + this.heldLength++, load<u8>(at));
    this.drain(false, out);
    return at + 1;
  }

  /** Takes what of the held bytes is complete. */
  private drain(isLast: bool, out: ByteBuffer): void {
    while (this.heldLength > 0) {
      let taken = 0;
      if (this.isInText && this.leavePassed(this.isRest(this.heldPointer, this.heldLength), out)) {
        taken = this.takeUnit(this.heldPointer, this.heldLength, isLast, out);
        if (taken == 0 && !isLast) return;
      }
      if (taken == 0) {
        taken = this.heldLength;
        this.put(this.heldPointer, taken, out);
        this.offset += taken;
      }
      this.heldLength -= taken;
      memory.copy(this.heldPointer, this.heldPointer + taken, this.heldLength);
    }
  }

  /** Takes a character or an escape; returns its length, or 0 when there is less than all of it. */
  private takeUnit(at: usize, length: i32, isLast: bool, out: ByteBuffer): i32 {
    const raw = this.measure(at, length, isLast);
    if (raw == 0) return 0;
    const span = this.span;
    const after = this.position + this.decodedLength;
    // What continues a character whose first bytes a span has taken, past the span's end, is of the same character.
    const isRest = this.isReplaced && this.position >= span.end;
    if (isRest || (this.position < span.end && after > span.start)) this.replace(out);
    else if (span.isNested) this.putNested(at, raw, out);
    else this.put(at, raw, out);
    this.nesting = nestingAfter(this.nesting, this.decodedByte);
    this.position = after;
    this.offset += raw;
    return raw;
  }

  /** The length of the character or escape at `at`, of which there are `length` bytes; or 0 when there is less than all of it. */
  private measure(at: usize, length: i32, isLast: bool): i32 {
    const byte = <u32>load<u8>(at);
    if (byte != BACKSLASH) {
      const whole = lengthOfCharacter(byte);
      this.decodedLength = whole;
      this.decodedByte = byte;
      return whole <= length ? whole : 0;
    }
    this.decodedLength = 1;
    if (length < SHORT_ESCAPE) return 0;
    const letter = <u32>load<u8>(at, 1);
    this.decodedByte = unescaped(letter);
    if (letter != LETTER_U) return SHORT_ESCAPE;
    if (length < LONG_ESCAPE) return 0;
    const unit = hexValues(load<u32>(at, 2));
    this.decodedByte = min(unit, NO_ASCII);
    if (unit >= 0x80) this.decodedLength = unit < 0x800 ? 2 : 3;
    if (unit >> 10 != 0x36) return LONG_ESCAPE;
    return this.measurePair(at, length, isLast);
  }

  /** A high surrogate is at `at`: with a low one it makes a character, alone it is U+FFFD. */
  private measurePair(at: usize, length: i32, isLast: bool): i32 {
    if (length > LONG_ESCAPE && <u32>load<u8>(at, LONG_ESCAPE) != BACKSLASH) return LONG_ESCAPE;
    if (length > LONG_ESCAPE + 1 && <u32>load<u8>(at, LONG_ESCAPE + 1) != LETTER_U) return LONG_ESCAPE;
    if (length < PAIR) return isLast ? LONG_ESCAPE : 0;
    if (hexValues(load<u32>(at, LONG_ESCAPE + 2)) >> 10 != 0x37) return LONG_ESCAPE;
    this.decodedLength = 4;
    return PAIR;
  }

  /**
   * Whether what is at `at` continues a character, or a number outside of strings of which a part has gone; an escape that has not
   * come whole may.
   */
  private isRest(at: usize, length: i32): bool {
    const byte = <u32>load<u8>(at);
    if (isContinuation(byte)) return true;
    if (this.nesting != Nesting.Outside || !this.isReplaced) return false;
    return byte == BACKSLASH ? this.measure(at, length, false) == 0 || isOfNumber(this.decodedByte) : isOfNumber(byte);
  }

  /** Leaves the spans that have passed; false when that was the text's last. */
  private leavePassed(isRest: bool, out: ByteBuffer): bool {
    while (this.isInText && !isRest && this.position >= this.span.end) this.leaveSpan(out);
    return this.isInText;
  }

  private leaveSpan(out: ByteBuffer): void {
    const text = this.span.text;
    this.next++;
    this.isInText = this.next < this.spans.count && this.span.text == text;
    if (this.isReplaced && this.nesting != Nesting.None) {
      // No string can follow a string: parts that touch outside of strings are one.
      if (this.isInText && this.nesting == Nesting.Outside && this.span.start <= this.position) return;
      this.putBoundary(out);
    }
    this.isReplaced = false;
  }

  /** The span's first byte becomes its replacement, the others nothing. */
  private replace(out: ByteBuffer): void {
    if (this.isReplaced) return;
    this.isReplaced = true;
    this.numberLength = 0;
    this.putBoundary(out);
    if (!this.isFull && !appendDigits(this.nesting, out)) this.isFull = true;
    const replacement = unchecked(this.replacements[this.span.replacement]);
    this.put(replacement.pointer, replacement.length, out);
  }

  /** What makes a replacement a string, or the part of one, in the JSON around it. */
  private putBoundary(out: ByteBuffer): void {
    if (this.nesting == Nesting.Outside) this.put(NESTED_QUOTE.pointer, NESTED_QUOTE.length, out);
    else if (this.nesting == Nesting.AfterBackslash) this.put(NESTED_BACKSLASH.pointer, NESTED_BACKSLASH.length, out);
  }

  /** Keeps a number outside of strings back until it is over. */
  private putNested(pointer: usize, length: i32, out: ByteBuffer): void {
    const isNumber = this.nesting == Nesting.Outside && isOfNumber(this.decodedByte);
    if (isNumber && this.numberLength + length <= this.number.length) {
      memory.copy(changetype<usize>(this.number) + this.numberLength, pointer, length);
      this.numberLength += length;
      return;
    }
    this.put(changetype<usize>(this.number), this.numberLength, out);
    this.numberLength = 0;
    this.put(pointer, length, out);
  }

  private put(pointer: usize, length: i32, out: ByteBuffer): void {
    if (!this.isFull && !out.append(pointer, length)) this.isFull = true;
  }
}

function isContinuation(byte: u32): bool {
  return (byte & 0xc0) == 0x80;
}

/** By its first byte. What is none begins a run's rest, byte by byte. */
function lengthOfCharacter(first: u32): i32 {
  if (first < 0xc0) return 1;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}
