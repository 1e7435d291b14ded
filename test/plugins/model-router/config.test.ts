import { beforeAll, expect, test } from "vitest";
import { issuesOf, loadVm } from "../../contract/support/plugins.ts";
import type { WasmHost } from "../../host/wasm-host.ts";

let host: WasmHost;

beforeAll(async () => {
  host = await loadVm("model-router");
});

const MODELS = [
  { name: "gpt-*", provider: "openai" },
  { name: "internal", provider: "vllm", allowConsumers: ["team-a"] },
];

function byPath(prefix: string): object {
  return { overrides: [{ name: "admin", match: { pathPrefixes: [prefix] }, config: { batch: "Reject" } }] };
}

const REFUSED: [what: string, config: object, issue: string][] = [
  [
    "a default model that it would answer with 404",
    { models: MODELS, defaultModel: "gtp-4o" },
    "config.defaultModel: is none of models",
  ],
  ["a default model without models", { defaultModel: "gpt-4o" }, "config.defaultModel: is none of models"],
  [
    "an override's default model that is unknown there",
    { models: MODELS, overrides: [{ name: "eu", config: { defaultModel: "mistral" } }] },
    "config.overrides[0].config.defaultModel: is none of models",
  ],
  ["a prefix that no path has", byPath("admin/"), "config.overrides[0].match.pathPrefixes: must begin with /"],
];

test.each(REFUSED)("refuses %s", (_what, config, issue) => {
  expect(issuesOf(host, config)).toEqual([`model-router: ${issue}`]);
});

const TAKEN: [what: string, config: object][] = [
  ["a default model that a pattern lists", { models: MODELS, defaultModel: "gpt-4o" }],
  ["a default model that not everybody may use", { models: MODELS, defaultModel: "internal" }],
  ["a default model by provider and name", { models: MODELS, splitProvider: true, defaultModel: "openai/gpt-4o" }],
  ["any default model where unknown ones pass", { defaultModel: "gtp-4o", unknownModels: "Pass" }],
  ["a prefix from the root", byPath("/admin/")],
];

test.each(TAKEN)("takes %s", (_what, config) => {
  expect(issuesOf(host, config)).toEqual([]);
});
