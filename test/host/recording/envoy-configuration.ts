import { createServer, type AddressInfo } from "node:net";
import type { Scenario } from "./scenarios.ts";

type ListenerName = "flagged" | "plain" | "small";

/** The port of each listener: with the pausing flag, without it, and with it and a buffer limit of 1000 bytes. */
export const LISTENERS: Readonly<Record<ListenerName, number>> = {
  flagged: await freePort(),
  plain: await freePort(),
  small: await freePort(),
};

/** The listener that a scenario's settings ask for. */
export function listenerOf({ flag = true, limit }: Scenario): ListenerName {
  if (limit !== undefined && limit !== 1000) throw new Error("a scenario's limit is 1000 or Envoy's own");
  return limit ? "small" : flag ? "flagged" : "plain";
}

/** An Envoy whose listeners run the probe in `file` before a router to the upstream at `port` on loopback. */
export function envoyConfiguration(file: string, port: number): string {
  const listeners = [
    listener("flagged", { flag: true }, file),
    listener("plain", { flag: false }, file),
    listener("small", { flag: true, limit: 1000 }, file),
  ];
  const options = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
  const up = {
    name: "up",
    type: "STATIC",
    load_assignment: { cluster_name: "up", endpoints: [{ lb_endpoints: [{ endpoint: address(port) }] }] },
    typed_extension_protocol_options: {
      [options]: typed(options, { explicit_http_config: { http_protocol_options: { enable_trailers: true } } }),
    },
  };
  return JSON.stringify({ static_resources: { listeners, clusters: [up] } });
}

function listener(name: ListenerName, { flag, limit }: { flag: boolean; limit?: number }, file: string): object {
  const code = { local: { filename: file } };
  const wasm = {
    name: "probe",
    root_id: "probe-root",
    allow_on_headers_stop_iteration: flag,
    vm_config: { vm_id: "probe-vm", runtime: "envoy.wasm.runtime.v8", code },
    configuration: typed("google.protobuf.StringValue", { value: name }),
  };
  const manager = typed("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager", {
    stat_prefix: name,
    http_protocol_options: { enable_trailers: true },
    route_config: {
      virtual_hosts: [
        { name: "all", domains: ["*"], routes: [{ name: "r1", match: { prefix: "/" }, route: { cluster: "up" } }] },
      ],
    },
    http_filters: [
      { name: "probe", typed_config: typed("envoy.extensions.filters.http.wasm.v3.Wasm", { config: wasm }) },
      { name: "router", typed_config: typed("envoy.extensions.filters.http.router.v3.Router", {}) },
    ],
  });
  return {
    name,
    ...address(LISTENERS[name]),
    ...(limit ? { per_connection_buffer_limit_bytes: limit } : {}),
    filter_chains: [{ filters: [{ name: "http", typed_config: manager }] }],
  };
}

function address(port: number): object {
  return { address: { socket_address: { address: "127.0.0.1", port_value: port } } };
}

function typed(type: string, message: object): object {
  return { "@type": `type.googleapis.com/${type}`, ...message };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
