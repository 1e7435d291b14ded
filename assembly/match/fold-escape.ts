import { hexDigit } from "../bytes/percent";
import { decodeCharacter, INCOMPLETE } from "./fold-utf8";

/** The most backslashes that an escape in JSON within JSON within a text begins with. */
const MOST_BACKSLASHES: usize = 7;
/** The most bytes that an escape has: two surrogates. */
export const MOST_ESCAPE_BYTES: usize = 2 * (MOST_BACKSLASHES + 5);

/** What `readEscape` says when the escape may go on after what is there. */
export const NEEDS_MORE: i32 = -1;
const NO_ESCAPE: i32 = 0;

const REPLACEMENT: u32 = 0xfffd;
const NO_HEX: i32 = -1;
const CUT_HEX: i32 = -2;
const MOST_ENTITY_DIGITS: i32 = 8;

const OCTETS = memory.data(4);

/** The character that the last escape stands for. */
export let escapedScalar: u32 = 0;

/**
 * Reads the escape that begins at `pointer` with a percent sign, a backslash or an ampersand; returns its length, 0 where
 * there is none, or `NEEDS_MORE`.
 *
 * Percent-encoding (RFC 3986) of whole UTF-8 characters; of JSON and JavaScript `\uXXXX` with pairs of surrogates,
 * `\u{X}`, `\xXX`, `\n \r \t \" \' \/ \\`, whose backslash may be several, as in JSON within JSON; of HTML numeric character
 * references with a semicolon.
 */
export function readEscape(pointer: usize, end: usize): i32 {
  const byte = load<u8>(pointer);
  if (pointer + 1 >= end) return NEEDS_MORE;
  if (byte == 0x25) return readPercent(pointer, end);
  return byte == 0x5c ? readBackslash(pointer, end) : readEntity(pointer, end);
}

/** A byte alone says little: what is no UTF-8 is no escape. */
function readPercent(pointer: usize, end: usize): i32 {
  let octets: usize = 0;
  while (octets < 4) {
    const at = pointer + octets * 3;
    if (at < end && load<u8>(at) != 0x25) break;
    const octet = at < end ? hexAt(at + 1, end, 2) : CUT_HEX;
    if (octet == CUT_HEX) return NEEDS_MORE;
    if (octet == NO_HEX) break;
    store<u8>(OCTETS + octets++, <u8>octet);
    if (octets == 1 && octet < 0x80) {
      escapedScalar = octet;
      return 3;
    }
    const character = decodeCharacter(OCTETS, OCTETS + octets);
    if (character == INCOMPLETE) continue;
    escapedScalar = character & 0xffffff;
    return octets > 1 && <usize>(character >> 24) == octets ? <i32>(octets * 3) : NO_ESCAPE;
  }
  return NO_ESCAPE;
}

function readBackslash(pointer: usize, end: usize): i32 {
  let more: usize = 0;
  while (more < MOST_BACKSLASHES - 1 && pointer + more + 1 < end && load<u8>(pointer + more, 1) == 0x5c) more++;
  const length = readLetter(pointer + more, end, more);
  if (length > 0) return length + <i32>more;
  if (length == NEEDS_MORE || more == 0) return length;
  escapedScalar = 0x5c;
  return 2;
}

/** The escape of JavaScript at `pointer`, whose backslash is the last one; `more` were before it. */
function readLetter(pointer: usize, end: usize, more: usize): i32 {
  if (pointer + 1 >= end) return NEEDS_MORE;
  switch (load<u8>(pointer, 1)) {
    case 0x22: // quotation mark
    case 0x27: // apostrophe
    case 0x2f: // slash
      escapedScalar = load<u8>(pointer, 1);
      return 2;
    case 0x6e: // n
      escapedScalar = 0x0a;
      return 2;
    case 0x72: // r
      escapedScalar = 0x0d;
      return 2;
    case 0x74: // t
      escapedScalar = 0x09;
      return 2;
    case 0x75: // u
      return readUnicode(pointer, end, more);
    case 0x78: // x
      return numbered(hexAt(pointer + 2, end, 2), 4);
    default:
      return NO_ESCAPE;
  }
}

function readUnicode(pointer: usize, end: usize, more: usize): i32 {
  if (pointer + 2 < end && load<u8>(pointer, 2) == 0x7b) return readBraced(pointer, end);
  const unit = hexAt(pointer + 2, end, 4);
  if (unit < 0 || (unit & 0xfc00) != 0xd800) return numbered(unit, 6);
  const low = lowSurrogateAt(pointer + 6, end, more);
  if (low == CUT_HEX) return NEEDS_MORE;
  if (low == NO_HEX) return numbered(unit, 6);
  escapedScalar = 0x10000 + ((unit & 0x3ff) << 10) + (low & 0x3ff);
  return 12 + <i32>more;
}

function lowSurrogateAt(pointer: usize, end: usize, more: usize): i32 {
  const letter = pointer + more + 1;
  for (; pointer < min(letter, end); pointer++) if (load<u8>(pointer) != 0x5c) return NO_HEX;
  if (letter < end && load<u8>(letter) != 0x75) return NO_HEX;
  if (letter + 1 < end && (load<u8>(letter, 1) | 0x20) != 0x64) return NO_HEX;
  const unit = letter + 1 < end ? hexAt(letter + 1, end, 4) : CUT_HEX;
  return unit >= 0 && (unit & 0xfc00) != 0xdc00 ? NO_HEX : unit;
}

function readBraced(pointer: usize, end: usize): i32 {
  return readDigits(pointer, pointer + 3, end, 16, 6, 0x7d);
}

function readEntity(pointer: usize, end: usize): i32 {
  if (load<u8>(pointer, 1) != 0x23) return NO_ESCAPE;
  if (pointer + 2 >= end) return NEEDS_MORE;
  const isHex = (load<u8>(pointer, 2) | 0x20) == 0x78;
  return isHex
    ? readDigits(pointer, pointer + 3, end, 16, MOST_ENTITY_DIGITS, 0x3b)
    : readDigits(pointer, pointer + 2, end, 10, MOST_ENTITY_DIGITS, 0x3b);
}

/** From 1 to `most` digits up to a closing character. */
function readDigits(pointer: usize, digits: usize, end: usize, radix: i32, most: i32, closing: u32): i32 {
  let value = 0;
  let count = 0;
  for (let at = digits; at < end; at++) {
    const byte: u32 = load<u8>(at);
    if (byte == closing) return count > 0 ? numbered(value, <i32>(at - pointer) + 1) : NO_ESCAPE;
    const digit = hexDigit(byte);
    if (digit < 0 || digit >= radix || count == most) return NO_ESCAPE;
    value = min(value * radix + digit, 0x110000);
    count++;
  }
  return NEEDS_MORE;
}

function numbered(scalar: i32, length: i32): i32 {
  if (scalar < 0) return scalar == CUT_HEX ? NEEDS_MORE : NO_ESCAPE;
  escapedScalar = scalar > 0x10ffff || (scalar & 0xfffff800) == 0xd800 ? REPLACEMENT : scalar;
  return length;
}

/** The value of `count` hexadecimal digits, `NO_HEX`, or `CUT_HEX` where they end too soon and are digits so far. */
function hexAt(pointer: usize, end: usize, count: usize): i32 {
  let value = 0;
  for (let at = pointer; at < pointer + count; at++) {
    if (at >= end) return CUT_HEX;
    const digit = hexDigit(load<u8>(at));
    if (digit < 0) return NO_HEX;
    value = value * 16 + digit;
  }
  return value;
}
