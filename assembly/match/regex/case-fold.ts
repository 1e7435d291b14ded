import { CodePointSet } from "./code-point-set";
import { TableReader } from "./table-reader";
import { CASE_FOLDS, CASE_FOLDS_LENGTH } from "./unicode-tables";

/** Doubled, as in the table: neighbours in pairs. */
const PAIRS: u32 = 2;
/** A letter has at most this many forms: after so many steps to the next form all have been met. */
const MOST_FORMS: i32 = 4;
/** The only forms of ASCII letters that are no ASCII: of k and of s. */
const KELVIN_SIGN: u32 = 0x212a;
const LONG_S: u32 = 0x17f;

/** Adds to a normal set every code point that differs from one of its own only in case (Unicode's simple case folding). */
export function addOtherCases(set: CodePointSet): void {
  if (set.length > 0 && set.last(set.length - 1) < 0x80) {
    addOtherCasesOfAscii(set);
    return;
  }
  let added = set;
  for (let i = 1; i < MOST_FORMS; i++) {
    const next = nextForms(added);
    if (next.length == 0) break;
    next.normalize();
    set.addAll(next);
    added = next;
  }
  set.normalize();
}

/** The same without a look into the table. */
function addOtherCasesOfAscii(set: CodePointSet): void {
  for (let i = set.length - 1; i >= 0; i--) {
    const first = set.first(i);
    const last = set.last(i);
    addShifted(set, max(first, 0x41), min(last, 0x5a), 0x20);
    addShifted(set, max(first, 0x61), min(last, 0x7a), -0x20);
    if (has(first, last, 0x6b)) set.add(KELVIN_SIGN, KELVIN_SIGN);
    if (has(first, last, 0x73)) set.add(LONG_S, LONG_S);
  }
  set.normalize();
}

function addShifted(set: CodePointSet, first: u32, last: u32, distance: i32): void {
  if (first <= last) set.add(first + distance, last + distance);
}

/** Whether a range has a small letter, or its capital. */
function has(first: u32, last: u32, letter: u32): bool {
  return (first <= letter && letter <= last) || (first <= letter - 0x20 && letter - 0x20 <= last);
}

/** The next larger form of each letter in a normal set, the smallest for the largest. */
function nextForms(set: CodePointSet): CodePointSet {
  const forms = new CodePointSet();
  const folds = new TableReader(CASE_FOLDS, CASE_FOLDS_LENGTH);
  let index = 0;
  let next: u32 = 0;
  while (!folds.isAtEnd) {
    const first = next + folds.number();
    const last = first + folds.number();
    const distance = folds.number();
    next = last + 1;
    while (index < set.length && set.last(index) < first) index++;
    for (let i = index; i < set.length && set.first(i) <= last; i++) {
      const from = max(first, set.first(i));
      const to = min(last, set.last(i));
      if (distance == PAIRS) addPairs(forms, first, from, to);
      else forms.add(from + unzigzag(distance), to + unzigzag(distance));
    }
  }
  return forms;
}

/** The partners of `from` to `to`, where the pairs begin at `first`: of whole pairs each other, in one range. */
function addPairs(forms: CodePointSet, first: u32, from: u32, to: u32): void {
  if ((from - first) & 1) {
    forms.add(from - 1, from - 1);
    from++;
  }
  if (from <= to && !((to - first) & 1)) {
    forms.add(to + 1, to + 1);
    to--;
  }
  if (from < to) forms.add(from, to);
}

// @ts-ignore: decorator
@inline
function unzigzag(value: u32): u32 {
  return (value >> 1) ^ (0 - (value & 1));
}
