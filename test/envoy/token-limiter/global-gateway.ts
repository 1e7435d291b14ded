import { wasmFile } from "../../../scripts/setup/plugins.ts";
import {
  type Address,
  type Bootstrap,
  type Json,
  type NativeFilter,
  cluster,
  gatewayConfig,
} from "../support/gateway-config.ts";

/** The domain of the limits in the rate limit service. */
export const DOMAIN = "weir";

/** The limits that the gateways share, as the service knows them; each is kept by consumer, "model" by model too. */
export const LIMITS_YAML = `
domain: ${DOMAIN}
descriptors:
  - key: limit
    value: day
    descriptors:
      - { key: consumer, rate_limit: { unit: day, requests_per_unit: 100 } }
      - { key: consumer, value: favoured, rate_limit: { unit: day, requests_per_unit: 1000 } }
  - key: limit
    value: second
    descriptors:
      - { key: consumer, rate_limit: { unit: second, requests_per_unit: 10 } }
  - key: limit
    value: model
    descriptors:
      - key: consumer
        descriptors:
          - { key: model, rate_limit: { unit: day, requests_per_unit: 100 } }
  - key: limit
    value: requests
    descriptors:
      - { key: consumer, rate_limit: { unit: day, requests_per_unit: 2 } }
`;

/** The same limits as the plugin knows them. Which of them a request counts against is told by its model. */
const LIMITS = [
  { name: "day", by: ["consumer"], models: ["by-day"], count: "Total", amount: 100, per: "1d" },
  { name: "second", by: ["consumer"], models: ["by-second"], count: "Total", amount: 10, per: "1s" },
  { name: "model", by: ["model", "consumer"], models: ["by-model-*"], count: "Total", amount: 100, per: "1d" },
  { name: "requests", by: ["consumer"], models: ["by-requests"], count: "Requests", amount: 2, per: "1d" },
].map((limit) => ({ ...limit, algorithm: "FixedWindow" }));

const TYPE = "type.googleapis.com/";

/** How a gateway's limits hold over all gateways. */
export type Way =
  /** The plugin asks the rate limit service, and charges it. */
  | "the plugin's own call"
  /** Envoy's rate limit filter does; the plugin publishes what to charge. */
  | "Envoy's rate limit filter";

export interface GlobalGateway {
  way: Way;
  provider: Address;
  service: Address;
  /** Default: FailClosed. */
  failureMode?: FailureMode;
  /** The name of the service's cluster; default: ratelimit. */
  cluster?: string;
}

export type FailureMode = "FailClosed" | "FailOpen";

/** A gateway to one provider, "openai", with one listener, "gateway". */
export function globalGateway(gateway: GlobalGateway): Bootstrap {
  const { way, provider, service, failureMode = "FailClosed", cluster = "ratelimit" } = gateway;
  const isNative = way === "Envoy's rate limit filter";
  const store = { type: "RateLimitService", cluster, domain: DOMAIN, timeout: "1s" };
  const configuration = {
    failureMode,
    consumer: [{ header: "x-consumer" }],
    limits: LIMITS,
    ...(isNative ? { mode: "Audit" } : { store }),
  };
  const limiter = { name: "token-limiter", wasm: wasmFile("token-limiter"), configuration };
  const bootstrap = gatewayConfig({
    filters: isNative ? [limiter, RATE_LIMIT_FILTER] : [limiter],
    clusters: { openai: provider },
    routes: [{ cluster: "openai", ...(isNative ? { extra: PER_ROUTE } : {}) }],
    accessLogFields: {
      total_tokens: "%FILTER_STATE(wasm.weir.total_tokens:PLAIN)%",
      charged: "%FILTER_STATE(wasm.weir.limit.day:PLAIN)%",
    },
  });
  bootstrap.static_resources.clusters.push(grpcCluster(cluster, service));
  return bootstrap;
}

/** A cluster that is spoken to in HTTP/2, as gRPC needs it. */
export function grpcCluster(name: string, address: Address): Json {
  return {
    ...cluster(name, address),
    connect_timeout: "1s",
    typed_extension_protocol_options: {
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
        "@type": `${TYPE}envoy.extensions.upstreams.http.v3.HttpProtocolOptions`,
        explicit_http_config: { http2_protocol_options: {} },
      },
    },
  };
}

const RATE_LIMIT_FILTER: NativeFilter = {
  name: "envoy.filters.http.ratelimit",
  typed_config: {
    "@type": `${TYPE}envoy.extensions.filters.http.ratelimit.v3.RateLimit`,
    domain: DOMAIN,
    timeout: "1s",
    failure_mode_deny: true,
    rate_limit_service: { transport_api_version: "V3", grpc_service: { envoy_grpc: { cluster_name: "ratelimit" } } },
  },
};

/** Asks before the request with 0 hits, and charges when it is over what the plugin has published. */
const PER_ROUTE: { [key: string]: Json } = {
  typed_per_filter_config: {
    "envoy.filters.http.ratelimit": {
      "@type": `${TYPE}envoy.extensions.filters.http.ratelimit.v3.RateLimitPerRoute`,
      rate_limits: ["day", "second"].flatMap((limit): Json[] => [
        { actions: actions(limit), hits_addend: { number: 0 } },
        {
          actions: actions(limit),
          hits_addend: { format: `%FILTER_STATE(wasm.weir.limit.${limit}:PLAIN)%` },
          apply_on_stream_done: true,
        },
      ]),
    },
  },
};

function actions(limit: string): Json[] {
  const consumer = {
    "@type": `${TYPE}envoy.extensions.rate_limit_descriptors.expr.v3.Descriptor`,
    descriptor_key: "consumer",
    text: "filter_state['wasm.weir.consumer']",
  };
  return [
    { generic_key: { descriptor_key: "limit", descriptor_value: limit } },
    { extension: { name: "consumer", typed_config: consumer } },
  ];
}
