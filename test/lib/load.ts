import { readFileSync } from "node:fs";
import { join } from "node:path";
import { instantiate } from "@assemblyscript/loader";
import { LIBRARY } from "../../scripts/setup/root.ts";
import { compile } from "./compile.ts";

const WEIGHTS = join(LIBRARY, "scripts", "setup", "image", "weights.mjs");

/**
 * Compiles a thin entry that exports some AssemblyScript to Node, `test/lib/wasm/<name>.ts` or the path of another from the
 * project's root, and returns its exports with `__newArrayBuffer`, `__pin` and the loader's other helpers.
 */
export async function loadModule<T extends object>(name: string): Promise<T & LoaderExports> {
  const entry = name.endsWith(".ts") ? name : `test/lib/wasm/${name}.ts`;
  const out = join("lib", `${name.replaceAll("/", "-").replace(/\.ts$/, "")}.wasm`);
  const file = await compile(entry, out, ["--exportRuntime", "--transform", WEIGHTS]);
  const { exports } = await instantiate(readFileSync(file), {});
  return exports as unknown as T & LoaderExports;
}

export interface LoaderExports {
  memory: WebAssembly.Memory;
  __new(size: number, id: number): number;
  __pin(pointer: number): number;
  __unpin(pointer: number): void;
  __collect(): void;
  __getString(pointer: number): string;
  __newString(text: string): number;
}
