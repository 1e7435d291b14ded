import { type Outcome, type RequestSpec, type ResponseSpec } from "../../../host/exchange.ts";
import { type PluginContext } from "../../../host/plugin-context.ts";
import { WasmHost, type HostOptions } from "../../../host/wasm-host.ts";
import { wasmFile } from "../../../../scripts/setup/plugins.ts";

/** A guard that a test talks to, and its VM. */
export interface Guard {
  host: WasmHost;
  guard: PluginContext;
}

export const EMAIL = "jane.doe@example.com";

/** A word that is refused, and what is masked. */
export const RULES = [
  { id: "words", detect: { words: ["project-x"] }, action: "Reject" },
  { id: "pii", detect: { builtin: ["CreditCard", "Email"] }, action: "Mask" },
];

/** The release build of the response guard with this configuration, in a VM of its own. */
export async function startGuard(config: object = { rules: RULES }, options: HostOptions = {}): Promise<Guard> {
  const host = await WasmHost.load(wasmFile("response-guard"), { rootId: "response-guard", ...options });
  const guard = host.createPlugin({ configuration: JSON.stringify(config) });
  if (!guard.ok) throw new Error(guard.logs.map(({ text }) => text).join("\n"));
  return { host, guard };
}

export const CHAT: RequestSpec = {
  method: "POST",
  path: "/v1/chat/completions",
  headers: { "content-type": "application/json", "accept-encoding": "gzip" },
  body: '{"model":"m","messages":[{"role":"user","content":"hi"}]}',
};

/** A JSON answer. */
export function json(value: unknown): ResponseSpec {
  return { headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
}

/** A chat's answer in one piece. */
export function completion(content: string, more: object = {}): ResponseSpec {
  const message = { role: "assistant", content, ...more };
  return json({
    id: "c-1",
    object: "chat.completion",
    model: "m",
    choices: [{ index: 0, message, finish_reason: "stop" }],
  });
}

/** A stream of these events' data. */
export function events(...data: unknown[]): ResponseSpec {
  const text = data.map((each) => `data: ${typeof each === "string" ? each : JSON.stringify(each)}\n\n`).join("");
  return { headers: { "content-type": "text/event-stream" }, body: text };
}

/** A piece of a streamed chat. */
export function delta(content: string, index = 0): object {
  return { id: "c-1", object: "chat.completion.chunk", choices: [{ index, delta: { content } }] };
}

/** What each choice of a streamed chat says, all its events together. */
export function said({ client }: Outcome): string[] {
  const texts: string[] = [];
  for (const [, data] of client.body.matchAll(/^data: (\{.*)$/gm)) {
    const { choices = [] } = JSON.parse(data!) as { choices?: { index: number; delta: { content?: string } }[] };
    for (const { index, delta } of choices) texts[index] = (texts[index] ?? "") + (delta.content ?? "");
  }
  return texts;
}
