import { readFileSync } from "node:fs";
import { ExampleGateway, TEAM_A } from "../test/envoy/support/example-gateway.ts";
import { inOneModule } from "../test/envoy/support/example.ts";
import type { Bootstrap } from "../test/envoy/support/gateway-config.ts";
import { table } from "./table.ts";

const WORKERS = [1, 4, 16];
/** Enough that every worker has had some. */
const REQUESTS_A_WORKER = 50;
const PROTOCOL = "typed_extension_protocol_options";

/** The gateway example, as what its memory is measured. */
const BUILDS: readonly [name: string, change: (config: Bootstrap) => Bootstrap][] = [
  ["Envoy without plugins", withoutPlugins],
  ["all plugins, a module each", (config) => config],
  ["all plugins in one module", inOneModule],
];

/** Prints how much resident memory Envoy has with the whole chain, by workers, after some requests. */
export async function chainMemory(): Promise<void> {
  const rows: string[][] = [];
  for (const [name, change] of BUILDS) {
    const row = [name];
    for (const concurrency of WORKERS) {
      const gateway = await ExampleGateway.start({ change, concurrency });
      try {
        await send(gateway, concurrency * REQUESTS_A_WORKER);
        row.push((residentBytes(gateway.envoy.pid) / 2 ** 20).toFixed(0));
      } finally {
        await gateway.stop();
      }
    }
    rows.push(row);
  }
  console.log(table(["resident memory of Envoy, MiB", ...WORKERS.map((count) => `${count} workers`)], rows));
}

async function send(gateway: ExampleGateway, count: number): Promise<void> {
  const one = async (): Promise<void> => {
    const answer = await gateway.send(
      { model: "gpt-4o", messages: [{ role: "user", content: "Why do weirs hum?" }] },
      { headers: { ...TEAM_A, connection: "close" } },
    );
    await answer.text();
  };
  for (let i = 0; i < count; i += 10) await Promise.all(Array.from({ length: 10 }, one));
}

function withoutPlugins(config: Bootstrap): Bootstrap {
  const text = JSON.stringify(config, (key, value: unknown) => {
    if (key === PROTOCOL) return undefined;
    if (key !== "http_filters") return value;
    return (value as { name: string; typed_config: { "@type": string } }[]).filter(
      ({ typed_config }) => !typed_config["@type"].includes(".wasm."),
    );
  });
  return JSON.parse(text) as Bootstrap;
}

function residentBytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kilobytes) * 1024;
}
