import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { RANGES, UPPER_RANGES } from "../../training/token-estimator/characters.ts";
import { piecesOf, PART_LENGTHS, PART_STARTS, WEIGHTS } from "../../training/token-estimator/features.ts";
import { estimate, LARGE_UNIT, UNIT } from "../../training/token-estimator/fit.ts";
import { loadModule, type LoaderExports } from "./load.ts";
import { SEED } from "./seeded.ts";

interface Estimator {
  inputPointer(): number;
  reset(): void;
  feed(start: number, length: number): void;
  tokens(): bigint;
}

let m: Estimator & LoaderExports;
let units: Int32Array;

beforeAll(async () => {
  m = await loadModule<Estimator>("token-estimator");
  units = readUnits();
});

/** The constants, as the module has them. */
function readUnits(): Int32Array {
  const source = readFileSync(join(import.meta.dirname, "../../assembly/llm/tokens/weights.ts"), "utf8");
  const numbers = (name: string): number[] => {
    const [, body] = new RegExp(`${name} = memory\\.data<\\w+>\\(\\[([^\\]]*)`).exec(source)!;
    return body!.match(/-?\d+/g)!.map(Number);
  };
  const all = new Int32Array(WEIGHTS);
  const large = { letters: "LETTER_PAIRS", punctuation: "PUNCTUATION_PAIRS", others: "OTHER_CHARACTERS" } as const;
  for (const [part, name] of Object.entries(large)) {
    const values = numbers(name).map((value) => (value * UNIT) / LARGE_UNIT);
    all.set(values, PART_STARTS[part as keyof typeof large]);
  }
  const first = Object.keys(large).reduce((sum, part) => sum + PART_LENGTHS[part as keyof typeof large], 0);
  all.set(numbers("WEIGHTS"), first);
  return all;
}

function tokens(text: string | Uint8Array, cuts: number[] = []): number {
  const bytes = Buffer.from(text);
  m.reset();
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    new Uint8Array(m.memory.buffer, m.inputPointer(), cut - from).set(bytes.subarray(from, cut));
    m.feed(0, cut - from);
    from = cut;
  }
  return Number(m.tokens());
}

const TEXTS: [name: string, text: string, least: number, most: number][] = [
  ["no text", "", 0, 0],
  ["a word", "hello", 1, 2],
  ["a sentence", "The quick brown fox jumps over the lazy dog.", 10, 11],
  ["digits in groups of three", "1234567890", 4, 4],
  ["an indented line", "    return None\n", 3, 5],
  ["a long run of one letter, which can't be free", "a".repeat(32_000), 1_000, 40_000],
  ["a long number", "7".repeat(3_000), 1_000, 1_000],
  ["German", "Die Donaudampfschifffahrtsgesellschaft fährt heute nicht.", 14, 22],
  ["Russian", "Сегодня хорошая погода, пойдём гулять в парк.", 11, 17],
  ["Chinese", "今天天气很好，我们去公园散步吧。", 10, 18],
  ["Hindi", "आज मौसम बहुत अच्छा है", 5, 12],
  ["emoji", "😀😀😀", 3, 9],
];

test.each(TEXTS)("%s", (_name, text, least, most) => {
  const estimated = tokens(text);
  expect(estimated).toBeGreaterThanOrEqual(least);
  expect(estimated).toBeLessThanOrEqual(most);
});

const characters = [...RANGES, ...UPPER_RANGES].flatMap(({ first }) => [first, first + 1, first + 3]);
const character = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(..."abcxyzABZ", "the", "Word", "HTML", "é", "ß", "Ž", "ạ") },
  { weight: 4, arbitrary: fc.constantFrom(..." \t\n\r", "  ", "    ", "\n\n", "\r\n", "\u00a0", "\u3000") },
  {
    weight: 3,
    arbitrary: fc.constantFrom(..."!\"#'()*+,-./:;<=>?@[]^_`{|}~\\", "--", "...", "“", "—", "→", "😀", "\0"),
  },
  { weight: 2, arbitrary: fc.constantFrom(..."0123", "4567", "٣", "३") },
  { weight: 3, arbitrary: fc.constantFrom(..."жПαΩשםعم中文的かカ한국अिไทა", "\ufe0f", "\u200d", "\u0301") },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...characters.filter((c) => c < 0xd800 || c > 0xdfff).map((c) => String.fromCodePoint(c)),
    ),
  },
);
const anyText = fc.array(character, { maxLength: 60 }).map((parts) => parts.join(""));

test("counts what the training counted", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(tokens(text)).toBe(Math.round(estimate(units, text) / UNIT));
    }),
    { seed: SEED, numRuns: 5_000 },
  );
});

test("every character is of the class that the training gave it", () => {
  for (let codePoint = 1; codePoint < 0x110000; codePoint += codePoint < 0x10000 ? 1 : 61) {
    if (codePoint >= 0xd800 && codePoint < 0xe000) continue;
    const text = `a${String.fromCodePoint(codePoint)}A`;
    expect(tokens(text), codePoint.toString(16)).toBe(Math.round(estimate(units, text) / UNIT));
  }
});

test("splitting a text anywhere changes nothing", () => {
  const anyBytes = fc.oneof(
    anyText.map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  );
  fc.assert(
    fc.property(anyBytes, (bytes) => {
      const whole = tokens(bytes);
      for (let cut = 0; cut <= bytes.length; cut++) expect(tokens(bytes, [cut])).toBe(whole);
      expect(tokens(bytes, [...bytes.keys()])).toBe(whole);
    }),
    { seed: SEED, numRuns: 400 },
  );
});

test("asking in the middle disturbs nothing", () => {
  const text = Buffer.from("Don't ask    twice:\n\n\tприве́т 12345 😀!");
  const whole = tokens(text);
  m.reset();
  for (const [index, byte] of text.entries()) {
    new Uint8Array(m.memory.buffer, m.inputPointer(), 1)[0] = byte;
    m.feed(0, 1);
    expect(m.tokens()).toBeGreaterThanOrEqual(BigInt(piecesOf("").length));
    if (index === text.length - 1) expect(Number(m.tokens())).toBe(whole);
  }
});

interface Text {
  text: string;
  kind: string;
  o200k: number;
}

const folder = process.env.WEIR_DATA;

describe.skipIf(folder === undefined)("on the calibration texts", () => {
  test("the mean absolute error is at most 6 % from 200 bytes on", () => {
    const lines = readFileSync(join(folder!, "tokens", "texts.jsonl"), "utf8")
      .split("\n")
      .filter(Boolean);
    const errors = new Map<string, number[]>();
    for (const line of lines) {
      const { text, kind, o200k } = JSON.parse(line) as Text;
      const name = Buffer.byteLength(text) < 200 ? "shorter" : kind;
      errors.set(name, [...(errors.get(name) ?? []), tokens(text) / o200k - 1]);
    }
    const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    const long = [...errors].filter(([name]) => name !== "shorter").flatMap(([, values]) => values);
    const rows = [...errors, ["200 bytes or more", long] as const].map(([name, values]) => ({
      kind: name,
      texts: values.length,
      "mean absolute error %": Number((mean(values.map(Math.abs)) * 100).toFixed(1)),
      "mean error %": Number((mean(values) * 100).toFixed(1)),
    }));
    console.table(rows);
    expect(mean(long.map(Math.abs))).toBeLessThanOrEqual(0.06);
  });
});
