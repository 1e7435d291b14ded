import type { Results } from "./results.ts";
import { summarize, type Summary } from "./summary.ts";
import { REFERENCE } from "./variants.ts";

const ROUTER = "model-router";
const WASM_LIMIT_BYTES = 48 * 1024;

/** The most that `model-router` may add, as a part of what Rust with serde_json adds, by shape. */
const RATIOS: [shape: string, most: number][] = [
  ["1k last", 1],
  ["16k last", 1],
  ["256k last", 0.75],
  ["1m last", 0.6],
];

/** A promise: `met` is undefined when the run has no figures for it. */
export interface Promised {
  what: string;
  figure: string;
  met: boolean | undefined;
}

/** Holds a run against what is promised of `model-router`; ratios by the median over the rounds, the best beside it. */
export function check(results: Results): Promised[] {
  const of = (shape: string): Summary | undefined =>
    summarize(results, "route", shape).find(({ variant }) => variant === ROUTER);
  const ratios = RATIOS.map(([shape, most]): Promised => {
    const router = of(shape);
    const measured = router !== undefined && Number.isFinite(router.ratio);
    return {
      what: `${shape}: at most ${most.toFixed(2)} of ${REFERENCE}`,
      figure: measured ? `${router.ratio.toFixed(2)} (best ${router.ratioBest.toFixed(2)})` : "",
      met: measured ? router.ratio <= most : undefined,
    };
  });

  const [first, last] = [of("1m first"), of("1m last")];
  const bytes = results.variants.find(({ id }) => id === ROUTER)?.wasmBytes;
  const errors = results.samples.reduce((sum, sample) => sum + sample.errors, 0);
  return [
    ...ratios,
    {
      what: "1m: model first adds at most what model last adds",
      figure: first && last ? `${first.addedMs.toFixed(3)} ms, ${last.addedMs.toFixed(3)} ms` : "",
      met: first && last ? first.addedMs <= last.addedMs : undefined,
    },
    {
      what: `${ROUTER}.wasm at most 48 kB`,
      figure: bytes ? `${(bytes / 1024).toFixed(1)} kB` : "",
      met: bytes ? bytes <= WASM_LIMIT_BYTES : undefined,
    },
    { what: "every answer came by the model's route", figure: `${errors} errors`, met: errors === 0 },
  ];
}
