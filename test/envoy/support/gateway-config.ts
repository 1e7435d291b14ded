/** Configurations of Envoy for tests and the demo: one listener, a chain of filters, routes by header to clusters. */

export interface Address {
  host: string;
  port: number;
}

/** Envoy's bootstrap, as far as something here reads it. */
export interface Bootstrap {
  static_resources: { listeners: Json[]; clusters: Json[] };
  admin?: Json;
  node?: Json;
  stats_config?: Json;
}

export type JsonObject = { [key: string]: Json };
export type Json = string | number | boolean | null | Json[] | JsonObject;

/** Shows every object in a value to `change`, which may change it. */
export function visit(value: unknown, change: (node: JsonObject) => void): void {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) change(value as JsonObject);
  for (const child of Object.values(value)) visit(child, change);
}

/** A plugin in the chain; what is left out takes the values that the README recommends to operators. */
export interface WasmFilter {
  name: string;
  /** Absolute path of the wasm file. */
  wasm: string;
  /** Default: `name`. */
  rootId?: string;
  /** Filters with the same id and file share one VM. Default: `name`. */
  vmId?: string;
  /** An object becomes JSON text; a string is passed as it is. */
  configuration?: Json;
  allowOnHeadersStopIteration?: boolean;
  failurePolicy?: "FAIL_RELOAD" | "FAIL_CLOSED" | "FAIL_OPEN";
  environment?: Record<string, string>;
}

/** Any other HTTP filter, in Envoy's own words. */
export interface NativeFilter {
  name: string;
  typed_config: { "@type": string; [key: string]: Json };
  disabled?: boolean;
}

export interface Route {
  name?: string;
  /** What the request must be, in Envoy's words; default: any path. Its `headers` give way to `provider`. */
  match?: { [key: string]: Json };
  /** The value that the provider header must have; absent: any. */
  provider?: string;
  /** Where matching requests go; a `directResponse` status instead answers them here. */
  cluster?: string;
  directResponse?: number;
  /** Filter metadata: namespace to keys and values. */
  metadata?: Record<string, Json>;
  requestBodyBufferLimit?: number;
  /** More of Envoy's route, laid over the rest key by key. */
  extra?: { [key: string]: Json };
}

export interface Gateway {
  /** In chain order; the router is added at the end. */
  filters: (WasmFilter | NativeFilter)[];
  /** Cluster name to where its one endpoint listens. */
  clusters: Record<string, Address>;
  /** First match wins. Default: one a cluster by its name in the provider header. */
  routes?: Route[];
  /** The cluster of requests that no route matches; absent: Envoy answers them 404. */
  fallback?: string;
  /** 0, the default, lets the system pick: read it from `EnvoyProcess.address()`. */
  port?: number;
  providerHeader?: string;
  /** The listener's `per_connection_buffer_limit_bytes`; default Envoy's own, 1 MiB. */
  bufferLimitBytes?: number;
  /** Whether HTTP/1 trailers are forwarded both ways, as those of HTTP/2 always are; default Envoy's own: no. */
  trailers?: boolean;
  /** More access log fields: name to format. */
  accessLogFields?: Record<string, string>;
}

/** The access log's file, in the folder that Envoy runs in. */
export const ACCESS_LOG = "access.log";

const TYPE = "type.googleapis.com/";
const HTTP1_TRAILERS = { enable_trailers: true };
const HTTP1_TRAILERS_UPSTREAM = {
  "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
    "@type": `${TYPE}envoy.extensions.upstreams.http.v3.HttpProtocolOptions`,
    explicit_http_config: { http_protocol_options: HTTP1_TRAILERS },
  },
};
const FILTER_STATE = ["requested_model", "model", "provider", "consumer"];

/** Writes out a gateway as Envoy's bootstrap; the listener's name is "gateway", HTTP/1 and HTTP/2 without TLS both work. */
export function gatewayConfig(gateway: Gateway): Bootstrap {
  const { clusters, filters, port = 0, bufferLimitBytes } = gateway;
  const manager: Json = {
    "@type": `${TYPE}envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager`,
    stat_prefix: "gateway",
    codec_type: "AUTO",
    ...(gateway.trailers ? { http_protocol_options: HTTP1_TRAILERS } : {}),
    access_log: [accessLog(gateway.accessLogFields)],
    route_config: {
      name: "gateway",
      virtual_hosts: [
        { name: "gateway", domains: ["*"], routes: routesOf(gateway).map((entry) => route(entry, gateway)) },
      ],
    },
    http_filters: [
      ...filters.map((filter) => ("wasm" in filter ? wasmFilter(filter) : ({ ...filter } as Json))),
      {
        name: "envoy.filters.http.router",
        typed_config: { "@type": `${TYPE}envoy.extensions.filters.http.router.v3.Router` },
      },
    ],
  };
  const listener: Json = {
    name: "gateway",
    address: socketAddress({ host: "127.0.0.1", port }),
    ...(bufferLimitBytes === undefined ? {} : { per_connection_buffer_limit_bytes: bufferLimitBytes }),
    filter_chains: [{ filters: [{ name: "envoy.filters.network.http_connection_manager", typed_config: manager }] }],
  };
  return {
    static_resources: {
      listeners: [listener],
      clusters: Object.entries(clusters).map(([name, address]) => cluster(name, address, gateway)),
    },
  };
}

/** A plugin as Envoy's HTTP filter. */
export function wasmFilter(filter: WasmFilter): Json {
  const { name, wasm, rootId = name, vmId = name, configuration, environment } = filter;
  const text = typeof configuration === "string" ? configuration : JSON.stringify(configuration ?? {});
  return {
    name,
    typed_config: {
      "@type": `${TYPE}envoy.extensions.filters.http.wasm.v3.Wasm`,
      config: {
        name,
        root_id: rootId,
        failure_policy: filter.failurePolicy ?? "FAIL_RELOAD",
        allow_on_headers_stop_iteration: filter.allowOnHeadersStopIteration ?? true,
        vm_config: {
          vm_id: vmId,
          runtime: "envoy.wasm.runtime.v8",
          code: { local: { filename: wasm } },
          ...(environment ? { environment_variables: { key_values: environment } } : {}),
        },
        configuration: { "@type": `${TYPE}google.protobuf.StringValue`, value: text },
      },
    },
  };
}

function routesOf({ routes, clusters, fallback }: Gateway): Route[] {
  const listed = routes ?? Object.keys(clusters).map((name) => ({ name, provider: name, cluster: name }));
  return fallback === undefined ? listed : [...listed, { name: "fallback", cluster: fallback }];
}

function route(entry: Route, { providerHeader = "x-gateway-provider-name" }: Gateway): Json {
  const byProvider: Json =
    entry.provider === undefined
      ? {}
      : { headers: [{ name: providerHeader, string_match: { exact: entry.provider } }] };
  const action: { [key: string]: Json } =
    entry.cluster === undefined
      ? { direct_response: { status: entry.directResponse ?? 404 } }
      : { route: { cluster: entry.cluster, timeout: "0s" } };
  return {
    ...(entry.name === undefined ? {} : { name: entry.name }),
    match: { ...(entry.match ?? { prefix: "/" }), ...byProvider },
    ...action,
    ...(entry.metadata ? { metadata: { filter_metadata: entry.metadata } } : {}),
    ...(entry.requestBodyBufferLimit === undefined ? {} : { request_body_buffer_limit: entry.requestBodyBufferLimit }),
    ...entry.extra,
  };
}

/** A cluster of one endpoint; `trailers`: it is sent those of HTTP/1 requests, too. */
export function cluster(name: string, address: Address, { trailers }: Pick<Gateway, "trailers"> = {}): JsonObject {
  return {
    name,
    type: "STATIC",
    connect_timeout: "5s",
    ...(trailers ? { typed_extension_protocol_options: HTTP1_TRAILERS_UPSTREAM } : {}),
    load_assignment: {
      cluster_name: name,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: socketAddress(address) } }] }],
    },
  };
}

function accessLog(more: Record<string, string> = {}): Json {
  const published = FILTER_STATE.map((name) => [name, `%FILTER_STATE(wasm.weir.${name}:PLAIN)%`] as const);
  return {
    name: "envoy.access_loggers.file",
    typed_config: {
      "@type": `${TYPE}envoy.extensions.access_loggers.file.v3.FileAccessLog`,
      path: ACCESS_LOG,
      log_format: {
        json_format: {
          method: "%REQ(:METHOD)%",
          path: "%REQ(:PATH)%",
          status: "%RESPONSE_CODE%",
          details: "%RESPONSE_CODE_DETAILS%",
          flags: "%RESPONSE_FLAGS%",
          route: "%ROUTE_NAME%",
          cluster: "%UPSTREAM_CLUSTER%",
          request_bytes: "%BYTES_RECEIVED%",
          response_bytes: "%BYTES_SENT%",
          ...Object.fromEntries(published),
          ...more,
        },
      },
    },
  };
}

function socketAddress({ host, port }: Address): Json {
  return { socket_address: { address: host, port_value: port } };
}
