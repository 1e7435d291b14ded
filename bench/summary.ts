import type { Results, Sample } from "./results.ts";
import type { Job } from "./shapes.ts";
import { BASELINE, REFERENCE } from "./variants.ts";

/**
 * A variant under a shape over all rounds. Times in milliseconds. "Added" is CPU a request over the baseline of the same
 * round; `ratio` is added over the reference's added. `best` takes the lowest CPU of all rounds on each side: what other
 * processes on the machine disturb least. NaN where baseline or reference is missing.
 */
export interface Summary {
  variant: string;
  requestsPerSecond: number;
  p50: number;
  p99: number;
  cpuMs: number;
  addedMs: number;
  addedBestMs: number;
  ratio: number;
  ratioBest: number;
  residentBytes: number;
  errors: number;
}

/** The variants of the job that were measured with this shape, in the order of the table. */
export function summarize(results: Results, job: Job, shape: string): Summary[] {
  const samples = results.samples.filter((sample) => sample.job === job && sample.shape === shape);
  const of = (variant: string): Sample[] => samples.filter((sample) => sample.variant === variant);
  const [baseline, reference] = [of(BASELINE), of(REFERENCE)];
  const bestBaseline = best(baseline);
  const bestReference = best(reference) - bestBaseline;

  return results.variants
    .filter(({ job: theirs, id }) => theirs === job && of(id).length > 0)
    .map(({ id }) => {
      const mine = of(id);
      const middle = (value: (sample: Sample) => number): number => median(mine.map(value));
      const added = mine.map((sample) => sample.cpuMs - cpuInRound(baseline, sample.round));
      const ratios = mine.map(
        (sample, i) => added[i]! / (cpuInRound(reference, sample.round) - cpuInRound(baseline, sample.round)),
      );
      const addedBestMs = best(mine) - bestBaseline;
      return {
        variant: id,
        requestsPerSecond: middle((sample) => sample.requestsPerSecond),
        p50: middle((sample) => sample.p50),
        p99: middle((sample) => sample.p99),
        cpuMs: middle((sample) => sample.cpuMs),
        addedMs: median(added),
        addedBestMs,
        ratio: median(ratios),
        ratioBest: addedBestMs / bestReference,
        residentBytes: Math.max(...mine.map((sample) => sample.residentBytes)),
        errors: mine.reduce((sum, sample) => sum + sample.errors, 0),
      };
    });
}

function cpuInRound(samples: Sample[], round: number): number {
  return samples.find((sample) => sample.round === round)?.cpuMs ?? NaN;
}

function best(samples: Sample[]): number {
  return samples.length > 0 ? Math.min(...samples.map((sample) => sample.cpuMs)) : NaN;
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
