import { readFileSync } from "node:fs";
import { join } from "node:path";
import binaryen from "binaryen";
import { beforeAll, expect, test } from "vitest";
import { loadModule } from "./load.ts";

interface Counted {
  memory: WebAssembly.Memory;
  inputPointer(): number;
  configure(kinds: number, maxHoldBytes: number): void;
  begin(): void;
  scanTo(end: number, isLast: number): number;
}

let m: Counted;
let steps = 0;

/** The module with a count at every loop's turn and at every call. */
beforeAll(async () => {
  await loadModule("builtins");
  const file = join(import.meta.dirname, "..", "..", "build", "lib", "builtins.wasm");
  const module = binaryen.readBinary(readFileSync(file));
  module.setFeatures(binaryen.Features.All);
  module.runPasses(["log-execution"]);
  const { instance } = await WebAssembly.instantiate(module.emitBinary() as Uint8Array<ArrayBuffer>, {
    env: { log_execution: () => steps++, abort: () => undefined },
  });
  m = instance.exports as unknown as Counted;
});

function stepsFor(text: string, piece: number): number {
  const bytes = Buffer.from(text);
  new Uint8Array(m.memory.buffer, m.inputPointer(), bytes.length).set(bytes);
  m.configure(0xffff, 256);
  m.begin();
  steps = 0;
  for (let end = piece; end < bytes.length; end += piece) m.scanTo(end, 0);
  m.scanTo(bytes.length, 1);
  return steps;
}

const openAi = "s" + "k-";
const FLOODS: [name: string, unit: string][] = [
  ["digits", "7"],
  ["digits and spaces", "4 "],
  ["groups of four", "4111 "],
  ["groups of four with dashes", "4111-"],
  ["groups with full stops", "1.2."],
  ["parentheses and digits", "(0) "],
  ["plus signs", "+1"],
  ["at signs", "@"],
  ["letters and at signs", "a@"],
  ["addresses without a top level", "a.b@c."],
  ["a long word and an at sign", `${"a".repeat(63)}@`],
  ["colons", ":"],
  ["groups of IPv6", "1:"],
  ["beginnings of OpenAI's keys", openAi],
  ["beginnings of OpenAI's keys, apart", `${openAi} `],
  ["beginnings of tokens", "eyJ"],
  ["beginnings of tokens with full stops", "eyJ."],
  ["dashes", "-"],
  ["first lines of private keys", `${"-".repeat(5)}BEGIN PRIVATE KEY${"-".repeat(5)}\n`],
  ["last lines", "-----END "],
  ["schemes", "a://"],
  ["URLs without a host", "a://b:c"],
  ["URLs with many passwords", "ab://c:d@"],
  ["passwords", ";Password="],
  ["passwords with values", "a=b;Password=abc "],
  ["tokens of Slack", "xo" + "xb-1"],
  ["words for telephones", "phone 1234567 "],
  ["two letters and two digits", "DE89 "],
  ["AKIA", "AKIA"],
];

/** A step is at most a few nanoseconds; so many a byte is the worst that is known, and far from a rescan of what is held. */
const MOST_STEPS_A_BYTE = 60;

test.each(FLOODS)("takes time linear in a flood of %s", (_name, unit) => {
  const small = stepsFor(unit.repeat(Math.ceil(8192 / unit.length)), 1 << 20) / 8192;
  const large = stepsFor(unit.repeat(Math.ceil(65536 / unit.length)), 1 << 20) / 65536;
  expect(large).toBeLessThan(MOST_STEPS_A_BYTE);
  expect(large).toBeLessThan(small * 1.2 + 0.5);
  const inPieces = stepsFor(unit.repeat(Math.ceil(65536 / unit.length)), 1000) / 65536;
  expect(inPieces).toBeLessThan(large * 1.5 + 2);
});
