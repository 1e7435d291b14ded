import { readFileSync } from "node:fs";
import { Agent } from "node:http";
import { step } from "../scripts/setup/progress.ts";
import { post } from "./client.ts";
import { Gateway, startUpstream } from "./gateway.ts";
import { stopAll } from "./processes.ts";
import type { Job, Shape } from "./shapes.ts";
import { decimal, table } from "./table.ts";
import { BASELINE, YARDSTICKS, type Variant } from "./variants.ts";

/** Counts the instructions of every thread; Envoy takes some fifty times as long. The last option: V8 writes code as it runs. */
const VALGRIND = [
  ...["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"],
  "--smc-check=all-non-file",
];

/** The count of the first so many is taken off: start, compilation and first touches are not a request's. */
const WARM_REQUESTS = 1000;
/** Two starts differ by millions of instructions: among so many, that is a thousand or two for each. */
const COUNTED_REQUESTS = 4000;

/**
 * Counts the instructions that each variant adds to a request and prints a table a job: under valgrind, so that no noise of the
 * machine is in them. They tell where work can be saved; what an instruction takes they don't. Valgrind has no instructions for
 * SHA-256: what Envoy itself hashes takes several times as many as it should.
 */
export async function instructions(envoy: string, variants: Variant[], shapes: Shape[]): Promise<void> {
  try {
    const upstreamPort = await startUpstream();
    for (const job of new Set(shapes.map((shape) => shape.job))) {
      const own = shapes.filter((shape) => shape.job === job);
      const contenders = variants.filter((variant) => variant.job === job);
      const counts = new Map<string, number[]>();
      for (const variant of contenders) {
        const row: number[] = [];
        for (const shape of own) {
          const what = `Counting ${job} ${variant.id}, ${shape.name}`;
          row.push(await step(what, () => perRequest(envoy, upstreamPort, variant, shape)));
        }
        counts.set(variant.id, row);
      }
      console.log(`\n${tableOf(job, contenders, own, counts)}\n`);
    }
  } finally {
    stopAll();
  }
}

async function perRequest(envoy: string, upstreamPort: number, variant: Variant, shape: Shape): Promise<number> {
  const warm = await count(envoy, upstreamPort, variant, shape, WARM_REQUESTS);
  const whole = await count(envoy, upstreamPort, variant, shape, WARM_REQUESTS + COUNTED_REQUESTS);
  return (whole - warm) / COUNTED_REQUESTS;
}

/** The instructions of an Envoy that starts, serves so many requests and ends. */
async function count(
  envoy: string,
  upstreamPort: number,
  variant: Variant,
  shape: Shape,
  requests: number,
): Promise<number> {
  const gateway = await Gateway.start(
    envoy,
    `${variant.job}-${variant.id}-count`,
    upstreamPort,
    { filters: variant.filters, route: variant.route },
    VALGRIND,
  );
  await send(gateway.port, shape, requests);
  const log = await gateway.server.end();
  const refs = /I\s+refs:\s+([\d,]+)/.exec(log);
  if (!refs) throw new Error(`valgrind has counted nothing:\n${log.slice(-2000)}`);
  return Number(refs[1]!.replaceAll(",", ""));
}

/** One request after the other: of several at once Envoy takes as many in one turn as there happen to be. */
async function send(port: number, shape: Shape, requests: number): Promise<void> {
  const agent = new Agent({ keepAlive: true });
  const body = readFileSync(shape.body);
  for (let i = 0; i < requests; i++) {
    const status = await post(port, body, shape.answer, agent);
    if (status !== 200) throw new Error(`answered ${status}`);
  }
  agent.destroy();
}

function tableOf(job: Job, variants: Variant[], shapes: Shape[], counts: Map<string, number[]>): string {
  const added = (id: string, i: number): number => (counts.get(id)?.[i] ?? NaN) - (counts.get(BASELINE)?.[i] ?? NaN);
  const yardstick = YARDSTICKS[job];
  const bound = (i: number): number =>
    yardstick.parts.reduce(
      (sum, { id, times }) => sum + times * (id === BASELINE ? (counts.get(id)?.[i] ?? NaN) : added(id, i)),
      0,
    );
  const cell = (id: string, i: number): string =>
    id === BASELINE
      ? thousands(counts.get(id)![i]!)
      : `${thousands(added(id, i))} (${decimal(added(id, i) / bound(i), 2)})`;
  return table(
    [`${job}, thousand instructions`, ...shapes.map((shape) => shape.name)],
    variants.map(({ id, label }) => [label, ...shapes.map((_, i) => cell(id, i))]),
  );
}

function thousands(count: number): string {
  return decimal(count / 1000, 1);
}
