import { setTimeout as sleep } from "node:timers/promises";
import { SIZES, chatBody, type Position } from "./bodies.ts";
import { post } from "./client.ts";
import { wasm, type WasmPlugin } from "./filters.ts";
import type { Gateway } from "./gateway.ts";
import { load } from "./load.ts";
import { shapesOf, type Shape } from "./shapes.ts";
import type { RouteStyle } from "./variants.ts";

const REQUESTS = 100_000;
const STREAMS = 100_000;
/** Those who ask, in turn. */
const CONSUMERS = 100;
const LARGE_BODIES = 100;
const RELOADS = 1_000;

/** How often memory is looked at in a step, beside the look after the warm-up. */
const LOOKS = 4;

const WARM_UP_REQUESTS = 1_000;
const WARM_UP_LARGE_BODIES = 10;
const WARM_UP_RELOADS = 100;
const RELOADS_IN_A_BURST = 50;
const CONNECTIONS = 8;

/** How often each status was seen. The load generator tells only the good ones (200) from the rest. */
export class Statuses extends Map<number | "other", number> {
  count(status: number | "other", times = 1): void {
    if (times > 0) this.set(status, (this.get(status) ?? 0) + times);
  }
}

/** A filter whose memory is looked at. */
export interface Subject {
  plugin: WasmPlugin;
  route: RouteStyle;
  /** The steps that it takes, keys of `STEPS`. */
  steps: string[];
  /** Other settings for each reload. */
  changed(reload: number): object;
}

/** A running step: its Envoy, the subject with the settings that it runs with, and what was answered since the warm-up. */
export interface Trial {
  gateway: Gateway;
  subject: Subject;
  statuses: Statuses;
  /** Notes what memory is now, after `done` repetitions. */
  look(done: number): Promise<void>;
}

/** What is done to one Envoy, and the status that every answer must have. */
export interface Step {
  name: string;
  expected: number;
  /** Added to the plugin's settings. */
  settings?: object;
  /** Envoy's buffer limit; its default when absent. */
  bufferBytes?: number;
  run(trial: Trial): Promise<void>;
}

/** Larger than the large bodies, for the plugin and for Envoy. */
const RAISED = { settings: { maxHeldBytes: "32MiB" }, bufferBytes: 64 << 20 };

/** By the name that `--steps` takes. */
export const STEPS: Readonly<Record<string, Step[]>> = {
  requests: [
    {
      name: `${REQUESTS} requests of 1 kB, ${CONSUMERS} consumers`,
      expected: 200,
      run: many(REQUESTS, () => shapesOf("route", ["1k"], ["last"])[0]!),
    },
  ],
  streams: [
    {
      name: `${STREAMS} answers of 200 events, ${CONSUMERS} consumers`,
      expected: 200,
      run: many(STREAMS, () => shapesOf("usage", [], []).find(({ answer }) => answer === "sse")!),
    },
  ],
  "large-whole": [
    { name: `${LARGE_BODIES} bodies of 20 MB`, expected: 413, run: largeBodies("first") },
    { name: `${LARGE_BODIES} bodies of 20 MB, limits raised`, expected: 200, ...RAISED, run: largeBodies("first") },
  ],
  large: [
    { name: `${LARGE_BODIES} bodies of 20 MB, model first`, expected: 200, run: largeBodies("first") },
    { name: `${LARGE_BODIES} bodies of 20 MB, model last`, expected: 413, run: largeBodies("last") },
    {
      name: `${LARGE_BODIES} bodies of 20 MB, model last, limits raised`,
      expected: 200,
      ...RAISED,
      run: largeBodies("last"),
    },
  ],
  reloads: [{ name: `${RELOADS} reloads`, expected: 200, run: reloads }],
};

function many(times: number, shapeOf: () => Shape): Step["run"] {
  return async (trial) => {
    const shape = shapeOf();
    await load(trial.gateway.port, shape, 1, CONNECTIONS, CONSUMERS);
    await trial.look(0);
    let done = 0;
    for (let looks = 1; looks <= LOOKS; looks++) {
      while (done < (times * looks) / LOOKS) {
        const { requests, errors } = await load(trial.gateway.port, shape, 1, CONNECTIONS, CONSUMERS);
        trial.statuses.count(200, requests - errors);
        trial.statuses.count("other", errors);
        done += requests;
      }
      await trial.look(done);
    }
  };
}

function largeBodies(position: Position): Step["run"] {
  return async (trial) => {
    const body = chatBody(SIZES["20m"]!, position);
    await warmUp(trial, body);
    for (let sent = 1; sent <= LARGE_BODIES; sent++) {
      trial.statuses.count(await statusOf(trial, body));
      if (sent % (LARGE_BODIES / LOOKS) === 0) await trial.look(sent);
    }
  };
}

/**
 * Each is a changed configuration, taken while those before it still drain, and used by a request. As configurations that
 * drain need memory too, all are let drain after each burst, or a fast machine would need more than a slow one; the
 * current one stays, so the VM is never made anew.
 */
async function reloads(trial: Trial): Promise<void> {
  const body = chatBody(SIZES["1k"]!, "last");
  const { plugin, route, changed } = trial.subject;
  for (let reload = 1 - WARM_UP_RELOADS; reload <= RELOADS; reload++) {
    const settings = { ...plugin.settings, ...changed(reload) };
    await trial.gateway.reload({ filters: [wasm({ ...plugin, settings })], route, bufferBytes: null });
    trial.statuses.count(await statusOf(trial, body));
    if (reload % RELOADS_IN_A_BURST === 0) await drained(trial.gateway);
    if (reload >= 0 && reload % (RELOADS / LOOKS) === 0) await trial.look(reload);
  }
}

/** Small requests, then a few of the step's own kind: a refusal takes memory that a routed request doesn't. */
async function warmUp(trial: Trial, large?: Buffer): Promise<void> {
  const body = chatBody(SIZES["1k"]!, "last");
  for (let sent = 0; sent < WARM_UP_REQUESTS; sent++) await post(trial.gateway.port, body);
  for (let sent = 0; large && sent < WARM_UP_LARGE_BODIES; sent++) await statusOf(trial, large);
  await trial.look(0);
}

function statusOf({ gateway }: Trial, body: Buffer): Promise<number | "other"> {
  return post(gateway.port, body).catch(() => "other");
}

async function drained(gateway: Gateway): Promise<void> {
  for (;;) {
    const draining = await gateway.stats("^listener_manager.total_(filter_chains|listeners)_draining$");
    if ([...draining.values()].every((count) => count === 0)) return;
    await sleep(50);
  }
}
