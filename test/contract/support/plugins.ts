import { readFileSync } from "node:fs";
import { wasmFile } from "../../../scripts/setup/plugins.ts";
import { WasmHost, type HostOptions } from "../../host/wasm-host.ts";
import { readExamples } from "../../schema/validator.ts";

export { pluginNames } from "../../../scripts/setup/plugins.ts";

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

/** A VM with the release build of a plugin; every cluster that the examples name is there, none of them answers. */
export function loadVm(plugin: string, options: HostOptions = {}): Promise<WasmHost> {
  const clusters = examplesOf(plugin, true).flatMap(({ config }) => clustersIn(config));
  return WasmHost.load(wasmFile(plugin), { rootId: plugin, clusters, ...options });
}

/** Without random bits a plugin falls back on the clock, which stands still here: equal requests, equal answers. */
export const DETERMINISTIC: HostOptions = { fail: { random_get: 58 } };

function clustersIn(node: unknown): string[] {
  if (typeof node !== "object" || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) =>
    key === "cluster" && typeof value === "string" ? [value] : clustersIn(value),
  );
}
