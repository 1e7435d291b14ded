import {
  type Json,
  type JsonObject,
  type NativeFilter,
  type Route,
  gatewayConfig,
} from "../envoy/support/gateway-config.ts";
import { at, listAt } from "./files.ts";
import type { Manifest } from "./kinds.ts";
import type { Xds } from "./xds.ts";

const PROVIDERS = { openai: "api.openai.com", anthropic: "api.anthropic.com" };
/** The base's HTTPRoute: to each provider by the header of `model-router`. */
const BASE_ROUTE = "providers";

/** A route of Envoy's with its name, of which more may be said. */
export interface NamedRoute extends Route {
  name: string;
  /** The HTTPRoute that it is of. */
  from: string;
}

/**
 * The routes that a control plane makes of HTTPRoutes, those of a use's own first; `nameOf` is how it names a rule's. What the base's
 * has about keys and hosts is left out.
 */
export function routesOf(manifests: Manifest[], nameOf: (httpRoute: string, index: number) => string): NamedRoute[] {
  const own = manifests
    .filter(({ kind, metadata }) => kind === "HTTPRoute" && metadata.name !== BASE_ROUTE)
    .flatMap(({ metadata: { name }, spec }) =>
      listAt(spec, "rules").map((rule, index) => ({ name: nameOf(name, index), from: name, ...ruleOf(rule) })),
    );
  const base = Object.keys(PROVIDERS).map((provider) => ({
    name: provider,
    from: BASE_ROUTE,
    provider,
    cluster: provider,
  }));
  return [...own, ...base, { name: "fallback", from: BASE_ROUTE, cluster: "openai" }];
}

function ruleOf(rule: unknown): Pick<Route, "match" | "cluster" | "extra"> {
  const { type, value } = at(rule, "matches", 0, "path") as { type: string; value: string };
  const rewrites = listAt(rule, "filters").map((filter) => at(filter, "urlRewrite", "path", "replacePrefixMatch"));
  const prefix = rewrites.find((rewrite) => rewrite !== undefined) as string | undefined;
  return {
    match: type === "Exact" ? { path: value } : { path_separated_prefix: value },
    cluster: "openai",
    extra: { route: { cluster: "openai", timeout: "0s", ...(prefix === undefined ? {} : { prefix_rewrite: prefix }) } },
  };
}

/** What stands in for a control plane's listener, of this name, and its clusters, where only filters and routes are looked at. */
export function standIn(name: string, filters: NativeFilter[], routes: Route[]): Xds {
  const { static_resources } = gatewayConfig({ filters, clusters: {}, routes });
  const [listener] = static_resources.listeners as [JsonObject];
  return {
    Listener: [{ ...listener, name }],
    Cluster: Object.entries(PROVIDERS).map(([provider, host]) => clusterOf(provider, [host])),
  };
}

/** A cluster with one endpoint a priority, of which nothing is said but its host. */
export function clusterOf(name: string, hosts: string[]): JsonObject {
  const endpoints = hosts.map((address, priority): Json => {
    const endpoint = { address: { socket_address: { address, port_value: 443 } } };
    return { priority, lb_endpoints: [{ endpoint, metadata: { filter_metadata: {} } }] };
  });
  return {
    name,
    type: "STRICT_DNS",
    typed_extension_protocol_options: {
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
        "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
        explicit_http_config: { http_protocol_options: {} },
      },
    },
    load_assignment: { cluster_name: name, endpoints },
  };
}
