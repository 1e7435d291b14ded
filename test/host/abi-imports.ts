import { httpCalls } from "./abi-http.ts";
import { stateCalls } from "./abi-state.ts";
import { calloutCalls } from "./abi-callouts.ts";
import { HostCrash } from "./errors.ts";
import { OutOfBounds } from "./guest-memory.ts";
import { Status } from "./status.ts";
import type { WasmHost } from "./wasm-host.ts";

/** A host call, `proxy_` left out; what it answers is its status. */
export type HostCall = (...parameters: never[]) => number;

/**
 * The module `env` of ABI 0.2.1 as Envoy 1.40 registers it, nothing more: a plugin that imports another name fails to link
 * here too. Each call is counted, answers what `host.fail` says for it, and InvalidMemoryAccess for pointers out of memory.
 */
export function abiImports(host: WasmHost): WebAssembly.ModuleImports {
  const calls: Record<string, HostCall> = { ...httpCalls(host), ...stateCalls(host), ...calloutCalls(host) };
  return Object.fromEntries(
    Object.entries(calls).map(([name, call]) => [`proxy_${name}`, guarded(host, `proxy_${name}`, call)]),
  );
}

function guarded(host: WasmHost, name: string, call: HostCall): HostCall {
  return (...parameters: never[]): number => {
    host.hostCalls.set(name, (host.hostCalls.get(name) ?? 0) + 1);
    if (!host.isRunning && name !== "proxy_log")
      throw new HostCrash(`${name} while the module starts: Envoy allows only proxy_log there`);
    const failure = host.fail[name];
    if (failure !== undefined) return failure;
    try {
      return call(...parameters);
    } catch (error) {
      if (error instanceof OutOfBounds) return Status.InvalidMemoryAccess;
      throw error;
    }
  };
}
