import { at, listAt } from "./files.ts";
import type { Manifest } from "./kinds.ts";
import { clusterOf } from "./stand-in.ts";
import type { JsonObject } from "../envoy/support/gateway-config.ts";

/** A piece of Envoy's configuration out of a manifest, within the least that makes a resource of it. */
export interface Fragment {
  kind: "Listener" | "Cluster";
  resource: JsonObject;
}

const ROUTER = {
  name: "envoy.filters.http.router",
  typed_config: { "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router" },
};

function listenerOf(
  filters: JsonObject[],
  routes: JsonObject[] = [],
  over: JsonObject = {},
  filterOver: JsonObject = {},
): Fragment {
  const manager = {
    "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
    stat_prefix: "fragment",
    route_config: { name: "fragment", virtual_hosts: [{ name: "fragment", domains: ["*"], routes }] },
    http_filters: [...filters, ROUTER],
    ...(filterOver["typed_config"] as JsonObject | undefined),
  };
  const filter = { name: "envoy.filters.network.http_connection_manager", ...filterOver, typed_config: manager };
  const address = { socket_address: { address: "127.0.0.1", port_value: 0 } };
  return { kind: "Listener", resource: { name: "fragment", address, filter_chains: [{ filters: [filter] }], ...over } };
}

/** What the patches of an EnvoyFilter or an EnvoyPatchPolicy give Envoy, but for its bootstrap: `bootstraps.ts`. */
export function fragmentsOf({ kind, spec }: Manifest): Fragment[] {
  if (kind === "EnvoyFilter")
    return listAt(spec, "configPatches")
      .filter(({ applyTo }) => applyTo !== "BOOTSTRAP")
      .map((one) => ofEnvoyFilter(String(one["applyTo"]), at(one, "patch", "value") as JsonObject));
  if (kind === "EnvoyPatchPolicy")
    return listAt(spec, "jsonPatches").flatMap((one) => ofPatch(at(one, "operation") as JsonObject));
  return [];
}

function ofEnvoyFilter(applyTo: string, value: JsonObject): Fragment {
  switch (applyTo) {
    case "HTTP_FILTER":
    case "EXTENSION_CONFIG":
      return listenerOf([value]);
    case "HTTP_ROUTE":
      return listenerOf([], [{ match: { prefix: "/" }, ...value }]);
    case "NETWORK_FILTER":
      return listenerOf([], [], {}, value);
    case "LISTENER":
      return listenerOf([], [], value);
    case "CLUSTER":
      return { kind: "Cluster", resource: value };
    default:
      throw new Error(`no fragment for ${applyTo}`);
  }
}

/** A patch adds a whole cluster, one field of Wasm filters, or something to a cluster. */
function ofPatch({ path, jsonPath, value }: JsonObject): Fragment[] {
  const field = String(path).split("/").at(-1)!;
  if (path === "") return [{ kind: "Cluster", resource: value as JsonObject }];
  if (String(jsonPath).includes("http_filters")) {
    const typed = {
      "@type": "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm",
      config: { [field]: value! },
    };
    return [listenerOf([{ name: "fragment", typed_config: typed }])];
  }
  const cluster = clusterOf("fragment", ["api.openai.com"]);
  const [options] = Object.values(cluster["typed_extension_protocol_options"] as JsonObject) as [JsonObject];
  if (field === "http_filters") options["http_filters"] = value!;
  return [{ kind: "Cluster", resource: cluster }];
}
