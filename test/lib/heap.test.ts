import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import asc from "assemblyscript/asc";
import { beforeAll, expect, test } from "vitest";
import { RUNTIME_PARTS } from "../../scripts/setup/plugins.ts";
import { SEED, randomFrom } from "./seeded.ts";

interface Heap {
  push(slot: number, value: number, size: number): void;
  clear(slot: number): void;
  valueAt(slot: number, steps: number): number;
  isClear(size: number): number;
  borrow(size: number): void;
  collectNow(): void;
  pages(): number;
}

const ROOT = join(import.meta.dirname, "..", "..");
const OUT = join(ROOT, "build", "lib", "heap.wasm");
const SLOTS = 32;

let module: WebAssembly.Module;

beforeAll(async () => {
  mkdirSync(join(ROOT, "build", "lib"), { recursive: true });
  const { error, stderr } = await asc.main([
    "test/lib/wasm/heap.ts",
    ...RUNTIME_PARTS,
    ...["--config", "asconfig.json", "--use", "abort=", "--transform", "./scripts/setup/image/begin.mjs"],
    ...["--outFile", OUT],
  ]);
  if (error) throw new Error(stderr.toString());
  module = new WebAssembly.Module(readFileSync(OUT));
});

function newHeap(): Heap {
  return new WebAssembly.Instance(module, {}).exports as unknown as Heap;
}

test(`what can be reached stays as it was, whatever comes and goes (SEED=${SEED})`, () => {
  const random = randomFrom(SEED);
  const heap = newHeap();
  const stacks: number[][] = Array.from({ length: SLOTS }, () => []);
  for (let step = 1; step <= 20_000; step++) {
    const slot = random(SLOTS);
    if (random(8) === 0) {
      heap.clear(slot);
      stacks[slot] = [];
    } else {
      heap.push(slot, step, random(10) === 0 ? random(5000) : random(60));
      stacks[slot]!.push(step);
    }
    if (random(300) === 0) heap.borrow(random(300_000));
    if (random(400) === 0) heap.collectNow();
    if (step % 500 === 0) expect(held(heap, stacks), `step ${step}`).toEqual(stacks);
  }
});

test("a new object is clear, also where others were", () => {
  const heap = newHeap();
  for (let round = 0; round < 50; round++) {
    for (let i = 0; i < 200; i++) heap.push(i % SLOTS, 255, i * 7);
    for (let slot = 0; slot < SLOTS; slot++) heap.clear(slot);
    heap.collectNow();
    for (const size of [0, 1, 15, 16, 17, 1000, 70_000]) expect(heap.isClear(size)).toBe(1);
  }
});

test("the same work over and over takes no more memory", () => {
  const heap = newHeap();
  const work = (): void => {
    for (let i = 0; i < 300; i++) heap.push(i % SLOTS, i, (i * 37) % 3000);
    heap.borrow(200_000);
    for (let slot = 0; slot < SLOTS; slot++) heap.clear(slot);
    heap.collectNow();
  };
  for (let i = 0; i < 5; i++) work();
  const before = heap.pages();
  for (let i = 0; i < 500; i++) work();
  expect(heap.pages()).toBe(before);
});

function held(heap: Heap, stacks: number[][]): number[][] {
  return stacks.map(({ length }, slot) => {
    const values = Array.from({ length }, (_, steps) => heap.valueAt(slot, steps)).reverse();
    return heap.valueAt(slot, length) === -1 ? values : [...values, NaN];
  });
}
