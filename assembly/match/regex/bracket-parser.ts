import { addPosixClass } from "./ascii-class";
import { addOtherCases } from "./case-fold";
import { CodePointSet } from "./code-point-set";
import { NO_CHARACTER, parseClassEscape, parseEscape } from "./escape-parser";
import { END, Source } from "./source";

const BACKSLASH: u32 = 0x5c;
const BRACKET_CLOSE: u32 = 0x5d;
const CARET: u32 = 0x5e;
const HYPHEN: u32 = 0x2d;

/** Parses `[...]` from its bracket on, into a normal set; null when there is something wrong. */
export function parseBrackets(source: Source, ignoresCase: bool): CodePointSet | null {
  const start = source.at++;
  const isNegated = source.accept(CARET);
  const set = new CodePointSet();
  let isFirst = true;
  while (isFirst || source.peek() != BRACKET_CLOSE) {
    isFirst = false;
    if (source.peek() == END) {
      source.fail("[ is not closed", start);
      return null;
    }
    if (parsePosixClass(source, set, ignoresCase)) continue;
    if (source.error != null) return null;
    if (parseClassEscape(source, set, ignoresCase)) continue;
    if (source.error != null || !parseRange(source, set)) return null;
  }
  source.at++;
  set.normalize();
  if (ignoresCase) addOtherCases(set);
  if (isNegated) set.negate();
  return set;
}

function parseRange(source: Source, set: CodePointSet): bool {
  const start = source.at;
  const first = parseCharacter(source);
  if (first == NO_CHARACTER) return false;
  let last = first;
  if (source.peek() == HYPHEN && source.peek(1) != BRACKET_CLOSE && source.peek(1) != END) {
    source.at++;
    last = parseCharacter(source);
    if (last == NO_CHARACTER) return false;
    if (last < first) return source.fail(`${source.text(start, source.at)}: the range ends before it begins`, start);
  }
  set.add(first, last);
  return true;
}

function parseCharacter(source: Source): u32 {
  return source.peek() == BACKSLASH ? parseEscape(source) : source.next();
}

/** `[:name:]` or `[:^name:]`; without its `:]` it is just characters. */
function parsePosixClass(source: Source, set: CodePointSet, ignoresCase: bool): bool {
  const start = source.at;
  if (!source.acceptAll("[:")) return false;
  const isNegated = source.accept(CARET);
  const from = source.at;
  while (source.peek() != END && !(source.peek() == 0x3a && source.peek(1) == BRACKET_CLOSE)) source.at++;
  const found = new CodePointSet();
  const name = source.text(from, source.at);
  if (!source.acceptAll(":]")) {
    source.at = start;
    return false;
  }
  if (!addPosixClass(found, name)) {
    return source.fail(`${source.text(start, source.at)}: no such class of characters is known here`, start);
  }
  found.normalize();
  if (ignoresCase) addOtherCases(found);
  if (isNegated) found.negate();
  set.addAll(found);
  return true;
}
