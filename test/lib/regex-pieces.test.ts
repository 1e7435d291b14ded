import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { type Hit, RegexModule } from "./regex-module.ts";
import { re2Matches } from "./regex-oracle.ts";
import { anyLongText, anyLoop, anyPattern, anyText } from "./regex-patterns.ts";

const SHORTEST_HOLD = 32;

let regex: RegexModule;

beforeAll(async () => {
  regex = await RegexModule.load();
});

/** For each byte whether a span covers it. */
function covered(spans: { start: number; end: number }[], length: number): boolean[] {
  const bytes = new Array<boolean>(length).fill(false);
  for (const { start, end } of spans) bytes.fill(true, start, end);
  return bytes;
}

const PENDING: [name: string, patterns: string[], text: string, pending: string][] = [
  ["nothing has begun", ["secret"], "some text", ""],
  ["something has", ["secret"], "some text sec", "sec"],
  ["it can't become a hit any more", ["secret"], "some text sect", ""],
  ["the earliest that may become one", ["abcd", "bcx"], "abc", "abc"],
  ["a word's boundary holds nothing by itself", ["\\bfoo"], "some foo, ", ""],
  ["nor does the end of a line", ["(?m)foo$"], "some foo, ", ""],
  ["a hit needs a byte more that tells whether a word ends", ["\\bfoo\\b"], "some foo", "foo"],
  ["a hit that is certain holds nothing", ["foo"], "some foo", ""],
  ["one that may get longer does", ["fo+"], "some foo", "foo"],
  ["one that may lose against a longer one, too", ["a.?b"], "ab", "ab"],
  ["what waits because of an earlier one", ["a[^;]*;|b"], "xab", "ab"],
  ["a character that is cut", ["я!"], "дя".slice(0, 2), "я"],
];

test.each(PENDING)("held back: %s", (_name, patterns, text, pending) => {
  expect(regex.use(patterns)).toBe(null);
  const bytes = Buffer.from(text);
  expect(bytes.toString("utf8", regex.find(text).pending[0])).toBe(pending);
});

test("a character's first byte is held back when it may begin a hit", () => {
  expect(regex.use(["я!"])).toBe(null);
  expect(regex.find(Buffer.from([0x61, 0xd1])).pending).toEqual([1]);
  expect(regex.find(Buffer.from([0x61, 0xd0])).pending).toEqual([2]);
});

test("splitting a text anywhere changes nothing, and what is before the pending place has been told", () => {
  const cuts = fc.array(fc.nat(300), { maxLength: 12 });
  fc.assert(
    fc.property(fc.array(anyPattern, { minLength: 1, maxLength: 3 }), anyText(120), cuts, (patterns, text, places) => {
      fc.pre(regex.use(patterns, { maxHoldBytes: SHORTEST_HOLD }) === null);
      const bytes = Buffer.from(text);
      const whole = regex.find(bytes);
      const ends = places.map((place) => Math.min(place, bytes.length)).sort((a, b) => a - b);
      for (const split of [ends, bytes.length < 80 ? [...bytes.keys()] : []]) {
        const { hits, pending, told } = regex.find(bytes, split);
        expect(hits).toEqual(whole.hits);
        [...split, bytes.length].forEach((end, i) => {
          expect(end - pending[i]!).toBeLessThanOrEqual(SHORTEST_HOLD);
          for (const { start } of hits.slice(told[i])) expect(start).toBeGreaterThanOrEqual(pending[i]!);
          for (const hit of hits.slice(0, told[i])) expect(hit.end).toBeLessThanOrEqual(end);
        });
      }
    }),
    { numRuns: 400 },
  );
}, 200_000);

describe("what is longer than may be held back", () => {
  const LONG: [name: string, pattern: string, text: string, hits: (string | number | boolean)[][]][] = [
    ["is told by its end", "<[^>]*>", `<${"x".repeat(50)}>`, [[20, 52, false]]],
    [
      "is told in parts as it grows",
      "x+",
      "x".repeat(80),
      [
        [0, 32, false],
        [32, 64, true],
        [64, 80, true],
      ],
    ],
    ["lets a hit within it be told", "a[^;]*;|b", `ab${"x".repeat(60)}`, [[1, 2, false]]],
    ["is told by its end when nothing within it had to be told", "a[^;]*;|b", `ab${"x".repeat(30)};`, [[1, 33, false]]],
    [
      "goes on behind a hit within it",
      "a[^;]*;|x",
      `a${"x".repeat(32)};`,
      [
        [1, 2, false],
        [2, 34, true],
      ],
    ],
    [
      "ends with a hit",
      "a[^;]*;|b",
      `ab${"x".repeat(31)}c;`,
      [
        [1, 2, false],
        [3, 35, false],
      ],
    ],
  ];

  test.each(LONG)("%s", (_name, pattern, text, expected) => {
    expect(regex.use([pattern], { maxHoldBytes: SHORTEST_HOLD })).toBe(null);
    expect(regex.find(text).hits.map((hit) => [hit.start, hit.end, hit.isContinued])).toEqual(expected);
  });

  test("ends with a hit that covers as much of it as was held, and no hit is outside of a match", () => {
    let long = 0;
    fc.assert(
      fc.property(anyLoop, anyLongText, (pattern, text) => {
        expect(regex.use([pattern], { maxHoldBytes: SHORTEST_HOLD })).toBe(null);
        const matches = re2Matches(pattern, [text])![0]!.map(([start, end]) => ({ start, end }));
        const length = Buffer.byteLength(text);
        const { hits } = regex.find(text);
        const byMatches = covered(matches, length);
        const byHits = covered(hits, length);
        let before: Hit = { id: 0, start: 0, end: 0, isContinued: false };
        for (const hit of hits) {
          expect(hit.end - hit.start).toBeLessThanOrEqual(SHORTEST_HOLD);
          expect(hit.start).toBeGreaterThanOrEqual(before.end);
          if (hit.isContinued) expect(hit.start).toBe(before.end);
          for (let i = hit.start; i < hit.end; i++) expect(byMatches[i]).toBe(true);
          before = hit;
        }
        for (const { start, end } of matches) {
          expect(hits.some((hit) => hit.end === end)).toBe(true);
          for (let i = Math.max(start, end - SHORTEST_HOLD); i < end; i++) expect(byHits[i]).toBe(true);
          if (end - start > SHORTEST_HOLD) long++;
        }
      }),
      { numRuns: 500 },
    );
    expect(long).toBeGreaterThan(20);
  }, 200_000);
});
