import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../scripts/setup/root.ts";

/** The benchmark's own folder, absolute. */
export const BENCH = join(ROOT, "bench");

/** Where everything built or written for a run goes: peers, bodies, Envoy's configurations and logs. */
export const WORKSPACE = folder(ROOT, "build", "bench");

/** Where measurements are kept, one JSON file a run. */
export const RESULTS = folder(BENCH, "results");

/** The folder at this path, made when it is not there. */
export function folder(...path: string[]): string {
  const whole = join(...path);
  mkdirSync(whole, { recursive: true });
  return whole;
}
