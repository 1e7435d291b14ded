import { CodePointSet } from "./code-point-set";

// prettier-ignore
const POSIX_NAMES: StaticArray<string> = [
  "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper", "word", "xdigit",
];
/** The first and the last character of each range. */
// prettier-ignore
const POSIX_RANGES: StaticArray<string> = [
  "09AZaz", "AZaz", "\0\x7f", "\t\t  ", "\0\x1f\x7f\x7f", "09", "!~", "az", " ~", "!/:@[`{~", "\t\r  ", "AZ", "09AZ__az", "09AFaf",
];
const PERL_DIGITS = "09";
const PERL_SPACES = "\t\n\f\r  ";
const PERL_WORDS = "09AZ__az";

/** Adds what `[:name:]` means within brackets; false when there is no such class. */
export function addPosixClass(set: CodePointSet, name: string): bool {
  for (let i = 0; i < POSIX_NAMES.length; i++) {
    if (POSIX_NAMES[i] == name) {
      addRanges(set, POSIX_RANGES[i]);
      return true;
    }
  }
  return false;
}

/** Adds what `\d`, `\s` or `\w` means, by the letter; false for another letter. ASCII only, and a vertical tab is no space. */
export function addPerlClass(set: CodePointSet, letter: u32): bool {
  switch (letter) {
    case 0x64: // d
      addRanges(set, PERL_DIGITS);
      return true;
    case 0x73: // s
      addRanges(set, PERL_SPACES);
      return true;
    case 0x77: // w
      addRanges(set, PERL_WORDS);
      return true;
    default:
      return false;
  }
}

function addRanges(set: CodePointSet, ranges: string): void {
  for (let i = 0; i < ranges.length; i += 2) set.add(ranges.charCodeAt(i), ranges.charCodeAt(i + 1));
}
