import { lanes } from "../bytes/lanes";

const QUOTE: u32 = 0x22;
const BACKSLASH: u32 = 0x5c;

/** The first quote or backslash of [at, end), or `end`. */
export function findQuoteOrBackslash(at: usize, end: usize): usize {
  const quote = lanes(QUOTE);
  const backslash = lanes(BACKSLASH);
  // Most text has none for long.
  while (at + 64 <= end) {
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);
    const quotes = v128.or(
      v128.or(i8x16.eq(a, quote), i8x16.eq(b, quote)),
      v128.or(i8x16.eq(c, quote), i8x16.eq(d, quote)),
    );
    const backslashes = v128.or(
      v128.or(i8x16.eq(a, backslash), i8x16.eq(b, backslash)),
      v128.or(i8x16.eq(c, backslash), i8x16.eq(d, backslash)),
    );
    if (i8x16.bitmask(v128.or(quotes, backslashes))) break;
    at += 64;
  }
  while (at + 16 <= end) {
    const bytes = v128.load(at);
    const mask = i8x16.bitmask(v128.or(i8x16.eq(bytes, quote), i8x16.eq(bytes, backslash)));
    if (mask) return at + ctz(mask);
    at += 16;
  }
  while (at < end) {
    const byte: u32 = load<u8>(at);
    if (byte == QUOTE || byte == BACKSLASH) break;
    at++;
  }
  return at;
}

/** Finds where a string ends that arrives in pieces. */
@final
export class StringEnd {
  /** Whether the string has no backslash so far. */
  isPlain: bool = false;
  private isAfterBackslash: bool = false;

  /** Another string begins. */
  reset(): void {
    this.isPlain = true;
    this.isAfterBackslash = false;
  }

  /** The closing quote in [at, end), or `end` when the string goes on; `at` is before `end`. */
  find(at: usize, end: usize): usize {
    if (this.isAfterBackslash) {
      this.isAfterBackslash = false;
      at++;
    }
    while (true) {
      at = findQuoteOrBackslash(at, end);
      if (at == end || load<u8>(at) == QUOTE) return at;
      this.isPlain = false;
      if (at + 1 == end) {
        this.isAfterBackslash = true;
        return end;
      }
      at += 2;
    }
  }
}
