import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import asc from "assemblyscript/asc";

const ROOT = join(import.meta.dirname, "..", "..", "..", "..");
const OUT = join(ROOT, "build", "lib");

/** Compiles `test/lib/wasm/token-limiter-<name>.ts` with the project's own options and gives the wasm's absolute path. */
export async function compile(name: string): Promise<string> {
  mkdirSync(OUT, { recursive: true });
  const file = join(OUT, `token-limiter-${name}.wasm`);
  const entry = `test/lib/wasm/token-limiter-${name}.ts`;
  const options = [entry, "--config", "asconfig.json", "--use", "abort=", "--baseDir", ROOT, "--outFile", file];
  const { error, stderr } = await asc.main(options, { readFile: (path, base) => readText(join(base, path)) });
  if (error) throw new Error(`${entry} does not compile:\n${stderr.toString()}`);
  return file;
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
