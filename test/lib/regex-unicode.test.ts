import { beforeAll, describe, expect, test } from "vitest";
import { RegexModule } from "./regex-module.ts";

/** Of the tables; the oracle must know the same characters. */
const UNICODE = "17.0";
const CATEGORIES =
  "L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po S Sm Sc Sk So Z Zs Zl Zp C Cc Cf Co".split(" ");
const SCRIPTS =
  "Latin Greek Cyrillic Han Hiragana Katakana Hangul Arabic Hebrew Armenian Bengali Devanagari Georgian Khmer Tamil Telugu Thai".split(
    " ",
  );
const PATTERNS_A_SET = 200;

let regex: RegexModule;
let all: string;

beforeAll(async () => {
  regex = await RegexModule.load();
  all = "";
  for (let codePoint = 0; codePoint < 0x110000; codePoint++) {
    if (codePoint === 0xd800) codePoint = 0xe000;
    // Nothing is assigned from there to there.
    if (codePoint === 0x40000) codePoint = 0xe0000;
    all += String.fromCodePoint(codePoint);
  }
});

/** Where runs of what JavaScript's own expression takes lie, in bytes. */
function runs(text: string, expression: RegExp): [start: number, end: number][] {
  let bytes = 0;
  let before = 0;
  return [...text.matchAll(expression)].map((match) => {
    const start = bytes + Buffer.byteLength(text.slice(before, match.index));
    bytes = start + Buffer.byteLength(match[0]);
    before = match.index + match[0].length;
    return [start, bytes];
  });
}

function hits(pattern: string, text: string): [start: number, end: number][] {
  expect(regex.use([pattern], { maxHoldBytes: 1 << 23 })).toBe(null);
  return regex.find(text).hits.map(({ start, end }) => [start, end]);
}

describe.skipIf(process.versions.unicode !== UNICODE)("of all characters", () => {
  test.each(CATEGORIES)("\\p{%s} takes those that Unicode says", (name) => {
    const without = name === "C" ? /[\p{Cc}\p{Cf}\p{Co}]+/gu : new RegExp(`\\p{${name}}+`, "gu");
    expect(hits(`\\p{${name}}+`, all)).toEqual(runs(all, without));
  });

  test.each(SCRIPTS)("\\p{%s} takes those that Unicode says", (name) => {
    expect(hits(`\\p{${name}}+`, all)).toEqual(runs(all, new RegExp(`\\p{Script=${name}}+`, "gu")));
  });

  test("\\P takes all others", () => {
    expect(hits("\\PL+", all)).toEqual(runs(all, /\P{L}+/gu));
  });

  test("(?i) takes those that differ in case only", () => {
    const cased = [...new Set(all.match(/[\p{L}\p{M}\p{N}\p{S}]/gu))].filter(
      (text) => text.toLowerCase() !== text || text.toUpperCase() !== text || /\p{Lu}|\p{Ll}/u.test(text),
    );
    expect(cased.length).toBeGreaterThan(2800);
    const text = cased.join("");
    for (let from = 0; from < cased.length; from += PATTERNS_A_SET) {
      const letters = cased.slice(from, from + PATTERNS_A_SET);
      expect(regex.use(letters, { ignoresCase: true })).toBe(null);
      const found = regex.find(text).hits;
      letters.forEach((letter, id) => {
        const places = found.filter((hit) => hit.id === id).map(({ start, end }) => [start, end]);
        expect(places, letter).toEqual(runs(text, new RegExp(letter, "giu")));
      });
    }
  });
});

test("\\p{Any} and a dot with (?s) take every character, one by one", () => {
  const few = [...all].filter((_, i) => i % 97 === 0).join("");
  const each = runs(few, /./gsu);
  expect(hits("\\p{Any}", few)).toEqual(each);
  expect(hits("(?s).", few)).toEqual(each);
});
