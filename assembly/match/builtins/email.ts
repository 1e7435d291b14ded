import { Builtin } from "./builtin";
import { FULL_STOP, isDigit, isOf, LABEL, LETTER, LOCAL, WORD } from "./characters";
import { MAX_EMPHASIS, Sight, UNDERSCORE } from "./sight";

/** RFC 5321, 4.5.3.1. */
export const MAX_LOCAL_BYTES: i32 = 64;
const MAX_LABEL_BYTES: i32 = 63;

const DOT: u32 = 0x2e;
const SLASH: u32 = 0x2f;
const COLON: u32 = 0x3a;
const HYPHEN: u32 = 0x2d;
const AT: u32 = 0x40;
const BACKSLASH: u32 = 0x5c;

/**
 * An e-mail address around the @ at `at`: dot-atoms of letters, digits and `_%+-'` (of RFC 5322's), at a domain name of at least
 * two labels of which the last is of letters. Up to `limit` the whole is looked at; what is longer is told in parts.
 */
export function findEmail(sight: Sight, at: i32, maxLocalBytes: i32, maxBytes: i32): void {
  const start = localStart(sight, at, maxLocalBytes);
  if (start == at || sight.before(at - 1) == DOT || isInUrl(sight, start)) return;
  const limit = sight.candidate + maxBytes - 2;
  const end = domainEnd(sight, at + 1, limit);
  if (end == 0) return;
  if (sight.at(end) == COLON && at - start == 3 && sight.hasAt(start, "git")) return;
  const first = start + emphasis(sight, start, at, end);
  sight.foundRun(Builtin.Email, first, end, limit, LABEL, FULL_STOP);
}

/** How many underscores at `start` have their like at `end`: Markdown's, not of the local part. */
function emphasis(sight: Sight, start: i32, at: i32, end: i32): i32 {
  const most = min(MAX_EMPHASIS, at - 1 - start);
  let count = 0;
  while (count < most && sight.before(start + count) == UNDERSCORE && sight.at(end + count) == UNDERSCORE) count++;
  return count;
}

/** Where the local part begins that ends before the @; the @ itself when there is none, or too much. */
function localStart(sight: Sight, at: i32, maxBytes: i32): i32 {
  const floor = max(sight.settled, max(sight.start, at - maxBytes));
  let start = at;
  while (start > floor && isOf(sight.before(start - 1), LOCAL)) start--;
  if (start == floor && floor > sight.settled && isOf(sight.before(start - 1), LOCAL)) return at;
  sight.candidate = start;
  if (start > 0 && start + 1 < at && sight.before(start - 1) == BACKSLASH && isOf(sight.before(start), LETTER)) start++;
  while (start < at) {
    const byte = sight.before(start);
    if (isOf(byte, WORD) || byte >= 0xc0) break;
    start++;
  }
  for (let i = start + 1; i < at; i++) {
    if (sight.before(i) == DOT && sight.before(i - 1) == DOT) start = i + 1;
  }
  return start;
}

/** A user's name or password in a URL, not an address. */
function isInUrl(sight: Sight, start: i32): bool {
  let at = start - 1;
  if (sight.before(at) == COLON) {
    at--;
    while (at > start - 24 && isOf(sight.before(at), LOCAL)) at--;
  }
  return sight.before(at) == SLASH && sight.before(at - 1) == SLASH;
}

/** Where the longest domain name at `from` ends; 0 if there is none. One that reaches the limit is taken as it is. */
function domainEnd(sight: Sight, from: i32, limit: i32): i32 {
  let at = from;
  let end = 0;
  let labels = 0;
  if (isDigit(sight.at(at)) && sight.at(at + 1) == 0x78 && sight.at(at + 2) == DOT) return 0;
  while (true) {
    const label = at;
    let nameEnd = 0;
    let isName = true;
    let byte = sight.at(at);
    const isWide = isWideLetter(sight, at);
    if (byte == HYPHEN) break;
    while (at < limit && at - label <= MAX_LABEL_BYTES) {
      if (byte == HYPHEN) {
        const next = sight.at(at + 1);
        if (!isOf(next, LABEL)) break;
        if (isName) nameEnd = at;
        isName = false;
      } else if (isDigit(byte)) isName = false;
      else if (!isOf(byte, LABEL) && !(isWide && isWideLetter(sight, at))) break;
      byte = sight.at(++at);
    }
    if (at == label) break;
    labels++;
    if (at == limit) return labels > 1 ? limit : 0;
    if (at - label > MAX_LABEL_BYTES) {
      // Such scripts have no blank between this and the next word.
      while (isWide && isContinuation(sight.at(at))) at--;
      return isWide && labels > 1 ? at : end;
    }
    if (labels > 1 && at - label > 1 && (isName || sight.hasAt(label, "xn--"))) end = at;
    // What is behind the dash is the local part of another address.
    else if (labels > 1 && nameEnd - label > 1 && byte == AT) end = nameEnd;
    if (byte != DOT) break;
    at++;
  }
  return end;
}

/** Whether a letter of three bytes begins at `at`, as those of East and South Asia are written: no punctuation, no symbol. */
function isWideLetter(sight: Sight, at: i32): bool {
  const byte = sight.at(at);
  if (byte < 0xe0 || byte > 0xed || byte == 0xe2) return false;
  return byte != 0xe3 || sight.at(at + 1) != 0x80;
}

function isContinuation(byte: u32): bool {
  return (byte & 0xc0) == 0x80;
}
