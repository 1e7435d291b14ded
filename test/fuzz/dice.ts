import { randomFrom } from "../lib/seeded.ts";

/** Random choices: equal seeds, equal choices. */
export class Dice {
  /** An integer from 0 to `count` - 1. */
  readonly below: (count: number) => number;

  constructor(seed: number) {
    this.below = randomFrom(seed);
  }

  /** Once in `times`. */
  chance(times: number): boolean {
    return this.below(times) === 0;
  }

  /** From `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  /** Small mostly, seldom up to `most`. */
  size(most: number): number {
    return this.below(this.below(this.below(most + 1) + 1) + 1);
  }

  /** `count` offsets inside `length` bytes, in order. */
  cuts(length: number, count: number): number[] {
    const cuts = Array.from({ length: count }, () => 1 + this.below(Math.max(1, length - 1)));
    return [...new Set(cuts)].filter((cut) => cut < length).sort((a, b) => a - b);
  }
}

/** The seed of one case of a run. */
export function seedOf(seed: number, plugin: string, index: number): number {
  let mixed = seed ^ 0x9e3779b9;
  for (const letter of plugin) mixed = Math.imul(mixed ^ letter.charCodeAt(0), 0x01000193);
  return Math.imul(mixed ^ (index + 1), 0x85ebca6b) ^ (index << 7);
}
