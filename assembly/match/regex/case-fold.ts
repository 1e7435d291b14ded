import { CodePointSet } from "./code-point-set";
import { TableReader } from "./table-reader";
import { CASE_FOLDS, CASE_FOLDS_LENGTH } from "./unicode-tables";

/** Doubled, as in the table: neighbours in pairs. */
const PAIRS: u32 = 2;
/** A letter has at most this many forms: after so many steps to the next form all have been met. */
const MOST_FORMS: i32 = 4;

/** Adds to a normal set every code point that differs from one of its own only in case (Unicode's simple case folding). */
export function addOtherCases(set: CodePointSet): void {
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
