import { type RequestSpec, type ResponseSpec } from "../../../host/exchange.ts";
import { taggedMetric } from "../../../host/metric-tags.ts";
import { type PluginContext } from "../../../host/plugin-context.ts";
import { WasmHost, type HostOptions } from "../../../host/wasm-host.ts";
import { wasmFile } from "../../../../scripts/setup/plugins.ts";

export type Config = Record<string, unknown>;

export const PATH = "/v1/chat/completions";
const TICK = 1000;

/** A telemetry that a test talks to, and its VM. */
export interface Telemetry {
  host: WasmHost;
  telemetry: PluginContext;
}

/** The release build with this configuration, in a VM of its own; consumers are named by a header. */
export async function startTelemetry(config: Config = {}, options: HostOptions = {}): Promise<Telemetry> {
  const host = await WasmHost.load(wasmFile("usage-telemetry"), { rootId: "usage-telemetry", ...options });
  const telemetry = host.createPlugin({
    configuration: { consumer: [{ header: "x-consumer" }], audit: { filterState: true }, ...config },
  });
  if (!telemetry.ok) throw new Error(telemetry.logs.map(({ text }) => text).join("\n"));
  return { host, telemetry };
}

/** A chat of consumer `team-a`. */
export function chat(over: object = {}, headers: Record<string, string> = {}): RequestSpec {
  return {
    method: "POST",
    path: PATH,
    headers: { "content-type": "application/json", "x-consumer": "team-a", "x-request-id": "r-1", ...headers },
    body: JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "Why do weirs hum?" }], ...over }),
  };
}

/** An answer that reports this usage. */
export function answer(usage: object | undefined, over: object = {}): ResponseSpec {
  const body = {
    object: "chat.completion",
    model: "gpt-4o-2024-08-06",
    choices: [{ message: { content: "ok" } }],
    usage,
  };
  return { headers: { "content-type": "application/json" }, body: JSON.stringify({ ...body, ...over }) };
}

/** The metrics once the VM has handed over what it has gathered: names without `weir.usage-telemetry.`, tags as an object. */
export function metricsOf(host: WasmHost): { name: string; tags: Record<string, string>; value: number }[] {
  host.tick(TICK);
  return Object.entries(host.process.metrics.all).map(([full, value]) => {
    const { name, tags } = taggedMetric(full);
    return { name: name.replace("weir.usage-telemetry.", ""), tags, value };
  });
}

/** The audit record in a filter state. */
export function auditOf({ filterState }: { filterState: Record<string, string> }): Record<string, unknown> {
  return JSON.parse(filterState["weir.audit"] ?? "null") as Record<string, unknown>;
}
