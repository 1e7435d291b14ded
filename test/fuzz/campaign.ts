import { type FuzzCase } from "./case.ts";
import { Generator } from "./generate.ts";
import { type Problem } from "./rig.ts";
import { shrink } from "./shrink.ts";
import { WorkerProcess } from "./worker-process.ts";

/** How much is tried, and how. */
export interface Campaign {
  plugins: readonly string[];
  /** Cases a plugin, at most. */
  runs: number;
  seed: number;
  /** For all plugins together, in milliseconds. */
  mostMs: number;
  /** For one finding to be made small, in milliseconds. */
  shrinkMs: number;
  /** Hears how far it is, at most a few times a second. */
  tell?: (progress: Progress) => void;
  /** Hears of each finding when it is made small. */
  found?: (finding: Finding) => void;
}

export interface Progress {
  plugin: string;
  /** Of this plugin. */
  done: number;
  runs: number;
  findings: number;
}

/** A case that fails, as small as it could be made. */
export interface Finding {
  plugin: string;
  index: number;
  problem: Problem;
  /** The smallest case; undefined where it fails only after those before it. */
  smallest?: FuzzCase;
}

export interface Report {
  /** Cases that ran, by plugin. */
  ran: Record<string, number>;
  findings: Finding[];
  slowest: { plugin: string; index: number; milliseconds: number };
}

/** Of a run that long at its end are seen a second time, when memory may not grow any more. */
const REPEATED_IN = 10;
/** A page (64 KiB) may come late: what is allocated when is another order then. */
const LATE_PAGES = 1;
/** And how often in a row, once more each, before that counts as a leak. */
const LATE_TURNS = 3;
const BATCH = 20_000;
/** Findings of one kind and plugin after which no more of them are looked for. */
const ENOUGH = 3;

/** Runs random cases through the plugins one after the other; throws only when the machinery fails. */
export async function fuzz(campaign: Campaign): Promise<Report> {
  const worker = new WorkerProcess();
  const report: Report = { ran: {}, findings: [], slowest: { plugin: "", index: 0, milliseconds: 0 } };
  const started = performance.now();
  try {
    for (const [position, plugin] of campaign.plugins.entries()) {
      const end = started + (campaign.mostMs * (position + 1)) / campaign.plugins.length;
      await fuzzPlugin(worker, plugin, campaign, end, report);
      worker.stop();
    }
  } finally {
    worker.dispose();
  }
  return report;
}

async function fuzzPlugin(
  worker: WorkerProcess,
  plugin: string,
  { runs, seed, shrinkMs, tell, found }: Campaign,
  end: number,
  report: Report,
): Promise<void> {
  const generator = new Generator(plugin, seed);
  const kinds = new Map<string, number>();
  const batch = Math.max(1, Math.min(BATCH, Math.ceil(runs / 50)));
  const said = (done: number): void => tell?.({ plugin, done, runs, findings: report.findings.length });
  const add = (finding: Finding): void => {
    report.findings.push(finding);
    found?.(finding);
  };
  const note = async (index: number, problem: Problem): Promise<void> => {
    const count = (kinds.get(problem.what) ?? 0) + 1;
    kinds.set(problem.what, count);
    if (count > ENOUGH) return;
    const smallest = await smallestOf(worker, generator.make(index), shrinkMs);
    add({ plugin, index, problem: smallest?.problem ?? problem, ...(smallest ? { smallest: smallest.fuzzCase } : {}) });
  };
  /** Returns the pages at the end, or 0 when VMs had to begin anew. */
  const pass = async (from: number, to: number, count: (done: number) => void): Promise<number> => {
    let pages = 0;
    let isBroken = false;
    for (let at = from; at < to && performance.now() < end;) {
      const ran = await worker.run({ plugin, seed, from: at, to: Math.min(to, at + batch) }, count);
      if (ran.slowest.milliseconds > report.slowest.milliseconds) report.slowest = { plugin, ...ran.slowest };
      if (ran.problem) await note(ran.done - 1, ran.problem);
      isBroken ||= ran.problem !== undefined;
      at = ran.done;
      count(at);
      pages = ran.pages;
    }
    return isBroken ? 0 : pages;
  };
  const fresh = Math.max(1, Math.floor(runs * (1 - 1 / REPEATED_IN)));
  let done = 0;
  const before = await pass(0, fresh, (at) => said((done = at)));
  const repeated = Math.min(done, runs - fresh);
  const after = await pass(0, repeated, (at) => said(done + at));
  // Something large may need a place of its own once more, where others lie by now; what goes on growing leaks.
  const hasGrown = before > 0 && after > before + LATE_PAGES;
  const grown = [after];
  for (let turn = 0; hasGrown && turn < LATE_TURNS; turn++) {
    const again = await pass(0, repeated, () => said(done + repeated));
    if (again <= grown.at(-1)!) break;
    grown.push(again);
  }
  report.ran[plugin] = done + repeated;
  if (grown.length > LATE_TURNS) {
    const detail = `${before} pages of 64 KiB, after ${repeated} cases that it had seen already ${grown.join(", then ")}`;
    add({ plugin, index: 0, problem: { what: "memory grows", detail } });
  }
}

/** The case made small, if it fails in VMs that have seen no other. */
async function smallestOf(
  worker: WorkerProcess,
  fuzzCase: FuzzCase,
  shrinkMs: number,
): Promise<{ fuzzCase: FuzzCase; problem: Problem } | undefined> {
  const alone = await worker.check(fuzzCase, true);
  if (!alone) return undefined;
  const isSame = (other: Problem | undefined): boolean => other?.what === alone.what;
  const small = await shrink(fuzzCase, async (candidate) => isSame(await worker.check(candidate, false)), shrinkMs);
  const confirmed = await worker.check(small, true);
  return confirmed ? { fuzzCase: small, problem: confirmed } : { fuzzCase, problem: alone };
}
