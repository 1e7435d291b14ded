import { beforeAll, expect, test } from "vitest";
import { type LoaderExports, loadModule } from "./load.ts";
import { SEED, randomFrom } from "./seeded.ts";

interface Text extends LoaderExports {
  encode(text: number): number;
  decode(bytes: number): number;
}

let lib: Text;

beforeAll(async () => {
  lib = await loadModule<Text>("text");
});

function encoded(text: string): Buffer {
  const bytes = lib.encode(lib.__newString(text));
  const length = new DataView(lib.memory.buffer).getUint32(bytes - 4, true);
  return Buffer.from(lib.memory.buffer.slice(bytes, bytes + length));
}

function decoded(bytes: Uint8Array): string {
  const pointer = lib.__new(bytes.length, 1);
  new Uint8Array(lib.memory.buffer).set(bytes, pointer);
  return lib.__getString(lib.decode(pointer));
}

const TEXTS: [name: string, text: string][] = [
  ["nothing", ""],
  ["ASCII", "gpt-4o\0~"],
  ["the ends of each length of UTF-8", "\u007f\u0080\u07ff\u0800\uffff\u{10000}\u{10ffff}"],
  ["pairs beside pairs", "\u{1f600}\u{1f680}"],
];

test.each(TEXTS)("%s is the same in both and back", (_name, text) => {
  expect(encoded(text)).toEqual(Buffer.from(text, "utf8"));
  expect(decoded(Buffer.from(text, "utf8"))).toBe(text);
});

test(`random texts are, too (SEED=${SEED})`, () => {
  const random = randomFrom(SEED);
  for (let round = 0; round < 500; round++) {
    const scalars = Array.from({ length: random(20) }, () => random(0x110000)).filter((s) => s < 0xd800 || s > 0xdfff);
    const text = String.fromCodePoint(...scalars);
    expect(encoded(text), JSON.stringify(text)).toEqual(Buffer.from(text, "utf8"));
    expect(decoded(Buffer.from(text, "utf8"))).toBe(text);
  }
});

const BROKEN: [name: string, bytes: number[], text: string][] = [
  ["a continuation of nothing", [0x41, 0x80, 0x42], "A\ufffdB"],
  ["a character cut off by another", [0xe2, 0x82, 0x42], "\ufffdB"],
  ["a character cut off by the end", [0x41, 0xf0, 0x9f, 0x98], "A\ufffd"],
  ["what would be beyond Unicode", [0xf7, 0xbf, 0xbf, 0xbf, 0x42], "\ufffdB"],
];

test.each(BROKEN)("%s becomes one U+FFFD", (_name, bytes, text) => {
  expect(decoded(Uint8Array.from(bytes))).toBe(text);
});

test("half a surrogate pair does not eat what follows it", () => {
  expect(encoded("\ud83dA")).toEqual(Buffer.from([0xed, 0xa0, 0xbd, 0x41]));
  expect(encoded("A\ud83d")).toEqual(Buffer.from([0x41, 0xed, 0xa0, 0xbd]));
});
