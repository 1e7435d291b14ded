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

  test.each(["a", "a b", " a ", "-", "x".repeat(240)])("takes the word %j", (word) => {
    expect(issuesOf(host, withWord(word))).toEqual([]);
  });
});
