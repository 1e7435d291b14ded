import { isDigit } from "./characters";
import { Sight } from "./sight";

/** More groups, digits or bytes than any number of the kinds looked for has. */
const MAX_GROUPS: i32 = 10;
const MAX_DIGITS: i32 = 20;
const MAX_BYTES: i32 = 44;

const SPACE: u32 = 0x20;
const OPEN: u32 = 0x28;
const CLOSE: u32 = 0x29;
const PLUS: u32 = 0x2b;
const DASH: u32 = 0x2d;
const FULL_STOP: u32 = 0x2e;
const SLASH: u32 = 0x2f;

/** Digits in groups, as numbers are written: `4111 1111 1111 1111`, `+49 (0) 30/1234-56`, `10.0.0.1`. */
@final
export class DigitGroups {
  count: i32 = 0;
  /** Whether the digits go on beyond what is kept here. */
  isCut: bool = false;
  /** Bit i: group i is in parentheses. */
  parentheses: u32 = 0;
  private readonly starts: StaticArray<i32> = new StaticArray<i32>(MAX_GROUPS + 1);
  private readonly ends: StaticArray<i32> = new StaticArray<i32>(MAX_GROUPS + 1);
  /** How many digits there are before group i. */
  private readonly totals: StaticArray<i32> = new StaticArray<i32>(MAX_GROUPS + 2);
  /** What stands before group i; 0 for nothing but a parenthesis. */
  private readonly separators: StaticArray<u8> = new StaticArray<u8>(MAX_GROUPS + 1);
  private readonly digits: StaticArray<u8> = new StaticArray<u8>(MAX_DIGITS + 1);

  /** Reads the groups that begin with the digit at `from`, itself in a parenthesis or not. */
  read(sight: Sight, from: i32): void {
    const before = sight.before(from - 1);
    let isInside = before == OPEN || (before == PLUS && sight.before(from - 2) == OPEN);
    let at = from;
    let total = 0;
    let count = 0;
    this.parentheses = 0;
    this.isCut = false;
    unchecked((this.totals[0] = 0));
    unchecked((this.separators[0] = 0));
    while (true) {
      unchecked((this.starts[count] = at));
      let byte = sight.at(at);
      while (isDigit(byte)) {
        if (total == MAX_DIGITS) {
          this.isCut = true;
          break;
        }
        unchecked((this.digits[total++] = <u8>(byte - 0x30)));
        byte = sight.at(++at);
      }
      if (this.isCut) break;
      const isAfterClose = isInside && byte == CLOSE;
      if (isAfterClose) {
        this.parentheses |= 1 << count;
        byte = sight.at(++at);
      } else if (isInside && count > 0) {
        break;
      }
      isInside = false;
      unchecked((this.ends[count] = at));
      count++;
      unchecked((this.totals[count] = total));
      if (at - from > MAX_BYTES || count == MAX_GROUPS) break;
      let next = at;
      if (byte == SPACE || byte == DASH || byte == FULL_STOP || byte == SLASH) {
        unchecked((this.separators[count] = <u8>byte));
        byte = sight.at(++next);
        if (byte == OPEN) {
          isInside = true;
          byte = sight.at(++next);
        }
      } else if (byte == OPEN) {
        unchecked((this.separators[count] = 0));
        isInside = true;
        byte = sight.at(++next);
      } else if (isAfterClose) {
        unchecked((this.separators[count] = 0));
      } else break;
      if (!isDigit(byte)) break;
      at = next;
    }
    this.count = count;
  }


  @inline
  start(group: i32): i32 {
    return unchecked(this.starts[group]);
  }

  /** Where a group ends, with its closing parenthesis. */

  @inline
  end(group: i32): i32 {
    return unchecked(this.ends[group]);
  }


  @inline
  length(group: i32): i32 {
    return unchecked(this.totals[group + 1]) - unchecked(this.totals[group]);
  }

  /** How many digits are before a group. */

  @inline
  total(group: i32): i32 {
    return unchecked(this.totals[group]);
  }


  @inline
  separator(group: i32): u32 {
    return unchecked(this.separators[group]);
  }


  @inline
  digit(index: i32): u32 {
    return unchecked(this.digits[index]);
  }


  @inline
  isInParentheses(group: i32): bool {
    return ((this.parentheses >> group) & 1) != 0;
  }

  /** The number that `length` digits from `index` on make. */
  value(index: i32, length: i32): u32 {
    let value: u32 = 0;
    for (let i = index; i < index + length; i++) value = value * 10 + this.digit(i);
    return value;
  }

  /** Whether all separators before the groups from `first` to `last` are the same. */
  isUniform(first: i32, last: i32): bool {
    for (let i = first + 1; i <= last; i++) if (this.separator(i) != this.separator(first)) return false;
    return true;
  }

  /** The lengths of the first `count` groups, one hexadecimal digit each, as in 0x334. */
  shape(count: i32): u32 {
    let shape: u32 = 0;
    for (let i = 0; i < count; i++) shape = (shape << 4) | this.length(i);
    return shape;
  }
}
