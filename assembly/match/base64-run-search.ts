import { TextWindow } from "./detector";
import { isEncoded } from "./base64-run-group";
import { lettersIn } from "../bytes/ascii";
import { lanes } from "../bytes/lanes";

const BLOCK_BYTES: i32 = 16;

/** Looks for characters of base64's alphabets and line ends in a row, 16 bytes at a time. */
@final
export class RunSearch {
  /** Everything from here to `next` is such a character. */
  start: i32 = 0;
  next: i32 = 0;

  begin(at: i32): void {
    this.start = at;
    this.next = at;
  }

  /** Goes on until at least `least` are in a row, which begin at `start`, or to the end of the window; says which. */
  find(window: TextWindow, least: i32): bool {
    let start = this.start;
    let at = this.next;
    while (at - start < least) {
      if (at + BLOCK_BYTES > window.end) return this.findByByte(window, start, at, least);
      const others = ~membersOf(v128.load(window.pointer + <usize>(at - window.start))) & 0xffff;
      if (others != 0) {
        const first = ctz(others);
        if (at + first - start >= least) break;
        start = at + 32 - clz(others);
      }
      at += BLOCK_BYTES;
    }
    this.start = start;
    this.next = at;
    return true;
  }

  private findByByte(window: TextWindow, start: i32, at: i32, least: i32): bool {
    while (at < window.end && at - start < least) {
      if (!isMember(window.at(at))) start = at + 1;
      at++;
    }
    this.start = start;
    this.next = at;
    return at - start >= least;
  }
}

function isMember(byte: u32): bool {
  return isEncoded(byte) || byte == 0x0a || byte == 0x0d;
}

/** One bit for each of 16 bytes. */
// @ts-ignore: decorator
@inline
function membersOf(block: v128): i32 {
  const letters = lettersIn(block);
  // From slash to 9, and minus and plus: 0x2b and 0x2d.
  const digits = i8x16.lt_u(i8x16.sub(block, lanes(0x2f)), lanes(11));
  const signs = i8x16.eq(v128.or(block, lanes(6)), lanes(0x2f));
  const others = v128.or(
    i8x16.eq(block, lanes(0x5f)),
    v128.or(i8x16.eq(block, lanes(0x0a)), i8x16.eq(block, lanes(0x0d))),
  );
  return i8x16.bitmask(v128.or(v128.or(letters, digits), v128.or(signs, others)));
}
