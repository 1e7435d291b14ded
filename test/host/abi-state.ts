import type { HostCall } from "./abi-imports.ts";
import { EMPTY } from "./bytes.ts";
import { sign } from "./sign.ts";
import { Status } from "./status.ts";
import { Stream } from "./stream.ts";
import type { WasmHost } from "./wasm-host.ts";

/** Shared data and queues, metrics, time and foreign functions. Pointers and sizes are the module's. */
export function stateCalls(host: WasmHost): Record<string, HostCall> {
  const { sharedData, sharedQueues, metrics, clock } = host.process;
  const text = (pointer: number, size: number): string => host.guest.text(pointer, size);
  return {
    get_current_time_nanoseconds: (timeAt: number) => {
      host.guest.writeU64(timeAt, clock.nanoseconds);
      return Status.Ok;
    },
    set_tick_period_milliseconds: (milliseconds: number) => {
      host.context.root.setTickPeriod(milliseconds >>> 0);
      return Status.Ok;
    },
    get_shared_data: (key: number, keySize: number, valueAt: number, sizeAt: number, casAt: number) => {
      const entry = sharedData.get(host.vmId, text(key, keySize));
      if (!entry) return Status.NotFound;
      host.guest.give(entry.value, valueAt, sizeAt);
      host.guest.writeU32(casAt, entry.cas);
      return Status.Ok;
    },
    set_shared_data: (key: number, keySize: number, value: number, valueSize: number, cas: number) =>
      sharedData.set(host.vmId, text(key, keySize), host.guest.read(value, valueSize), cas >>> 0),
    register_shared_queue: (name: number, nameSize: number, tokenAt: number) => {
      const plugin = host.context.root;
      const token = sharedQueues.register(host.vmId, text(name, nameSize), (ready) => {
        clock.after(0, () => plugin.isDeleted || host.call(plugin, "proxy_on_queue_ready", plugin.id, ready));
      });
      host.guest.writeU32(tokenAt, token);
      return Status.Ok;
    },
    resolve_shared_queue: (vmId: number, vmIdSize: number, name: number, nameSize: number, tokenAt: number) => {
      const token = sharedQueues.resolve(text(vmId, vmIdSize) || host.vmId, text(name, nameSize));
      if (token === undefined) return Status.NotFound;
      host.guest.writeU32(tokenAt, token);
      return Status.Ok;
    },
    enqueue_shared_queue: (token: number, data: number, size: number) =>
      sharedQueues.enqueue(token >>> 0, host.guest.read(data, size)),
    dequeue_shared_queue: (token: number, dataAt: number, sizeAt: number) => {
      const item = sharedQueues.dequeue(token >>> 0);
      if (typeof item === "number") return item;
      host.guest.give(item, dataAt, sizeAt);
      return Status.Ok;
    },
    define_metric: (type: number, name: number, nameSize: number, idAt: number) => {
      const id = metrics.define(type >>> 0, text(name, nameSize));
      if (id === undefined) return Status.BadArgument;
      host.guest.writeU32(idAt, id);
      return Status.Ok;
    },
    increment_metric: (id: number, offset: bigint) => metrics.increment(id >>> 0, offset),
    record_metric: (id: number, value: bigint) => metrics.record(id >>> 0, value),
    get_metric: (id: number, valueAt: number) => {
      const value = metrics.read(id >>> 0);
      if (typeof value === "number") return value;
      host.guest.writeU64(valueAt, value);
      return Status.Ok;
    },
    call_foreign_function: (
      name: number,
      nameSize: number,
      argument: number,
      argumentSize: number,
      resultAt: number,
      sizeAt: number,
    ) => {
      const result = callForeign(host, text(name, nameSize), host.guest.read(argument, argumentSize));
      if (typeof result === "number") return result;
      host.guest.give(result, resultAt, sizeAt);
      return Status.Ok;
    },
  } satisfies Record<string, ((...parameters: number[]) => number) | ((id: number, value: bigint) => number)>;
}

function callForeign(host: WasmHost, name: string, argument: Uint8Array): Uint8Array | number {
  const configured = host.options.foreignFunctions?.[name];
  if (configured) return configured(argument);
  if (name === "sign") return sign(argument);
  if (name !== "clear_route_cache") return Status.NotFound;
  if (host.context instanceof Stream) host.context.routeCacheClears++;
  return EMPTY;
}
