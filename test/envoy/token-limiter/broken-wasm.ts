import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import binaryen from "binaryen";
import { wasmFile } from "../../../scripts/setup/plugins.ts";

/** A callback of the plugin ABI, its parameters' and its result's number. */
const CALLBACKS = {
  proxy_on_tick: [1, 0],
  proxy_on_request_headers: [3, 1],
  proxy_on_response_headers: [3, 1],
  proxy_on_response_body: [3, 1],
  proxy_on_log: [1, 0],
} as const;

export type Callback = keyof typeof CALLBACKS;

/** Wasm files of broken plugins, in a folder that `remove` takes away. */
export class BrokenWasm {
  private readonly folder = mkdtempSync(join(tmpdir(), "weir-wasm-"));

  /** A filter that does nothing, but traps in one callback. */
  trapping(callback: Callback): string {
    const module = binaryen.parseText(`(module
      (memory (export "memory") 1)
      (func (export "proxy_abi_version_0_2_1"))
      (func (export "malloc") (param i32) (result i32) (i32.const 1024))
      (func (export "proxy_on_configure") (param i32 i32) (result i32) (i32.const 1)))`);
    return this.write(`trapping-${callback}`, replace(module, callback, module.unreachable()));
  }

  /** The token-limiter, with a trap in place of one callback. */
  limiterTrapping(callback: Callback): string {
    const module = limiter();
    return this.write(`limiter-trapping-${callback}`, replace(module, callback, module.unreachable()));
  }

  /** The token-limiter, but nothing happens in one callback. */
  limiterWithout(callback: "proxy_on_tick" | "proxy_on_log"): string {
    const module = limiter();
    return this.write(`limiter-without-${callback}`, replace(module, callback, module.nop()));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private write(name: string, module: binaryen.Module): string {
    const file = join(this.folder, `${name}.wasm`);
    writeFileSync(file, module.emitBinary());
    module.dispose();
    return file;
  }
}

function limiter(): binaryen.Module {
  return binaryen.readBinary(readFileSync(wasmFile("token-limiter")));
}

function replace(module: binaryen.Module, callback: Callback, body: binaryen.ExpressionRef): binaryen.Module {
  const [parameters, results] = CALLBACKS[callback];
  const types = binaryen.createType(Array.from({ length: parameters }, () => binaryen.i32));
  module.removeExport(callback);
  module.addFunction("broken", types, results ? binaryen.i32 : binaryen.none, [], body);
  module.addFunctionExport("broken", callback);
  return module;
}
