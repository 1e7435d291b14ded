/**
 * The process that runs cases for `campaign.ts`, which ends it when a case doesn't come back. Before each case it writes the
 * case's index at the beginning of the file that the environment variable `FUZZ_MARK` names.
 */
import { openSync, writeSync } from "node:fs";
import { compileSchema, readSchema } from "../schema/validator.ts";
import { readCase } from "./case.ts";
import { Pair } from "./check.ts";
import { Generator } from "./generate.ts";
import { type Answer, type Order, type RunOrder } from "./orders.ts";

const CASES_A_LOOK = 500;
const SAY_EVERY_MS = 250;

const mark = openSync(process.env["FUZZ_MARK"]!, "r+");
const index = Buffer.alloc(6);
let pair: Pair | undefined;
let plugin = "";

process.on("message", (order: Order) => {
  void carryOut(order).then((answer) => process.send!(answer));
});
process.on("disconnect", () => process.exit());

async function carryOut(order: Order): Promise<Answer> {
  if (order.kind === "run") return run(order);
  const fuzzCase = readCase(order.fuzzCase);
  await prepare(fuzzCase.plugin);
  const problem = pair!.check(fuzzCase) ?? pair!.compareMetrics();
  if (problem || order.isFresh) pair = undefined;
  return { kind: "checked", ...(problem ? { problem } : {}) };
}

async function prepare(name: string): Promise<void> {
  if (pair && plugin === name) return;
  plugin = name;
  pair = await Pair.load(name, compileSchema(readSchema(name)));
}

/** Runs cases in their order until one shows a problem. */
async function run({ plugin: name, seed, from, to }: RunOrder): Promise<Answer> {
  await prepare(name);
  const generator = new Generator(name, seed);
  let slowest = { index: from, milliseconds: 0 };
  let said = performance.now();
  for (let at = from; at < to; at++) {
    index.writeUIntLE(at, 0, 6);
    writeSync(mark, index, 0, 6, 0);
    const started = performance.now();
    const problem = pair!.check(generator.make(at)) ?? (at % CASES_A_LOOK === 0 ? pair!.compareMetrics() : undefined);
    const now = performance.now();
    if (now - started > slowest.milliseconds) slowest = { index: at, milliseconds: now - started };
    if (problem) {
      pair = undefined;
      return { kind: "ran", done: at + 1, pages: 0, slowest, problem };
    }
    if (now - said > SAY_EVERY_MS) {
      said = now;
      process.send!({ kind: "at", done: at + 1 } satisfies Answer);
      await new Promise(setImmediate);
    }
  }
  return { kind: "ran", done: to, pages: pair!.pages, slowest };
}
