import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { pluginNames as allPluginNames, wasmFile } from "../../../scripts/setup/plugins.ts";
import { WasmHost, type HostOptions } from "../../host/wasm-host.ts";
import { readExamples } from "../../schema/validator.ts";

/** The plugins that the contract is for: all, or those that `WEIR_ONLY` names, separated by commas. */
export function pluginNames(): string[] {
  const only = process.env["WEIR_ONLY"];
  return only ? only.split(",") : allPluginNames();
}

/** A plugin's configuration out of its folder `examples/`. */
export interface Example {
  name: string;
  config: unknown;
}

/** The examples of a plugin that configure, or those that are refused. */
export function examplesOf(plugin: string, valid: boolean): Example[] {
  return readExamples(plugin)
    .filter((example) => example.valid === valid)
    .map(({ name, config }) => ({ name, config }));
}

/** What a plugin's release module imports, as `module.name`, and what it exports. */
export function moduleOf(plugin: string): { bytes: number; imports: string[]; exports: string[] } {
  const file = readFileSync(wasmFile(plugin));
  const module = new WebAssembly.Module(file);
  return {
    bytes: file.length,
    imports: WebAssembly.Module.imports(module).map(({ module: from, name }) => `${from}.${name}`),
    exports: WebAssembly.Module.exports(module).map(({ name }) => name),
  };
}

/**
 * A VM with the release build of a plugin; every cluster that the examples name is there, none of them answers; so is every
 * environment variable that isn't optional.
 */
export function loadVm(plugin: string, options: HostOptions = {}): Promise<WasmHost> {
  const configs = examplesOf(plugin, true).map(({ config }) => config);
  const clusters = clustersOf(plugin);
  const names = configs.flatMap((config) => textsAt(config, ["env"], ({ optional }) => optional !== true));
  const environment = Object.fromEntries(names.map((name) => [name, secretOf(name)]));
  return WasmHost.load(wasmFile(plugin), { rootId: plugin, clusters, environment, ...options });
}

/** What a VM says is wrong with a configuration, a line an issue; empty when it takes it. */
export function issuesOf(host: WasmHost, configuration: unknown): string[] {
  const context = host.createPlugin({ configuration });
  const lines = context.logs.flatMap(({ text }) => text.split("\n"));
  context.delete();
  host.logs.length = 0;
  return context.ok ? [] : lines;
}

/** Every cluster that a plugin's examples name. */
export function clustersOf(plugin: string): string[] {
  return examplesOf(plugin, true).flatMap(({ config }) => textsAt(config, ["cluster", "tokenCluster"]));
}

let serviceAccount: string | undefined;

/** What a variable of this name holds: a key, or of `GCP_SA_JSON` a service account's key file. */
function secretOf(name: string): string {
  if (name !== "GCP_SA_JSON") return `secret-of-${name}`;
  const encoding = { type: "pkcs8", format: "pem" } as const;
  serviceAccount ??= JSON.stringify({
    client_email: "weir@project.example",
    private_key_id: "1",
    private_key: generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export(encoding),
    token_uri: "https://oauth2.googleapis.com/token",
  });
  return serviceAccount;
}

/** Without random bits a plugin falls back on the clock, which stands still here: equal requests, equal answers. */
export const DETERMINISTIC: HostOptions = { fail: { random_get: 58 } };

/** Every text under one of these keys, at any depth, of the objects that are `wanted`. */
function textsAt(
  node: unknown,
  keys: string[],
  wanted: (owner: Record<string, unknown>) => boolean = () => true,
): string[] {
  if (typeof node !== "object" || node === null) return [];
  const owner = node as Record<string, unknown>;
  return Object.entries(owner).flatMap(([key, value]) =>
    keys.includes(key) && typeof value === "string" && wanted(owner) ? [value] : textsAt(value, keys, wanted),
  );
}
