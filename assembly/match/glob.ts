import { isSameInLowerCase, lowerCase } from "../bytes/ascii";
import { encodeUtf8 } from "../bytes/text";
import { isSame } from "../bytes/view";

const STAR: u8 = 0x2a;
const EMPTY_TABLE = new StaticArray<i32>(0);

/**
 * A pattern over bytes in which each `*` stands for any run of bytes, also an empty one; every other byte stands for
 * itself, and there is no escape. A pattern matches the whole value.
 *
 * Matching takes time linear in the value, however many stars the pattern has, and never allocates: a pattern without a
 * star is one memory compare, and the parts between stars are searched with Knuth, Morris and Pratt's failure table.
 */
@final
export class Glob {
  private readonly data: StaticArray<u8>;
  private readonly prefixLength: i32;
  private readonly suffixLength: i32;
  /** For each byte of the middle parts: how much of its part is matched again when the next byte does not fit. */
  private failure: StaticArray<i32> = EMPTY_TABLE;
  readonly isExact: bool;

  /** `ignoreCase` makes ASCII letters match in either case, as in host names. */
  constructor(
    pattern: string,
    private readonly ignoreCase: bool = false,
  ) {
    const data = bytesOf(pattern);
    if (ignoreCase) {
      for (let i = 0; i < data.length; i++) unchecked((data[i] = lowerCase(unchecked(data[i]))));
    }
    let first = 0;
    while (first < data.length && unchecked(data[first]) != STAR) first++;
    let last = data.length;
    while (last > first && unchecked(data[last - 1]) != STAR) last--;
    this.data = data;
    this.isExact = first == data.length;
    this.prefixLength = first;
    this.suffixLength = data.length - last;
    if (last - first > 1) this.failure = failureTable(data, first, last);
  }

  matches(pointer: usize, length: i32): bool {
    const fixed = this.prefixLength + this.suffixLength;
    if (length < fixed || (this.isExact && length != fixed)) return false;
    const end = length - this.suffixLength;
    return (
      this.equals(0, pointer, this.prefixLength) &&
      this.equals(this.data.length - this.suffixLength, pointer + end, this.suffixLength) &&
      this.findMiddle(pointer, this.prefixLength, end)
    );
  }

  private equals(from: i32, pointer: usize, length: i32): bool {
    const expected = changetype<usize>(this.data) + from;
    return this.ignoreCase ? isSameInLowerCase(pointer, expected, length) : isSame(expected, pointer, length);
  }

  /** Finds the parts between stars one after the other, each as early as possible, which leaves the most for the rest. */
  private findMiddle(pointer: usize, at: i32, end: i32): bool {
    const last = this.data.length - this.suffixLength;
    let part = this.prefixLength + 1;
    while (part < last) {
      let next = part;
      while (next < last && this.byteAt(next) != STAR) next++;
      at = this.find(part, next - part, pointer, at, end);
      if (at < 0) return false;
      part = next + 1;
    }
    return true;
  }

  /** Where the first occurrence of a part ends, or -1. */
  private find(part: i32, length: i32, pointer: usize, at: i32, end: i32): i32 {
    let matched = 0;
    while (matched < length) {
      if (at == end) return -1;
      const raw = load<u8>(pointer + at++);
      const byte = this.ignoreCase ? lowerCase(raw) : raw;
      while (matched > 0 && this.byteAt(part + matched) != byte) {
        matched = this.failureAt(part + matched - 1);
      }
      if (this.byteAt(part + matched) == byte) matched++;
    }
    return at;
  }


  @inline
  private byteAt(index: i32): u8 {
    return load<u8>(changetype<usize>(this.data) + index);
  }


  @inline
  private failureAt(index: i32): i32 {
    return unchecked(this.failure[index - this.prefixLength]);
  }
}

function failureTable(data: StaticArray<u8>, first: i32, last: i32): StaticArray<i32> {
  const table = new StaticArray<i32>(last - first);
  let part = first;
  let matched = 0;
  for (let i = first; i < last; i++) {
    const byte = unchecked(data[i]);
    if (byte == STAR) {
      part = i + 1;
      matched = 0;
      continue;
    }
    if (i == part) continue;
    while (matched > 0 && unchecked(data[part + matched]) != byte) matched = unchecked(table[part + matched - 1 - first]);
    if (unchecked(data[part + matched]) == byte) matched++;
    unchecked((table[i - first] = matched));
  }
  return table;
}

function bytesOf(text: string): StaticArray<u8> {
  return changetype<StaticArray<u8>>(encodeUtf8(text));
}
