/** What the estimator tells characters apart by. Written into the constants as ranges of code points. */
export enum Class {
  Lower,
  Upper,
  Caseless,
  /** Capitals at even code points, small letters at odd ones. */
  Alternating,
  Digit,
  Space,
  /** Punctuation, symbols, everything else. */
  Symbol,
}

/** A letter's script. */
export const SCRIPTS = [
  "Latin",
  "Greek",
  "Cyrillic",
  "Armenian",
  "Hebrew",
  "Arabic",
  "Devanagari",
  "Bengali",
  "Gurmukhi",
  "Gujarati",
  "Oriya",
  "Tamil",
  "Telugu",
  "Kannada",
  "Malayalam",
  "Sinhala",
  "Thai",
  "Lao",
  "Southeast Asian",
  "Georgian",
  "Hangul",
  "Ethiopic",
  "other",
  "Kana",
  "Han",
  "rare Han",
] as const;

/** A symbol's group. */
export const SYMBOLS = [
  "general punctuation",
  "Latin 1",
  "mathematics",
  "boxes",
  "punctuation of a script",
  "emoji",
  "other",
  "selectors",
  "private use",
] as const;

type Script = (typeof SCRIPTS)[number];
type Symbol = (typeof SYMBOLS)[number];

const letters = (first: number, kind: Class, script: Script): Range => ({
  first,
  kind,
  group: SCRIPTS.indexOf(script),
});
const symbols = (first: number, symbol: Symbol): Range => ({
  first,
  kind: Class.Symbol,
  group: SYMBOLS.indexOf(symbol),
});
const digits = (first: number): Range => ({ first, kind: Class.Digit, group: 0 });
const spaces = (first: number): Range => ({ first, kind: Class.Space, group: 0 });

/** Code points from `first` to the next range's. */
export interface Range {
  first: number;
  kind: Class;
  /** Position in `SCRIPTS` of a letter, in `SYMBOLS` of a symbol. */
  group: number;
}

/** Blocks of 128 with their own digits at 66 to 6F, from U+0900. */
const INDIC = SCRIPTS.slice(SCRIPTS.indexOf("Devanagari"), SCRIPTS.indexOf("Thai")).flatMap((script, index) => {
  const block = 0x900 + index * 0x80;
  const danda = script === "Devanagari" ? [symbols(block + 0x64, "punctuation of a script")] : [];
  return [
    letters(block, Class.Caseless, script),
    ...danda,
    digits(block + 0x66),
    letters(block + 0x70, Class.Caseless, script),
  ];
});

/** Beyond ASCII and below U+10000, in order. Coarse: blocks, with what is frequent in them told apart. */
export const RANGES: Range[] = [
  symbols(0x80, "Latin 1"),
  spaces(0xa0),
  symbols(0xa1, "Latin 1"),
  letters(0xaa, Class.Lower, "Latin"),
  symbols(0xab, "Latin 1"),
  letters(0xb5, Class.Lower, "Latin"),
  symbols(0xb6, "Latin 1"),
  letters(0xba, Class.Lower, "Latin"),
  symbols(0xbb, "Latin 1"),
  letters(0xc0, Class.Upper, "Latin"),
  symbols(0xd7, "Latin 1"),
  letters(0xd8, Class.Upper, "Latin"),
  letters(0xdf, Class.Lower, "Latin"),
  symbols(0xf7, "Latin 1"),
  letters(0xf8, Class.Lower, "Latin"),
  letters(0x100, Class.Alternating, "Latin"),
  letters(0x250, Class.Lower, "Latin"),
  letters(0x2b0, Class.Caseless, "Latin"),
  letters(0x370, Class.Upper, "Greek"),
  letters(0x3ac, Class.Lower, "Greek"),
  letters(0x400, Class.Upper, "Cyrillic"),
  letters(0x430, Class.Lower, "Cyrillic"),
  letters(0x460, Class.Alternating, "Cyrillic"),
  letters(0x530, Class.Upper, "Armenian"),
  letters(0x560, Class.Lower, "Armenian"),
  letters(0x590, Class.Caseless, "Hebrew"),
  symbols(0x600, "punctuation of a script"),
  letters(0x610, Class.Caseless, "Arabic"),
  symbols(0x61b, "punctuation of a script"),
  letters(0x620, Class.Caseless, "Arabic"),
  digits(0x660),
  symbols(0x66a, "punctuation of a script"),
  letters(0x66e, Class.Caseless, "Arabic"),
  symbols(0x6d4, "punctuation of a script"),
  letters(0x6d5, Class.Caseless, "Arabic"),
  digits(0x6f0),
  letters(0x6fa, Class.Caseless, "Arabic"),
  ...INDIC,
  letters(0xe00, Class.Caseless, "Thai"),
  letters(0xe80, Class.Caseless, "Lao"),
  letters(0xf00, Class.Caseless, "Southeast Asian"),
  letters(0x10a0, Class.Caseless, "Georgian"),
  letters(0x1100, Class.Caseless, "Hangul"),
  letters(0x1200, Class.Caseless, "Ethiopic"),
  letters(0x1400, Class.Caseless, "other"),
  letters(0x1780, Class.Caseless, "Southeast Asian"),
  letters(0x1800, Class.Caseless, "other"),
  letters(0x1e00, Class.Alternating, "Latin"),
  letters(0x1f00, Class.Lower, "Greek"),
  spaces(0x2000),
  symbols(0x200b, "general punctuation"),
  spaces(0x2028),
  symbols(0x202a, "general punctuation"),
  spaces(0x202f),
  symbols(0x2030, "general punctuation"),
  symbols(0x2070, "other"),
  symbols(0x2190, "mathematics"),
  symbols(0x2300, "other"),
  symbols(0x2500, "boxes"),
  symbols(0x25a0, "other"),
  symbols(0x2600, "emoji"),
  symbols(0x27c0, "other"),
  letters(0x2c00, Class.Caseless, "other"),
  symbols(0x2e00, "other"),
  spaces(0x3000),
  symbols(0x3001, "punctuation of a script"),
  letters(0x3005, Class.Caseless, "Han"),
  symbols(0x3006, "punctuation of a script"),
  letters(0x3040, Class.Caseless, "Kana"),
  symbols(0x30fb, "punctuation of a script"),
  letters(0x30fc, Class.Caseless, "Kana"),
  letters(0x3100, Class.Caseless, "other"),
  letters(0x3130, Class.Caseless, "Hangul"),
  symbols(0x3190, "other"),
  letters(0x3400, Class.Caseless, "rare Han"),
  letters(0x4e00, Class.Caseless, "Han"),
  letters(0xa000, Class.Caseless, "other"),
  letters(0xac00, Class.Caseless, "Hangul"),
  symbols(0xd800, "private use"),
  letters(0xf900, Class.Caseless, "rare Han"),
  letters(0xfb00, Class.Caseless, "Arabic"),
  symbols(0xfe00, "selectors"),
  symbols(0xfe10, "punctuation of a script"),
  letters(0xfe70, Class.Caseless, "Arabic"),
  symbols(0xff00, "punctuation of a script"),
  digits(0xff10),
  symbols(0xff1a, "punctuation of a script"),
  letters(0xff21, Class.Upper, "other"),
  symbols(0xff3b, "punctuation of a script"),
  letters(0xff41, Class.Lower, "other"),
  symbols(0xff5b, "punctuation of a script"),
  letters(0xff66, Class.Caseless, "Kana"),
  symbols(0xffa0, "private use"),
];

/** From U+10000, in order. */
export const UPPER_RANGES: Range[] = [
  letters(0x10000, Class.Caseless, "other"),
  symbols(0x1f000, "emoji"),
  letters(0x1fc00, Class.Caseless, "other"),
  letters(0x20000, Class.Caseless, "rare Han"),
  letters(0x40000, Class.Caseless, "other"),
  symbols(0xe0000, "selectors"),
];

const ALL = [...RANGES, ...UPPER_RANGES];

/** The range of a code point beyond ASCII. */
export function rangeOf(codePoint: number): Range {
  let low = 0;
  let high = ALL.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (ALL[middle]!.first <= codePoint) low = middle;
    else high = middle;
  }
  return ALL[low]!;
}
