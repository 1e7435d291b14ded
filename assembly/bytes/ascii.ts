/** Characters of ASCII by class, and words whose letters may be of either case. */
import { ByteString } from "./view";
import { lanes } from "./lanes";

/** What a character is, one bit each. */
export const enum Ascii {
  Alphanumeric = 1,
  /** RFC 9110, 5.6.2: tchar. */
  Token = 2,
  /** RFC 3986, 2.3: unreserved. */
  Unreserved = 4,
  /** RFC 2046, 5.1.1: bchars. */
  Boundary = 8,
  /** Letters, digits, `_` and `-`. */
  Name = 16,
  /** What no field value may hold: CTL but for HTAB (RFC 9110, 5.5). */
  Control = 32,
}

const CHARACTERS: u32 = 128;
const CLASSES = classes();

/** Whether a byte, or a UTF-16 unit, is of any of these classes. */
export function isAscii(unit: u32, among: Ascii): bool {
  return unit < CHARACTERS && (load<u8>(changetype<usize>(CLASSES) + unit) & among) != 0;
}

function classes(): StaticArray<u8> {
  const all = new StaticArray<u8>(CHARACTERS);
  const everywhere = Ascii.Alphanumeric | Ascii.Token | Ascii.Unreserved | Ascii.Boundary | Ascii.Name;
  for (let unit = 0x30; unit <= 0x39; unit++) all[unit] = <u8>everywhere;
  for (let unit = 0x41; unit <= 0x5a; unit++) all[unit] = all[unit | 0x20] = <u8>everywhere;
  for (let unit = 0; unit < 0x20; unit++) all[unit] = <u8>Ascii.Control;
  all[0x7f] = <u8>Ascii.Control;
  all[0x09] = 0;
  add(all, Ascii.Token, "!#$%&'*+-.^_`|~");
  add(all, Ascii.Unreserved, "-._~");
  add(all, Ascii.Boundary, "'()+_,-./:=? ");
  add(all, Ascii.Name, "_-");
  return all;
}

function add(all: StaticArray<u8>, to: Ascii, characters: string): void {
  for (let i = 0; i < characters.length; i++) all[characters.charCodeAt(i)] |= <u8>to;
}

/** SP or HTAB: the white space of a header (RFC 9110, 5.6.3). */
export function isBlank(byte: u8): bool {
  return byte == 0x20 || byte == 0x09;
}

// @ts-ignore: decorator
@inline
export function lowerCase(byte: u8): u8 {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
}

/** Whether `length` bytes are those of `text`, which is in lower case. Compares from the end, where paths differ most. */
export function isSameInLowerCase(pointer: usize, text: usize, length: i32): bool {
  for (let i = length - 1; i >= 0; i--) {
    if (lowerCase(load<u8>(pointer + i)) != load<u8>(text + i)) return false;
  }
  return true;
}

/** Whether these bytes are `word`, which is in lower case. */
export function isWord(pointer: usize, length: i32, word: ByteString): bool {
  return length == word.length && isSameInLowerCase(pointer, word.pointer, length);
}

/** Which of `words`, which are in lower case, these bytes are; -1 for none. */
export function indexOfWord(pointer: usize, length: i32, words: StaticArray<ByteString>): i32 {
  for (let i = 0; i < words.length; i++) if (isWord(pointer, length, unchecked(words[i]))) return i;
  return -1;
}

/** Whether these bytes begin with `word`, which is in lower case. */
export function beginsWithWord(pointer: usize, length: i32, word: ByteString): bool {
  return length >= word.length && isSameInLowerCase(pointer, word.pointer, word.length);
}

/** 0xff where a byte is an ASCII letter or digit, else 0. */
// @ts-ignore: decorator
@inline
export function alphanumerics(block: v128): v128 {
  return v128.or(lettersIn(block), digitsIn(block));
}

/** 0xff where a byte is an ASCII letter, else 0. */
// @ts-ignore: decorator
@inline
export function lettersIn(block: v128): v128 {
  return i8x16.lt_u(i8x16.sub(v128.or(block, lanes(0x20)), lanes(0x61)), lanes(26));
}

/** 0xff where a byte is an ASCII digit, else 0. */
// @ts-ignore: decorator
@inline
export function digitsIn(block: v128): v128 {
  return i8x16.lt_u(i8x16.sub(block, lanes(0x30)), lanes(10));
}
