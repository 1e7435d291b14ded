import {
  type Json,
  type JsonObject,
  type NativeFilter,
  type Route,
  gatewayConfig,
} from "../envoy/support/gateway-config.ts";
import type { Xds } from "./xds.ts";

const PROVIDERS = { openai: "api.openai.com", anthropic: "api.anthropic.com" };

/**
 * What stands in for a control plane's listener, routes and clusters where only filters are looked at: routes to the two providers
 * by the header of `model-router`. `name` is the listener's; `hasChat`: one route `chat` by its path goes before them.
 */
export function standIn(name: string, filters: NativeFilter[], hasChat: boolean): Xds {
  const routes = Object.keys(PROVIDERS).map((provider): Route => ({ name: provider, provider, cluster: provider }));
  const all: Route[] = [
    ...(hasChat ? [{ name: "chat", match: { path: "/v1/chat/completions" }, cluster: "openai" }] : []),
    ...routes,
    { name: "fallback", cluster: "openai" },
  ];
  const { static_resources } = gatewayConfig({ filters, clusters: {}, routes: all });
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
