import { beforeAll, describe, expect, test } from "vitest";
import { issuesOf, loadVm } from "../../contract/support/plugins.ts";
import type { WasmHost } from "../../host/wasm-host.ts";

describe.each(["prompt-guard", "response-guard"])("%s", (plugin) => {
  let host: WasmHost;

  beforeAll(async () => {
    host = await loadVm(plugin);
  });

  function withWord(word: string): object {
    return { rules: [{ id: "words", detect: { words: [word] }, action: "Reject" }] };
  }

  test.each([" ", "\t\n", "\u00a0\u3000", "\u200b"])("refuses the word %j", (word) => {
    expect(issuesOf(host, withWord(word))).toEqual([
      expect.stringContaining(`${plugin}: config.rules[0].detect.words: `),
    ]);
  });

  test.each<[key: string, detect: object, complaint: string]>([
    ["threshold", { words: ["a"], threshold: 0.5 }, "threshold: is for a classifier only"],
    ["file of words", { pattern: "a", wordsFile: null }, "wordsFile: is for words only, which stand in words"],
    ["file of words", { words: ["a"], wordsFile: "w" }, "wordsFile: must be null: a filter can't read files"],
  ])("refuses a %s where it means nothing", (_key, detect, complaint) => {
    expect(issuesOf(host, { rules: [{ id: "a", detect, action: "Reject" }] })).toEqual([
      expect.stringContaining(`${plugin}: config.rules[0].detect.${complaint}`),
    ]);
  });

  function withPattern(pattern: string): object {
    return { rules: [{ id: "pattern", detect: { pattern }, action: "Reject" }] };
  }

  test.each(["^$", "\\b", "(?i)", "x{0}", "(?:^|\\b)*", "[^\\x00-\\x{10FFFF}]", "a[^\\x00-\\x{10FFFF}]"])(
    "refuses the pattern %s, which matches no text",
    (pattern) => {
      expect(issuesOf(host, withPattern(pattern))).toEqual([
        `${plugin}: config.rules[0].detect.pattern: can't be used: no text with a character in it matches`,
      ]);
    },
  );

  test.each(["a*", "q|", "(?:^|a)", ".", "x{0,1}", "a{0}b", "[^\\x00-\\x{10FFFF}]|a"])(
    "takes the pattern %s",
    (pattern) => {
      expect(issuesOf(host, withPattern(pattern))).toEqual([]);
    },
  );

  test.each(["a", "a b", " a ", "-", "x".repeat(240)])("takes the word %j", (word) => {
    expect(issuesOf(host, withWord(word))).toEqual([]);
  });
});
