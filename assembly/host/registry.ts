/** Which contexts live in this VM. Several configurations of several plugins come and go in any order. */
import { dropAt } from "../bytes/drop-at";
import { bufferBytesAllocated, resetBufferBytesAllocated } from "../bytes/buffer";
import { RootContext, RootFactory, StreamContext } from "./context";
import { IdTable } from "./id-table";

const COLLECT_AFTER_STREAMS: i32 = 256;
const COLLECT_AFTER_BYTES: i32 = 32 << 10;

const factories: RootFactory[] = [];
const roots: RootContext[] = [];
const streams = new IdTable<StreamContext>();

let latestId: u32 = 0;
let latest: StreamContext | null = null;
let endedStreams: i32 = 0;
let depth: i32 = 0;

/** Offers a plugin to the host. Called at module level, once for each plugin in the module. */
export function registerRoot(factory: RootFactory): void {
  factories.push(factory);
}

/** A module with one plugin serves it, whatever root id the operator wrote. */
export class FactoryChoice {
  /** Which plugin the configuration in hand is for; null, with the reason in the log, when there is none. */
  of(factories: RootFactory[]): RootFactory | null {
    return factories[0];
  }
}

let choice: FactoryChoice = new FactoryChoice();

/** For modules with several plugins. */
export function chooseFactory(by: FactoryChoice): void {
  choice = by;
}

/** Makes the root context of a configuration; null when there is no such plugin. */
export function createRoot(id: u32): RootContext | null {
  const factory = choice.of(factories);
  if (factory == null) return null;
  const root = factory.create(id);
  roots.push(root);
  return root;
}

export function findRoot(id: u32): RootContext | null {
  const index = indexOfRoot(id);
  return index < 0 ? null : roots[index];
}

export function createStream(id: u32, rootId: u32): void {
  const root = findRoot(rootId);
  if (root == null) return;
  const stream = root.createStream(id);
  streams.set(stream);
  latestId = id;
  latest = stream;
}

/** The stream, as long as the host has not deleted it. */
export function findStream(id: u32): StreamContext | null {
  if (latest != null && latestId == id) return latest;
  const stream = streams.get(id);
  if (stream == null) return null;
  latestId = id;
  latest = stream;
  return stream;
}

/** Forgets a context of either kind. */
export function deleteContext(id: u32): void {
  const stream = findStream(id);
  if (stream != null) {
    stream.onDelete();
    streams.delete(id);
    latest = null;
    endedStreams++;
    return;
  }
  const index = indexOfRoot(id);
  if (index < 0) return;
  roots[index].onDelete();
  dropAt(roots, index);
  endedStreams = COLLECT_AFTER_STREAMS;
}

/** Configurations are few. */
function indexOfRoot(id: u32): i32 {
  for (let i = 0; i < roots.length; i++) {
    if (roots[i].id == id) return i;
  }
  return -1;
}

/** Every export begins with this and ends with `leave`, so that a collection never runs under a caller that still holds objects. */
@inline
export function enter(): void {
  depth++;
}

/**
 * Ends a callback. Garbage is collected only here, outside all code that could hold a reference: a plain mark and sweep,
 * without a shadow stack, every few hundred streams.
 */
export function leave(): void {
  if (--depth == 0 && (endedStreams >= COLLECT_AFTER_STREAMS || bufferBytesAllocated >= COLLECT_AFTER_BYTES)) collect();
}

function collect(): void {
  endedStreams = 0;
  resetBufferBytesAllocated();
  __collect();
}
