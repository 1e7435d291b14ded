import { toBytes, toText, concat } from "./bytes.ts";
import type { SeededRandom } from "./random.ts";
import type { WasmHost } from "./wasm-host.ts";

/** What WASI answers. */
const Errno = { Success: 0, BadFile: 8, NotSupported: 58 } as const;

/** The functions of `wasi_snapshot_preview1` that modules for proxies use; each answers what `host.fail` says for it. */
export function wasiImports(
  host: WasmHost,
  random: SeededRandom,
  environment: Readonly<Record<string, string>>,
): WebAssembly.ModuleImports {
  const calls = wasiCalls(host, random, environment);
  return Object.fromEntries(
    Object.entries(calls).map(([name, call]) => [
      name,
      (...parameters: never[]) => host.fail[name] ?? call(...parameters),
    ]),
  );
}

/** As Envoy gives them. */
function wasiCalls(
  host: WasmHost,
  random: SeededRandom,
  environment: Readonly<Record<string, string>>,
): Record<string, (...parameters: never[]) => number | undefined> {
  const variables = Object.entries(environment).map(([name, value]) => toBytes(`${name}=${value}\0`));
  return {
    clock_time_get: (clock: number, _precision: bigint, timeAt: number): number => {
      if (clock !== 0) return Errno.NotSupported;
      host.guest.writeU64(timeAt, host.process.clock.nanoseconds);
      return Errno.Success;
    },
    random_get: (pointer: number, size: number): number => {
      const bytes = new Uint8Array(size >>> 0);
      random.fill(bytes);
      host.guest.write(pointer, bytes);
      return Errno.Success;
    },
    environ_sizes_get: (countAt: number, sizeAt: number): number => {
      host.guest.writeU32(countAt, variables.length);
      host.guest.writeU32(sizeAt, concat(variables).length);
      return Errno.Success;
    },
    environ_get: (pointersAt: number, bytesAt: number): number => {
      let [slot, next] = [pointersAt, bytesAt];
      for (const variable of variables) {
        host.guest.writeU32(slot, next);
        host.guest.write(next, variable);
        slot += 4;
        next += variable.length;
      }
      return Errno.Success;
    },
    fd_write: (file: number, vectors: number, count: number, writtenAt: number): number => {
      if (file !== 1 && file !== 2) return Errno.BadFile;
      const parts = Array.from({ length: count }, (_, index) =>
        host.guest.read(host.guest.u32(vectors + 8 * index), host.guest.u32(vectors + 8 * index + 4)),
      );
      const bytes = concat(parts);
      const { id, root } = host.context;
      host.logs.push({
        level: file === 1 ? "info" : "error",
        text: toText(bytes).replace(/\n$/, ""),
        context: id,
        plugin: root.id,
      });
      host.guest.writeU32(writtenAt, bytes.length);
      return Errno.Success;
    },
    // Envoy notes it and goes on.
    proc_exit: (): undefined => undefined,
  };
}
