import { describe, expect, test } from "vitest";
import { pluginNames } from "../../scripts/setup/plugins.ts";
import { compileSchema, readSchema } from "../schema/validator.ts";
import { fuzz } from "./campaign.ts";
import { writeCase } from "./case.ts";
import { Pair } from "./check.ts";
import { keep, readCorpus } from "./corpus.ts";

/** The same cases each time, so that a change is judged by what it changes; `npm run fuzz` looks for others. */
const SEED = 1;
const RUNS = 6000;
const MOST_MS = 45_000;
/** For a finding to be made small, and for several. */
const SHRINK_MS = 20_000;
const PATIENCE_MS = 300_000;

const corpus = readCorpus();

describe.runIf(corpus.length > 0)("what failed once works", () => {
  test.each(corpus)("%s", async (_name, fuzzCase) => {
    const pair = await Pair.load(fuzzCase.plugin, compileSchema(readSchema(fuzzCase.plugin)));
    expect(pair.check(fuzzCase) ?? pair.compareMetrics()).toBeUndefined();
  });
});

test(
  `random configurations, requests and answers neither trap nor hang nor depend on their pieces (seed ${SEED})`,
  async () => {
    const plugins = pluginNames();
    const { findings, ran } = await fuzz({
      plugins,
      runs: Math.ceil(RUNS / plugins.length),
      seed: SEED,
      mostMs: MOST_MS,
      shrinkMs: SHRINK_MS,
      // Told at once: what hangs may leave no time for the rest.
      found: ({ plugin, index, problem }) => console.log(`${plugin} ${index}: ${problem.what}`),
    });
    console.log(
      `fuzz, seed ${SEED}: ${Object.entries(ran)
        .map(([plugin, count]) => `${plugin} ${count}`)
        .join(", ")}`,
    );
    const said = findings.map(({ smallest, ...finding }) => ({
      ...finding,
      file: keep({ ...finding, ...(smallest ? { smallest } : {}) }, SEED),
      smallest: smallest && writeCase(smallest),
    }));
    expect(said).toEqual([]);
  },
  MOST_MS + PATIENCE_MS,
);
