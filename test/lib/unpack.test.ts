import { beforeAll, describe, expect, test } from "vitest";
import { SCRATCH_BYTES, pack } from "../../scripts/setup/image/pack.mjs";
import { type LoaderExports, loadModule } from "./load.ts";
import { SEED, randomFrom } from "./seeded.ts";

interface Exports extends LoaderExports {
  unpacked(packed: number, length: number): number;
}

let lib: Exports;

beforeAll(async () => {
  lib = await loadModule<Exports>("unpack");
});

function unpacked(packed: Uint8Array, length: number): Uint8Array {
  const pointer = lib.__pin(lib.__new(packed.length, 1));
  new Uint8Array(lib.memory.buffer).set(packed, pointer);
  const bytes = lib.unpacked(pointer, length);
  lib.__unpin(pointer);
  return new Uint8Array(lib.memory.buffer).slice(bytes, bytes + length);
}

const TEXTS: [name: string, bytes: Uint8Array][] = [
  ["one byte", Uint8Array.of(7)],
  ["zeros longer than any match", new Uint8Array(10_000)],
  ["one pattern over and over", Uint8Array.from({ length: 5000 }, (_, i) => i % 13)],
  ["every byte", Uint8Array.from({ length: 256 }, (_, i) => i)],
  ["nothing but 0xff, which carries furthest", new Uint8Array(3000).fill(255)],
];

describe("memory comes out of its packed form as it went in", () => {
  test.each(TEXTS)("%s", (_name, bytes) => {
    expect(unpacked(pack(bytes), bytes.length)).toEqual(bytes);
  });

  test(`random mixtures of runs, repeats and noise (SEED=${SEED})`, () => {
    const random = randomFrom(SEED);
    for (let round = 0; round < 60; round++) {
      const bytes = mixture(random);
      expect(unpacked(pack(bytes), bytes.length), `round ${round}`).toEqual(bytes);
    }
  });
});

test("repeats cost less than they are long", () => {
  const text = Buffer.from("must be a string of 1 to 64 characters\0".repeat(20), "utf16le");
  expect(pack(text).length).toBeLessThan(text.length / 16);
});

test("unpacking needs no more room than it is given", () => {
  expect(SCRATCH_BYTES).toBeLessThanOrEqual(4096);
});

function mixture(random: (below: number) => number): Uint8Array {
  const bytes: number[] = [];
  while (bytes.length < 600) {
    const length = 1 + random(40);
    const kind = random(3);
    const from = random(bytes.length + 1);
    for (let i = 0; i < length; i++) {
      if (kind === 0) bytes.push(0);
      else if (kind === 1) bytes.push(random(256));
      else bytes.push(bytes[from + i] ?? 0);
    }
  }
  return Uint8Array.from(bytes);
}
