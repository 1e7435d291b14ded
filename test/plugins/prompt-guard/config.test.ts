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

  test.each(["a", "a b", " a ", "-", "x".repeat(240)])("takes the word %j", (word) => {
    expect(issuesOf(host, withWord(word))).toEqual([]);
  });
});
