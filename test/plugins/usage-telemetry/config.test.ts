import { beforeAll, expect, test } from "vitest";
import { issuesOf, loadVm } from "../../contract/support/plugins.ts";
import type { WasmHost } from "../../host/wasm-host.ts";

let host: WasmHost;

beforeAll(async () => {
  host = await loadVm("usage-telemetry");
});

const REFUSED: [what: string, config: object, issue: string][] = [
  [
    "a price that an earlier pattern takes",
    { prices: [{ model: "gpt-*" }, { model: "gpt-4o" }] },
    "prices[1].model: is matched by an earlier one",
  ],
  [
    "a model's label that no model gets",
    { models: ["gpt-*", "gpt-4o"] },
    'models: has "gpt-4o" behind one that matches the same names',
  ],
  ["a consumer twice", { consumers: ["a", "b", "a"] }, 'consumers: has "a" behind one that matches the same names'],
  [
    "a price beyond the largest",
    { prices: [{ model: "a", input: 10_000_001 }] },
    "prices[0].input: must be a number, 0 to 10000000 (got 10000001)",
  ],
];

test.each(REFUSED)("refuses %s", (_what, config, issue) => {
  expect(issuesOf(host, config)).toEqual([`usage-telemetry: config.${issue}`]);
});

test("takes patterns that an earlier one leaves something", () => {
  const models = ["gpt-4o", "gpt-*", "*-mini", "*"];
  expect(issuesOf(host, { models, consumers: models, prices: models.map((model) => ({ model })) })).toEqual([]);
});
