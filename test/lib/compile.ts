import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import asc from "assemblyscript/asc";
import { LIBRARY, ROOT } from "../../scripts/setup/root.ts";

/**
 * Compiles the AssemblyScript at `entry`, a path from the project's root, with the project's own compiler options and these on
 * top, and gives the absolute path of the wasm: `out` in `build/`.
 */
export async function compile(entry: string, out: string, options: string[] = []): Promise<string> {
  const file = join(ROOT, "build", out);
  mkdirSync(dirname(file), { recursive: true });
  const config = ["--config", join(LIBRARY, "asconfig.json"), "--baseDir", ROOT];
  const { error, stderr } = await asc.main([entry, ...config, ...options, "--outFile", file], {
    readFile: (path, base) => readText(join(base, path)),
  });
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
