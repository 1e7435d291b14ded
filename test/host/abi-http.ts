import type { HostCall } from "./abi-imports.ts";
import { BodyBuffer } from "./body-buffer.ts";
import { BufferType, MapType } from "./context.ts";
import { logLevel } from "./log.ts";
import { EMPTY, toBytes } from "./bytes.ts";
import { parsePairs, serializePairs } from "./pairs.ts";
import { Status } from "./status.ts";
import type { WasmHost } from "./wasm-host.ts";

/** Headers, bodies, the stream's course, properties and the log. Pointers and sizes are the module's. */
export function httpCalls(host: WasmHost): Record<string, HostCall> {
  const text = (pointer: number, size: number): string => host.guest.text(pointer, size);
  const change = (
    type: number,
    edit: (map: NonNullable<ReturnType<typeof host.context.writableMap>>) => void,
  ): number => {
    const map = type > MapType.CalloutTrailers ? undefined : host.context.writableMap(type);
    if (!map) return Status.BadArgument;
    edit(map);
    return Status.Ok;
  };
  return {
    log: (level: number, pointer: number, size: number) => {
      const name = logLevel(level);
      if (!name) return Status.BadArgument;
      const { id, root } = host.context;
      host.logs.push({ level: name, text: text(pointer, size), context: id, plugin: root.id });
      return Status.Ok;
    },
    get_log_level: (levelAt: number) => {
      host.guest.writeU32(levelAt, 2);
      return Status.Ok;
    },
    get_header_map_value: (type: number, name: number, nameSize: number, valueAt: number, sizeAt: number) => {
      const map = type > MapType.CalloutTrailers ? undefined : host.context.readableMap(type);
      if (!map) return Status.BadArgument;
      const value = map.get(text(name, nameSize));
      if (value === undefined) return Status.NotFound;
      host.guest.give(toBytes(value), valueAt, sizeAt);
      return Status.Ok;
    },
    get_header_map_pairs: (type: number, pairsAt: number, sizeAt: number) => {
      if (type > MapType.CalloutTrailers) return Status.BadArgument;
      const pairs = host.context.readableMap(type)?.pairs ?? [];
      host.guest.give(pairs.length > 0 ? serializePairs(pairs) : EMPTY, pairsAt, sizeAt);
      return Status.Ok;
    },
    get_header_map_size: (type: number, sizeAt: number) =>
      change(type, (map) => host.guest.writeU32(sizeAt, map.byteSize)),
    add_header_map_value: (type: number, name: number, nameSize: number, value: number, valueSize: number) =>
      change(type, (map) => map.add(text(name, nameSize), text(value, valueSize))),
    replace_header_map_value: (type: number, name: number, nameSize: number, value: number, valueSize: number) =>
      change(type, (map) => map.set(text(name, nameSize), text(value, valueSize))),
    remove_header_map_value: (type: number, name: number, nameSize: number) =>
      change(type, (map) => map.remove(text(name, nameSize))),
    set_header_map_pairs: (type: number, pairs: number, size: number) =>
      change(type, (map) => map.replaceAll(parsePairs(host.guest.read(pairs, size)))),
    get_buffer_status: (type: number, sizeAt: number, flagsAt: number) => {
      const buffer = bufferOf(host, type);
      if (typeof buffer === "number") return buffer;
      host.guest.writeU32(sizeAt, sizeOf(buffer));
      host.guest.writeU32(flagsAt, 0);
      return Status.Ok;
    },
    get_buffer_bytes: (type: number, start: number, length: number, bytesAt: number, sizeAt: number) => {
      const buffer = bufferOf(host, type);
      if (typeof buffer === "number") return buffer;
      const bytes =
        buffer instanceof BodyBuffer
          ? buffer.read(start >>> 0, length >>> 0)
          : buffer.slice(start >>> 0, (start >>> 0) + (length >>> 0));
      host.guest.give(bytes, bytesAt, sizeAt);
      return Status.Ok;
    },
    set_buffer_bytes: (type: number, start: number, length: number, bytes: number, size: number) => {
      const buffer = bufferOf(host, type);
      if (typeof buffer === "number") return buffer;
      const data = host.guest.read(bytes, size);
      return buffer instanceof BodyBuffer ? buffer.splice(start >>> 0, length >>> 0, data) : Status.BadArgument;
    },
    send_local_response: (
      status: number,
      details: number,
      detailsSize: number,
      body: number,
      bodySize: number,
      pairs: number,
      pairsSize: number,
      grpc: number,
    ) => {
      const { context, guest } = host;
      const reply = {
        status,
        headers: parsePairs(guest.read(pairs, pairsSize)),
        body: guest.read(body, bodySize),
        details: text(details, detailsSize).replace(/\s/g, "_"),
        grpcStatus: grpc >= 0 && grpc <= 16 ? grpc : undefined,
      };
      host.afterCall(() => context.sendLocalReply(reply));
      host.stopIteration();
      return Status.Ok;
    },
    continue_stream: (type: number) => host.context.continueStream(type >>> 0),
    close_stream: (type: number) => host.context.closeStream(type >>> 0),
    get_property: (path: number, pathSize: number, valueAt: number, sizeAt: number) => {
      const value = host.context.getProperty(text(path, pathSize).split("\0"));
      if (typeof value === "number") return value;
      host.guest.give(value, valueAt, sizeAt);
      return Status.Ok;
    },
    set_property: (path: number, pathSize: number, value: number, valueSize: number) =>
      host.context.setProperty(text(path, pathSize), host.guest.read(value, valueSize)),
    set_effective_context: (id: number) => (host.setEffectiveContext(id >>> 0) ? Status.Ok : Status.BadArgument),
    done: () => host.context.root.done(),
  } satisfies Record<string, (...parameters: number[]) => number>;
}

function bufferOf(host: WasmHost, type: number): BodyBuffer | Uint8Array | number {
  if (type > BufferType.CallData) return Status.BadArgument;
  return host.context.buffer(type) ?? Status.NotFound;
}

function sizeOf(buffer: BodyBuffer | Uint8Array): number {
  return buffer instanceof BodyBuffer ? buffer.size : buffer.length;
}
