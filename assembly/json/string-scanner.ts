import { lanes } from "../bytes/lanes";
import { utf8Next, Utf8State, utf8StateAt } from "../bytes/utf8";
import { utf8Errors } from "../bytes/utf8-block";

const BLOCK: usize = 64;
const SHORT: usize = 16;
const LOOKBACK: usize = 3;
const QUOTE: u32 = 0x22;
const BACKSLASH: u32 = 0x5c;
const SPACE: u32 = 0x20;

/** What is wrong with a string. */
export const enum StringProblem {
  None,
  /** An unescaped control character, or an escape that there is none of. */
  BadText,
  BadUtf8,
}

/**
 * Finds the end of a JSON string that may arrive in pieces, and validates all of it: escapes, control characters, UTF-8.
 *
 * After a string's end it is ready for the next one.
 */
@final
export class StringScanner {
  /** Whether the last `scan` came to the closing quote. */
  isClosed: bool = false;
  /** Whether the string has surely no backslash so far. */
  isPlain: bool = false;
  problem: StringProblem = StringProblem.None;
  private escaped: u32 = 0;
  /** One low bit for each hexadecimal digit that must come. */
  private hexDue: u32 = 0;
  private utf8: Utf8State = Utf8State.Boundary;

  reset(): void {
    this.problem = StringProblem.None;
    this.escaped = 0;
    this.hexDue = 0;
    this.utf8 = Utf8State.Boundary;
  }

  /** Like `scan`, for a string whose first byte after the quote is at `position`; faster when it is short and plain. */
  scanNew(begin: usize, position: usize, end: usize): usize {
    this.isPlain = true;
    if (position + SHORT <= end) {
      const special = specialBytes(v128.load(position));
      const at = position + ctz(special);
      if (special && load<u8>(at) == QUOTE) {
        this.isClosed = true;
        return at + 1;
      }
    }
    return this.scan(begin, position, end);
  }

  /**
   * Scans from `position`, inside a string, to behind its closing quote or to `end`, where the piece that began at
   * `begin` ends. Returns where it stopped; with a `problem`, at the byte that is wrong.
   */
  scan(begin: usize, position: usize, end: usize): usize {
    this.isClosed = false;
    // The look at UTF-8 by blocks reads three bytes back, which must be of this piece and end a character.
    const first = begin + LOOKBACK;
    if (position < first || this.utf8 != Utf8State.Boundary) {
      do {
        if (position == end) return position;
        this.step(load<u8>(position));
        if (this.problem != StringProblem.None) return position;
        position++;
        if (this.isClosed) return position;
      } while (position < first || this.utf8 != Utf8State.Boundary);
    }
    if (!(this.escaped | this.hexDue)) position = skipPlain(position, end);
    if (position + BLOCK <= end) {
      position = this.scanBlocks(position, end);
      if (this.isClosed) return position;
    }
    while (position < end) {
      if (position + SHORT <= end && !(this.escaped | this.hexDue | this.utf8)) {
        const special = specialBytes(v128.load(position));
        position += special ? <usize>ctz(special) : SHORT;
        if (!special) continue;
      }
      this.step(load<u8>(position));
      if (this.problem != StringProblem.None) break;
      position++;
      if (this.isClosed) break;
    }
    return position;
  }

  /** Scans whole blocks; stops early before one with something wrong, for `step` to find the byte. */
  private scanBlocks(position: usize, end: usize): usize {
    const quote = lanes(QUOTE);
    const backslash = lanes(BACKSLASH);
    const space = lanes(SPACE);
    let carry: u64 = this.escaped;
    let hexDue: u64 = this.hexDue;
    const stop = end - BLOCK;
    while (position <= stop) {
      const a = v128.load(position);
      const b = v128.load(position, 16);
      const c = v128.load(position, 32);
      const d = v128.load(position, 48);
      const quotes = mask(i8x16.eq(a, quote), i8x16.eq(b, quote), i8x16.eq(c, quote), i8x16.eq(d, quote));
      const slashes = mask(
        i8x16.eq(a, backslash),
        i8x16.eq(b, backslash),
        i8x16.eq(c, backslash),
        i8x16.eq(d, backslash),
      );
      let carryAfter: u64 = 0;
      let hexAfter: u64 = 0;
      let closing = quotes;
      if (slashes | carry | hexDue) {
        this.isPlain = false;
        // Which characters a backslash escapes, in runs of backslashes too: a subtraction ripples through each run
        // from its first one. By Lemire and Keiser, in simdjson.
        const starts = slashes & ~carry;
        const terminals = (((starts << 1) | ODD_BITS) - starts) ^ ODD_BITS;
        const escaped = terminals ^ (slashes | carry);
        carryAfter = (terminals & slashes) >> 63;
        closing = quotes & ~escaped;
        const inside = (closing - 1) & ~closing;
        const unusual =
          escaped & inside & ~(quotes | mask(shortEscapes(a), shortEscapes(b), shortEscapes(c), shortEscapes(d)));
        if (unusual | hexDue) {
          const unicode = unusual & lettersU(position);
          if (unicode != unusual) break;
          const due = (unicode << 1) | (unicode << 2) | (unicode << 3) | (unicode << 4) | hexDue;
          const wrong = due & notHexDigits(position);
          if (wrong & (inside | closing)) break;
          hexAfter = (unicode >> 63) | (unicode >> 62) | (unicode >> 61) | (unicode >> 60);
        }
      }
      // A signed comparison: a byte that is no ASCII is less than a space, too.
      const lowA = i8x16.lt_s(a, space);
      const lowB = i8x16.lt_s(b, space);
      const lowC = i8x16.lt_s(c, space);
      const lowD = i8x16.lt_s(d, space);
      if (i8x16.bitmask(v128.or(v128.or(lowA, lowB), v128.or(lowC, lowD)))) {
        const beyondAscii = mask(a, b, c, d);
        const controls = mask(lowA, lowB, lowC, lowD) & ~beyondAscii;
        if (controls & (closing - 1) & ~closing) break;
        if (beyondAscii) {
          if (v128.any_true(utf8Errors(position))) break;
          if (beyondAscii >> 63) {
            const next = position + BLOCK;
            const cut = utf8StateAt(next);
            if (cut == Utf8State.Invalid) break;
            // A block that is all ASCII is not looked at, so that one must not follow a character cut off here.
            if (cut != Utf8State.Boundary && next < end && load<i8>(next) >= 0) break;
          }
        }
      }
      if (closing) {
        this.escaped = 0;
        this.hexDue = 0;
        this.isClosed = true;
        return position + <usize>ctz(closing) + 1;
      }
      carry = carryAfter;
      hexDue = hexAfter;
      position += BLOCK;
    }
    this.escaped = <u32>carry;
    this.hexDue = <u32>hexDue;
    this.utf8 = utf8StateAt(position);
    return position;
  }

  private step(byte: u32): void {
    if (this.utf8 != Utf8State.Boundary || byte >= 0x80) {
      if (this.escaped | this.hexDue) {
        this.problem = StringProblem.BadText;
        return;
      }
      const next = utf8Next(this.utf8, byte);
      if (next == Utf8State.Invalid) this.problem = StringProblem.BadUtf8;
      else this.utf8 = next;
    } else if (this.hexDue) {
      if (isHexDigit(byte)) this.hexDue >>= 1;
      else this.problem = StringProblem.BadText;
    } else if (this.escaped) {
      this.escaped = 0;
      if (byte == 0x75) this.hexDue = 0b1111;
      else if (!isShortEscape(byte)) this.problem = StringProblem.BadText;
    } else if (byte == QUOTE) {
      this.isClosed = true;
    } else if (byte == BACKSLASH) {
      this.escaped = 1;
      this.isPlain = false;
    } else if (byte < SPACE) {
      this.problem = StringProblem.BadText;
    }
  }
}

const ODD_BITS: u64 = 0xaaaaaaaaaaaaaaaa;

/** One bit a byte. */
// @ts-ignore: decorator
@inline
function mask(a: v128, b: v128, c: v128, d: v128): u64 {
  const low = (<u32>i8x16.bitmask(a)) | ((<u32>i8x16.bitmask(b)) << 16);
  const high = (<u32>i8x16.bitmask(c)) | ((<u32>i8x16.bitmask(d)) << 16);
  return (<u64>low) | ((<u64>high) << 32);
}

/** The first 16 bytes from `position` on with a quote, a backslash, a control character or no ASCII, or what is left before `end`. */
function skipPlain(position: usize, end: usize): usize {
  const quote = lanes(QUOTE);
  const backslash = lanes(BACKSLASH);
  const space = lanes(SPACE);
  while (position + SHORT <= end) {
    const bytes = v128.load(position);
    const marks = v128.or(i8x16.eq(bytes, quote), i8x16.eq(bytes, backslash));
    if (i8x16.bitmask(v128.or(marks, i8x16.lt_s(bytes, space)))) break;
    position += SHORT;
  }
  return position;
}

/** One bit where one of 16 bytes is a quote, a backslash, a control character or no ASCII. */
// @ts-ignore: decorator
@inline
export function specialBytes(bytes: v128): i32 {
  const marks = v128.or(i8x16.eq(bytes, lanes(QUOTE)), i8x16.eq(bytes, lanes(BACKSLASH)));
  return i8x16.bitmask(v128.or(marks, i8x16.lt_s(bytes, lanes(SPACE))));
}

// Tables, not vector constants: see `lanes`.
/** At the exclusive or of an escape's two nibbles, its letter: `/ \ b f n r t`. At the others, what never fits. */
const SHORT_ESCAPES = memory.data<u8>(
  [0x66, 0xff, 0xff, 0x74, 0x62, 0x72, 0xff, 0xff, 0x6e, 0x5c, 0xff, 0xff, 0xff, 0x2f, 0xff, 0xff],
  16,
);
/** By low nibble, and by high nibble: a digit, or a letter from a to f. */
const HEX_BY_LOW = memory.data<u8>([1, 3, 3, 3, 3, 3, 3, 1, 1, 1, 0, 0, 0, 0, 0, 0], 16);
const HEX_BY_HIGH = memory.data<u8>([0, 0, 0, 1, 2, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0], 16);

/** Where a byte is one of `/ \ b f n r t`. */
// @ts-ignore: decorator
@inline
function shortEscapes(bytes: v128): v128 {
  const hash = v128.and(v128.xor(bytes, i16x8.shr_u(bytes, 4)), lanes(0x0f));
  return i8x16.eq(i8x16.swizzle(v128.load(SHORT_ESCAPES), hash), bytes);
}

/** Where a byte of the block at `position` is a `u`. For the few blocks with such escapes, like `notHexDigits`. */
function lettersU(position: usize): u64 {
  let found: u64 = 0;
  for (let i = <i32>(BLOCK - SHORT); i >= 0; i -= <i32>SHORT) {
    found = (found << SHORT) | i8x16.bitmask(i8x16.eq(v128.load(position + i), lanes(0x75)));
  }
  return found;
}

/** Where a byte of the block at `position` is no hexadecimal digit. */
function notHexDigits(position: usize): u64 {
  const nibbles = lanes(0x0f);
  let found: u64 = 0;
  for (let i = <i32>(BLOCK - SHORT); i >= 0; i -= <i32>SHORT) {
    const bytes = v128.load(position + i);
    const byLow = i8x16.swizzle(v128.load(HEX_BY_LOW), v128.and(bytes, nibbles));
    const byHigh = i8x16.swizzle(v128.load(HEX_BY_HIGH), v128.and(i16x8.shr_u(bytes, 4), nibbles));
    found = (found << SHORT) | i8x16.bitmask(i8x16.eq(v128.and(byLow, byHigh), i8x16.splat(0)));
  }
  return found;
}

function isHexDigit(byte: u32): bool {
  return byte - 0x30 < 10 || (byte | 0x20) - 0x61 < 6;
}

function isShortEscape(byte: u32): bool {
  return byte == QUOTE || load<u8>(SHORT_ESCAPES + ((byte ^ (byte >> 4)) & 0x0f)) == byte;
}
