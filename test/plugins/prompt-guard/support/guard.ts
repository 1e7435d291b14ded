import { type Outcome, type RequestSpec } from "../../../host/exchange.ts";
import { type PluginContext } from "../../../host/plugin-context.ts";
import { WasmHost, type HostOptions } from "../../../host/wasm-host.ts";
import { wasmFile } from "../../../../scripts/setup/plugins.ts";

export type Rule = Record<string, unknown>;

/** A guard that a test talks to, and its VM. */
export interface Guard {
  host: WasmHost;
  guard: PluginContext;
}

/** The release build of the prompt guard with this configuration, in a VM of its own. */
export async function startGuard(config: object, options: HostOptions = {}): Promise<Guard> {
  const host = await WasmHost.load(wasmFile("prompt-guard"), { rootId: "prompt-guard", ...options });
  const guard = host.createPlugin({ configuration: JSON.stringify(config) });
  if (!guard.ok) throw new Error(guard.logs.map(({ text }) => text).join("\n"));
  return { host, guard };
}

/** A rule that refuses these words. */
export function words(...list: string[]): Rule {
  return { id: "words", detect: { words: list }, action: "Reject" };
}

/** A rule that masks these kinds of data. */
export function masked(...kinds: string[]): Rule {
  return { id: "pii", detect: { builtin: kinds }, action: "Mask" };
}

/** A POST of JSON text; anything but a text is made one. */
export function post(path: string, body: unknown, headers: Record<string, string> = {}): RequestSpec {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return { method: "POST", path, headers: { "content-type": "application/json", ...headers }, body: text };
}

/** A chat with one message of a user; what `over` says replaces. */
export function chat(content: unknown, over: object = {}): RequestSpec {
  return post("/v1/chat/completions", { model: "gpt-4o", messages: [{ role: "user", content }], ...over });
}

/** What the upstream got as JSON. */
export function received({ upstream }: Outcome): Record<string, unknown> {
  return JSON.parse(upstream.body) as Record<string, unknown>;
}

/** The texts of the first message's parts, as the provider gets them. */
export function partsOf(outcome: Outcome): string[] {
  const [{ content }] = received(outcome)["messages"] as [{ content: { text: string }[] }];
  return content.map(({ text }) => text);
}

/** What decided, as access logs have it. */
export function decided({ filterState }: Outcome): string | undefined {
  return filterState["weir.guard"];
}
