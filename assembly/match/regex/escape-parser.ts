import { hexDigit } from "../../bytes/percent";
import { addPerlClass } from "./ascii-class";
import { addOtherCases } from "./case-fold";
import { CodePointSet, MAX_CODE_POINT } from "./code-point-set";
import { END, Source } from "./source";
import { addUnicodeClass } from "./unicode-class";

/** What `parseEscape` says when there is something wrong. */
export const NO_CHARACTER: u32 = END;

const BACKSLASH: u32 = 0x5c;
const BRACE_OPEN: u32 = 0x7b;
const BRACE_CLOSE: u32 = 0x7d;
const CARET: u32 = 0x5e;

/** Parses an escape that means one character, from its backslash on: `\n`, `\x{10FFFF}`, `\.`. */
export function parseEscape(source: Source): u32 {
  const start = source.at++;
  const letter = source.next();
  switch (letter) {
    case 0x61: // a
      return 0x07;
    case 0x66: // f
      return 0x0c;
    case 0x6e: // n
      return 0x0a;
    case 0x72: // r
      return 0x0d;
    case 0x74: // t
      return 0x09;
    case 0x76: // v
      return 0x0b;
    case 0x78: // x
      return parseHex(source, start);
    case END:
      source.fail("a backslash at the end", start);
      return NO_CHARACTER;
    default:
      if (letter - 0x30 < 10) return parseOctal(source, start, letter);
      if (letter < 0x80 && (letter | 0x20) - 0x61 >= 26) return letter;
      return refuse(source, start, letter);
  }
}

/**
 * Parses an escape that means a class of characters, if one is next: `\d`, `\pL`, `\P{Greek}`. False when none is, or when
 * there is something wrong.
 */
export function parseClassEscape(source: Source, set: CodePointSet, ignoresCase: bool): bool {
  if (source.peek() != BACKSLASH) return false;
  const letter = source.peek(1) | 0x20;
  let isNegated = source.peek(1) != letter;
  const found = new CodePointSet();
  if (addPerlClass(found, letter)) {
    source.at += 2;
  } else {
    if (letter != 0x70 || source.peek(1) == END) return false;
    const start = source.at;
    source.at += 2;
    let name: string;
    if (source.accept(BRACE_OPEN)) {
      if (source.accept(CARET)) isNegated = !isNegated;
      const from = source.at;
      while (source.peek() != BRACE_CLOSE) {
        if (source.next() == END) return source.fail(`${source.text(start, from)} has no closing brace`, start);
      }
      name = source.text(from, source.at++);
    } else {
      if (source.next() == END) return source.fail("a class of characters has no name", start);
      name = source.text(source.at - 1, source.at);
    }
    if (!addUnicodeClass(found, name)) {
      return source.fail(`${source.text(start, source.at)}: no such class of characters is known here`, start);
    }
  }
  found.normalize();
  if (ignoresCase) addOtherCases(found);
  if (isNegated) found.negate();
  set.addAll(found);
  return true;
}

/** `\x41` or `\x{10FFFF}`. */
function parseHex(source: Source, start: i32): u32 {
  let value: u32 = 0;
  let digits = 0;
  if (source.accept(BRACE_OPEN)) {
    while (!source.accept(BRACE_CLOSE)) {
      const digit = hexDigit(source.next());
      if (digit < 0) return badHex(source, start);
      value = (value << 4) | digit;
      digits++;
      if (value > MAX_CODE_POINT) {
        source.fail("a code point is at most 10FFFF", start);
        return NO_CHARACTER;
      }
    }
  } else {
    for (; digits < 2; digits++) {
      const digit = hexDigit(source.next());
      if (digit < 0) return badHex(source, start);
      value = (value << 4) | digit;
    }
  }
  return digits > 0 ? value : badHex(source, start);
}

function badHex(source: Source, start: i32): u32 {
  source.fail("\\x must be followed by two hexadecimal digits, or some in braces", start);
  return NO_CHARACTER;
}

/** `\012`: up to three digits, of which the first is 0 or another follows. */
function parseOctal(source: Source, start: i32, first: u32): u32 {
  let value = first - 0x30;
  if (value > 7 || (value > 0 && source.peek() - 0x30 > 7)) {
    source.fail(`back-reference \\${value.toString()} is not supported: matching takes time linear in the text`, start);
    return NO_CHARACTER;
  }
  for (let more = 0; more < 2 && source.peek() - 0x30 < 8; more++) value = value * 8 + source.next() - 0x30;
  return value;
}

function refuse(source: Source, start: i32, letter: u32): u32 {
  const escape = source.text(start, source.at);
  if (letter == 0x6b || letter == 0x67) {
    source.fail(`back-reference ${escape} is not supported: matching takes time linear in the text`, start);
  } else if ("dDsSwWpP".includes(escape.slice(1))) {
    source.fail(`${escape} is more than one character`, start);
  } else if (letter == 0x43) {
    source.fail("\\C is not supported: a hit never cuts a character", start);
  } else {
    source.fail(`${escape} is no escape of RE2's syntax`, start);
  }
  return NO_CHARACTER;
}
