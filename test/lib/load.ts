import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { instantiate } from "@assemblyscript/loader";
import asc from "assemblyscript/asc";

const ROOT = join(import.meta.dirname, "..", "..");
const OUT = join(ROOT, "build", "lib");
const WEIGHTS = "./scripts/setup/image/weights.mjs";

/**
 * Compiles `test/lib/wasm/<name>.ts`, a thin entry that exports a library module to Node, with the project's own
 * compiler options, and returns its exports with `__newArrayBuffer`, `__pin` and the loader's other helpers.
 */
export async function loadModule<T extends object>(name: string): Promise<T & LoaderExports> {
  mkdirSync(OUT, { recursive: true });
  const file = join(OUT, `${name}.wasm`);
  const entry = `test/lib/wasm/${name}.ts`;
  const options = ["--config", "asconfig.json", "--exportRuntime", "--transform", WEIGHTS, "--outFile", file];
  const { error, stderr } = await asc.main([entry, ...options], {
    readFile: (path, base) => readText(join(base, path)),
  });
  if (error) throw new Error(`${entry} does not compile:\n${stderr.toString()}`);
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

function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
