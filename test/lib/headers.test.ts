import fc from "fast-check";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { loadModule, type LoaderExports } from "./load.ts";
import { SEED } from "./seeded.ts";

interface HeadersModule extends LoaderExports {
  __newArrayBuffer(bytes: ArrayBufferLike): number;
  parse(map: number): number;
  first(name: number): number;
  occurrences(): number;
  nameAt(index: number): number;
  valueLengthAt(index: number): number;
  isNamed(names: number, name: number): number;
}

type Pair = [name: string, value: string];

let m: HeadersModule;

beforeAll(async () => {
  m = await loadModule<HeadersModule>("headers");
});

beforeEach(() => m.__collect());

/** As the host gives it: proxy-wasm/spec, "proxy_get_header_map_pairs". */
function serialised(pairs: Pair[]): Buffer {
  const sizes = Buffer.alloc(4 + pairs.length * 8);
  sizes.writeUInt32LE(pairs.length, 0);
  pairs.forEach(([name, value], i) => {
    sizes.writeUInt32LE(Buffer.byteLength(name), 4 + i * 8);
    sizes.writeUInt32LE(Buffer.byteLength(value), 8 + i * 8);
  });
  return Buffer.concat([sizes, ...pairs.map(([name, value]) => Buffer.from(`${name}\0${value}\0`))]);
}

/** Calls `look` while the map is there; it is given how many pairs are in it. */
function withMap(map: Buffer, look: (count: number) => void): void {
  const pointer = m.__pin(m.__newArrayBuffer(Uint8Array.from(map).buffer));
  try {
    look(m.parse(pointer));
  } finally {
    m.__unpin(pointer);
  }
}

function firstOf(name: string): string | null {
  const value = m.first(m.__newString(name));
  return value === 0 ? null : m.__getString(value);
}

const names = fc.constantFrom(
  ":path",
  "a",
  "b",
  "te",
  "x-a",
  "x-b",
  "x-request-id",
  "x-request-ie",
  "content-type",
  "",
);
const maps = fc.array(fc.tuple(names, fc.string({ maxLength: 12 })), { maxLength: 300 });

test("every name is found with its first value and all its occurrences, however many headers there are", () => {
  fc.assert(
    fc.property(maps, names, (pairs, wanted) => {
      withMap(serialised(pairs), (count) => {
        expect(count).toBe(pairs.length);
        const values = pairs.filter(([name]) => name === wanted).map(([, value]) => value);
        expect(firstOf(wanted)).toBe(values[0] ?? null);
        expect(m.occurrences()).toBe(values.length);
        pairs.forEach(([name, value], i) => {
          expect(m.__getString(m.nameAt(i))).toBe(name);
          expect(m.valueLengthAt(i)).toBe(Buffer.byteLength(value));
        });
      });
    }),
    { seed: SEED, numRuns: 200 },
  );
});

test("what an earlier map had is in no later one", () => {
  withMap(serialised(Array.from({ length: 40 }, (_, i): Pair => [`x-${i}`, "1"])), () =>
    expect(firstOf("x-39")).toBe("1"),
  );
  withMap(serialised([["x-1", "2"]]), () => {
    expect(firstOf("x-1")).toBe("2");
    expect(firstOf("x-39")).toBeNull();
  });
});

test("a map that ends too soon is none", () => {
  const whole = serialised([
    ["x-a", "1"],
    ["x-b", "22"],
  ]);
  for (let length = 0; length < whole.length; length++) {
    withMap(whole.subarray(0, length), (count) => {
      expect(count).toBe(-1);
      expect(firstOf("x-a")).toBeNull();
    });
  }
});

test.each([
  ["more pairs than it has room for", [0xffffffff]],
  ["a name that is longer than it", [1, 0xffffffff, 0]],
  ["a value that is longer than it", [1, 0, 0xffffffff]],
  ["lengths whose sum has 33 bits", [1, 0xffffffff, 0xffffffff]],
])("a map is none that tells of %s", (_, words) => {
  const map = Buffer.alloc(64);
  words.forEach((word, i) => map.writeUInt32LE(word, i * 4));
  withMap(map, (count) => expect(count).toBe(-1));
});

const GLOBS = ["authorization", "x-api-key", "x-amz-*", "te", "cookie"];
const NAMED: [globs: string[], name: string, isNamed: boolean][] = [
  [GLOBS, "authorization", true],
  [GLOBS, "authorizatiom", false],
  [GLOBS, "x-amz-date", true],
  [GLOBS, "x-amz-", true],
  [GLOBS, "x-amz", false],
  [GLOBS, "te", true],
  [GLOBS, "t", false],
  [GLOBS, "", false],
  [GLOBS, "x-stainless-os", false],
  [["authorization"], "te", false],
  [["*-key"], "x-api-key", true],
  [["x*"], "x-api-key", true],
  [["x*"], "y", false],
  [["x-*-key"], "x-api-key", true],
  [[], "x-api-key", false],
];

test.each(NAMED)("among %j is %j: %j", (globs, name, isNamed) => {
  const pointer = m.__newArrayBuffer(Uint8Array.from(Buffer.from(name)).buffer);
  expect(m.isNamed(m.__newString(globs.join("\n")), pointer) !== 0).toBe(isNamed);
});
