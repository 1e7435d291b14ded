import { Builtin } from "./builtin";
import { ALPHANUMERIC, isDigit, isOf, LETTER, WORD } from "./characters";
import { hasIsbnWord, hasPhoneWord, isBeforePhoneWord } from "./context";
import { DigitGroups, isSeparator, MIN_SINGLE_DIGITS } from "./digit-groups";
import { countryCodeLength, nationalLengths } from "./phone-plan";
import { Sight } from "./sight";

const SPACE: u32 = 0x20;
const DASH: u32 = 0x2d;
const FULL_STOP: u32 = 0x2e;
const SLASH: u32 = 0x2f;
const OPEN: u32 = 0x28;
const CLOSE: u32 = 0x29;
const PLUS: u32 = 0x2b;
const UNDERSCORE: u32 = 0x5f;

const MAX_GROUPS: i32 = 7;
const MAX_BYTES: i32 = 32;
const MAX_DIGITS: i32 = 13;
/** Where the zero is not left out. */
const ITALY: u32 = 39;

const MAX_EXTENSION: i32 = 6;

/** Whether the beginning, before which `before` stands, is that of a telephone number. */
export function mayBePhoneNumber(sight: Sight, groups: DigitGroups, at: i32, before: u32): bool {
  if (before == PLUS) return true;
  if (isSeparator(before) && isDigit(sight.before(at - 2)) && at - 1 > sight.settled) return false;
  const first = groups.firstLength;
  const digit = sight.at(at);
  if (groups.gap == 0) {
    if (first < MIN_SINGLE_DIGITS || first > MAX_DIGITS) return false;
    if (digit == 0x30 && first >= 10) return true;
    if (digit == 0x31 && first == 11 && (before >= 0x80 || sight.at(at + first) >= 0x80)) return true;
    if (isDigit(sight.before(at - 2))) return false;
    return hasPhoneWord(sight, at) || isBeforePhoneWord(sight, at + first) || isWholeText(sight, at, first);
  }
  const second = groups.secondLength;
  if (digit == 0x30) return true;
  if (first >= MIN_SINGLE_DIGITS && isDigit(sight.before(at - 2))) return false;
  if (groups.gap == OPEN || groups.gap == CLOSE) return true;
  if (first == 3 ? second == 3 : first == 2 ? second >= 3 : first == 1 && second == 3) return true;
  return hasPhoneWord(sight, at) || isBeforePhoneWord(sight, lastEnd(sight, at));
}

/** Whether the word `tel` is right before. */
export function isAfterTel(sight: Sight, at: i32): bool {
  return (sight.before(at - 1) | 0x20) == 0x6c && sight.hasBefore(at, "tel") && !isOf(sight.before(at - 4), LETTER);
}

/** Ten digits or a Chinese mobile number, and nothing else in the text. */
function isWholeText(sight: Sight, at: i32, length: i32): bool {
  if (at != 0 || sight.at(length) != 0 || length != sight.end) return false;
  return length == 10 ? sight.at(0) >= 0x32 : length == 11 && sight.at(0) == 0x31 && sight.at(1) >= 0x33;
}

/** Where the groups end that begin at `at`. */
function lastEnd(sight: Sight, at: i32): i32 {
  const limit = at + MAX_BYTES;
  let end = at + 1;
  for (; end < limit; end++) {
    const byte = sight.peek(end);
    if (!isDigit(byte) && (!isSeparator(byte) || !isDigit(sight.peek(end + 1)))) break;
  }
  return end;
}

/**
 * A telephone number at the first group: international behind + or 00, in one of the national forms of the countries most
 * written to, or any plausible row of digits behind a word for a telephone. With its extension.
 */
export function findPhoneNumber(sight: Sight, groups: DigitGroups): void {
  let start = groups.start;
  const hasPlus = sight.before(start - 1) == PLUS;
  if (hasPlus) start--;
  if (groups.isInParentheses(0)) start--;
  sight.candidate = start;
  const before = sight.before(start - 1);
  if (before == PLUS || (before != UNDERSCORE && !isAfterTel(sight, start) && !sight.beginsWord(start, WORD))) return;
  if (isSeparator(before) && isDigit(sight.before(start - 2)) && start - 1 > sight.settled) return;

  let count = 0;
  if (hasPlus) count = international(groups, 0);
  else if (groups.digit(0) == 0 && groups.digit(1) == 0) count = international(groups, 2);
  if (count == 0 && !hasPlus) count = national(sight, groups);
  if (count == 0 && !hasPlus && isAnnounced(sight, groups, start)) count = announced(groups);
  if (count == 0) return;
  const end = groups.end(count - 1);
  if (!endsPhone(sight, groups, start, count)) return;
  sight.found(Builtin.PhoneNumber, start, extensionEnd(sight, end));
}

function isAnnounced(sight: Sight, groups: DigitGroups, start: i32): bool {
  return (
    hasPhoneWord(sight, start) ||
    isBeforePhoneWord(sight, groups.end(groups.count - 1)) ||
    isWholeText(sight, start, groups.firstLength)
  );
}

/** How many groups make an international number, of which the code begins at digit `from`; 0 for none. */
function international(groups: DigitGroups, from: i32): i32 {
  if (groups.total(groups.count) < from + 3) return 0;
  const codeLength = countryCodeLength(groups.value(from, 3));
  if (codeLength == 0) return 0;
  const code = groups.value(from, codeLength);
  const lengths = nationalLengths(code, codeLength);
  const least = <i32>(lengths & 0xffff);
  const most = <i32>(lengths >> 16);
  const trunk = trunkZero(groups);
  for (let count = groups.count; count > 0; count--) {
    const digits = groups.total(count) - from - <i32>codeLength - (count > 1 ? trunk : 0);
    if (digits < least || digits > most) continue;
    if (from > 0 && (count == 1 ? least != most : isZeroFirst(groups) && code != ITALY)) continue;
    return count;
  }
  return 0;
}

/** Whether the second group begins with a zero, which is left out from abroad. */
function isZeroFirst(groups: DigitGroups): bool {
  return !groups.isInParentheses(1) && groups.digit(groups.total(1)) == 0;
}

/** 1 when the second group is the zero in parentheses that is left out from abroad, or the digit that is written so. */
function trunkZero(groups: DigitGroups): i32 {
  return groups.count > 2 && groups.isInParentheses(1) && groups.length(1) == 1 ? 1 : 0;
}

/** How many groups make a number as it is written at home. */
function national(sight: Sight, groups: DigitGroups): i32 {
  const first = groups.digit(0);
  if (first == 0) return withTrunkZero(sight, groups);
  if (groups.count == 1 && !groups.isInParentheses(0)) return isChineseMobile(sight, groups) ? 1 : 0;
  if (groups.count < 3 && !groups.isInParentheses(0)) return 0;
  const isInParentheses = groups.isInParentheses(0);
  const separator = groups.separator(1);
  if (separator == SLASH) return 0;
  const three = groups.shape(3);
  if (groups.count >= 3 && three == 0x334) {
    if (first < 2) return 0;
    if (isInParentheses) return 3;
    if (!groups.isUniform(1, 2)) return 0;
    return separator != SPACE || groups.digit(3) >= 2 ? 3 : 0;
  }
  if (groups.count >= 4 && groups.shape(4) == 0x1334) return (first == 1 && groups.digit(1) >= 2) || first == 8 ? 4 : 0;
  if (groups.count >= 5 && groups.shape(5) == 0x13322) return first == 8 ? 5 : 0;
  if (isInParentheses) return areaInParentheses(groups);
  if (groups.count == 3 && (three == 0x244 || three == 0x254) && groups.separator(2) == DASH) return 3;
  if (!groups.isUniform(1, min(groups.count, 4) - 1)) return 0;
  if (separator == FULL_STOP) return 0;
  if (three == 0x333 && groups.count == 3) return first >= 4 && groups.value(6, 3) != 0 ? 3 : 0;
  return groups.count == 4 && groups.shape(4) == 0x2322 ? 4 : 0;
}

/** Eleven digits from 13 to 19 on, within Chinese text. */
function isChineseMobile(sight: Sight, groups: DigitGroups): bool {
  if (groups.length(0) != 11 || groups.digit(0) != 1 || groups.digit(1) < 3) return false;
  return sight.before(groups.start - 1) >= 0x80 || sight.at(groups.end(0)) >= 0x80;
}

/** An area of two or three digits in parentheses, as in Brazil. */
function areaInParentheses(groups: DigitGroups): i32 {
  const area = groups.length(0);
  if (area < 2 || area > 3) return 0;
  for (let count = min(groups.count, 4); count >= 2; count--) {
    const digits = groups.total(count);
    if (digits >= 8 && digits <= 12 && groups.length(count - 1) >= 2 && groups.length(1) >= 3) return count;
  }
  return 0;
}

/** A number with the zero that most of Europe, Asia and Oceania dials first. */
function withTrunkZero(sight: Sight, groups: DigitGroups): i32 {
  const area = groups.length(0);
  const isInParentheses = groups.isInParentheses(0);
  if (groups.digit(1) == 0 && !isInParentheses) return 0;
  if (groups.count == 1 || area > 5) {
    return (area == 10 || area == 11) && !isBinary(groups, area) && !hasIsbnWord(sight, groups.start) ? 1 : 0;
  }
  if (area < 2) return 0;
  const least = isInParentheses || groups.separator(1) == SLASH ? 8 : 9;
  for (let count = min(groups.count, 6); count >= 2; count--) {
    const digits = groups.total(count);
    if (digits < least || digits > 13 || isBinary(groups, digits)) continue;
    if (isTrunkShape(groups, count)) return count;
  }
  return 0;
}

function isTrunkShape(groups: DigitGroups, count: i32): bool {
  if (!groups.isUniform(2, count - 1) || (count > 2 && groups.separator(2) == SLASH)) return false;
  for (let i = 1; i < count; i++) if (groups.length(i) < 2) return false;
  if (count == 2) return groups.length(1) >= 5 && groups.separator(1) != FULL_STOP;
  return true;
}

/** Whether a row of equal groups goes on where a telephone number ends. */
function isInRow(groups: DigitGroups, count: i32): bool {
  return (
    count < groups.count &&
    count > 1 &&
    groups.separator(count) == groups.separator(count - 1) &&
    groups.length(count) == groups.length(count - 1)
  );
}

function isBinary(groups: DigitGroups, digits: i32): bool {
  for (let i = 0; i < digits; i++) if (groups.digit(i) > 1) return false;
  return true;
}

/** How many groups to take behind a word for a telephone. */
function announced(groups: DigitGroups): i32 {
  for (let count = min(groups.count, MAX_GROUPS); count > 0; count--) {
    const digits = groups.total(count);
    if (digits < MIN_SINGLE_DIGITS || digits > MAX_DIGITS) continue;
    if (count == 2 && groups.separator(1) == FULL_STOP) continue;
    if (count >= 3 && isDate(groups)) return 0;
    return count;
  }
  return 0;
}

function isDate(groups: DigitGroups): bool {
  if (groups.separator(1) == SPACE || groups.separator(1) != groups.separator(2)) return false;
  const shape = groups.shape(3);
  return shape == 0x422 || shape == 0x224;
}

function endsPhone(sight: Sight, groups: DigitGroups, start: i32, count: i32): bool {
  const end = groups.end(count - 1);
  const byte = sight.at(end);
  if (byte == 0x78 || byte == 0x58) return isDigit(sight.at(end + 1));
  if (count < groups.count && groups.separator(count) == SLASH) return false;
  return !groups.isCut && !isInRow(groups, count) && sight.isApart(start, end);
}

/** Where an extension ends that stands behind a number which ends at `end`: `x123`, ` ext. 123`, `#123`. */
function extensionEnd(sight: Sight, end: i32): i32 {
  let at = end;
  if (sight.at(at) == SPACE) at++;
  const byte = sight.at(at) | 0x20;
  if (byte == 0x78 || sight.at(at) == 0x23) at++;
  else if (byte == 0x65 && (sight.at(at + 1) | 0x20) == 0x78 && (sight.at(at + 2) | 0x20) == 0x74) {
    at += 3;
    if (sight.hasAt(at, "ension")) at += 6;
    if (sight.at(at) == FULL_STOP) at++;
    if (sight.at(at) == SPACE) at++;
  } else return end;
  const digits = at;
  while (at < digits + MAX_EXTENSION && isDigit(sight.at(at))) at++;
  return at > digits && !isOf(sight.at(at), ALPHANUMERIC) ? at : end;
}
