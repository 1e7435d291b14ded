/**
 * `npm run soak`: mixed traffic through the whole chain for 30 minutes (`--minutes`; `--no-build` takes `dist/` as it is), with
 * clients that leave, providers that fail and reset, and another configuration every 10 s. Exits 0 when the memory of no VM grew
 * after the first 5 minutes (of shorter runs: the first third), every request is in the log once, and no answer is one that the mix
 * does not explain.
 */
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Traffic, roomyLimits } from "../test/envoy/gateway/traffic.ts";
import { ExampleGateway } from "../test/envoy/support/example-gateway.ts";
import { reconfigure } from "../test/envoy/support/example.ts";
import type { Bootstrap, Json } from "../test/envoy/support/gateway-config.ts";
import { SEED, randomFrom } from "../test/lib/seeded.ts";
import { BUILD, readArguments, usageOf } from "./setup/arguments.ts";
import { findEnvoy } from "./setup/envoy.ts";
import { build } from "./setup/plugins.ts";
import { SetupError, main } from "./setup/progress.ts";

const RELOAD_EVERY_MS = 10_000;
const LOOK_EVERY_MS = 10_000;
/** So that at most a few configurations are there at once. */
const DRAIN_SECONDS = 15;
const CLIENTS = 8;

/** The listener of a gateway in a file, which Envoy watches. */
class WatchedListener {
  writes = 0;
  private listener: Json = null;

  constructor(private readonly file: string) {}

  /** Takes the listener out of a gateway's configuration. */
  moveFrom(config: Bootstrap): Bootstrap {
    this.listener = config.static_resources.listeners[0]!;
    this.write();
    const dynamic_resources: Json = {
      lds_config: { path_config_source: { path: this.file }, resource_api_version: "V3" },
    };
    const changed = {
      ...config,
      node: { id: "gateway", cluster: "gateway" },
      static_resources: { ...config.static_resources, listeners: [] },
      dynamic_resources,
    };
    return changed;
  }

  /** Another configuration: the same but for a number in a limit. */
  write(): void {
    const config = { static_resources: { listeners: [this.listener], clusters: [] } };
    reconfigure(config, "token-limiter", (limiter) => (limiter["limits"] as { amount: number }[])[0]!.amount++);
    const type = { "@type": "type.googleapis.com/envoy.config.listener.v3.Listener" };
    writeFileSync(`${this.file}.new`, JSON.stringify({ resources: [{ ...type, ...(this.listener as object) }] }));
    renameSync(`${this.file}.new`, this.file);
    this.writes++;
  }
}

async function soak(gateway: ExampleGateway, listener: WatchedListener, lengthMs: number): Promise<boolean> {
  const { envoy, providers } = gateway;
  const traffic = new Traffic(gateway, randomFrom(SEED));
  const { tally } = traffic;
  const start = performance.now();
  const left = (): number => lengthMs - (performance.now() - start);
  const warmUpMs = Math.min(300_000, lengthMs / 3);
  const pages = new Map<string, { warm: number; most: number }>();
  const every = async (periodMs: number, act: () => Promise<void> | void): Promise<void> => {
    while (left() > 0) {
      await act();
      await sleep(Math.max(0, Math.min(periodMs, left())));
    }
  };
  const look = async (): Promise<void> => {
    for (const [name, value] of await envoy.stats("vm_pages")) {
      const seen = pages.get(name) ?? { warm: 0, most: 0 };
      if (lengthMs - left() < warmUpMs) seen.warm = Math.max(seen.warm, value);
      else seen.most = Math.max(seen.most, value);
      pages.set(name, seen);
    }
    for (const mock of providers.all) mock.seen = [];
    const minutes = ((lengthMs - left()) / 60_000).toFixed(1);
    console.log(`${minutes} min  ${tally.sent} requests  ${listener.writes} configurations  ${tally.summary}`);
  };
  await Promise.all([
    every(RELOAD_EVERY_MS, () => listener.write()),
    every(LOOK_EVERY_MS, look),
    traffic.send(CLIENTS, () => left() > 0),
  ]);
  traffic.stop();
  await sleep(2000);
  console.table([...pages].map(([vm, { warm, most }]) => ({ vm, "pages after warm-up": warm, "most since": most })));
  const grown = [...pages].filter(([, { warm, most }]) => most > warm).map(([vm]) => vm);
  const logged = gateway.lines.length;
  console.log(
    `${tally.sent} requests (seed ${SEED}), ${logged} lines in the log, ${tally.surprises.size} answers that the mix does not explain`,
  );
  for (const [what, count] of tally.surprises) console.log(`  ${count} x ${what}`);
  if (grown.length > 0) console.log(`grew: ${grown.join(", ")}`);
  return grown.length === 0 && tally.surprises.size === 0 && logged === tally.sent;
}

await main(async () => {
  const { values } = readArguments(usageOf("soak", "[--minutes COUNT] [--no-build]"), {
    ...BUILD,
    minutes: { type: "string", default: "30" },
  });
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) throw new SetupError("--minutes must be a number above 0");
  if (values.build) await build();
  process.env["ENVOY"] = await findEnvoy();
  const folder = mkdtempSync(join(tmpdir(), "weir-soak-"));
  const listener = new WatchedListener(join(folder, "listeners.json"));
  try {
    const gateway = await ExampleGateway.start({
      change: (config) => listener.moveFrom(roomyLimits(config)),
      concurrency: 2,
      logLevel: "warning",
      drainSeconds: DRAIN_SECONDS,
    });
    try {
      return (await soak(gateway, listener, minutes * 60_000)) ? 0 : 1;
    } finally {
      await gateway.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
