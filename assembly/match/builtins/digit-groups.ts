import { isDigit } from "./characters";
import { Sight } from "./sight";

/** More groups, digits or bytes than any number of the kinds looked for has. */
const MAX_GROUPS: i32 = 10;
const MAX_DIGITS: i32 = 20;
const MAX_BYTES: i32 = 44;

/** A number of fewer digits is looked at only when others follow. */
export const MIN_SINGLE_DIGITS: i32 = 7;
const MAX_SECOND_LENGTH: i32 = 7;

const SPACE: u32 = 0x20;
const OPEN: u32 = 0x28;
const CLOSE: u32 = 0x29;
const PLUS: u32 = 0x2b;
const DASH: u32 = 0x2d;
const FULL_STOP: u32 = 0x2e;

/** The separator of groups that two spaces are between. */
export const TWO_SPACES: u32 = 0x2020;

/** A group: where it begins and ends, how many digits are before it, what separates it from the one before. */
const GROUP_SHIFT: i32 = 4;
const END: usize = 4;
const TOTAL: usize = 8;
const SEPARATOR: usize = 12;

/** Digits in groups, as numbers are written: `4111 1111 1111 1111`, `+49 (0) 30/1234-56`, `10.0.0.1`. */
@final
export class DigitGroups {
  /** How many digits the first group has, up to `MAX_DIGITS` + 1, and the second behind `gap`, up to 7; known before `read`. */
  firstLength: i32 = 0;
  secondLength: i32 = 0;
  /** What stands before the second group, a byte or `TWO_SPACES`; 0 when there is none. */
  gap: u32 = 0;
  count: i32 = 0;
  /** Whether the digits go on beyond what is kept here. */
  isCut: bool = false;
  /** Bit i: group i is in parentheses. */
  private parentheses: u32 = 0;
  private readonly groups: StaticArray<u8> = new StaticArray<u8>((MAX_GROUPS + 1) << GROUP_SHIFT);
  private readonly digits: StaticArray<u8> = new StaticArray<u8>(MAX_DIGITS);

  /** Looks at the first digits from `at` on, only as much as tells whether a number may be there. */
  look(sight: Sight, at: i32, before: u32): bool {
    let end = at + 1;
    const limit = at + MAX_DIGITS + 1;
    while (end < limit && isDigit(sight.peek(end))) end++;
    this.firstLength = end - at;
    const gap = sight.peek(end);
    this.gap = 0;
    this.secondLength = 0;
    if (!isSeparator(gap) && gap != OPEN && gap != CLOSE) return this.firstLength >= MIN_SINGLE_DIGITS;
    const next = sight.peek(end + 1);
    if (gap == SPACE && next == SPACE && this.firstLength == 4) return this.lookBehindSpaces(sight, end + 2);
    let second = 0;
    while (second < MAX_SECOND_LENGTH && isDigit(sight.peek(end + 1 + second))) second++;
    const third = sight.peek(end + 1 + second);
    if (mayBeGrouped(sight.peek(at), before, this.firstLength, gap, next, second, third)) {
      this.gap = next == OPEN ? next : gap;
      this.secondLength = second;
      return true;
    }
    return this.firstLength >= MIN_SINGLE_DIGITS;
  }

  /** Only cards' numbers have two spaces between their groups. */
  private lookBehindSpaces(sight: Sight, at: i32): bool {
    let second = 0;
    while (second < MAX_SECOND_LENGTH && isDigit(sight.peek(at + second))) second++;
    this.gap = TWO_SPACES;
    this.secondLength = second;
    return second == 4 || second == 6;
  }

  /** Reads the groups that begin with the digit at `from`, itself in a parenthesis or not. */
  read(sight: Sight, from: i32): void {
    const before = sight.before(from - 1);
    const digits = changetype<usize>(this.digits);
    let group = changetype<usize>(this.groups);
    let isInside = before == OPEN || (before == PLUS && sight.before(from - 2) == OPEN);
    let at = from;
    let total = 0;
    let count = 0;
    this.parentheses = 0;
    this.isCut = false;
    store<i32>(group, 0, TOTAL);
    store<u32>(group, 0, SEPARATOR);
    while (true) {
      store<i32>(group, at);
      let byte = sight.peek(at);
      while (isDigit(byte)) {
        if (total == MAX_DIGITS) {
          this.isCut = true;
          break;
        }
        store<u8>(digits + total++, byte - 0x30);
        byte = sight.peek(++at);
      }
      if (this.isCut) break;
      const isAfterClose = isInside && byte == CLOSE;
      if (isAfterClose) {
        this.parentheses |= 1 << count;
        byte = sight.peek(++at);
      } else if (isInside && count > 0) break;
      isInside = false;
      store<i32>(group, at, END);
      group += 1 << GROUP_SHIFT;
      store<i32>(group, total, TOTAL);
      if (++count == MAX_GROUPS || at - from > MAX_BYTES) break;
      store<u32>(group, 0, SEPARATOR);
      let next = at;
      if (isSeparator(byte)) {
        store<u32>(group, byte, SEPARATOR);
        byte = sight.peek(++next);
        if (this.gap == TWO_SPACES && byte == SPACE) {
          store<u32>(group, TWO_SPACES, SEPARATOR);
          byte = sight.peek(++next);
        }
        isInside = byte == OPEN;
      } else isInside = byte == OPEN;
      if (isInside) byte = sight.peek(++next);
      else if (next == at && !isAfterClose) break;
      if (!isDigit(byte)) break;
      at = next;
    }
    this.count = count;
  }

  /** Where the first group begins. */

  @inline
  get start(): i32 {
    return load<i32>(changetype<usize>(this.groups));
  }

  /** Where a group ends, with its closing parenthesis. */
  end(group: i32): i32 {
    return load<i32>(this.at(group), END);
  }

  length(group: i32): i32 {
    return this.total(group + 1) - this.total(group);
  }

  /** How many digits are before a group. */
  total(group: i32): i32 {
    return load<i32>(this.at(group), TOTAL);
  }

  /** What is before a group; 0 for nothing but a parenthesis. */
  separator(group: i32): u32 {
    return load<u32>(this.at(group), SEPARATOR);
  }


  @inline
  private at(group: i32): usize {
    return changetype<usize>(this.groups) + <usize>(group << GROUP_SHIFT);
  }

  digit(index: i32): u32 {
    return load<u8>(changetype<usize>(this.digits) + <usize>index);
  }

  isInParentheses(group: i32): bool {
    return ((this.parentheses >> group) & 1) != 0;
  }

  /** The number that `length` digits from `index` on make. */
  value(index: i32, length: i32): u32 {
    let value: u32 = 0;
    for (let i = index; i < index + length; i++) value = value * 10 + this.digit(i);
    return value;
  }

  /** Whether the separators before the groups from `first` to `last` are the same. */
  isUniform(first: i32, last: i32): bool {
    for (let i = first + 1; i <= last; i++) if (this.separator(i) != this.separator(first)) return false;
    return true;
  }

  /** The lengths of the first groups, at most `count` of them, one hexadecimal digit each, as in 0x334. */
  shape(count: i32): u32 {
    let shape: u32 = 0;
    for (let i = 0; i < min(count, this.count); i++) shape = (shape << 4) | this.length(i);
    return shape;
  }
}

/**
 * Whether digits may be the beginning of a number in groups, by the first of them, what is before, how many there are, what
 * separates them from the `second` digits behind `gap`, and what follows those. Neither a decimal nor a date.
 */
export function mayBeGrouped(digit: u32, before: u32, first: i32, gap: u32, next: u32, second: i32, third: u32): bool {
  if (gap == CLOSE || (next == OPEN && isSeparator(gap))) return true;
  if (second == 0 || (gap != OPEN && !isSeparator(gap))) return false;
  if (before == PLUS) return true;
  if (gap == FULL_STOP) return third == FULL_STOP;
  return digit == 0x30 || (first + second >= 4 && !(first == 4 && second == 2));
}

/** Whether a byte may separate groups of a number: a space, `-`, `.` or `/`. */

@inline
export function isSeparator(byte: u32): bool {
  return byte == SPACE || byte - DASH < 3;
}
