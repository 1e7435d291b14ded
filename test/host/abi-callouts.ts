import type { HostCall } from "./abi-imports.ts";
import { HeaderMap } from "./header-map.ts";
import { parsePairs } from "./pairs.ts";
import { Status } from "./status.ts";
import type { WasmHost } from "./wasm-host.ts";

/** HTTP and unary gRPC callouts; they belong to the plugin. gRPC streams are not played: they answer Unimplemented. */
export function calloutCalls(host: WasmHost): Record<string, HostCall> {
  const text = (pointer: number, size: number): string => host.guest.text(pointer, size);
  const headersAt = (pointer: number, size: number): HeaderMap =>
    new HeaderMap(parsePairs(host.guest.read(pointer, size)));
  return {
    http_call: (
      cluster: number,
      clusterSize: number,
      headers: number,
      headersSize: number,
      body: number,
      bodySize: number,
      trailers: number,
      trailersSize: number,
      timeout: number,
      tokenAt: number,
    ) => {
      const [name, map, bytes] = [
        text(cluster, clusterSize),
        headersAt(headers, headersSize),
        host.guest.read(body, bodySize),
      ];
      headersAt(trailers, trailersSize);
      host.guest.writeU32(tokenAt, 0);
      const isWhole = [":method", ":path", ":authority"].every((each) => map.has(each));
      if (!host.hasCluster(name) || !isWhole || timeout < 0) return Status.BadArgument;
      host.guest.writeU32(tokenAt, host.context.root.callOut("http", name, map, bytes, "", timeout));
      return Status.Ok;
    },
    grpc_call: (
      service: number,
      serviceSize: number,
      name: number,
      nameSize: number,
      method: number,
      methodSize: number,
      metadata: number,
      metadataSize: number,
      message: number,
      messageSize: number,
      timeout: number,
      tokenAt: number,
    ) => {
      const { cluster, isBare } = clusterOf(host.guest.read(service, serviceSize), text(service, serviceSize));
      const path = `${text(name, nameSize)}/${text(method, methodSize)}`;
      const [map, bytes] = [headersAt(metadata, metadataSize), host.guest.read(message, messageSize)];
      if (!host.hasCluster(cluster)) return isBare ? Status.ParseFailure : Status.InternalFailure;
      host.guest.writeU32(tokenAt, host.context.root.callOut("grpc", cluster, map, bytes, path, timeout >>> 0));
      return Status.Ok;
    },
    grpc_cancel: (token: number) => host.context.root.cancelCallout(token >>> 0),
    grpc_close: (token: number) => host.context.root.cancelCallout(token >>> 0),
    grpc_stream: () => Status.Unimplemented,
    grpc_send: () => Status.Unimplemented,
    get_status: (codeAt: number, wordsAt: number, sizeAt: number) => {
      const { code, words } = host.context.root.callStatus();
      host.guest.writeU32(codeAt, code);
      host.guest.give(new TextEncoder().encode(words), wordsAt, sizeAt);
      return Status.Ok;
    },
  } satisfies Record<string, (...parameters: number[]) => number>;
}

/** The cluster of a serialized `envoy.config.core.v3.GrpcService{envoy_grpc{cluster_name}}`, or of a bare name. */
function clusterOf(service: Uint8Array, bare: string): { cluster: string; isBare: boolean } {
  const [field, size, inner, length] = service;
  const isMessage = field === 0x0a && size === service.length - 2 && inner === 0x0a && length !== undefined;
  return isMessage ? { cluster: bare.slice(4, 4 + length), isBare: false } : { cluster: bare, isBare: true };
}
