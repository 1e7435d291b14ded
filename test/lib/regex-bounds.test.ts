import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { RegexModule } from "./regex-module.ts";
import { re2Matches } from "./regex-oracle.ts";
import { SEED, randomFrom } from "./seeded.ts";

const MAX_LOOKED = 500;
const HOLD = 256;

let regex: RegexModule;

beforeAll(async () => {
  regex = await RegexModule.load();
});

/** The looks at nodes that a text costs. */
function steps(text: string): number {
  const before = regex.steps();
  regex.find(text);
  return regex.steps() - before;
}

function randomText(letters: string, length: number): string {
  const random = randomFrom(SEED);
  return Array.from({ length }, () => letters[random(letters.length)]).join("");
}

const many = (count: number, pattern: (i: number) => string) => Array.from({ length: count }, (_, i) => pattern(i));

const COSTLY: [name: string, patterns: string[], letters: string][] = [
  ["nested loops", ["(a*)*b", "(a+)+b", "((a?)*)*b"], "a"],
  ["neighbouring loops", ["(x+x+)+y"], "x"],
  ["a wide window", [".*a.{200}b"], "ab"],
  ["nothing or something, often", ["(?:a?){120}a{120}b"], "a"],
  ["many that begin anywhere", many(50, (i) => `.*x${i}`), "x1234"],
  ["many that wait for a longer match", many(50, (i) => `.*x${i}|a`), "a"],
  ["loops within counts", ["(.{1,15}a){1,10}b"], "ab"],
  ["many windows", many(8, (i) => `[ab]+a[ab]{40}${i}`), "ab"],
  ["hits that a longer attempt follows", ["a[ab]{100}c|a|b"], "ab"],
];

describe("the work for a text grows no faster than the text, and is bounded a byte", () => {
  test.each(COSTLY)("%s", (_name, patterns, letters) => {
    expect(regex.use(patterns, { maxHoldBytes: HOLD })).toBe(null);
    const text = randomText(letters, 20_000);
    const half = steps(text.slice(0, 10_000));
    const whole = steps(text);
    // A node is looked at once where it stands and once where it is entered.
    expect(whole).toBeLessThanOrEqual(20_000 * 4 * MAX_LOOKED);
    expect(whole).toBeLessThanOrEqual(3 * half + 4000 * MAX_LOOKED);
  });

  test("a text that was met before costs next to nothing", () => {
    expect(regex.use(["(?i)internal[- ]only", "\\bEMP-\\d{6}\\b", "[\\w.-]+\\.example\\.com"])).toBe(null);
    const text = "The quick brown fox of EMP-123 jumps over internal matters at www.example.org. ".repeat(100);
    steps(text);
    expect(steps(text)).toBeLessThan(10);
  });
});

test("what is found does not depend on what is kept of the states that were met", () => {
  const patterns = ["[ab]*a[ab]{12}c", "b[abc]{5,20}?a", "(?:a|b|ab){3,9}c"];
  const expected = (text: string) => patterns.map((pattern) => re2Matches(pattern, [text])![0]!);
  expect(regex.use(patterns)).toBe(null);
  // Long enough for the states to be thrown away again and again, and for the simulation without them to run.
  const text = randomText("aabbc", 3000);
  for (let turn = 0; turn < 3; turn++) {
    const { hits } = regex.find(text);
    expect(patterns.map((_, id) => hits.filter((hit) => hit.id === id).map((hit) => [hit.start, hit.end]))).toEqual(
      expected(text),
    );
  }
});

describe("what is found does not depend on where", () => {
  const FAST: [name: string, patterns: string[], words: string[]][] = [
    [
      "the search by first bytes runs",
      ["needle", "(?i)nadel|no ", "\\bneed\\b", "xx?"],
      ["needle", "needl", "need", "nee", "n", "no", "x", " ", "Né", "nadel", "NEEDLE"],
    ],
    [
      "the search by what every match has in it runs",
      ["[a-z0-9.-]+\\.corp\\.test", "\\b[a-z-]+needle\\b", "[^ \\n]{2,30}@(?:q|qq)x", "(?i)[a-z]*zebr[ao]s?"],
      [
        "host",
        ".corp",
        ".test",
        ".corp.test",
        " ",
        " ",
        "\n",
        "needle",
        "-",
        "q@qx",
        "@qqx",
        "é",
        "ZEBRA",
        "zebrq",
        ",",
      ],
    ],
    [
      "a text is gone through in two stretches",
      ["[a-z0-9.-]+\\.corp\\.test", "\\b[a-z]+!", "[^é]{3,40}é", "\\w+ \\w+ \\."],
      ["host", ".corp", ".test", " ", " ", " ", "a.b", "!", "é", "X", "no ", ". ", "-", "\n"],
    ],
  ];

  test.each(FAST)(
    "%s",
    (_name, patterns, some) => {
      const words = fc.array(fc.constantFrom(...some), { maxLength: 80, size: "max" }).map((parts) => parts.join(""));
      fc.assert(
        fc.property(words, fc.array(fc.nat(300), { maxLength: 3 }), (text, cuts) => {
          expect(regex.use(patterns)).toBe(null);
          const bytes = Buffer.from(text);
          const { hits } = regex.find(
            bytes,
            cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b),
          );
          patterns.forEach((pattern, id) => {
            const found = hits.filter((hit) => hit.id === id).map((hit) => [hit.start, hit.end]);
            expect(found).toEqual(re2Matches(pattern, [text])![0]);
          });
        }),
        { numRuns: 150 },
      );
    },
    200_000,
  );
});

test("what can be alive at once is no more than was reserved for it", () => {
  // With room for exactly that much, a list that is longer would write over its neighbours: the hits would differ.
  const patterns = many(10, (i) => `(?:[ab]|я){1,15}${i}`);
  expect(regex.use(patterns)).toBe(null);
  expect(regex.mostAlive()).toBeLessThanOrEqual(MAX_LOOKED);
  const text = `${"abя".repeat(200)}7${"я".repeat(100)}3`;
  const { hits } = regex.find(text);
  for (const [id, pattern] of patterns.entries()) {
    const found = hits.filter((hit) => hit.id === id).map((hit) => [hit.start, hit.end]);
    expect(found).toEqual(re2Matches(pattern, [text])![0]);
  }
});
