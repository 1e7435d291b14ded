import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { RUNTIME_PARTS } from "../../scripts/setup/plugins.ts";
import { compile } from "./compile.ts";

interface Program {
  facts(kind: number, side: number): number;
  sumOf(kind: number, length: number): bigint;
  isEmpty(): number;
}

let program: Program;

beforeAll(async () => {
  const options = [...RUNTIME_PARTS, "--use", "abort=", "--transform", "./scripts/setup/image/begin.mjs"];
  const file = await compile("test/lib/wasm/certain.ts", "lib/certain.wasm", options);
  program = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(file)), {}).exports as unknown as Program;
});

test.each([
  ["the class that a method is defined in", 0, 940],
  ["a class that inherits it, and calls the constructor of one that is made itself", 1, 941],
  ["the last class there is, with a method of its own", 2, 20],
])("a virtual call finds %s", (_name, kind, facts) => {
  expect(program.facts(kind, 3)).toBe(facts);
});

test.each([
  ["pushed", 0],
  ["pushed onto a copy", 1],
  ["put in front", 2],
])("an array that begins empty grows by what is %s", (_name, kind) => {
  for (const length of [0, 1, 8, 9, 1000])
    expect(program.sumOf(kind, length)).toBe(BigInt((length * (length - 1)) / 2));
});

test("an array that stays empty can be searched, copied and collected", () => {
  expect(program.isEmpty()).toBe(1);
});
