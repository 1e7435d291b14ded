import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { loadModule, type LoaderExports } from "./load.ts";
import { SEED } from "./seeded.ts";

interface Sampler {
  inputPointer(): number;
  create(wholeBytes: number, periodBytes: number): void;
  reset(): void;
  feed(start: number, length: number): void;
  tokens(): bigint;
  next(): void;
  restart(): void;
  tokensEnded(): bigint;
}

/** How requests and answers are sampled. */
const SETTINGS: [what: string, wholeBytes: number, periodBytes: number][] = [
  ["a request's text", 4096, 4096],
  ["an answer's text", 1024, 8192],
];

let m: Sampler & LoaderExports;

beforeAll(async () => {
  m = await loadModule<Sampler>("token-sampler");
});

function tokens(text: string | Uint8Array, cuts: number[] = []): number {
  const bytes = Buffer.from(text);
  new Uint8Array(m.memory.buffer, m.inputPointer(), bytes.length).set(bytes);
  m.reset();
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    m.feed(from, cut - from);
    from = cut;
  }
  return Number(m.tokens());
}

function feed(text: string, pieces: number): void {
  const bytes = Buffer.from(text);
  new Uint8Array(m.memory.buffer, m.inputPointer(), bytes.length).set(bytes);
  const length = Math.max(1, Math.ceil(bytes.length / pieces));
  for (let from = 0; from < bytes.length; from += length) m.feed(from, Math.min(length, bytes.length - from));
}

const PROSE = "A weir hums as the water falls over it; café owners nearby sleep well, they say. ";

describe.each(SETTINGS)("%s", (_what, wholeBytes, periodBytes) => {
  beforeAll(() => m.create(wholeBytes, periodBytes));

  test("no text is no token", () => expect(tokens("")).toBe(0));

  test.each([1, 2, 10, 100])("%d times as much of the same text has as many times the tokens", (times) => {
    const one = tokens(PROSE.repeat(100)) / 100;
    expect(tokens(PROSE.repeat(100 * times)) / (100 * times) / one).toBeCloseTo(1, 1);
  });

  test("what follows the beginning counts as what it is", () => {
    const digits = "7".repeat(300_000);
    const mixed = tokens(PROSE.repeat(200) + digits);
    expect(mixed / (tokens(PROSE.repeat(200)) + tokens(digits))).toBeCloseTo(1, 1);
  });

  test("splitting the text anywhere changes nothing", () => {
    const bytes = Buffer.from(PROSE.repeat(400));
    const whole = tokens(bytes);
    const cut = fc.integer({ min: 0, max: bytes.length });
    fc.assert(
      fc.property(fc.array(cut, { maxLength: 20 }), (cuts) => {
        expect(
          tokens(
            bytes,
            cuts.sort((a, b) => a - b),
          ),
        ).toBe(whole);
      }),
      { seed: SEED, numRuns: 200 },
    );
  });

  test("texts one after the other are each as if alone, whenever somebody asks and whatever is begun anew", () => {
    const text = fc.record({
      text: fc.tuple(fc.nat({ max: PROSE.length }), fc.oneof(fc.nat({ max: 90 }), fc.nat({ max: 9000 }))),
      pieces: fc.integer({ min: 1, max: 9 }),
      asks: fc.constantFrom("never", "before it ends", "after it"),
      isAnew: fc.nat({ max: 9 }),
    });
    fc.assert(
      fc.property(fc.array(text, { maxLength: 100 }), (texts) => {
        const written = texts.map(({ text: [start, length] }) => PROSE.repeat(120).slice(start, start + length));
        const expected = written.map((each) => tokens(each));
        m.reset();
        let sum = 0;
        texts.forEach(({ pieces, asks, isAnew }, i) => {
          if (isAnew === 0) feed(PROSE.repeat(40), pieces);
          if (isAnew === 0) m.restart();
          feed(written[i]!, pieces);
          if (asks === "before it ends") expect(Number(m.tokens())).toBe(expected[i]);
          m.next();
          sum += expected[i]!;
          if (asks === "after it") expect(Number(m.tokensEnded())).toBe(sum);
        });
        expect(Number(m.tokensEnded())).toBe(sum);
      }),
      { seed: SEED, numRuns: 100 },
    );
  });

  const folder = process.env.WEIR_DATA;
  test.skipIf(folder === undefined)("the mean absolute error of texts of 200 bytes or more is at most 6 %", () => {
    const lines = readFileSync(join(folder!, "tokens", "texts.jsonl"), "utf8")
      .split("\n")
      .filter(Boolean);
    const errors = lines
      .map((line) => JSON.parse(line) as { text: string; o200k: number })
      .filter(({ text }) => Buffer.byteLength(text) >= 200)
      .map(({ text, o200k }) => Math.abs(tokens(text) / o200k - 1));
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    console.log(`mean absolute error ${(mean * 100).toFixed(2)} % over ${errors.length} texts`);
    expect(mean).toBeLessThanOrEqual(0.06);
  });
});
