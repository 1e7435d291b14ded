import { type JsonObject, type NativeFilter, visit } from "../envoy/support/gateway-config.ts";
import { at, listAt } from "./files.ts";
import type { Manifest } from "./kinds.ts";
import { routesOf, standIn } from "./stand-in.ts";
import type { Xds } from "./xds.ts";

/** What `jwt_authn` says of a token of team A. */
const SUBJECT: NativeFilter = {
  name: "envoy.filters.http.set_metadata",
  typed_config: {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.set_metadata.v3.Config",
    metadata: [{ metadata_namespace: "envoy.filters.http.jwt_authn", value: { payload: { sub: "team-a" } } }],
  },
};

interface ConfigPatch {
  applyTo: string;
  match: object;
  patch: { value: JsonObject };
}

/**
 * What a gateway's Envoy gets of a file's WasmPlugins and EnvoyFilters: a stand-in for what istiod makes of them, for tests that
 * have no istiod. `scripts/translate.ts` has the real thing.
 */
export function istioXds(name: string, manifests: Manifest[]): Xds {
  const plugins = manifests.filter(({ kind }) => kind === "WasmPlugin").map(wasmPluginFilter);
  const patches = manifests
    .filter(({ kind }) => kind === "EnvoyFilter")
    .sort((a, b) => Number(at(a.spec, "priority") ?? 0) - Number(at(b.spec, "priority") ?? 0))
    .flatMap(({ spec }) => listAt<ConfigPatch>(spec, "configPatches"));
  const values = (applyTo: string): JsonObject[] =>
    patches.filter((one) => one.applyTo === applyTo).map(({ patch }) => structuredClone(patch.value));
  const inserted = values("HTTP_FILTER") as unknown as NativeFilter[];
  const routes = routesOf(manifests, (httpRoute, index) => `ai.${httpRoute}.${index}`);
  const { Listener: listeners, Cluster: clusters } = standIn(name, [SUBJECT, ...plugins, ...inserted], routes);
  Object.assign(listeners[0]!, ...values("LISTENER"));
  for (const { typed_config } of values("NETWORK_FILTER"))
    visit(listeners, (node) => {
      if (!("http_filters" in node)) return;
      const added = listAt<JsonObject>(typed_config, "access_log");
      node["access_log"] = [...listAt<JsonObject>(node, "access_log"), ...added];
    });
  for (const { match, patch } of patches.filter(({ applyTo }) => applyTo === "HTTP_ROUTE")) {
    const route = at(match, "routeConfiguration", "vhost", "route", "name");
    let isThere = false;
    visit(listeners, (node) => {
      if (!("match" in node) || node["name"] !== route) return;
      isThere = true;
      merge(node, structuredClone(patch.value));
    });
    if (!isThere) throw new Error(`no route ${String(route)}`);
  }
  return {
    Listener: listeners,
    Cluster: [...clusters, ...values("CLUSTER")],
    TypedExtensionConfig: values("EXTENSION_CONFIG"),
  };
}

/** As istiod's own conversion has it: without the pausing flag, for there is no field for it. */
function wasmPluginFilter({ metadata, spec }: Manifest): NativeFilter {
  const { url, pluginName, pluginConfig, failStrategy } = spec as Record<string, string>;
  return {
    name: `extensions.istio.io/trafficextension/${metadata.namespace}.${metadata.name}`,
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm",
      config: {
        name: `${metadata.namespace}.${metadata.name}`,
        root_id: pluginName!,
        failure_policy: failStrategy!,
        vm_config: {
          runtime: "envoy.wasm.runtime.v8",
          code: { remote: { http_uri: { uri: url!, cluster: "_", timeout: "30s" } } },
        },
        configuration: {
          "@type": "type.googleapis.com/google.protobuf.StringValue",
          value: JSON.stringify(pluginConfig),
        },
      },
    },
  };
}

/** Protobuf's merge, as far as it is needed: objects by key, the rest replaced. */
function merge(into: JsonObject, value: JsonObject): void {
  for (const [key, given] of Object.entries(value)) {
    const present = into[key];
    const isObject = typeof given === "object" && given !== null && !Array.isArray(given);
    if (isObject && typeof present === "object") merge(present as JsonObject, given);
    else into[key] = given;
  }
}
