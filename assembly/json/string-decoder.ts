import { findByte } from "../bytes/find";
import { storeUtf8 } from "../bytes/utf8";
import { JsonListener } from "./listener";

const BACKSLASH: u32 = 0x5c;
const LETTER_U: u32 = 0x75;
const REPLACEMENT: u32 = 0xfffd;
const STAGE_BYTES: i32 = 256;
/** A longer run without escapes goes to the listener where it lies; shorter ones are gathered. */
const LONGEST_STAGED_RUN: i32 = 32;
const LONGEST_CHARACTER: i32 = 4;
const LONGEST_ESCAPE: usize = 6;

/** What the next byte belongs to. */
const enum Within {
  Run,
  Escape,
  Hex,
}

/**
 * Undoes the escapes of a string that `StringScanner` has found valid and that may arrive in pieces.
 *
 * A surrogate that has no partner becomes U+FFFD, as in `TextEncoder`.
 */
@final
export class StringDecoder {
  private within: Within = Within.Run;
  private hexLeft: i32 = 0;
  private unit: u32 = 0;
  /** A high surrogate that waits for its partner, or 0. */
  private high: u32 = 0;
  private staged: i32 = 0;
  private readonly stage: StaticArray<u8> = new StaticArray<u8>(STAGE_BYTES);

  reset(): void {
    this.within = Within.Run;
    this.high = 0;
    this.staged = 0;
  }

  /** Begins a string that goes on from one that was cut behind the first half of a pair of surrogates; 0 for none. */
  beginBehind(high: u32): void {
    this.reset();
    this.high = high;
  }

  /** In place of `finish` where another string goes on from this one: the first half of a pair that it ends with, or 0. */
  cut(): u32 {
    const high = this.high;
    this.high = 0;
    return high;
  }

  /** Tells the listener what `length` more bytes of the string mean. */
  decode(listener: JsonListener, path: i32, pointer: usize, length: i32): void {
    const end = pointer + length;
    while (pointer < end) {
      const byte: u32 = load<u8>(pointer);
      if (this.within != Within.Run) {
        this.resume(listener, path, byte);
        pointer++;
      } else if (byte != BACKSLASH) {
        const stop = findByte(pointer, end, <u8>BACKSLASH);
        this.putRun(listener, path, pointer, <i32>(stop - pointer), end);
        pointer = stop;
      } else if (pointer + LONGEST_ESCAPE > end) {
        this.within = Within.Escape;
        pointer++;
      } else if (load<u8>(pointer, 1) == LETTER_U) {
        this.putUnit(listener, path, hexValues(load<u32>(pointer, 2)));
        pointer += LONGEST_ESCAPE;
      } else {
        this.put(listener, path, unescaped(load<u8>(pointer, 1)));
        pointer += 2;
      }
    }
    this.flush(listener, path);
  }

  /** The string is complete. */
  finish(listener: JsonListener, path: i32): void {
    if (!this.high) return;
    this.endPair(listener, path);
    this.flush(listener, path);
  }

  /** Takes one byte of an escape that is near the end of a piece, or cut by it. */
  private resume(listener: JsonListener, path: i32, byte: u32): void {
    if (this.within == Within.Hex) {
      this.unit = (this.unit << 4) | ((byte & 0x0f) + (byte >> 6) * 9);
      if (--this.hexLeft > 0) return;
      this.within = Within.Run;
      this.putUnit(listener, path, this.unit);
    } else if (byte == LETTER_U) {
      this.within = Within.Hex;
      this.hexLeft = 4;
      this.unit = 0;
    } else {
      this.within = Within.Run;
      this.put(listener, path, unescaped(byte));
    }
  }

  /** Takes a run that is followed by readable bytes up to `end`. */
  private putRun(listener: JsonListener, path: i32, pointer: usize, length: i32, end: usize): void {
    if (this.high) this.endPair(listener, path);
    if (length > LONGEST_STAGED_RUN) {
      this.flush(listener, path);
      listener.onBytes(path, pointer, length);
      return;
    }
    if (this.staged + LONGEST_STAGED_RUN > STAGE_BYTES) this.flush(listener, path);
    const to = changetype<usize>(this.stage) + this.staged;
    if (pointer + LONGEST_STAGED_RUN <= end) {
      // Copying a constant number of bytes is much faster; those after the run are overwritten.
      v128.store(to, v128.load(pointer));
      v128.store(to, v128.load(pointer, 16), 16);
    } else {
      memory.copy(to, pointer, length);
    }
    this.staged += length;
  }

  /** Takes one `\uXXXX`. */
  private putUnit(listener: JsonListener, path: i32, unit: u32): void {
    const high = this.high;
    if ((unit & 0xf800) != 0xd800) {
      this.put(listener, path, unit);
    } else if (unit < 0xdc00) {
      if (high) this.endPair(listener, path);
      this.high = unit;
    } else {
      this.high = 0;
      this.put(listener, path, high ? 0x10000 + ((high & 0x3ff) << 10) + (unit & 0x3ff) : REPLACEMENT);
    }
  }

  /** The high surrogate that waits has no partner. */
  private endPair(listener: JsonListener, path: i32): void {
    this.high = 0;
    this.put(listener, path, REPLACEMENT);
  }

  private put(listener: JsonListener, path: i32, scalar: u32): void {
    if (this.high) this.endPair(listener, path);
    if (this.staged + LONGEST_CHARACTER > STAGE_BYTES) this.flush(listener, path);
    this.staged += storeUtf8(changetype<usize>(this.stage) + this.staged, scalar);
  }

  private flush(listener: JsonListener, path: i32): void {
    if (this.staged == 0) return;
    const length = this.staged;
    this.staged = 0;
    listener.onBytes(path, changetype<usize>(this.stage), length);
  }
}

/** What each letter after a backslash stands for; the others stand for themselves. */
// prettier-ignore
const UNESCAPED = memory.data<u8>([
  0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f,
  0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f,
  0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x2b, 0x2c, 0x2d, 0x2e, 0x2f,
  0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3a, 0x3b, 0x3c, 0x3d, 0x3e, 0x3f,
  0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4a, 0x4b, 0x4c, 0x4d, 0x4e, 0x4f,
  0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a, 0x5b, 0x5c, 0x5d, 0x5e, 0x5f,
  0x60, 0x61, 0x08, 0x63, 0x64, 0x65, 0x0c, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x0a, 0x6f,
  0x70, 0x71, 0x0d, 0x73, 0x09, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a, 0x7b, 0x7c, 0x7d, 0x7e, 0x7f,
]);

/** What the letter after a backslash stands for; of a `u`, nothing. */
@inline
export function unescaped(letter: u32): u32 {
  return load<u8>(UNESCAPED + letter);
}

/** Whether an escape with `u` that is the second half of a pair of surrogates is at `at`. */
export function isSecondHalf(at: usize, end: usize): bool {
  const isEscape = at + LONGEST_ESCAPE <= end && load<u16>(at) == 0x755c;
  return isEscape && (hexValues(load<u32>(at, 2)) & 0xfc00) == 0xdc00;
}

/** The value of four hexadecimal digits, the first one in the lowest byte. */
export function hexValues(digits: u32): u32 {
  const values = (digits & 0x0f0f0f0f) + ((digits >> 6) & 0x01010101) * 9;
  const pairs = ((values & 0x000f000f) << 4) | ((values >> 8) & 0x000f000f);
  return ((pairs & 0xff) << 8) | (pairs >> 16);
}
