import { MODEL } from "./bodies.ts";
import { INJECTED_SECRET, TYPE, type HttpFilter } from "./filters.ts";
import type { RouteStyle } from "./variants.ts";

/** Larger than any body that is measured, so that no limit of Envoy's interferes. */
const UNLIMITED_BYTES = 64 << 20;

const MANY = 100_000;

/** What differs between two listeners of the benchmark. */
export interface ListenerOptions {
  port: number;
  filters: HttpFilter[];
  route: RouteStyle;
  /** The most that Envoy buffers; `null` leaves Envoy's own default of 1 MiB. */
  bufferBytes?: number | null;
  /** A file for one line of JSON a request, `{"tokens": ...}`, with `tokens` in the given format. */
  accessLog?: { file: string; tokens: string };
}

/** A listener with one route that all requests of the job must come by. */
export function listener(options: ListenerOptions): object {
  const { port, bufferBytes = UNLIMITED_BYTES } = options;
  const manager = { name: "envoy.filters.network.http_connection_manager", typed_config: connectionManager(options) };
  return {
    "@type": `${TYPE}envoy.config.listener.v3.Listener`,
    name: "bench",
    address: address(port),
    ...(bufferBytes !== null && { per_connection_buffer_limit_bytes: bufferBytes }),
    filter_chains: [{ filters: [manager] }],
  };
}

function connectionManager({ filters, route, accessLog }: ListenerOptions): object {
  return {
    "@type": `${TYPE}envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager`,
    stat_prefix: "bench",
    codec_type: "HTTP1",
    generate_request_id: false,
    route_config: { virtual_hosts: [{ name: "bench", domains: ["*"], routes: routes(route) }] },
    http_filters: [...filters, ROUTER],
    ...(accessLog && { access_log: [fileLog(accessLog)] }),
  };
}

const ROUTER: HttpFilter = {
  name: "envoy.filters.http.router",
  typed_config: { "@type": `${TYPE}envoy.extensions.filters.http.router.v3.Router`, suppress_envoy_headers: true },
};

function fileLog({ file, tokens }: { file: string; tokens: string }): object {
  return {
    name: "file",
    typed_config: {
      "@type": `${TYPE}envoy.extensions.access_loggers.file.v3.FileAccessLog`,
      path: file,
      log_format: { json_format: { tokens } },
    },
  };
}

function routes(style: RouteStyle): object[] {
  const upstream = { route: { cluster: "upstream", timeout: "0s" } };
  const otherwise = { match: { prefix: "/" }, direct_response: { status: 421 } };
  switch (style.kind) {
    case "plain":
      return [{ match: { prefix: "/" }, ...upstream }];
    case "header": {
      const headers = [{ name: "x-gateway-model-name", string_match: { exact: MODEL } }];
      return [{ match: { prefix: "/", headers }, ...upstream }, otherwise];
    }
    case "metadata": {
      const { namespace, key } = style;
      const metadata = [{ filter: namespace, path: [{ key }], value: { string_match: { exact: MODEL } } }];
      const header = { key: "x-gateway-model-name", value: `%DYNAMIC_METADATA(${namespace}:${key})%` };
      return [
        {
          match: { prefix: "/", dynamic_metadata: metadata },
          ...upstream,
          request_headers_to_add: [{ header, append_action: "OVERWRITE_IF_EXISTS_OR_ADD" }],
        },
        otherwise,
      ];
    }
  }
}

function address(port: number): object {
  return { socket_address: { address: "127.0.0.1", port_value: port } };
}

/** A whole Envoy that reads its listener from a file, and again whenever another file is moved there. */
export function bootstrap(adminPort: number, upstreamPort: number, listenerFile: string): object {
  return {
    node: { id: "bench", cluster: "bench" },
    admin: { address: address(adminPort) },
    static_resources: {
      secrets: [INJECTED_SECRET],
      clusters: [
        {
          name: "upstream",
          type: "STATIC",
          connect_timeout: "5s",
          per_connection_buffer_limit_bytes: UNLIMITED_BYTES,
          circuit_breakers: { thresholds: [{ max_connections: MANY, max_pending_requests: MANY, max_requests: MANY }] },
          load_assignment: {
            cluster_name: "upstream",
            endpoints: [{ lb_endpoints: [{ endpoint: { address: address(upstreamPort) } }] }],
          },
        },
      ],
    },
    dynamic_resources: { lds_config: { path_config_source: { path: listenerFile }, resource_api_version: "V3" } },
  };
}
