import { join } from "node:path";
import { compile as compileWasm } from "../../../lib/compile.ts";

/** Compiles `test/lib/wasm/token-limiter-<name>.ts` with the project's own options and gives the wasm's absolute path. */
export function compile(name: string): Promise<string> {
  const module = `token-limiter-${name}`;
  return compileWasm(`test/lib/wasm/${module}.ts`, join("lib", `${module}.wasm`), ["--use", "abort="]);
}
