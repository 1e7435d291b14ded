import { storeUtf8 } from "../bytes/utf8";
import { asciiReads, cellOf, ITSELF, NOTHING, writePlain, writeScalar } from "./fold-character";
import { escapedScalar, MOST_ESCAPE_BYTES, NEEDS_MORE, readEscape } from "./fold-escape";
import { decodeCharacter, INCOMPLETE } from "./fold-utf8";
import { isOther, isTwoBytes, lengthOf, readsOfTwoBytes } from "./fold-two-byte";
import { NO_DISTANCE, PlainText } from "./plain-text";

const BLOCK_BYTES: usize = 16;
const CARRY_BYTES: usize = 64;
const REPLACEMENT: u32 = 0xfffd;
const REPLACEMENT_LEAD: u32 = 0xef;
/** What `readsOfTwoBytes` says of something that is itself and one byte long. */
const SINGLE: u32 = 1 << 24;

/**
 * Which bytes are more than themselves, as bits by the low and by the high four bits of a byte: controls but tab and line
 * ends, `%`, `&`, `\`, DEL, and everything from 0x80 on.
 */
// prettier-ignore
const BY_LOW = memory.data<u8>([
  0x83, 0x83, 0x83, 0x83, 0x83, 0x87, 0x87, 0x83, 0x83, 0x82, 0x82, 0x83, 0x8b, 0x82, 0x83, 0x93,
], 16);
// prettier-ignore
const BY_HIGH = memory.data<u8>([
  0x01, 0x02, 0x04, 0x00, 0x00, 0x08, 0x00, 0x10, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
], 16);
// prettier-ignore
const LOW_BITS = memory.data<u8>([15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15], 16);

/**
 * Turns a text in UTF-8 that arrives in pieces into what a reader reads: compatibility forms and look-alikes as the plain
 * letters, accents and invisible characters left out, small letters beyond ASCII, and one level of escapes undone.
 *
 * Every character is folded for itself, so splitting the text anywhere gives the same bytes, and the plain text of a text is
 * that of its parts, one after the other, unless an escape or a character is cut in two. What is no UTF-8 is U+FFFD.
 */
@final
export class Folder {
  /** How much of the original has been folded, in bytes; up to 24 more may be kept back until an escape is whole. */
  originalBytes: i32 = 0;
  /** Where the original first begins and last ends to read as something else since `forgetChanges`; -1 where it doesn't. */
  firstChange: i32 = -1;
  lastChange: i32 = -1;
  private readonly carry: StaticArray<u8> = new StaticArray<u8>(<i32>CARRY_BYTES);
  private carryBytes: i32 = 0;
  // Where a run stands: pointers into both texts, what makes offsets of them, and how far the last unchanged bytes are apart.
  private at: usize = 0;
  private to: usize = 0;
  private plainStart: i32 = 0;
  private originalStart: i32 = 0;
  private distance: i32 = NO_DISTANCE;

  constructor(private readonly plain: PlainText) {}

  reset(): void {
    this.originalBytes = 0;
    this.forgetChanges();
    this.carryBytes = 0;
    this.plain.reset();
  }

  forgetChanges(): void {
    this.firstChange = -1;
    this.lastChange = -1;
  }

  /** Folds as much of [pointer, end) as there is room for in the plain text; returns where it stopped. */
  fold(pointer: usize, end: usize): usize {
    if (this.carryBytes > 0) {
      pointer = this.foldCarry(pointer, end);
      if (this.carryBytes > 0) return pointer;
    }
    const stop = this.run(pointer, end, end);
    // Only what may go on stays behind, as anything else stops for want of room.
    if (stop < end && !this.isFull) {
      this.keep(stop, end);
      return end;
    }
    return stop;
  }

  /** The text is over; false while there is no room for its last character. */
  finish(): bool {
    const carry = changetype<usize>(this.carry);
    const end = carry + this.carryBytes;
    // No character and no escape goes on with NUL.
    store<u8>(end, 0);
    const stop = this.run(carry, end, end + 1);
    this.keep(stop, end);
    return stop == end;
  }

  private get isFull(): bool {
    return this.plain.to >= this.plain.full || this.plain.isMapFull;
  }

  private keep(pointer: usize, end: usize): void {
    this.carryBytes = <i32>(end - pointer);
    memory.copy(changetype<usize>(this.carry), pointer, this.carryBytes);
  }

  /** Folds what was kept back, together with the bytes that follow. */
  private foldCarry(pointer: usize, end: usize): usize {
    const carry = changetype<usize>(this.carry);
    const carryEnd = carry + this.carryBytes;
    const more = min(end - pointer, MOST_ESCAPE_BYTES);
    memory.copy(carryEnd, pointer, more);
    const stop = this.run(carry, carryEnd, carryEnd + more);
    if (stop >= carryEnd) {
      this.carryBytes = 0;
      return pointer + (stop - carryEnd);
    }
    const taken: usize = this.isFull ? 0 : more;
    this.keep(stop, carryEnd + taken);
    return pointer + taken;
  }

  /** Folds what begins in [pointer, stop) and ends before `end`; returns where it stopped. */
  private run(pointer: usize, stop: usize, end: usize): usize {
    const plain = this.plain;
    const full = plain.full;
    this.at = pointer;
    this.to = plain.to;
    this.plainStart = plain.window.start - <i32>plain.window.pointer;
    this.originalStart = this.originalBytes - <i32>pointer;
    // The map's distance is between offsets, this one between pointers.
    this.distance = plain.distance;
    if (this.distance != NO_DISTANCE) this.distance += this.plainStart - this.originalStart;

    while (this.at < stop && this.to < full && !plain.isMapFull) {
      const byte: u32 = load<u8>(this.at);
      if (byte < 0x80 && this.at + BLOCK_BYTES <= stop && this.copyAscii(stop, full) > 0) continue;
      if (byte >= 0xc2 && byte < 0xe0 && this.foldTwoBytes(end, full) > 0) continue;
      if (byte >= 0xe4 && byte < 0xea && this.copyIdeographs(end, full) > 0) continue;
      const length = byte >= 0x80 ? this.foldCharacter(byte, end) : this.foldAscii(byte, end);
      if (length == 0) break;
      this.at += length;
    }
    plain.window.end = <i32>this.to + this.plainStart;
    this.originalBytes = <i32>this.at + this.originalStart;
    return this.at;
  }

  /** Copies blocks up to a byte that is more than itself; returns how much. */
  private copyAscii(stop: usize, full: usize): usize {
    const byLow = v128.load(BY_LOW);
    const byHigh = v128.load(BY_HIGH);
    const lowBits = v128.load(LOW_BITS);
    const from = this.at;
    let at = from;
    let to = this.to;
    while (at + BLOCK_BYTES <= stop && to < full) {
      const block = v128.load(at);
      const low = i8x16.swizzle(byLow, v128.and(block, lowBits));
      const high = i8x16.swizzle(byHigh, i8x16.shr_u(block, 4));
      const special = v128.and(low, high);
      v128.store(to, block);
      if (v128.any_true(special)) {
        const count = ctz(~i8x16.bitmask(i8x16.eq(special, i8x16.splat(0))));
        at += count;
        to += count;
        break;
      }
      at += BLOCK_BYTES;
      to += BLOCK_BYTES;
    }
    if (at > from) this.noteSame();
    this.at = at;
    this.to = to;
    return at - from;
  }

  /** Folds characters of two bytes, and single blanks and the like between them; returns how much of the original. */
  private foldTwoBytes(end: usize, full: usize): usize {
    const plain = this.plain;
    const plainStart = this.plainStart;
    const originalStart = this.originalStart;
    const from = this.at;
    let at = from;
    let to = this.to;
    let distance = this.distance;
    let first = this.firstChange;
    let last = this.lastChange;
    // The last pair may be followed by a third byte that is looked at.
    while (at + 3 <= end && to < full && !plain.isMapFull) {
      const pair: u32 = load<u16>(at);
      const isPair = isTwoBytes(pair);
      if (!isPair && !isSingleAscii(pair, load<u8>(at, 2))) break;
      const reads = isPair ? readsOfTwoBytes(pair) : SINGLE | (pair & 0xff);
      const length: usize = isPair ? 2 : 1;
      const other = isOther(reads);
      const written = lengthOf(reads);
      const original = <i32>at + originalStart;
      const here = <i32>(at - to);
      store<u32>(to, reads);
      plain.noteIf(other ? written > 0 : here != distance, <i32>to + plainStart, original, other ? 2 : 0);
      distance = other ? (written > 0 ? NO_DISTANCE : distance) : here;
      first = other && first < 0 ? original : first;
      last = other ? original + 2 : last;
      to += written;
      at += length;
    }
    this.at = at;
    this.to = to;
    this.distance = distance;
    this.firstChange = first;
    this.lastChange = last;
    return at - from;
  }

  /** Copies ideographs of U+4000 to U+9FFF, which are all themselves; returns how much. */
  private copyIdeographs(end: usize, full: usize): usize {
    const from = this.at;
    let at = from;
    let to = this.to;
    while (at + 4 <= end && to < full) {
      const word = load<u32>(at);
      if ((word & 0xff) - 0xe4 >= 6 || (word & 0xc0c000) != 0x808000) break;
      store<u32>(to, word);
      at += 3;
      to += 3;
    }
    if (at > from) this.noteSame();
    this.at = at;
    this.to = to;
    return at - from;
  }

  /** Folds the character here; returns its length, 0 where it is not all there. */
  private foldCharacter(byte: u32, end: usize): usize {
    const character = decodeCharacter(this.at, end);
    if (character == INCOMPLETE) return 0;
    const length: usize = character >> 24;
    const scalar = character & 0xffffff;
    const cell = cellOf(scalar);
    if (cell != ITSELF) this.noteOther(writePlain(scalar, cell, this.to), length);
    else if (scalar != REPLACEMENT || byte == REPLACEMENT_LEAD) this.copyCharacter(length);
    else this.noteOther(storeUtf8(this.to, REPLACEMENT), length);
    return length;
  }

  /** Folds the ASCII character here or the escape that it begins; returns its length, 0 where it is not all there. */
  private foldAscii(byte: u32, end: usize): usize {
    if (byte == 0x25 || byte == 0x5c || byte == 0x26) {
      const escape = readEscape(this.at, end);
      if (escape == NEEDS_MORE) return 0;
      if (escape > 0) {
        this.noteOther(writeScalar(escapedScalar, this.to), escape);
        return escape;
      }
    } else if (byte == NOTHING || asciiReads(byte) != byte) {
      // U+0001 shows nothing, too, though it reads as its own number.
      this.noteOther(writeScalar(byte, this.to), 1);
      return 1;
    }
    this.copyCharacter(1);
    return 1;
  }

  private copyCharacter(length: usize): void {
    this.noteSame();
    for (let i: usize = 0; i < length; i++) store<u8>(this.to + i, load<u8>(this.at + i));
    this.to += length;
  }

  /** From here on the text is as it was. */
  private noteSame(): void {
    const here = <i32>(this.at - this.to);
    this.plain.noteIf(here != this.distance, <i32>this.to + this.plainStart, <i32>this.at + this.originalStart, 0);
    this.distance = here;
  }

  /** What is `length` bytes long here reads as the `written` bytes that stand in the plain text now. */
  private noteOther(written: i32, length: usize): void {
    const original = <i32>this.at + this.originalStart;
    if (written > 0) {
      this.plain.noteIf(true, <i32>this.to + this.plainStart, original, <i32>length);
      this.distance = NO_DISTANCE;
      this.to += written;
    }
    if (this.firstChange < 0) this.firstChange = original;
    this.lastChange = original + <i32>length;
  }
}

/** A character of one byte that is itself, before one that isn't ASCII. */
// @ts-ignore: decorator
@inline
function isSingleAscii(pair: u32, third: u32): bool {
  const byte = pair & 0xff;
  const isPlain = (load<u8>(BY_LOW + <usize>(byte & 15)) & load<u8>(BY_HIGH + <usize>(byte >> 4))) == 0;
  return isPlain && (pair >> 8 >= 0x80 || third >= 0x80);
}
