import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { loadModule } from "./load.ts";
import { SEED } from "./seeded.ts";

interface PastModule {
  begin(deviations: number, floor: number, leastDeviation: number): void;
  isUnusual(value: number): number;
  learn(value: number): void;
  learnSilence(zeros: bigint): void;
  mean(): number;
  deviation(): number;
}

let m: PastModule;

beforeAll(async () => {
  m = await loadModule<PastModule>("recent-past");
});

interface Bounds {
  deviations: number;
  floor: number;
  least: number;
}

/** What the past promises, from all values at once: each has a weight, and mean and variance are the weighted ones. */
class Reference {
  private readonly values: number[] = [];

  constructor(private readonly bounds: Bounds) {}

  get mean(): number {
    return this.weighted((value) => value);
  }

  get deviation(): number {
    const { mean } = this;
    const variance = this.weighted((value) => (value - mean) ** 2);
    return Math.max(Math.sqrt(variance), this.bounds.least, mean / 10);
  }

  get ceiling(): number {
    return this.mean + this.bounds.deviations * this.deviation;
  }

  isUnusual(value: number): boolean {
    return this.values.length >= 10 && value >= this.bounds.floor && value > this.ceiling;
  }

  learn(value: number): void {
    this.values.push(this.isUnusual(value) ? Math.max(this.ceiling, this.bounds.floor) : value);
  }

  /** Each value has a 20th of what there is, or as much as those before it while they are fewer; the rest stays theirs. */
  private weighted(of: (value: number) => number): number {
    let left = 1;
    let sum = 0;
    for (let i = this.values.length - 1; i >= 0; i--) {
      const weight = left / Math.min(i + 1, 20);
      sum += weight * of(this.values[i]!);
      left -= weight;
    }
    return sum;
  }
}

function start(bounds: Bounds): void {
  m.begin(bounds.deviations, bounds.floor, bounds.least);
}

const steady = (value: number, times: number): number[] => Array<number>(times).fill(value);
const BOUNDS: Bounds = { deviations: 4, floor: 100, least: 0 };

const CASES: [name: string, past: number[], value: number, bounds: Partial<Bounds>, isUnusual: boolean][] = [
  ["a burst after a steady past", steady(1000, 30), 5000, {}, true],
  ["the same value again", steady(1000, 30), 1000, {}, false],
  ["less than ever", steady(1000, 30), 0, {}, false],
  ["a tenth of the mean counts as a deviation at least", steady(1000, 30), 1400, {}, false],
  ["and what is above four of these is unusual", steady(1000, 30), 1401, {}, true],
  ["two deviations are less than four", steady(1000, 30), 1201, { deviations: 2 }, true],
  ["a burst where bursts are usual", [...steady(0, 8), 5000, 0, 0, 5000, 0, 5000, 0, 5000], 5000, {}, false],
  ["no value below the floor", steady(1, 30), 99, {}, false],
  ["what is at the floor may be", steady(1, 30), 100, {}, true],
  ["a burst after silence", steady(0, 30), 100, {}, true],
  ["not within the least deviation", steady(0, 30), 100, { least: 25 }, false],
  ["but above it", steady(0, 30), 101, { least: 25 }, true],
  ["nothing before the warm-up is over", steady(0, 9), 1e9, {}, false],
  ["from then on", steady(0, 10), 1e9, {}, true],
  ["a past long ago doesn't count", [...steady(1e6, 30), ...steady(100, 600)], 1000, {}, true],
  ["the largest that a count can be", steady(2 ** 60, 30), 2 ** 62, {}, true],
];

describe("is unusual", () => {
  test.each(CASES)("%s", (_name, past, value, over, isUnusual) => {
    const bounds = { ...BOUNDS, ...over };
    start(bounds);
    past.forEach((each) => m.learn(each));
    expect(m.isUnusual(value) !== 0).toBe(isUnusual);
  });
});

test("a slow rise is learned", () => {
  start(BOUNDS);
  let value = 1000;
  for (let i = 0; i < 100; i++, value *= 1.02) {
    expect(m.isUnusual(value)).toBe(0);
    m.learn(value);
  }
  expect(value).toBeGreaterThan(7000);
});

test("a lasting change is unusual a few times, then the usual", () => {
  start(BOUNDS);
  steady(1000, 30).forEach((value) => m.learn(value));
  const alarms = steady(10_000, 40).filter((value) => {
    const isUnusual = m.isUnusual(value) !== 0;
    m.learn(value);
    return isUnusual;
  });
  expect(alarms.length).toBeGreaterThan(1);
  expect(alarms.length).toBeLessThan(20);
});

test("one burst doesn't hide the next", () => {
  start(BOUNDS);
  for (const value of [...steady(1000, 30), 1e9, ...steady(1000, 3)]) m.learn(value);
  expect(m.isUnusual(10_000)).toBe(1);
});

test("after a long pause the usual is not unusual", () => {
  start(BOUNDS);
  steady(1000, 30).forEach((value) => m.learn(value));
  m.learnSilence(100_000n);
  expect(m.mean()).toBeCloseTo(1000 * 0.95 ** 10);
  expect(m.isUnusual(1000)).toBe(0);
});

test("silence is as many zeros", () => {
  start(BOUNDS);
  for (const value of [...steady(1000, 5), 0, 0, 0]) m.learn(value);
  const expected = [m.mean(), m.deviation()];
  start(BOUNDS);
  steady(1000, 5).forEach((value) => m.learn(value));
  m.learnSilence(3n);
  m.learnSilence(0n);
  expect([m.mean(), m.deviation()]).toEqual(expected);
});

test(`over any series it is what the weighted sums of all values say (SEED=${SEED})`, () => {
  const value = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 1e12 }));
  const bounds = fc.record({
    deviations: fc.integer({ min: 1, max: 10 }),
    floor: fc.integer({ min: 0, max: 1000 }),
    least: fc.integer({ min: 0, max: 50 }),
  });
  fc.assert(
    fc.property(bounds, fc.array(value, { maxLength: 120 }), (chosen, series) => {
      start(chosen);
      const reference = new Reference(chosen);
      for (const each of series) {
        // Where the two sums differ in their last digits only, either answer is right.
        const distance = Math.abs(each - reference.ceiling) / Math.max(each, reference.ceiling, 1);
        if (distance < 1e-9) return;
        expect(m.isUnusual(each) !== 0).toBe(reference.isUnusual(each));
        m.learn(each);
        reference.learn(each);
        const slack = 1e-9 * Math.max(reference.mean + reference.deviation, 1);
        expect(Math.abs(m.mean() - reference.mean)).toBeLessThanOrEqual(slack);
        expect(Math.abs(m.deviation() - reference.deviation)).toBeLessThanOrEqual(
          1e-6 * Math.max(reference.ceiling, 1),
        );
      }
    }),
    { seed: SEED, numRuns: 500 },
  );
});
