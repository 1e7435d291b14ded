import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { anyCuts } from "./json-oracle.ts";
import { loadModule, type LoaderExports } from "./load.ts";
import { feedPieces } from "./pieces.ts";
import { SEED } from "./seeded.ts";

interface Splice {
  inputPointer(): number;
  outputPointer(): number;
  outputLength(): number;
  clear(room: number): void;
  add(text: number, start: number, end: number, replacement: number): number;
  addNested(text: number, start: number, end: number, replacement: number): number;
  addRaw(start: number, end: number, replacement: number): number;
  begin(): void;
  feed(start: number, length: number): number;
  finish(): number;
}

const REPLACEMENTS = ["[pii]", "", '\\"\\u00e9\\"', '"[pii]"'];
const PII = 0;
const NOTHING = 1;
const QUOTED = 3;

/** Where a text's raw bytes begin, the decoded bytes that are to go, and what they become; without an end, they are raw. */
type Span = [text: number, start: number, end: number, replacement?: number];

let m: Splice & LoaderExports;

beforeAll(async () => {
  m = await loadModule<Splice>("prompt-splice");
});

function splice(text: string, spans: Span[], cuts: number[] = [], room = 1 << 20) {
  const bytes = Buffer.from(text);
  m.clear(room);
  for (const [at, start, end, replacement = PII] of spans) m.add(at, start, end, replacement);
  return run(bytes, cuts);
}

function run(bytes: Buffer, cuts: number[]) {
  m.begin();
  const fits = feedPieces(m, bytes, cuts);
  const isWhole = m.finish() === 1;
  return {
    isWhole: isWhole && fits,
    text: Buffer.from(m.memory.buffer, m.outputPointer(), m.outputLength()).toString(),
  };
}

/** Each with the spans in the raw string that begins at 0, or where it says. */
const CASES: [name: string, raw: string, spans: Span[], expected: string][] = [
  ["nothing", "plain \\u0061\\/ text", [], "plain \\u0061\\/ text"],
  ["a part", "call 555-1234 now", [[0, 5, 13]], "call [pii] now"],
  ["the beginning", "555-1234 now", [[0, 0, 8]], "[pii] now"],
  ["the end", "call 555-1234", [[0, 5, 13]], "call [pii]"],
  ["everything", "555-1234", [[0, 0, 8]], "[pii]"],
  [
    "two parts",
    "a 1 b 2 c",
    [
      [0, 2, 3],
      [0, 6, 7],
    ],
    "a [pii] b [pii] c",
  ],
  [
    "two that touch",
    "a12b",
    [
      [0, 1, 2],
      [0, 2, 3],
    ],
    "a[pii][pii]b",
  ],
  [
    "two that overlap, as one",
    "a1234b",
    [
      [0, 1, 4],
      [0, 3, 5],
    ],
    "a[pii]b",
  ],
  ["what becomes nothing", "a 1 b", [[0, 2, 3, NOTHING]], "a  b"],
  ["escapes around it stay", '\\u0061\\n1\\t\\"', [[0, 2, 3]], '\\u0061\\n[pii]\\t\\"'],
  ["escapes in it go", "a\\u0031\\n2b", [[0, 1, 4]], "a[pii]b"],
  ["beginning at an escape", "a\\u00312b", [[0, 1, 3]], "a[pii]b"],
  ["behind an escape of two bytes", "\\u00e91b", [[0, 2, 3]], "\\u00e9[pii]b"],
  ["behind a pair", "\\ud83d\\ude001b", [[0, 4, 5]], "\\ud83d\\ude00[pii]b"],
  ["a pair", "a\\ud83d\\ude00b", [[0, 1, 5]], "a[pii]b"],
  ["behind a surrogate alone", "\\ud83d1b", [[0, 3, 4]], "\\ud83d[pii]b"],
  ["behind two high surrogates", "\\ud83d\\ud83d\\ude001b", [[0, 7, 8]], "\\ud83d\\ud83d\\ude00[pii]b"],
  ["behind a surrogate and an escape", "\\ud83d\\n1b", [[0, 4, 5]], "\\ud83d\\n[pii]b"],
  ["a surrogate alone at the end", "ab\\ud83d", [[0, 2, 5]], "ab[pii]"],
  [
    "characters of more bytes",
    "é1–2😀3",
    [
      [0, 2, 3],
      [0, 6, 7],
      [0, 11, 12],
    ],
    "é[pii]–[pii]😀[pii]",
  ],
  ["an edge within a character", "aéb", [[0, 2, 4]], "a[pii]"],
  ["an end within a character", "aé–b", [[0, 0, 2]], "[pii]–b"],
  ["both edges within one character", "a😀b", [[0, 2, 3]], "a[pii]b"],
  ["edges within escapes", "a\\u00e9b\\u20acc", [[0, 2, 5]], "a[pii]c"],
  ["an edge within a pair", "a\\ud83d\\ude00b", [[0, 3, 6]], "a[pii]"],
  [
    "two within one character",
    "a😀b",
    [
      [0, 1, 2],
      [0, 3, 4],
    ],
    "a[pii]b",
  ],
  [
    "two that meet within a character",
    "aéb",
    [
      [0, 0, 2],
      [0, 2, 4],
    ],
    "[pii][pii]",
  ],
  [
    "within a body",
    '{"a":"x 1","b":"2 y"}',
    [
      [6, 2, 3],
      [16, 0, 1],
    ],
    '{"a":"x [pii]","b":"[pii] y"}',
  ],
  [
    "in two texts that follow",
    '["1","2"]',
    [
      [2, 0, 1],
      [6, 0, 1, 2],
    ],
    '["[pii]","\\"\\u00e9\\""]',
  ],
  ["to a text's end, and nothing of the next", '["a\\ud83d","b"]', [[2, 1, 4]], '["a[pii]","b"]'],
  [
    "with long text around it",
    `${"a".repeat(500)}1${"\\n".repeat(300)}`,
    [[0, 500, 501]],
    `${"a".repeat(500)}[pii]${"\\n".repeat(300)}`,
  ],
];

test.each(CASES)("%s, in whatever pieces it comes", (_name, raw, spans, expected) => {
  const length = Buffer.byteLength(raw);
  expect(splice(raw, spans)).toEqual({ isWhole: true, text: expected });
  for (let cut = 0; cut <= length; cut++) expect(splice(raw, spans, [cut])).toEqual({ isWhole: true, text: expected });
  expect(splice(raw, spans, [...Array(length).keys()])).toEqual({ isWhole: true, text: expected });
});

test("a number becomes a string", () => {
  const body = '{"card":4111111111111111,"name":"A 1"}';
  for (let cut = 0; cut <= body.length; cut++) {
    m.clear(1 << 10);
    m.addRaw(8, 24, QUOTED);
    m.add(33, 2, 3, PII);
    expect(run(Buffer.from(body), [cut])).toEqual({ isWhole: true, text: '{"card":"[pii]","name":"A [pii]"}' });
  }
});

test("raw bytes have no escapes", () => {
  m.clear(1 << 10);
  m.addRaw(3, 5, PII);
  m.addRaw(5, 7, NOTHING);
  expect(run(Buffer.from("ab\\u0061\\"), [])).toEqual({ isWhole: true, text: "ab\\[pii]1\\" });
});

describe("in a text that is JSON itself", () => {
  const NESTED_QUOTE = 4;
  /** What the arguments are, each part of them that is to go, and what they are then. */
  const ARGUMENTS: [name: string, json: string, parts: string[], expected: unknown, replacement?: number][] = [
    ["a number", '{"card":4111111111111111}', ["4111111111111111"], { card: "[pii]" }],
    ["a number with its sign", '{"card":-4111}', ["4111"], { card: "[pii]" }],
    ["the middle of a number", '{"card": -1.4111e5, "b":2}', ["4111"], { card: "[pii]", b: 2 }],
    ["two numbers", "[4111,4112]", ["4111", "4112"], ["[pii]", "[pii]"]],
    ["two parts of one number", "[141112]", ["41", "112"], ["[pii]"]],
    ["two parts with more between", "[1,4199992]", ["41", "92"], [1, "[pii]"]],
    ["a number at the end", "[1,2]", ["2"], [1, "[pii]"]],
    ["a part of a string", '{"a":"to 4111 now"}', ["4111"], { a: "to [pii] now" }],
    ["all of a string", '{"a":"4111"}', ["4111"], { a: "[pii]" }],
    ["a key", '{"4111":1}', ["4111"], { "[pii]": 1 }],
    ["behind an escape", '{"a":"x\\n4111"}', ["4111"], { a: "x\n[pii]" }],
    ["an escape's letter", '{"a":"x\\n4111"}', ["n4111"], { a: "x\\[pii]" }],
    ["a string with its quotes", '{"a":"4111"}', ['"4111"'], { a: "[pii]" }],
    ["with a replacement that has a quote", '{"a":"4111"}', ["4111"], { a: '"[pii]' }, NESTED_QUOTE],
    ["a number, with such a replacement", '{"a":-4111}', ["4111"], { a: '"[pii]' }, NESTED_QUOTE],
  ];

  test.each(ARGUMENTS)("%s", (_name, json, parts, expected, replacement = PII) => {
    const raw = JSON.stringify(json).slice(1, -1);
    const body = `{"k":"${raw}","n":-1}`;
    for (let cut = 0; cut <= body.length; cut++) {
      m.clear(1 << 10);
      let from = 0;
      for (const part of parts) {
        const start = json.indexOf(part, from);
        from = start + part.length;
        m.addNested(6, start, from, replacement);
      }
      const { isWhole, text } = run(Buffer.from(body), [cut]);
      const { k, n } = JSON.parse(text) as { k: string; n: number };
      expect([isWhole, n, JSON.parse(k)]).toEqual([true, -1, expected]);
    }
  });
});

describe("what can't be done is told", () => {
  test("no room for what it becomes", () => {
    expect(splice("call 555-1234 now", [[0, 5, 13]], [], 8).isWhole).toBe(false);
  });

  test("bytes that end before a part", () => {
    expect(splice("call", [[0, 5, 13]]).isWhole).toBe(false);
    expect(splice("call", [[20, 0, 1]]).isWhole).toBe(false);
  });

  test("more parts than there is room for", () => {
    m.clear(1 << 10);
    let added = 0;
    while (m.add(0, added * 2, added * 2 + 1, PII)) added++;
    expect(added).toBeGreaterThan(300);
    expect(added).toBeLessThan(1_000);
  });
});

describe("by an oracle", () => {
  /** A unit of a JSON string: as it is written, and what it means. */
  const unit = fc.constantFrom(
    ...["a", "7", " ", "é", "–", "😀", "x".repeat(40), "\\n", '\\"', "\\\\", "\\u0041", "\\u00e9", "\\u20ac"],
    ...["\\ud83d\\ude00", "\\ud800", "\\udc00"],
  );
  const decoded = (raw: string): Buffer => Buffer.from(JSON.parse(`"${raw}"`) as string);

  /** Units with their decoded bytes, surrogates joined as they stand. */
  function unitsOf(raw: string): { raw: string; length: number }[] {
    const units = raw.match(/\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u....|\\.|[\ud800-\udbff][\udc00-\udfff]|[^]/g) ?? [];
    return units.map((written) => ({ raw: written, length: decoded(written).length }));
  }

  function expected(raw: string, spans: [number, number][]): string {
    let at = 0;
    let next = 0;
    let isBegun = false;
    let text = "";
    for (const { raw: written, length } of unitsOf(raw)) {
      while (next < spans.length && spans[next]![1] <= at) {
        next++;
        isBegun = false;
      }
      const [start, end] = spans[next] ?? [Infinity, Infinity];
      if (at < end && at + length > start) {
        if (!isBegun) text += REPLACEMENTS[PII];
        isBegun = true;
      } else {
        text += written;
      }
      at += length;
    }
    return text;
  }

  test("any parts of any string, in whatever pieces it comes", () => {
    const anyRaw = fc.array(unit, { maxLength: 20 }).map((units) => units.join(""));
    const anyEdges = fc.array(fc.nat(), { maxLength: 8 });
    fc.assert(
      fc.property(anyRaw, anyEdges, anyCuts, (raw, wishes, cuts) => {
        const length = decoded(raw).length;
        const edges = [...new Set(wishes.map((wish) => wish % (length + 1)))].sort((a, b) => a - b);
        const spans: [number, number][] = [];
        for (let i = 0; i + 1 < edges.length; i += 2) spans.push([edges[i]!, edges[i + 1]!]);
        const around = `{"k":"${raw}"}`;
        const told = spans.map(([start, end]): Span => [6, start, end]);
        const result = splice(around, told, cuts(Buffer.byteLength(around)));
        expect(result).toEqual({ isWhole: true, text: `{"k":"${expected(raw, spans)}"}` });
        expect(() => JSON.parse(result.text)).not.toThrow();
      }),
      { seed: SEED, numRuns: 3_000 },
    );
  });
});
