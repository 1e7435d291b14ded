import { type Outcome, type RequestSpec } from "../../../host/exchange.ts";
import { type PluginContext } from "../../../host/plugin-context.ts";
import { WasmHost, type HostOptions } from "../../../host/wasm-host.ts";
import { wasmFile } from "../../../../scripts/setup/plugins.ts";

export const MODEL_HEADER = "x-gateway-model-name";
export const PROVIDER_HEADER = "x-gateway-provider-name";

/** Segments of a path that is then too long to be compared, and where it is. */
export const TOO_LONG: [where: string, segments: string][] = [
  ["normalised", "x".repeat(8192)],
  ["on the way", `${"x".repeat(8192)}/..`],
  ["as it came", "%2e/".repeat(17_000)],
];

export type Config = Record<string, unknown>;

/** The release build of the router with this configuration, in a VM of its own. */
export async function startRouter(
  config: Config,
  options: HostOptions = {},
): Promise<{ host: WasmHost; router: PluginContext }> {
  const host = await WasmHost.load(wasmFile("model-router"), { rootId: "model-router", ...options });
  const router = host.createPlugin({ configuration: config });
  if (!router.ok) throw new Error(router.logs.map(({ text }) => text).join("\n"));
  return { host, router };
}

/** Starts a router and sends it one request. */
export async function route(config: Config, request: RequestSpec, options?: HostOptions): Promise<Outcome> {
  const { router } = await startRouter(config, options);
  return router.send(request);
}

/** A POST of JSON text; anything but a text is made one. */
export function post(path: string, body: unknown, headers: Record<string, string> = {}): RequestSpec {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return { method: "POST", path, headers: { "content-type": "application/json", ...headers }, body: text };
}

/** A chat with this model; `undefined` names none. */
export function chat(model: unknown, headers: Record<string, string> = {}): RequestSpec {
  return post("/v1/chat/completions", { model, messages: [{ role: "user", content: "hi" }] }, headers);
}

export interface Part {
  name: string;
  content: string;
  filename?: string;
}

/** A POST of multipart/form-data. */
export function form(path: string, parts: Part[], headers: Record<string, string> = {}): RequestSpec {
  const boundary = "----cut";
  const body = parts
    .map(({ name, content, filename }) => {
      const file = filename === undefined ? "" : `; filename="${filename}"`;
      return `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n${content}\r\n`;
    })
    .join("");
  const type = { "content-type": `multipart/form-data; boundary=${boundary}` };
  return { method: "POST", path, headers: { ...type, ...headers }, body: `${body}--${boundary}--\r\n` };
}

/** Where the request went: `provider model`, `-` for a header that isn't there; or how it was refused: `status reason`. */
export function verdict({ status, upstream, localReply }: Outcome): string {
  if (localReply) return `${localReply.status} ${localReply.details.replace("weir.model-router.", "")}`;
  if (status !== "forwarded") return status;
  return `${upstream.headers?.get(PROVIDER_HEADER) ?? "-"} ${upstream.headers?.get(MODEL_HEADER) ?? "-"}`;
}
