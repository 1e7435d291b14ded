import { wasmFile } from "../../../../scripts/setup/plugins.ts";
import { type Outcome, type RequestSpec } from "../../../host/exchange.ts";
import { type PluginContext } from "../../../host/plugin-context.ts";
import { WasmHost, type HostOptions } from "../../../host/wasm-host.ts";

export type Config = Record<string, unknown>;

export const PROVIDER_HEADER = "x-gateway-provider-name";

/** A credential that signs for AWS. */
export const SIGNING = {
  type: "AwsSigV4",
  region: "us-east-1",
  service: "bedrock",
  accessKeyId: { value: "AKIDEXAMPLE" },
  secretAccessKey: { value: "secret" },
};

/** The release build with this configuration, in a VM of its own. */
export async function startEgress(
  config: Config,
  options: HostOptions = {},
): Promise<{ host: WasmHost; egress: PluginContext }> {
  const host = await WasmHost.load(wasmFile("egress-auth"), { rootId: "egress-auth", ...options });
  const egress = host.createPlugin({ configuration: config });
  if (!egress.ok) throw new Error(egress.logs.map(({ text }) => text).join("\n"));
  return { host, egress };
}

/** Starts the plugin and sends it one request. */
export async function send(config: Config, request: RequestSpec, options?: HostOptions): Promise<Outcome> {
  return (await startEgress(config, options)).egress.send(request);
}

/** What a configuration is refused with, line by line. */
export async function complaints(config: Config, options: HostOptions = {}): Promise<string[]> {
  const host = await WasmHost.load(wasmFile("egress-auth"), { rootId: "egress-auth", ...options });
  const { ok, logs } = host.createPlugin({ configuration: config });
  return ok ? [] : logs.flatMap(({ text }) => text.split("\n"));
}

/** A POST of JSON for a provider. */
export function post(
  provider: string | undefined,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): RequestSpec {
  const routing: Record<string, string> = provider === undefined ? {} : { [PROVIDER_HEADER]: provider };
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return { method: "POST", path, headers: { "content-type": "application/json", ...routing, ...headers }, body: text };
}

/** A chat for a provider. */
export function chat(
  provider: string | undefined,
  model = "gpt-4o",
  headers: Record<string, string> = {},
): RequestSpec {
  return post(provider, "/v1/chat/completions", { model, messages: [] }, headers);
}

/** `status reason` of a refusal; `passed` of what reached the upstream, else what became of it. */
export function verdict({ status, localReply }: Outcome): string {
  if (localReply) return `${localReply.status} ${localReply.details.replace("weir.egress-auth.", "")}`;
  return status === "forwarded" ? "passed" : status;
}

/** What reached the upstream under these names. */
export function upstream({ upstream: { headers } }: Outcome, ...names: string[]): (string | undefined)[] {
  return names.map((name) => headers?.get(name) ?? undefined);
}
