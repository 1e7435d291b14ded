import { cpus } from "node:os";
import { statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { command } from "../scripts/setup/command.ts";
import { SetupError, step } from "../scripts/setup/progress.ts";
import { Gateway, startUpstream } from "./gateway.ts";
import { load } from "./load.ts";
import { stopAll } from "./processes.ts";
import { save, type Results, type Sample } from "./results.ts";
import type { Shape } from "./shapes.ts";
import type { Variant } from "./variants.ts";

const CONNECTIONS = 8;

/** How long a variant and a shape are measured in a round, and warmed before: wrk counts in whole seconds. */
const CELL_SECONDS = 1;

/** What the load generator left under way ends before the next cell starts, or that one would pay for it. */
const SETTLE_MS = 200;

interface Contender {
  variant: Variant;
  gateway: Gateway;
}

/** How much is measured: so many Envoys of each variant one after another, each in so many rounds. */
export interface Extent {
  processes: number;
  rounds: number;
}

/**
 * Measures the variants with the shapes of their jobs, one job after another, interleaved: in each round and shape all of a job's
 * variants run once, in random order, each with its Envoy alone awake, so that a disturbance of the machine meets all of them
 * alike. After `rounds` its Envoys are started anew: two processes of one and the same file differ by more than one process does
 * between rounds.
 */
export async function measure(envoy: string, variants: Variant[], shapes: Shape[], extent: Extent): Promise<Results> {
  const results: Results = {
    taken: new Date().toISOString(),
    envoy: envoyName((await command(envoy, ["--version"])).output),
    processor: cpus()[0]?.model ?? "unknown processor",
    connections: CONNECTIONS,
    shapes: shapes.map(({ job, name }) => ({ job, name })),
    variants: variants.map(({ job, id, label, plugin }) => ({
      job,
      id,
      label,
      wasmBytes: plugin ? statSync(plugin.file).size : null,
    })),
    samples: [],
  };
  try {
    const upstreamPort = await startUpstream();
    for (let process = 0; process < extent.processes; process++) {
      for (const job of new Set(variants.map((variant) => variant.job))) {
        const which = `${job}, process ${process + 1} of ${extent.processes}`;
        const own = variants.filter((variant) => variant.job === job);
        const ownShapes = shapes.filter((shape) => shape.job === job);
        const contenders = await step(`Starting and warming ${own.length} Envoys for ${which}`, () =>
          startAll(envoy, upstreamPort, own, ownShapes),
        );
        await measureJob(which, contenders, ownShapes, process, extent.rounds, results);
        for (const { gateway } of contenders) gateway.server.stop();
      }
    }
  } finally {
    stopAll();
  }
  return results;
}

/** The figures of each round are kept as soon as it is over. */
async function measureJob(
  which: string,
  contenders: Contender[],
  shapes: Shape[],
  process: number,
  rounds: number,
  results: Results,
): Promise<void> {
  for (let i = 0; i < rounds; i++) {
    const round = process * rounds + i;
    await step(`Round ${i + 1} of ${rounds}, ${which}`, async () => {
      results.samples.push(...(await oneRound(contenders, shapes, process, round)));
    });
    save(results);
  }
}

async function oneRound(contenders: Contender[], shapes: Shape[], process: number, round: number): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (const shape of shapes) {
    for (const contender of shuffled(contenders)) {
      samples.push({ ...(await sample(contender, shape)), process, round });
    }
  }
  return samples;
}

/** Each is paused again as soon as it is warm: V8 has compiled its best code and every buffer has its size. */
async function startAll(
  envoy: string,
  upstreamPort: number,
  variants: Variant[],
  shapes: Shape[],
): Promise<Contender[]> {
  const contenders: Contender[] = [];
  for (const variant of variants) {
    const gateway = await Gateway.start(envoy, `${variant.job}-${variant.id}`, upstreamPort, {
      filters: variant.filters,
      route: variant.route,
    });
    for (const shape of shapes) {
      const { errors, requests } = await load(gateway.port, shape, CELL_SECONDS, CONNECTIONS);
      if (errors > 0)
        throw new SetupError(
          `${variant.job} ${variant.id}, ${shape.name}: ${errors} of ${requests} answers are errors; see npm run bench -- --verify`,
        );
    }
    gateway.server.pause();
    contenders.push({ variant, gateway });
  }
  return contenders;
}

async function sample({ variant, gateway }: Contender, shape: Shape): Promise<Omit<Sample, "process" | "round">> {
  gateway.server.resume();
  try {
    const before = gateway.server.cpuMs();
    const { requests, seconds, p50, p99, errors } = await load(gateway.port, shape, CELL_SECONDS, CONNECTIONS);
    const cpuMs = (gateway.server.cpuMs() - before) / Math.max(1, requests);
    const residentBytes = gateway.server.residentBytes();
    return {
      job: shape.job,
      shape: shape.name,
      variant: variant.id,
      requests,
      requestsPerSecond: requests / seconds,
      cpuMs,
      p50,
      p99,
      residentBytes,
      errors,
    };
  } finally {
    await sleep(SETTLE_MS);
    gateway.server.pause();
  }
}

function shuffled<T>(items: T[]): T[] {
  return items
    .map((item) => ({ item, key: Math.random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

function envoyName(version: string): string {
  return `Envoy ${/\/(\d+\.\d+\.\d+)\//.exec(version)?.[1] ?? "of unknown version"}`;
}
