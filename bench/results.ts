import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SetupError } from "../scripts/setup/progress.ts";
import type { Job } from "./shapes.ts";
import { RESULTS } from "./workspace.ts";

/** One variant under one shape in one round, counted over all processes of the variant. CPU is Envoy's, in milliseconds a request; latencies in milliseconds. */
export interface Sample {
  job: Job;
  shape: string;
  variant: string;
  /** Which of the Envoys that were started for the variant, one after another. */
  process: number;
  round: number;
  requests: number;
  requestsPerSecond: number;
  cpuMs: number;
  p50: number;
  p99: number;
  residentBytes: number;
  errors: number;
}

/** A run, as it is kept in `results/`. */
export interface Results {
  taken: string;
  envoy: string;
  processor: string;
  connections: number;
  shapes: { job: Job; name: string }[];
  variants: { job: Job; id: string; label: string; wasmBytes: number | null }[];
  samples: Sample[];
}

/** Writes the run to a file named by its time and returns the path. Called after every round, so a broken run is kept. */
export function save(results: Results): string {
  const path = join(RESULTS, `${results.taken.replaceAll(":", "-")}.json`);
  writeFileSync(path, JSON.stringify(results));
  return path;
}

/** The run in that file, or the latest one. */
export function read(path?: string): Results {
  const latest = readdirSync(RESULTS)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .at(-1);
  if (!path && !latest) throw new SetupError("nothing was measured yet: npm run bench");
  return JSON.parse(readFileSync(path ?? join(RESULTS, latest!), "utf8")) as Results;
}
