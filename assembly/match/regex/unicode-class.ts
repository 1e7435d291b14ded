import { CodePointSet, MAX_CODE_POINT } from "./code-point-set";
import { TableReader } from "./table-reader";
import {
  CATEGORY_NAMES,
  CATEGORY_RUNS,
  CATEGORY_RUNS_LENGTH,
  SCRIPT_NAMES,
  SCRIPT_RANGES,
  SCRIPT_RANGES_LENGTH,
} from "./unicode-tables";

const CODE_MASK: u32 = 31;
const LENGTH_SHIFT: u32 = 5;
const SHORTEST_LONG_RUN: u32 = 8;
/** Runs with this code or a higher one have capitals and small letters in turn; the lowest bit is the first's category. */
const ALTERNATING: u32 = 30;
const CAPITAL: u32 = 1 << 0;
const SMALL: u32 = 1 << 1;

/**
 * Adds the code points of a class that `\p{name}` means: a general category of one or two letters, `Any`, or a script. False
 * when there is no such class here; scripts are those of `SCRIPT_NAMES` only.
 */
export function addUnicodeClass(set: CodePointSet, name: string): bool {
  if (name == "Any") {
    set.add(0, MAX_CODE_POINT);
    return true;
  }
  for (let i = 0; i < SCRIPT_NAMES.length; i++) {
    if (SCRIPT_NAMES[i] == name) {
      addScript(set, i);
      return true;
    }
  }
  const wanted = categories(name);
  if (wanted == 0) return false;
  addCategories(set, wanted);
  return true;
}

/** One bit for each category that a name means. */
function categories(name: string): u32 {
  let bits: u32 = 0;
  // The last category is what is not assigned, which RE2 leaves out of C too.
  for (let i = 0; i < CATEGORY_NAMES.length - 1; i++) {
    const category = CATEGORY_NAMES[i];
    if (category == name || (name.length == 1 && category.charCodeAt(0) == name.charCodeAt(0))) bits |= 1 << i;
  }
  return bits;
}

function addCategories(set: CodePointSet, wanted: u32): void {
  const runs = new TableReader(CATEGORY_RUNS, CATEGORY_RUNS_LENGTH);
  let first: u32 = 0;
  while (!runs.isAtEnd) {
    const byte = runs.byte();
    const code = byte & CODE_MASK;
    let length = byte >> LENGTH_SHIFT;
    if (length == 0) length = runs.number() + SHORTEST_LONG_RUN;
    if (code < ALTERNATING) {
      if ((wanted >> code) & 1) set.add(first, first + length - 1);
    } else {
      addAlternating(set, wanted, first, length, code - ALTERNATING);
    }
    first += length;
  }
  set.normalize();
}

function addAlternating(set: CodePointSet, wanted: u32, first: u32, length: u32, category: u32): void {
  if ((wanted & (CAPITAL | SMALL)) == (CAPITAL | SMALL)) {
    set.add(first, first + length - 1);
    return;
  }
  for (let i: u32 = 0; i < length; i++) {
    if ((wanted >> ((category + i) & 1)) & 1) set.add(first + i, first + i);
  }
}

function addScript(set: CodePointSet, index: i32): void {
  const ranges = new TableReader(SCRIPT_RANGES, SCRIPT_RANGES_LENGTH);
  for (let script = 0; script <= index; script++) {
    let next: u32 = 0;
    for (let count = ranges.number(); count > 0; count--) {
      const first = next + ranges.number();
      next = first + ranges.number() + 1;
      if (script == index) set.add(first, next - 1);
    }
  }
}
