/** What a byte of UTF-8 can be part of; a byte is of several classes. */
export const DIGIT: u32 = 1;
export const UPPER: u32 = 2;
export const LOWER: u32 = 4;
export const UNDERSCORE: u32 = 8;
export const DASH: u32 = 16;
/** The part of an e-mail address before its @, a URL's scheme, the name of a key. */
export const LOCAL: u32 = 32;
/** Anything in a URL that no prose or code would end it with. */
export const URL: u32 = 64;
/** What a sentence or code puts right behind a URL; part of one only between other characters of it. */
export const URL_JOINER: u32 = 128;
export const FULL_STOP: u32 = 256;
/** A byte of a letter beyond ASCII that is written in two bytes, as those of Europe and the Near East are. */
export const TWO_BYTE_LETTER: u32 = 512;
/** RFC 4648, 4, with its padding. */
export const BASE64: u32 = 1024;
/** Of a domain name's label. */
export const LABEL: u32 = 1 | 2 | 4 | 16 | 512;

export const LETTER: u32 = UPPER | LOWER;
export const ALPHANUMERIC: u32 = DIGIT | LETTER;
export const WORD: u32 = ALPHANUMERIC | UNDERSCORE;
export const BASE64URL: u32 = WORD | DASH;

const CLASSES = new StaticArray<u16>(256);

setClasses();

/** Whether a byte is of one of the classes. */

@inline
export function isOf(byte: u32, classes: u32): bool {
  return (load<u16>(changetype<usize>(CLASSES) + (byte << 1)) & classes) != 0;
}


@inline
export function isDigit(byte: u32): bool {
  return byte - 0x30 < 10;
}


@inline
export function isHex(byte: u32): bool {
  return byte - 0x30 < 10 || (byte | 0x20) - 0x61 < 6;
}

function setClasses(): void {
  for (let byte: u32 = 0x21; byte < 0x7f; byte++) add(byte, URL);
  for (let byte: u32 = 0x80; byte < 0xe0; byte++) add(byte, LOCAL | TWO_BYTE_LETTER);
  for (let byte: u32 = 0x30; byte <= 0x39; byte++) add(byte, DIGIT | LOCAL | BASE64);
  for (let byte: u32 = 0x41; byte <= 0x5a; byte++) {
    add(byte, UPPER | LOCAL | BASE64);
    add(byte | 0x20, LOWER | LOCAL | BASE64);
  }
  add(0x5f, UNDERSCORE);
  add(0x2d, DASH);
  add(0x2e, FULL_STOP);
  addAll("._%+'-", LOCAL);
  addAll(".,;:!?)]}", URL_JOINER);
  add(0x2b, BASE64);
  add(0x2f, BASE64);
  add(0x3d, BASE64);
  removeAll("\"'`<>\\.,;:!?)]}", URL);
}

function add(byte: u32, classes: u32): void {
  unchecked((CLASSES[byte] |= <u16>classes));
}

function addAll(bytes: string, classes: u32): void {
  for (let i = 0; i < bytes.length; i++) add(bytes.charCodeAt(i), classes);
}

function removeAll(bytes: string, classes: u32): void {
  for (let i = 0; i < bytes.length; i++) unchecked((CLASSES[bytes.charCodeAt(i)] &= <u16>~classes));
}
