import { expect, test } from "vitest";
import { loadModule } from "../../lib/load.ts";

interface Decision {
  verdictOf(asked: bigint, most: bigint, requiresCap: boolean): number;
}

const { verdictOf } = await loadModule<Decision>("test/plugins/my-plugin/wasm/verdict.ts");
const NAMES = ["within", "uncapped", "over", "missing"];
const NO_CAP = -1n;

const VERDICTS: [name: string, asked: bigint, requiresCap: boolean, verdict: string][] = [
  ["less than the most", 99n, true, "within"],
  ["just the most", 100n, true, "within"],
  ["one token more", 101n, false, "over"],
  ["no cap where it needs none", NO_CAP, false, "uncapped"],
  ["no cap where it must have one", NO_CAP, true, "missing"],
];

test.each(VERDICTS)("a request for %s is judged so", (_name, asked, requiresCap, verdict) => {
  expect(NAMES[verdictOf(asked, 100n, requiresCap)]).toBe(verdict);
});
