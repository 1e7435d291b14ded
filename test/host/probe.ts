import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import asc from "assemblyscript/asc";

const ROOT = join(import.meta.dirname, "..", "..");

/** Compiles `test/host/wasm/probe.ts` with the project's own compiler options and gives the wasm's absolute path. */
export async function compileProbe(): Promise<string> {
  const folder = join(ROOT, "build", "host");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "probe.wasm");
  const { error, stderr } = await asc.main(
    [
      "test/host/wasm/probe.ts",
      "--config",
      "asconfig.json",
      "--use",
      "abort=test/host/wasm/probe/aborted",
      "--baseDir",
      ROOT,
      "--outFile",
      file,
    ],
    { readFile: (path, base) => readText(join(base, path)) },
  );
  if (error) throw new Error(`the probe does not compile:\n${stderr.toString()}`);
  return file;
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
