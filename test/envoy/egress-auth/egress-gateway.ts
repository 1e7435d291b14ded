import { wasmFile } from "../../../scripts/setup/plugins.ts";
import {
  type Address,
  type Bootstrap,
  type Json,
  type JsonObject,
  gatewayConfig,
  wasmFilter,
} from "../support/gateway-config.ts";
import { MockProviders, type Shapes, startMocks } from "../support/mock-providers.ts";

const TYPE = "type.googleapis.com/";
const PROTOCOL = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

/** One endpoint of a cluster: where, for which provider, with which priority. */
export interface Endpoint {
  provider: string;
  address: Address;
  priority?: number;
  hostname?: string;
}

/** The plugin as Envoy's filter; upstream and downstream instances may share a VM. */
export function egressFilter(
  configuration: object,
  environment: Record<string, string> = {},
  name = "egress-auth",
): Json {
  return wasmFilter({
    name,
    wasm: wasmFile("egress-auth"),
    rootId: "egress-auth",
    configuration: configuration as Json,
    ...(Object.keys(environment).length > 0 ? { environment } : {}),
  });
}

/** A cluster whose attempts each pass the plugin. */
export function egressCluster(name: string, endpoints: Endpoint[], filters: Json[], more: JsonObject = {}): Json {
  const priorities = [...new Set(endpoints.map(({ priority = 0 }) => priority))].sort();
  const codec = {
    name: "envoy.filters.http.upstream_codec",
    typed_config: { "@type": `${TYPE}envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec` },
  };
  return {
    name,
    type: "STATIC",
    connect_timeout: "1s",
    typed_extension_protocol_options: {
      [PROTOCOL]: {
        "@type": `${TYPE}${PROTOCOL}`,
        explicit_http_config: { http_protocol_options: {} },
        http_filters: [...filters, codec],
      },
    },
    load_assignment: {
      cluster_name: name,
      endpoints: priorities.map((priority) => ({
        priority,
        lb_endpoints: endpoints
          .filter((endpoint) => (endpoint.priority ?? 0) === priority)
          .map(({ provider, address, hostname }) => ({
            endpoint: {
              address: { socket_address: { address: address.host, port_value: address.port } },
              ...(hostname === undefined ? {} : { hostname }),
            },
            metadata: { filter_metadata: { weir: { provider }, "envoy.transport_socket_match": { provider } } },
          })),
      })),
    },
    ...more,
  };
}

/** Tries the endpoints of the next priority when one fails. */
export const RETRIES: JsonObject = {
  retry_on: "connect-failure,refused-stream,reset,5xx,retriable-status-codes",
  retriable_status_codes: [401, 429],
  num_retries: 3,
  retry_back_off: { base_interval: "0.001s", max_interval: "0.002s" },
  retry_priority: {
    name: "envoy.retry_priorities.previous_priorities",
    typed_config: {
      "@type": `${TYPE}envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig`,
      update_frequency: 1,
    },
  },
};

/** Where the access log finds what the plugin publishes. */
const PUBLISHED = { attempts: "%FILTER_STATE(wasm.weir.attempts:PLAIN)%" };

export interface EgressGateway {
  /** Beside what `clusters` leads to. */
  cluster: string;
  clusters: Json[];
  /** Of the downstream instance; by default it only strips. Null: there is none. */
  downstream?: object | null;
  environment?: Record<string, string>;
  retries?: JsonObject | null;
  route?: JsonObject;
  /** Before the downstream instance. */
  before?: Json[];
  bufferLimitBytes?: number;
}

/** One listener whose requests all go to one cluster. */
export function egressConfig(gateway: EgressGateway): Bootstrap {
  const { cluster, clusters, downstream = { unknownProvider: "Strip" }, environment = {}, retries = RETRIES } = gateway;
  const filters = [...(gateway.before ?? []), ...(downstream === null ? [] : [egressFilter(downstream, environment)])];
  const bootstrap = gatewayConfig({
    filters: filters as never[],
    clusters: {},
    routes: [
      {
        cluster,
        extra: {
          route: { cluster, timeout: "0s", ...(retries ? { retry_policy: retries } : {}), ...gateway.route },
        },
      },
    ],
    accessLogFields: PUBLISHED,
    ...(gateway.bufferLimitBytes === undefined ? {} : { bufferLimitBytes: gateway.bufferLimitBytes }),
  });
  return { ...bootstrap, static_resources: { ...bootstrap.static_resources, clusters } };
}

/** Mock providers by name, as the endpoints of a cluster. */
export class Upstreams<Name extends string = string> extends MockProviders<Name> {
  static override async start<Name extends string>(shapes: Shapes<Name>): Promise<Upstreams<Name>> {
    return new Upstreams(await startMocks(shapes));
  }

  /** An endpoint for a mock. */
  endpoint(name: Name, priority = 0): Endpoint {
    return { provider: name, address: this.mock(name).address, priority };
  }
}

/** A chat request; `padding` bytes longer. */
export function chat(model: string, padding = 0): string {
  return JSON.stringify({ model, messages: [{ role: "user", content: "x".repeat(padding) }] });
}
