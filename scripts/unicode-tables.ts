/**
 * Writes `assembly/match/regex/unicode-tables.ts` from the Unicode data of the Node that runs it:
 *
 *     npx tsx scripts/unicode-tables.ts
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const FILE = join(import.meta.dirname, "..", "assembly", "match", "regex", "unicode-tables.ts");
const CODE_POINTS = 0x110000;
const CATEGORIES = "Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Cs Co Cn".split(
  " ",
);
const LARGE =
  "Latin Greek Cyrillic Han Hiragana Katakana Hangul Arabic Hebrew Armenian Bengali Devanagari Georgian Khmer Tamil Telugu Thai";
const SCRIPTS = LARGE.split(" ");

/** Codes of runs in which capitals and small letters take turns, by which of them is the first. */
const ALTERNATING = 30;
const SHORTEST_ALTERNATING = 4;
const LONGEST_SHORT_RUN = 7;
/** Instead of a distance: even places of the range go to the next code point, odd ones to the one before. */
const PAIRS = 1;

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (; value >= 0x80; value = Math.floor(value / 0x80)) bytes.push((value & 0x7f) | 0x80);
  return [...bytes, value];
}

function zigzag(value: number): number {
  return value >= 0 ? value * 2 : -value * 2 - 1;
}

function categoryRuns(): number[] {
  const patterns = CATEGORIES.map((name) => new RegExp(`^\\p{${name}}$`, "u"));
  const category = Array.from({ length: CODE_POINTS }, (_, codePoint) =>
    patterns.findIndex((pattern) => pattern.test(String.fromCodePoint(codePoint))),
  );
  const isCased = (at: number) => at < CODE_POINTS && category[at]! < 2;
  const bytes: number[] = [];
  for (let start = 0, end = 0; start < CODE_POINTS; start = end) {
    end = start + 1;
    while (isCased(start) && isCased(end) && category[end] !== category[end - 1]) end++;
    let code = ALTERNATING + category[start]!;
    if (end - start < SHORTEST_ALTERNATING) {
      code = category[start]!;
      for (end = start + 1; category[end] === code;) end++;
    }
    const length = end - start;
    if (length <= LONGEST_SHORT_RUN) bytes.push(code | (length << 5));
    else bytes.push(code, ...varint(length - LONGEST_SHORT_RUN - 1));
  }
  return bytes;
}

/** For each script the number of its ranges, then the gap before each range and how much longer than one it is. */
function scriptRanges(): number[] {
  return SCRIPTS.flatMap((name) => {
    const pattern = new RegExp(`^\\p{Script=${name}}$`, "u");
    const bytes: number[] = [];
    let count = 0;
    for (let start = 0, end = 0; start < CODE_POINTS; start++) {
      if (!pattern.test(String.fromCodePoint(start))) continue;
      const gap = start - end;
      for (end = start + 1; pattern.test(String.fromCodePoint(end));) end++;
      bytes.push(...varint(gap), ...varint(end - start - 1));
      count++;
      start = end;
    }
    return [...varint(count), ...bytes];
  });
}

/** From each code point to the next larger one that differs only in case; from the largest to the smallest. */
function nextInCase(): Map<number, number> {
  const cased = Array.from({ length: CODE_POINTS }, (_, codePoint) => String.fromCodePoint(codePoint)).filter(
    (text) => text.toLowerCase() !== text || text.toUpperCase() !== text || /\p{Lu}|\p{Ll}|\p{Lt}/u.test(text),
  );
  const all = cased.join("");
  const next = new Map<number, number>();
  for (const text of cased) {
    const same = [...all.matchAll(new RegExp(text, "iug"))].map(([other]) => other.codePointAt(0)!);
    if (same.length < 2) continue;
    same.sort((a, b) => a - b);
    const at = text.codePointAt(0)!;
    next.set(at, same[(same.indexOf(at) + 1) % same.length]!);
  }
  return next;
}

/** The gap before each range, how much longer than one it is, and the distance, zigzag. */
function caseFolds(): number[] {
  const next = nextInCase();
  const bytes: number[] = [];
  let end = 0;
  for (const start of [...next.keys()].sort((a, b) => a - b)) {
    if (start < end) continue;
    const gap = start - end;
    const steps = (at: number, distance: number) => next.get(at) === at + distance;
    const distance = next.get(start)! - start;
    end = start + 1;
    if (distance === PAIRS) while (steps(end, (end - start) % 2 === 0 ? 1 : -1)) end++;
    else while (steps(end, distance)) end++;
    if (distance === -PAIRS) throw new Error(`U+${start.toString(16)} begins with the second of a pair`);
    bytes.push(...varint(gap), ...varint(end - start - 1), ...varint(zigzag(distance)));
  }
  return bytes;
}

function table(name: string, docs: string, bytes: number[]): string {
  const lines = [""];
  for (const byte of bytes) {
    const text = `${byte},`;
    if (lines.at(-1)!.length + text.length > 117) lines.push("");
    lines[lines.length - 1] += (lines.at(-1) === "" ? "" : " ") + text;
  }
  const rows = lines.map((line) => `  ${line}\n`).join("");
  return `\n/** ${docs} */\n// prettier-ignore\nexport const ${name} = memory.data<u8>([\n${rows}]);\nexport const ${name}_LENGTH: i32 = ${bytes.length};\n`;
}

const quoted = (names: string[]) => names.map((name) => `"${name}"`).join(", ");

writeFileSync(
  FILE,
  `/** Written by scripts/unicode-tables.ts from Unicode ${process.versions.unicode}. Numbers over 127 take several bytes, the lowest 7 bits first. */

/** General categories by code; the last is what is not assigned. */
// prettier-ignore
export const CATEGORY_NAMES: StaticArray<string> = [
  ${quoted(CATEGORIES)},
];

// prettier-ignore
export const SCRIPT_NAMES: StaticArray<string> = [
  ${quoted(SCRIPTS)},
];
` +
    table(
      "CATEGORY_RUNS",
      `Runs of a category from U+0000 on: the code in 5 bits (${ALTERNATING}, ${ALTERNATING + 1}: Lu and Ll in turn, first Lu, first Ll), the length in 3, or 0 and then the length less ${LONGEST_SHORT_RUN + 1}.`,
      categoryRuns(),
    ) +
    table(
      "SCRIPT_RANGES",
      "For each script the number of its ranges; for each range the gap before it, and its length less 1.",
      scriptRanges(),
    ) +
    table(
      "CASE_FOLDS",
      "Ranges of code points that differ from others only in case (simple folding): the gap before, the length less 1, and how far the next larger of the same letter is, from the largest to the smallest; twice that, or the negative doubled less 1. 1: even places have it behind them, odd ones before them.",
      caseFolds(),
    ),
);
