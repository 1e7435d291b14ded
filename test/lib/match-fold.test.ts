import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { loadModule, type LoaderExports } from "./load.ts";
import { SEED } from "./seeded.ts";

interface Fold {
  inputPointer(): number;
  bytesPointer(): number;
  startsPointer(): number;
  endsPointer(): number;
  plainBytes(): number;
  originalBytes(): number;
  lastChange(): number;
  make(holdBytes: number, stepBytes: number): void;
  begin(): void;
  feed(start: number, length: number): void;
  finish(): void;
}

interface Folded {
  plain: Buffer;
  /** For each plain byte: where the character begins and ends in the original that it comes from. */
  starts: number[];
  ends: number[];
}

let m: Fold & LoaderExports;

beforeAll(async () => {
  m = await loadModule<Fold>("match-fold");
  m.make(64, 512);
});

function fold(text: string | Uint8Array, cuts: number[] = []): Folded {
  const bytes = Buffer.from(text);
  m.begin();
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    new Uint8Array(m.memory.buffer, m.inputPointer(), cut - from).set(bytes.subarray(from, cut));
    m.feed(0, cut - from);
    from = cut;
  }
  m.finish();
  expect(m.originalBytes()).toBe(bytes.length);
  const length = m.plainBytes();
  return {
    plain: Buffer.from(m.memory.buffer.slice(m.bytesPointer(), m.bytesPointer() + length)),
    starts: [...new Int32Array(m.memory.buffer, m.startsPointer(), length)],
    ends: [...new Int32Array(m.memory.buffer, m.endsPointer(), length)],
  };
}

const plainOf = (text: string): string => fold(text).plain.toString();

const CASES: [what: string, text: string, plain: string][] = [
  ["ASCII stays, its case too", "The quick BROWN fox, 1 & 2; 50% of a\\b", "The quick BROWN fox, 1 & 2; 50% of a\\b"],
  ["full width", "\uff30\uff52\uff4f\uff4a\uff45\uff43\uff54\uff0d\uff38\u3000\uff11", "Project-X 1"],
  [
    "mathematical letters",
    "\u{1d4f9}\u{1d4fb}\u{1d4f8}\u{1d4f3}\u{1d4ee}\u{1d4ec}\u{1d4fd} \u{1d7d8}\u{1d7e9}",
    "project 07",
  ],
  [
    "circled letters and digits",
    "\u24c5\u24e1\u24de \u{1f13f} \u{1f15f} \u{1f17f} \u2460\u2776\u24f5",
    "Pro P P P 111",
  ],
  ["flags", "\u{1f1e9}\u{1f1ea}", "DE"],
  ["small capitals", "\u1d18\u0280\u1d0f\u1d0a\u1d07\u1d04\u1d1b", "project"],
  ["superscripts, ligatures, fractions", "x\u00b2 \ufb03 \ufb01 \u00bd \u2026", "x2 ffi fi 1/2 ..."],
  ["digits of other scripts", "\u0664\u0665 \u0967\u0968 \u0e53 \u{1e953}", "45 12 3 3"],
  [
    "blanks, dashes, quotes",
    "a\u00a0b\u2003c \u2010\u2013\u2014\u2212 \u2018\u2019\u201a\u00b4 \u201c\u201d\u00ab\u00bb",
    "a b c ---- '''' \"\"\"\"",
  ],
  ["line and paragraph separators", "a\u2028b\u2029c\u0085d\ve", "a\nb\nc\nd e"],
  [
    "Cyrillic look-alikes",
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445 \u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425 \u0456\u0458\u0455\u04bb\u0501\u051b\u051d",
    "aeopcyx ABEKMHOPCTX ijshdqw",
  ],
  [
    "Greek look-alikes",
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7 \u03bf\u03bd\u03c1\u03b9",
    "ABEZHIKMNOPTYX ovpi",
  ],
  ["Armenian, Cherokee and Lisu look-alikes", "\u0578\u057d\u0585 \u13aa\u13da\u13df \ua4ee\ua4d0", "nuo ASC AB"],
  ["Canadian syllabics", "\u146d\u1587\u15ea", "PRD"],
  ["Russian in either case", "\u0412\u043e\u043b\u043a \u0412\u041e\u041b\u041a", "Bo\u043bk BO\u043bK"],
  [
    "accents",
    "na\u00efve caf\u00e9 \u00c5ngstr\u00f6m \u0141\u00f3d\u017a \u0111\u00f8 e\u0301 p\u0337r\u0336",
    "naive cafe Angstrom Lodz do e pr",
  ],
  ["a letter that is two", "stra\u00dfe \u00c6on \u0153uvre", "strasse AEon oeuvre"],
  [
    "Japanese in either form",
    "\u304c\u304b\u3099 \uff76\uff9e\u30ac",
    "\u304b\u3099\u304b\u3099 \u30ab\u3099\u30ab\u3099",
  ],
  ["vowels of Indic scripts stay", "\u0939\u093f\u0928\u094d\u0926\u0940", "\u0939\u093f\u0928\u094d\u0926\u0940"],
  [
    "Thai, Chinese, Korean stay",
    "\u0e44\u0e17\u0e22 \u4e2d\u6587 \ud55c\uad6d",
    "\u0e44\u0e17\u0e22 \u4e2d\u6587 \ud55c\uad6d",
  ],
  ["points of Hebrew and Arabic", "\u05e9\u05c1\u05b8 \u0645\u064f\u062d\u064e", "\u05e9 \u0645\u062d"],
  ["other letters are small", "\u0416\u0411 \u03a8\u03a9 \u{10400}", "\u0436\u0431 \u03c8\u03c9 \u{10428}"],
  [
    "what shows nothing",
    "a\u200bb\u200c\u200dc\u2060d\ufeffe\u00adf\u202eg\u2066h\ufe0fi\u{e0100}j\0\x01k\x7fl\u034fm",
    "abcdefghijklm",
  ],
  ["tag characters", "\u{1f3f4}\u{e0069}\u{e0067}\u{e007f}", "\u{1f3f4}ig"],
  ["percent-encoding", "%70%52%4F%6a %D0%B6%e4%b8%AD%F0%9f%98%80 %C3%89", "pROj \u0436\u4e2d\u{1f600} E"],
  [
    "percent signs that encode nothing",
    "100% %4 %zz %C3 %C3%28 %ED%A0%80 %FF %%41",
    "100% %4 %zz %C3 %C3( %ED%A0%80 %FF %A",
  ],
  [
    "escapes of JSON and JavaScript",
    "\\u0070\\u00E9 \\ud83d\\ude00 \\x41\\xe9 \\u{1f600}\\u{70}",
    "pe \u{1f600} Ae \u{1f600}p",
  ],
  ["short escapes", "a\\nb\\tc\\rd \\/ \\\" \\' \\\\", "a\nb\tc\rd / \" ' \\"],
  ["half a surrogate pair", "\\ud83d \\ude00 \\ud83d\\u0041", "\ufffd \ufffd \ufffdA"],
  ["backslashes that escape nothing", "\\q \\u12 \\x4 \\u{} \\u{1234567} \\", "\\q \\u12 \\x4 \\u{} \\u{1234567} \\"],
  ["character references", "&#112;&#x70;&#X0050;&#233; &#00000112; &#x1F600;", "ppPe p \u{1f600}"],
  [
    "ampersands that refer to nothing",
    "& &amp; &# &#; &#x; &#12 &#12a; &#000000112;",
    "& &amp; &# &#; &#x; &#12 &#12a; &#000000112;",
  ],
  ["references to no character", "&#0;&#xD800;&#1114112;&#99999999;", "\ufffd\ufffd\ufffd"],
  ["one level only", "%2570 &#38;#112; \\u0025\\u0037\\u0030", "%70 &#112; %70"],
  [
    "what JSON within JSON has escaped again",
    'a\\\\nb \\\\\\\\nb \\\\\\"c\\\\\\" \\\\u0070 \\\\ud83d\\\\ude00 \\\\ud83d\\ude00 \\\\ud83d\\\\u0041 \\\\x41 \\\\u{70}',
    'a\nb \nb "c" p \u{1f600} \ufffd\ufffd \ufffdA A p',
  ],
  ["more backslashes than that", "\\".repeat(10) + "n " + "\\".repeat(7), "\\\\\n \\\\\\\\"],
];

test.each(CASES)("folds %s", (_, text, plain) => {
  const whole = fold(text);
  expect(whole.plain.toString()).toBe(plain);
  const bytes = Buffer.from(text);
  for (let cut = 0; cut <= bytes.length; cut++) expect(fold(bytes, [cut]), `cut at ${cut}`).toEqual(whole);
  expect(fold(bytes, [...bytes.keys()])).toEqual(whole);
});

describe("each character of Unicode", () => {
  const scalars = Array.from({ length: 0x110000 }, (_, i) => i).filter((i) => i >= 0x80 && (i < 0xd800 || i >= 0xe000));
  let plains: string[];
  /** No character reads as that. */
  const END = "<|>";

  beforeAll(() => {
    const chunks: string[] = [];
    for (let from = 0; from < scalars.length; from += 50_000) {
      const part = scalars.slice(from, from + 50_000);
      chunks.push(
        ...plainOf(part.map((scalar) => String.fromCodePoint(scalar) + END).join(""))
          .split(END)
          .slice(0, -1),
      );
    }
    plains = chunks;
  });

  /** Where the reference does not hold, on purpose: signs that the fold reads otherwise. */
  const OTHERWISE =
    /[\u2016-\u203a\u00a8\u00af\u00b4\u00b8\u02d8-\u02dd\u0384\u1fbd-\u1ffe\u2120\u2122\u2474-\u247c\u249c-\u24b5\u{1f110}-\u{1f129}]/u;
  const without = (text: string): string => text.normalize("NFKD").replace(/\p{M}/gu, "");

  test("is one of the characters looked at", () => {
    expect(plains.length).toBe(scalars.length);
  });

  /** The characters, with what they read as, that a rule does not hold for. */
  function wrong(rule: (character: string, plain: string, scalar: number) => boolean): string[] {
    const all: string[] = [];
    scalars.forEach((scalar, i) => {
      const character = String.fromCodePoint(scalar);
      if (!rule(character, plains[i]!, scalar)) all.push(`U+${scalar.toString(16)} ${plains[i]}`);
    });
    return all;
  }

  test("reads as the ASCII that its compatibility form is", () => {
    let count = 0;
    const others = wrong((character, plain) => {
      const form = without(character).replaceAll("\u2044", "/").replaceAll("\u2212", "-");
      if (!/^[\x21-\x7e]+$/.test(form) || OTHERWISE.test(character)) return true;
      count++;
      return plain === form;
    });
    expect(others).toEqual([]);
    expect(count).toBeGreaterThan(1500);
  });

  test.each<[what: string, kind: RegExp, plain: RegExp]>([
    ["a decimal digit reads as an ASCII digit", /\p{Nd}/u, /^[0-9]$/],
    ["a blank reads as a blank", /\p{Zs}/u, /^ $/],
    ["a dash reads as a hyphen", /[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/, /^-$/],
    ["a character that shows nothing is left out", /(?![\u{e0020}-\u{e007e}])\p{Default_Ignorable_Code_Point}/u, /^$/],
  ])("%s", (_, kind, expected) => {
    expect(wrong((character, plain) => !kind.test(character) || expected.test(plain))).toEqual([]);
  });

  test("is itself, a small letter or ASCII", () => {
    const others = wrong((character, plain) => {
      if (plain === character || /^[\x0a\x20-\x7e]*$/.test(plain)) return true;
      const lower = character.toLowerCase();
      const forms = [
        lower,
        lower.normalize("NFKD"),
        lower.normalize("NFKC"),
        character.normalize("NFKD").toLowerCase(),
      ];
      return [...forms, ...forms.map((form) => form.replace(/\p{M}/gu, "")), ...forms.map(plainOf)].includes(plain);
    });
    expect(others).toEqual([]);
  });

  test("is plain once it is folded", () => {
    const forms = [...new Set(plains)].filter((plain) => !/[%&\\]/.test(plain));
    for (let from = 0; from < forms.length; from += 50_000) {
      const part = forms.slice(from, from + 50_000);
      expect(plainOf(part.join(END)).split(END)).toEqual(part);
    }
  });
});

describe("any text", () => {
  const part = fc.oneof(
    fc.constantFrom(
      "%",
      "%7",
      "%70",
      "%C3%A9",
      "\\",
      "\\u",
      "\\u00e9",
      "\\ud83d",
      "\\ude00",
      "\\\\",
      "\\\\\\",
      "\\\\ud83d\\\\ude00",
      "\\n",
      "\\x4",
      "&",
      "&#",
      "&#x70;",
      "&#112",
      ";",
    ),
    fc.constantFrom(
      "a plain part that is long enough for blocks",
      "\u00e9",
      "\u0436",
      "\u0430",
      "\u4e2d\u6587",
      "\u{1f600}",
      "\u{1d4f9}",
      "\ufb03",
      "\u200b",
      "\0",
    ),
    fc.string({ unit: "binary", maxLength: 8 }),
  );
  const bytesOf = (parts: string[]): Buffer => Buffer.from(parts.join(""));
  const cutsOf = (cuts: number[], bytes: Uint8Array): number[] =>
    cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b);

  test("gives the same in whatever pieces it comes, and with little room", () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 40 }), fc.array(fc.nat(400), { maxLength: 6 }), (parts, cuts) => {
        const bytes = bytesOf(parts);
        const whole = fold(bytes);
        expect(fold(bytes, cutsOf(cuts, bytes))).toEqual(whole);
        m.__collect();
        m.make(0, 16);
        const narrow = fold(bytes, cutsOf(cuts, bytes));
        m.make(64, 512);
        expect(narrow).toEqual(whole);
      }),
      { numRuns: 2000, seed: SEED },
    );
  });

  test("is mapped to the bytes that its plain text comes from", () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 40 }), (parts) => {
        const bytes = bytesOf(parts);
        const { plain, starts, ends } = fold(bytes);
        let before = 0;
        for (let i = 0; i < plain.length; i++) {
          const isSame = starts[i] === starts[i - 1] && ends[i] === ends[i - 1];
          expect(starts[i]).toBeGreaterThanOrEqual(isSame ? starts[i - 1]! : before);
          expect(ends[i]).toBeGreaterThan(starts[i]!);
          before = ends[i]!;
          const source = bytes.subarray(starts[i], ends[i]);
          // What a character comes from reads as it does, alone.
          if (!isSame && source.length > 1) expect(plain.indexOf(fold(source).plain, i)).toBe(i);
          if (source.length === 1 && source[0]! < 0x80)
            expect([plain[i], 0x20]).toContain(source[0] === 0x0b || source[0] === 0x0c ? 0x20 : source[0]);
        }
        expect(before).toBeLessThanOrEqual(bytes.length);
      }),
      { numRuns: 2000, seed: SEED },
    );
  });

  test("is that of its characters one after the other, without escapes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
        const plain = [...text].map((character) => plainOf(character)).join("");
        if (!/[%&\\]/.test(text)) expect(plainOf(text)).toBe(plain);
      }),
      { numRuns: 1000, seed: SEED },
    );
  });

  test("is UTF-8, what isn't is U+FFFD as in the WHATWG decoder", () => {
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    const escapes = /[%&\\]/;
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.nat(255), fc.constantFrom(0xe2, 0x82, 0xf0, 0x9f, 0xed, 0xc3, 0x41)), { maxLength: 60 }),
        fc.array(fc.nat(60), { maxLength: 4 }),
        (numbers, cuts) => {
          const bytes = Buffer.from(numbers);
          const text = decoder.decode(bytes);
          fc.pre(!escapes.test(text));
          const whole = fold(bytes);
          expect(whole.plain.toString()).toBe(plainOf(text));
          expect(fold(bytes, cutsOf(cuts, bytes))).toEqual(whole);
        },
      ),
      { numRuns: 3000, seed: SEED },
    );
  });

  test("is percent-decoded as decodeURIComponent does it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 20 }), (text) => {
        const plain = plainOf(text.replace(/[%&\\]/g, ""));
        expect(plainOf(encodeURIComponent(text.replace(/[%&\\]/g, "")))).toBe(plain);
        const json = JSON.stringify(text.replace(/[%&]/g, "")).slice(1, -1);

        if (!/[\b\f\\]/.test(text)) expect(plainOf(json)).toBe(plain);
      }),
      { numRuns: 1000, seed: SEED },
    );
  });
});
