import { isDigit, isOf, LETTER, WORD } from "./characters";
import { CONTEXT_BYTES, Sight } from "./sight";

const SPACE: u32 = 0x20;
const OPEN: u32 = 0x28;
const DASH: u32 = 0x2d;

/** How near the number the word has to begin. */
const NEAR_BYTES: i32 = CONTEXT_BYTES - 4;

/** Four letters in lower case, the first lowest: what a word that announces a telephone number begins with, in the languages of most. */
const ANSW: u32 = 0x77736e61;
const CALL: u32 = 0x6c6c6163;
const CELL: u32 = 0x6c6c6563;
const CONT: u32 = 0x746e6f63;
const DIAL: u32 = 0x6c616964;
const MOBI: u32 = 0x69626f6d;
const OFFI: u32 = 0x6966666f;
const PHON: u32 = 0x6e6f6870;
const REAC: u32 = 0x63616572;
const TELE: u32 = 0x656c6574;
const WHAT: u32 = 0x74616877;
const FAX: u32 = 0x786166;
const SMS: u32 = 0x736d73;
const TEL: u32 = 0x6c6574;
/** The first four bytes of the Chinese, Japanese and Korean words. */
const DIANHUA: u32 = 0xe8b594e7;
const DENWA: u32 = 0xe8bb9be9;
const SHOUJI: u32 = 0xe68b89e6;
const KEITAI: u32 = 0xe5ba90e6;
const JEONHWA: u32 = 0xed84a0ec;

/** A bit for each letter that one of the words begins with. */
const FIRST_LETTERS: u32 = 0x9d205a; // a, c, d, f, m, p, r, s, t, w

const SSN: u32 = 0x6e7373;
const SOCI: u32 = 0x69636f73;
const VERS: u32 = 0x73726576;
const ISBN: u32 = 0x6e627369;

const THREE: u32 = 0xffffff;

/** Whether a word for a telephone is just before a number, with no other number between. */
export function hasPhoneWord(sight: Sight, number: i32): bool {
  let at = number;
  let four: u32 = 0;
  while (at > number - NEAR_BYTES) {
    const byte = sight.peekBefore(--at);
    if (byte == 0 || isDigit(byte)) return false;
    four = (four << 8) | (byte | (byte < 0x80 ? 0x20 : 0));
    const mayBegin = byte >= 0x80 || ((FIRST_LETTERS >> (byte & 0x1f)) & 1) != 0;
    if (mayBegin && isPhoneWord(four, sight, at)) return true;
  }
  return false;
}

/** Whether a word for a telephone is just behind a number, as in `555 1234 (mobile)`. Looks no further than it may begin or go on. */
export function isBeforePhoneWord(sight: Sight, end: i32): bool {
  let at = end;
  let byte = sight.at(at);
  while (at < end + 2 && (byte == SPACE || byte == DASH || byte == OPEN)) byte = sight.at(++at);
  let four: u32 = 0;
  for (let shift = 0; shift < 32; shift += 8) {
    if (!isOf(byte, LETTER)) return false;
    four |= (byte | 0x20) << shift;
    if (four == FAX) return true;
    byte = sight.at(++at);
  }
  return four == OFFI || four == MOBI || four == CELL || four == PHON;
}

/** Whether `four`, the bytes at `at` with letters in lower case, begin a word for a telephone. */
function isPhoneWord(four: u32, sight: Sight, at: i32): bool {
  if (four == PHON) return true;
  const first = four & 0xff;
  if (first >= 0x80) {
    return four == DIANHUA || four == DENWA || four == SHOUJI || four == KEITAI || four == JEONHWA;
  }
  if (isOf(sight.before(at - 1), LETTER)) return false;
  if (four == MOBI) return true;
  const next = sight.before(at + 4) | 0x20;
  const isWord = !isOf(next, LETTER);
  if (four == CALL || four == CELL || four == DIAL) return isWord;
  if (four == TELE) return next == 0x66;
  if (four == WHAT) return next == 0x73;
  if (four == REAC) return next == 0x68 && !isOf(sight.before(at + 5), LETTER);
  if (four == ANSW) return (sight.before(at + 6) | 0x20) == 0x69;
  if (four == CONT) return (sight.before(at + 6) | 0x20) == 0x74 && !isOf(sight.before(at + 7), WORD);
  const three = four & THREE;
  return (three == TEL || three == FAX || three == SMS) && !isOf(four >> 24, LETTER);
}

/** Whether the word for a Social Security number is just before. */
export function hasSsnWord(sight: Sight, number: i32): bool {
  return hasWord(sight, number, SSN, THREE, SOCI);
}

/** Whether a dotted number is said to be a version. */
export function hasVersionWord(sight: Sight, number: i32): bool {
  return hasWord(sight, number, VERS, u32.MAX_VALUE, VERS);
}

/** Whether a number is said to be a book's. */
export function hasIsbnWord(sight: Sight, number: i32): bool {
  return hasWord(sight, number, ISBN, u32.MAX_VALUE, ISBN);
}

/** Whether `word`, of which `mask` counts, or `other` is just before a number, with no other number between. */
function hasWord(sight: Sight, number: i32, word: u32, mask: u32, other: u32): bool {
  let four: u32 = 0;
  for (let at = number - 1; at >= number - NEAR_BYTES; at--) {
    const byte = sight.peekBefore(at);
    if (byte == 0 || isDigit(byte)) return false;
    four = (four << 8) | (byte | 0x20);
    if ((four & mask) == word || four == other) return true;
  }
  return false;
}
