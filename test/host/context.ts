import type { BodyBuffer } from "./body-buffer.ts";
import type { HeaderMap } from "./header-map.ts";
import type { Pair } from "./pairs.ts";
import type { PluginContext } from "./plugin-context.ts";

/** The ABI's header maps. */
export const MapType = {
  RequestHeaders: 0,
  RequestTrailers: 1,
  ResponseHeaders: 2,
  ResponseTrailers: 3,
  GrpcInitialMetadata: 4,
  GrpcTrailingMetadata: 5,
  CalloutHeaders: 6,
  CalloutTrailers: 7,
} as const;

/** The ABI's buffers. */
export const BufferType = {
  RequestBody: 0,
  ResponseBody: 1,
  CalloutBody: 4,
  GrpcMessage: 5,
  VmConfiguration: 6,
  PluginConfiguration: 7,
  CallData: 8,
} as const;

/** The ABI's streams that HTTP filters have. */
export const StreamType = { Request: 0, Response: 1 } as const;

/** What a module asks Envoy to answer in the upstream's place. */
export interface LocalReplyRequest {
  status: number;
  headers: Pair[];
  body: Uint8Array;
  details: string;
  grpcStatus: number | undefined;
}

/** Whom host calls are made for: a plugin (root) or a stream. */
export interface Context {
  readonly id: number;
  readonly root: PluginContext;
  /** The map as reading calls see it. */
  readableMap(type: number): HeaderMap | undefined;
  /** The map as changing calls see it. */
  writableMap(type: number): HeaderMap | undefined;
  /** Bytes can't be changed; undefined is "no such buffer". */
  buffer(type: number): BodyBuffer | Uint8Array | undefined;
  /** The bytes, or the status that says why there are none. */
  getProperty(path: readonly string[]): Uint8Array | number;
  setProperty(path: string, value: Uint8Array): number;
  continueStream(type: number): number;
  closeStream(type: number): number;
  sendLocalReply(reply: LocalReplyRequest): void;
}
