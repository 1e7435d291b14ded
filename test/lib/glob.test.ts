import fc from "fast-check";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { loadModule, type LoaderExports } from "./load.ts";

interface GlobModule extends LoaderExports {
  __newArrayBuffer(bytes: ArrayBufferLike): number;
  matches(pattern: number, value: number, ignoreCase: boolean): number;
  find(patterns: number, value: number, ignoreCase: boolean): number;
  findInNothing(value: number): number;
}

let m: GlobModule;

beforeAll(async () => {
  m = await loadModule<GlobModule>("glob");
});

beforeEach(() => m.__collect());

function bytes(value: string): number {
  return m.__newArrayBuffer(Uint8Array.from(Buffer.from(value)).buffer);
}

function matches(pattern: string, value: string, ignoreCase = false): boolean {
  return m.matches(m.__newString(pattern), bytes(value), ignoreCase) !== 0;
}

function find(patterns: string[], value: string, ignoreCase = false): number {
  return m.find(m.__newString(patterns.join("\n")), bytes(value), ignoreCase);
}

function oracle(pattern: string, ignoreCase = false): RegExp {
  const source = pattern
    .split("*")
    .map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"))
    .join(".*");
  return new RegExp(`^${source}$`, ignoreCase ? "si" : "s");
}

const CASES: [pattern: string, value: string, matches: boolean][] = [
  ["gpt-4o", "gpt-4o", true],
  ["gpt-4o", "gpt-4o-mini", false],
  ["gpt-4o", "gpt-4", false],
  ["gpt-4o*", "gpt-4o", true],
  ["gpt-4o*", "gpt-4o-mini", true],
  ["gpt-4o*", "GPT-4o", false],
  ["*.example.com", "api.example.com", true],
  ["*.example.com", "example.com", false],
  ["*.example.com", "api.example.com.evil.net", false],
  ["eu-*-prod", "eu-west-prod", true],
  ["eu-*-prod", "eu-prod", false],
  ["eu-*-prod", "eu--prod", true],
  ["*", "", true],
  ["*", "anything", true],
  ["**", "", true],
  ["", "", true],
  ["", "a", false],
  ["a*a", "a", false],
  ["a*a", "aa", true],
  ["*ab*ab*", "xabxab", true],
  ["*ab*ab*", "xaxbab", false],
  ["*aab*", "aaab", true],
  ["modèle-*", "modèle-é", true],
  ["a.c", "abc", false],
];

test.each(CASES)("%j against %j gives %j", (pattern, value, expected) => {
  expect(matches(pattern, value)).toBe(expected);
});

test("host names match in either case when asked to, and only ASCII letters do", () => {
  expect(matches("*.Example.COM", "API.eXample.com", true)).toBe(true);
  expect(matches("example.com", "EXAMPLE.com", true)).toBe(true);
  expect(matches("*[x*", "{x", true)).toBe(false);
});

const pattern = fc.string({ unit: fc.constantFrom("a", "b", "A", "*"), maxLength: 12 });
const value = fc.string({ unit: fc.constantFrom("a", "b", "A"), maxLength: 24 });

test("a glob accepts exactly what the regular expression it stands for accepts", () => {
  fc.assert(
    fc.property(pattern, value, fc.boolean(), (glob, text, ignoreCase) => {
      m.__collect();
      expect(matches(glob, text, ignoreCase)).toBe(oracle(glob, ignoreCase).test(text));
    }),
    { numRuns: 5000 },
  );
});

test("a pattern that invites backtracking takes time linear in the value", () => {
  const run = "a".repeat(2000);
  const started = performance.now();
  expect(matches(`*${run}b*${run}c*`, "a".repeat(4_000_000))).toBe(false);
  expect(performance.now() - started).toBeLessThan(2000);
});

const LISTS: [name: string, patterns: string[], value: string, index: number][] = [
  ["an exact name wins over a pattern listed later", ["gpt-4o", "gpt-*"], "gpt-4o", 0],
  ["a pattern wins over an exact name listed later", ["gpt-*", "gpt-4o"], "gpt-4o", 0],
  ["a pattern listed earlier that does not match is passed over", ["claude-*", "gpt-4o", "*"], "gpt-4o", 1],
  ["the last resort", ["claude-*", "gpt-4o", "*"], "llama", 2],
  ["the first of two equal names", ["a", "b", "b"], "b", 1],
  ["no entry", ["gpt-4o", "claude-*"], "nope", -1],
];

test.each(LISTS)("in a list: %s", (_name, patterns, text, index) => {
  expect(find(patterns, text)).toBe(index);
});

test("an empty list matches nothing", () => {
  expect(m.findInNothing(bytes(""))).toBe(-1);
});

test("a list finds the first pattern that matches on its own", () => {
  fc.assert(
    fc.property(fc.array(pattern, { minLength: 1, maxLength: 20 }), value, fc.boolean(), (globs, text, ignoreCase) => {
      m.__collect();
      expect(find(globs, text, ignoreCase)).toBe(globs.findIndex((glob) => oracle(glob, ignoreCase).test(text)));
    }),
    { numRuns: 2000 },
  );
});
