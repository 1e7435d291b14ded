import type { Results, Sample } from "./results.ts";
import type { Job } from "./shapes.ts";
import { BASELINE, YARDSTICKS } from "./variants.ts";

/**
 * A variant under a shape over all processes and rounds. Times in milliseconds. "Added" is CPU a request over the baseline of
 * the same round; `ratio` is added over what the job's yardstick adds in that round (what the baseline takes, where that is a part). Each figure is the median over the
 * processes of the median over a process' rounds, but for the `best`, which take the lowest CPU of all rounds on each side:
 * what other processes on the machine disturb least. NaN where something to compare with is missing.
 */
export interface Summary {
  variant: string;
  requestsPerSecond: number;
  p50: number;
  p99: number;
  cpuMs: number;
  addedMs: number;
  /** The lowest and the highest median of a process. */
  addedRangeMs: [lowest: number, highest: number];
  addedBestMs: number;
  ratio: number;
  ratioBest: number;
  residentBytes: number;
  errors: number;
}

/** The variants of the job that were measured with this shape, in the order of the table. */
export function summarize(results: Results, job: Job, shape: string): Summary[] {
  const table = new Rounds(results.samples.filter((sample) => sample.job === job && sample.shape === shape));
  const { parts } = YARDSTICKS[job];
  const yard = (cost: (id: string) => number): number =>
    parts.reduce((sum, { id, times }) => sum + times * cost(id), 0);
  const yardBest = yard((id) => (id === BASELINE ? best(table.of(id)) : table.bestAdded(id)));
  return results.variants
    .filter(({ job: theirs, id }) => theirs === job && table.of(id).length > 0)
    .map(({ id }) => {
      const mine = table.of(id);
      const middle = (value: (sample: Sample) => number): number => median(byProcess(mine, value));
      const added = byProcess(mine, ({ round }) => table.added(id, round));
      const addedBestMs = table.bestAdded(id);
      return {
        variant: id,
        requestsPerSecond: middle((sample) => sample.requestsPerSecond),
        p50: middle((sample) => sample.p50),
        p99: middle((sample) => sample.p99),
        cpuMs: middle((sample) => sample.cpuMs),
        addedMs: median(added),
        addedRangeMs: [Math.min(...added), Math.max(...added)],
        addedBestMs,
        ratio: middle(({ round }) => table.added(id, round) / yard((part) => table.cost(part, round))),
        ratioBest: addedBestMs / yardBest,
        residentBytes: Math.max(...mine.map((sample) => sample.residentBytes)),
        errors: mine.reduce((sum, sample) => sum + sample.errors, 0),
      };
    });
}

/** What the job's yardstick adds under a shape, in milliseconds: the sum of its parts' figures. */
export function yardstickMs(results: Results, job: Job, shape: string): number {
  const summaries = new Map(
    summarize(results, job, shape).map(({ variant, addedMs, cpuMs }) => [
      variant,
      variant === BASELINE ? cpuMs : addedMs,
    ]),
  );
  return YARDSTICKS[job].parts.reduce((sum, { id, times }) => sum + times * (summaries.get(id) ?? NaN), 0);
}

/** The samples of one shape. */
class Rounds {
  constructor(private readonly samples: Sample[]) {}

  of(variant: string): Sample[] {
    return this.samples.filter((sample) => sample.variant === variant);
  }

  /** What the variant adds in that round. */
  added(variant: string, round: number): number {
    return this.cpu(variant, round) - this.cpu(BASELINE, round);
  }

  /** The same, but of the baseline all that it takes. */
  cost(variant: string, round: number): number {
    return variant === BASELINE ? this.cpu(BASELINE, round) : this.added(variant, round);
  }

  bestAdded(variant: string): number {
    return best(this.of(variant)) - best(this.of(BASELINE));
  }

  private cpu(variant: string, round: number): number {
    return this.of(variant).find((sample) => sample.round === round)?.cpuMs ?? NaN;
  }
}

/** The median of each process. */
function byProcess(samples: Sample[], value: (sample: Sample) => number): number[] {
  const processes = [...new Set(samples.map(({ process }) => process))];
  return processes.map((process) => median(samples.filter((sample) => sample.process === process).map(value)));
}

function best(samples: Sample[]): number {
  return samples.length > 0 ? Math.min(...samples.map((sample) => sample.cpuMs)) : NaN;
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
