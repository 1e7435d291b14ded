import { at, listAt } from "./files.ts";
import type { Manifest } from "./kinds.ts";

/** A plugin that a manifest loads: by its root id, with its configuration as an object. */
export interface LoadedPlugin {
  /** The filter's name, which is the key in route metadata. */
  name: string;
  plugin: string;
  /** Where the module comes from: an image, or a file. */
  source: string;
  config: unknown;
}

/** Envoy's Wasm filter, as far as it says what is loaded. */
interface WasmConfig {
  name: string;
  root_id: string;
  vm_config: { code: { local?: { filename: string }; remote?: { http_uri: { uri: string } } } };
  configuration: { value: string };
}

/** The plugins that a manifest loads, in the order of their chain. */
export function loadedPlugins({ kind, spec, metadata }: Manifest): LoadedPlugin[] {
  if (kind === "WasmPlugin") {
    const { url, pluginName, pluginConfig } = spec as { url: string; pluginName: string; pluginConfig: unknown };
    const source = url.replace(/^oci:\/\//, "");
    return [{ name: `${metadata.namespace}.${metadata.name}`, plugin: pluginName, source, config: pluginConfig }];
  }
  if (kind === "EnvoyExtensionPolicy")
    return listAt(spec, "wasm").map((entry) => ({
      name: String(entry["name"]),
      plugin: String(entry["rootID"]),
      source: String(at(entry, "code", "image", "url")),
      config: entry["config"],
    }));
  return wasmConfigs(spec).map(({ name, root_id, vm_config: { code }, configuration }) => ({
    name,
    plugin: root_id,
    source: code.remote?.http_uri.uri.replace(/^oci:\/\//, "") ?? code.local!.filename,
    config: JSON.parse(configuration.value) as unknown,
  }));
}

/** Every configuration of Envoy's Wasm filter inside a value. */
export function wasmConfigs(value: unknown): WasmConfig[] {
  if (typeof value !== "object" || value === null) return [];
  if ("vm_config" in value) return [value as WasmConfig];
  return Object.values(value).flatMap(wasmConfigs);
}
