import { readFileSync } from "node:fs";

/** What V8 reserves for each 32-bit memory, with the guard behind it. */
const RESERVATION = 8 * 2 ** 30;

/**
 * The linear memory of every wasm VM in a process running V8 on 64-bit Linux, in bytes: exactly what `memory.grow` made it,
 * seen from outside, so that it needs nothing of the plugin. Envoy has one VM for each distinct plugin and VM configuration
 * in its main thread, one to start them from, and one a worker.
 *
 * V8 reserves 8 GiB and makes the memory's part of it writable: what follows that part is one inaccessible mapping up to
 * the reservation's end. Envoy itself publishes no figure for it.
 */
export function vmMemories(pid: number): number[] {
  return readFileSync(`/proc/${pid}/maps`, "utf8")
    .split("\n")
    .flatMap((line) => {
      const mapping = /^([0-9a-f]+)-([0-9a-f]+) ---p /.exec(line);
      if (!mapping) return [];
      const [start, end] = [parseInt(mapping[1]!, 16), parseInt(mapping[2]!, 16)];
      const used = RESERVATION - (end - start);
      return used >= 0 && used <= RESERVATION / 2 && end - start > RESERVATION / 2 ? [used] : [];
    });
}
