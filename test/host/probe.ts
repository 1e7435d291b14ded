import { join } from "node:path";
import { compile } from "../lib/compile.ts";

/** Compiles `test/host/wasm/probe.ts` with the project's own compiler options and gives the wasm's absolute path. */
export function compileProbe(): Promise<string> {
  const abort = "abort=test/host/wasm/probe/aborted";
  return compile("test/host/wasm/probe.ts", join("host", "probe.wasm"), ["--use", abort]);
}
