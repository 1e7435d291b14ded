import type { Results } from "./results.ts";
import type { Job } from "./shapes.ts";
import { summarize, type Summary } from "./summary.ts";
import { YARDSTICKS } from "./variants.ts";

/** The most that a plugin may add, as a part of what the job's yardstick adds, by shape. */
const RATIOS: [job: Job, plugin: string, shape: string, most: number][] = [
  ["route", "model-router", "1k last", 1],
  ["route", "model-router", "16k last", 1],
  ["route", "model-router", "256k last", 0.75],
  ["route", "model-router", "1m last", 0.6],
  ["usage", "token-limiter", "json 1k", 1],
  ["usage", "token-limiter", "json 16k", 1],
  ["usage", "token-limiter", "sse burst", 1],
  ["limit", "token-limiter", "1k", 1],
  ["prompt", "prompt-guard", "16k", 6],
  ["prompt", "prompt-guard-classifier", "16k", 24],
  ["reply", "response-guard", "sse burst", 3],
  ["key", "egress-auth", "1k", 1.7],
  ["sign", "egress-auth", "16k", 2],
  ["sign", "egress-auth", "1m", 4],
  ["telemetry", "usage-telemetry", "json 1k", 1.5],
  ["telemetry", "usage-telemetry", "sse burst", 1.5],
  ["chain", "gateway", "1k", 1],
];

const MOST_KILOBYTES: [plugin: string, most: number][] = [
  ["model-router", 48],
  ["token-limiter", 96],
  ["egress-auth", 96],
  ["usage-telemetry", 96],
  ["prompt-guard", 1024],
];

/** A promise: `met` is undefined when the run has no figures for it. */
export interface Promised {
  what: string;
  figure: string;
  met: boolean | undefined;
}

/** Holds a run against what is promised of the plugins; ratios by the median over the processes, the best beside it. */
export function check(results: Results): Promised[] {
  const of = (job: Job, plugin: string, shape: string): Summary | undefined =>
    summarize(results, job, shape).find(({ variant }) => variant === plugin);
  const ratios = RATIOS.map(([job, plugin, shape, most]): Promised => {
    const mine = of(job, plugin, shape);
    const measured = mine !== undefined && Number.isFinite(mine.ratio);
    return {
      what: `${job} ${shape}: ${plugin} at most ${most.toFixed(2)} of ${YARDSTICKS[job].label}`,
      figure: measured ? `${mine.ratio.toFixed(2)} (best ${mine.ratioBest.toFixed(2)})` : "",
      met: measured ? mine.ratio <= most : undefined,
    };
  });
  const sizes = MOST_KILOBYTES.map(([plugin, most]): Promised => {
    const bytes = results.variants.find(({ id }) => id === plugin)?.wasmBytes;
    return {
      what: `${plugin}.wasm at most ${most} kB`,
      figure: bytes ? `${(bytes / 1024).toFixed(1)} kB` : "",
      met: bytes ? bytes <= most * 1024 : undefined,
    };
  });

  const [first, last] = ["1m first", "1m last"].map((shape) => of("route", "model-router", shape));
  const errors = results.samples.reduce((sum, sample) => sum + sample.errors, 0);
  return [
    ...ratios,
    {
      what: "route 1m: model first adds at most what model last adds",
      figure: first && last ? `${first.addedMs.toFixed(3)} ms, ${last.addedMs.toFixed(3)} ms` : "",
      met: first && last ? first.addedMs <= last.addedMs : undefined,
    },
    ...sizes,
    { what: "every answer came by the route that it should take", figure: `${errors} errors`, met: errors === 0 },
  ];
}
