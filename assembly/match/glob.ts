import { isSameInLowerCase, lowerCase } from "../bytes/ascii";
import { borderOf, writeBorders } from "../bytes/borders";
import { findByte } from "../bytes/find";
import { encodeUtf8 } from "../bytes/text";
import { isSame } from "../bytes/view";

const STAR: u8 = 0x2a;
const NO_BORDERS = new StaticArray<u16>(0);

/**
 * A pattern over bytes in which each `*` stands for any run of bytes, also an empty one; every other byte stands for
 * itself, and there is no escape. A pattern matches the whole value.
 *
 * Matching takes time linear in the value, however many stars the pattern has, and never allocates: a pattern without a
 * star is one memory compare, and the parts between stars are searched by their borders.
 */
@final
export class Glob {
  /** The pattern; in lower case where case is ignored. */
  readonly data: StaticArray<u8>;
  private readonly prefixLength: i32;
  private readonly suffixLength: i32;
  /** Those of each middle part, beginning where the star before it is. */
  private borders: StaticArray<u16> = NO_BORDERS;
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
    const begin = changetype<usize>(data);
    const first = <i32>(findByte(begin, begin + data.length, STAR) - begin);
    let last = data.length;
    while (last > first && unchecked(data[last - 1]) != STAR) last--;
    this.data = data;
    this.isExact = first == data.length;
    this.prefixLength = first;
    this.suffixLength = data.length - last;
    if (last - first > 1) this.borders = new StaticArray<u16>(last - first);
    for (let part = first + 1; part < last;) {
      const next = this.partEnd(part);
      writeBorders(begin + part, next - part, this.bordersOf(part));
      part = next + 1;
    }
  }

  /** Where the middle part that begins at `part` ends, which is at a star. */
  private partEnd(part: i32): i32 {
    const begin = changetype<usize>(this.data);
    return <i32>(findByte(begin + part, begin + this.data.length, STAR) - begin);
  }

  // @ts-ignore: decorator
  @inline
  private bordersOf(part: i32): usize {
    return changetype<usize>(this.borders) + ((part - this.prefixLength - 1) << 1);
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
      const next = this.partEnd(part);
      at = this.find(part, next - part, pointer, at, end);
      if (at < 0) return false;
      part = next + 1;
    }
    return true;
  }

  /** Where the first occurrence of a part ends, or -1. */
  private find(part: i32, length: i32, pointer: usize, at: i32, end: i32): i32 {
    const borders = this.bordersOf(part);
    let matched = 0;
    while (matched < length) {
      if (at == end) return -1;
      const raw = load<u8>(pointer + at++);
      const byte = this.ignoreCase ? lowerCase(raw) : raw;
      while (matched > 0 && this.byteAt(part + matched) != byte) {
        matched = borderOf(borders, matched);
      }
      if (this.byteAt(part + matched) == byte) matched++;
    }
    return at;
  }


  @inline
  private byteAt(index: i32): u8 {
    return load<u8>(changetype<usize>(this.data) + index);
  }
}

function bytesOf(text: string): StaticArray<u8> {
  return changetype<StaticArray<u8>>(encodeUtf8(text));
}
