import { wasmFile } from "../../scripts/setup/plugins.ts";
import { type Address, type Bootstrap, type JsonObject, visit } from "../envoy/support/gateway-config.ts";
import { at, listAt } from "./files.ts";

/** What a control plane sends an Envoy, by the names of Envoy's types; none: there is no such resource. */
export interface Xds {
  Listener: JsonObject[];
  Cluster: JsonObject[];
  RouteConfiguration?: JsonObject[];
  ClusterLoadAssignment?: JsonObject[];
  TypedExtensionConfig?: JsonObject[];
}

/** What only Istio's own build of Envoy has. */
const ISTIO_ONLY = /\b(istio|stats\.PluginConfig|peer_metadata)\b/;

/**
 * A stock Envoy's bootstrap with what a control plane sends: everything in its place, the built plugins for images and mounted
 * files, and clusters without TLS that lead to where `addresses` says, by host name. Clusters that lead nowhere else are left out.
 */
export function localBootstrap(xds: Xds, addresses: Record<string, Address>): Bootstrap {
  const listeners = xds.Listener.flatMap((listener) => localListener(structuredClone(listener), xds));
  const clusters = xds.Cluster.flatMap((cluster) => localCluster(structuredClone(cluster), xds, addresses));
  const bootstrap: Bootstrap = { static_resources: { listeners, clusters } };
  visit(bootstrap, useBuilt);
  return bootstrap;
}

function localListener(listener: JsonObject, xds: Xds): JsonObject[] {
  let isHttp = false;
  visit(listener, (node) => {
    if (!("http_filters" in node) || !("stat_prefix" in node)) return;
    const name = at(node, "rds", "route_config_name");
    const routes = xds.RouteConfiguration?.find((one) => one["name"] === name);
    if (name !== undefined && !routes) return;
    isHttp = true;
    if (routes) node["route_config"] = structuredClone(routes);
    delete node["rds"];
    node["http_filters"] = inPlace(node["http_filters"] as JsonObject[], xds);
  });
  if (!isHttp) return [];
  return [{ ...listener, address: { socket_address: { address: "127.0.0.1", port_value: 0 } } }];
}

/** HTTP filters with those that come by discovery in their place. */
function inPlace(filters: JsonObject[], { TypedExtensionConfig: extensions = [] }: Xds): JsonObject[] {
  return filters
    .filter(({ typed_config }) => !ISTIO_ONLY.test(String(at(typed_config, "@type"))))
    .map((filter) => {
      if (!filter["config_discovery"]) return filter;
      const extension = extensions.find(({ name }) => name === filter["name"]);
      if (!extension) throw new Error(`nobody sends the filter ${String(filter["name"])}`);
      const { config_discovery: _source, ...rest } = filter;
      return { ...rest, typed_config: structuredClone(extension["typed_config"]!) };
    });
}

/** What of a cluster says how to find its endpoints and to speak with them, and what only Istio's own Envoy knows. */
const OF_THE_PLACE = [
  "cluster_type",
  "transport_socket",
  "transport_socket_matches",
  "eds_cluster_config",
  "dns_lookup_family",
  "respect_dns_ttl",
  "dns_refresh_rate",
  "dns_jitter",
  "filters",
];

function localCluster(cluster: JsonObject, xds: Xds, addresses: Record<string, Address>): JsonObject[] {
  const { name } = cluster;
  const kept = Object.fromEntries(Object.entries(cluster).filter(([key]) => !OF_THE_PLACE.includes(key)));
  const assignment =
    cluster["load_assignment"] ?? xds.ClusterLoadAssignment?.find((one) => one["cluster_name"] === name);
  if (!assignment) return [];
  let isLocal = false;
  visit(assignment, (node) => {
    const host = at(node, "endpoint", "address", "socket_address", "address");
    const address = addresses[String(host)];
    if (!address) return;
    isLocal = true;
    const { host: to, port } = address;
    node["endpoint"] = { hostname: String(host), address: { socket_address: { address: to, port_value: port } } };
  });
  const options = Object.values((cluster["typed_extension_protocol_options"] ?? {}) as JsonObject);
  for (const protocol of options as JsonObject[])
    if (protocol["http_filters"]) protocol["http_filters"] = inPlace(listAt(protocol, "http_filters"), xds);
  return isLocal ? [{ ...kept, name: name!, type: "STATIC", load_assignment: assignment }] : [];
}

/** Gives an image's or a mounted file's plugin as it was built. */
function useBuilt(node: JsonObject): void {
  const code = node["code"] as { local?: { filename: string }; remote?: { http_uri: { uri: string } } } | undefined;
  const source = code?.remote?.http_uri.uri ?? code?.local?.filename;
  if (source === undefined) return;
  const plugin = /^(?:oci:\/\/registry\.example\.com\/weir\/|\/var\/lib\/weir\/)([a-z-]+)(?::[\d.]+|\.wasm)$/.exec(
    source,
  )?.[1];
  if (plugin === undefined) throw new Error(`no built plugin for ${source}`);
  node["code"] = { local: { filename: wasmFile(plugin) } };
}
