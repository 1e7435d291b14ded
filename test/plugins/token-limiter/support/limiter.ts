import { type BodySpec, type Outcome, type RequestSpec, type ResponseSpec } from "../../../host/exchange.ts";
import { type PluginContext } from "../../../host/plugin-context.ts";
import { type Stream } from "../../../host/stream.ts";
import { WasmHost, type HostOptions } from "../../../host/wasm-host.ts";
import { wasmFile } from "../../../../scripts/setup/plugins.ts";

export type Config = Record<string, unknown>;
export type Limit = Record<string, unknown>;

/** A limiter that a test talks to, and its VM. */
export interface Limiter {
  host: WasmHost;
  limiter: PluginContext;
}

/** The release build of the limiter with this configuration, in a VM of its own; consumers are named by a header. */
export async function startLimiter(config: Config, options: HostOptions = {}): Promise<Limiter> {
  const host = await WasmHost.load(wasmFile("token-limiter"), { rootId: "token-limiter", ...options });
  return { host, limiter: addLimiter(host, config) };
}

/** Another configuration in the same VM. */
export function addLimiter(host: WasmHost, config: Config): PluginContext {
  const limiter = host.createPlugin({ configuration: { consumer: [{ header: "x-consumer" }], ...config } });
  if (!limiter.ok) throw new Error(limiter.logs.map(({ text }) => text).join("\n"));
  return limiter;
}

/** A limit of output tokens, which a test can count exactly: by consumer, 100 a minute, unless said otherwise. */
export function outputLimit(over: Limit = {}): Limit {
  return { name: "tokens", by: ["consumer"], count: "Output", amount: 100, per: "1m", ...over };
}

/** A POST of JSON text by consumer `a`; anything but a text is made one. */
export function post(path: string, body: unknown, headers: Record<string, string> = {}): RequestSpec {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return {
    method: "POST",
    path,
    headers: { "content-type": "application/json", "x-consumer": "a", ...headers },
    body: text,
  };
}

/** A chat of consumer `a` that may have this many tokens of answer; what `over` says replaces, `undefined` leaves out. */
export function chat(maxTokens: unknown, over: object = {}, headers: Record<string, string> = {}): RequestSpec {
  const messages = [{ role: "user", content: "hi" }];
  return post("/v1/chat/completions", { model: "gpt-4o", messages, max_tokens: maxTokens, ...over }, headers);
}

/** The same request without one of its headers. */
export function without(request: RequestSpec, header: string): RequestSpec {
  const headers = Object.entries(request.headers as object).filter(([name]) => name !== header);
  return { ...request, headers: Object.fromEntries(headers) };
}

/** An answer that reports its usage. */
export function answer(output: number, input = 0): ResponseSpec {
  const usage = { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
  const body = JSON.stringify({ choices: [{ index: 0, message: { role: "assistant", content: "ok" } }], usage });
  return { headers: { "content-type": "application/json" }, body };
}

/** A stream of these events' data, each followed by a blank line. */
export function events(data: readonly unknown[], names: readonly string[] = []): ResponseSpec {
  const body = data.map((each, index) => {
    const text = typeof each === "string" ? each : JSON.stringify(each);
    return `${names[index] === undefined ? "" : `event: ${names[index]}\n`}data: ${text}\n\n`;
  });
  return { headers: { "content-type": "text/event-stream" }, body };
}

/** A piece of a streamed chat. */
export function delta(content: string) {
  return { id: "c-1", object: "chat.completion.chunk", choices: [{ index: 0, delta: { content } }] };
}

/** The text of a body, all pieces of it. */
export function textOf({ body = "" }: BodySpec): string {
  return Array.isArray(body) ? body.join("") : (body as string);
}

/** What became of a request: `passed`, or `status reason`. */
export function verdict({ status, localReply }: Outcome): string {
  if (localReply) return `${localReply.status} ${localReply.details.replace("weir.token-limiter.", "")}`;
  return status === "forwarded" ? "passed" : status;
}

/** What the client was told of its limits, by the headers' last words. */
export function rateHeaders({ client }: Pick<Outcome, "client">): Record<string, string> {
  const known = (client.headers?.pairs ?? []).filter(([name]) => /^(x-ratelimit-|retry-after$)/.test(name));
  return Object.fromEntries(known.map(([name, value]) => [name.replace("x-ratelimit-", ""), value]));
}

/** What is left of the token limit that is closest to denying, as a request sees it that reserves `reserved` and uses nothing. */
export function left(limiter: PluginContext, request: RequestSpec = chat(1), reserved = 1): number {
  const outcome = limiter.send(request, answer(0));
  const remaining = Number(rateHeaders(outcome)["remaining-tokens"]);
  return outcome.localReply ? remaining : remaining + reserved;
}

/** A request that is under way: the upstream has it and has not answered. */
export function open(limiter: PluginContext, request: RequestSpec): Stream {
  const stream = limiter.stream();
  stream.request(request);
  if (!stream.upstream.complete) throw new Error(`not under way: ${stream.localReply?.body ?? "held"}`);
  return stream;
}
