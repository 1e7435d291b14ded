import { isDigit, isOf, LETTER } from "./characters";
import { CONTEXT_BYTES, Sight } from "./sight";

/** How near the number the word has to begin. */
const NEAR_BYTES: i32 = CONTEXT_BYTES - 4;

/** Four letters in lower case, the first lowest: what a word that announces a telephone number begins with, in the languages of most. */
const CALL: u32 = 0x6c6c6163;
const CELL: u32 = 0x6c6c6563;
const DIAL: u32 = 0x6c616964;
const MOBI: u32 = 0x69626f6d;
const PHON: u32 = 0x6e6f6870;
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
    const byte = sight.before(--at);
    if (byte == 0 || isDigit(byte)) return false;
    four = (four << 8) | (byte | (byte < 0x80 ? 0x20 : 0));
    if (isPhoneWord(four, sight, at)) return true;
  }
  return false;
}

function isPhoneWord(four: u32, sight: Sight, at: i32): bool {
  const first = four & 0xff;
  if (first >= 0x80) {
    return four == DIANHUA || four == DENWA || four == SHOUJI || four == KEITAI || four == JEONHWA;
  }
  if (four == PHON) return true;
  if (first != 0x74 && first != 0x6d && first != 0x63 && first != 0x66 && first != 0x64 && first != 0x73 && first != 0x77) {
    return false;
  }
  if (isOf(sight.before(at - 1), LETTER)) return false;
  if (four == MOBI || four == WHAT) return true;
  const next = sight.before(at + 4);
  if (four == TELE) return (next | 0x20) == 0x66;
  if (four == CALL || four == CELL || four == DIAL) return !isOf(next, LETTER);
  const three = four & THREE;
  return (three == TEL || three == FAX || three == SMS) && (four >> 24 == 0 || !isOf(four >> 24, LETTER));
}

/** Whether the word for a Social Security number is just before. */
export function hasSsnWord(sight: Sight, number: i32): bool {
  return hasWord(sight, number, SSN, THREE) || hasWord(sight, number, SOCI, u32.MAX_VALUE);
}

/** Whether a dotted number is said to be a version. */
export function hasVersionWord(sight: Sight, number: i32): bool {
  return hasWord(sight, number, VERS, u32.MAX_VALUE);
}

/** Whether a number is said to be a book's. */
export function hasIsbnWord(sight: Sight, number: i32): bool {
  return hasWord(sight, number, ISBN, u32.MAX_VALUE);
}

function hasWord(sight: Sight, number: i32, word: u32, mask: u32): bool {
  let four: u32 = 0;
  for (let at = number - 1; at >= number - NEAR_BYTES; at--) {
    const byte = sight.before(at);
    if (byte == 0 || isDigit(byte)) return false;
    four = (four << 8) | (byte | 0x20);
    if ((four & mask) == word) return true;
  }
  return false;
}
