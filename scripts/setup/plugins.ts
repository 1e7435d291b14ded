import { existsSync, mkdirSync, readFileSync, readdirSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import { writeCombined } from "./combined.ts";
import { command } from "./command.ts";
import { packageFile } from "./package-file.ts";
import { SetupError, step } from "./progress.ts";
import { IS_PACKAGE, LIBRARY, ROOT } from "./root.ts";

/** A compiled plugin: its folder's name, the file in `dist/`, and its size in bytes as it is and through gzip -9. */
export interface Built {
  name: string;
  file: string;
  bytes: number;
  gzipBytes: number;
}

/** The largest plugin that the tests let pass, in bytes as it is, unless its `limits.json` says another `mostBytes`. */
const MOST_BYTES = 98_304;
const MOST_COMBINED_BYTES = 1_048_576;

/** What the transform `scripts/setup/image/begin.mjs` needs to be compiled with, from the project's root. */
export const RUNTIME_PARTS = ["unpack", "visit", "heap", "array"].map((part) =>
  relative(ROOT, join(LIBRARY, "assembly", "start", `${part}.ts`)),
);

const TRANSFORMS = join(LIBRARY, "scripts", "setup", "image");

/** The only functions of WASI that every proxy-wasm host has. */
const WASI_IMPORTS = /^(clock_time_get|random_get|environ_get|environ_sizes_get)$/;

/** The plugins by name: each folder in `plugins/` that has an `index.ts`. */
export function pluginNames(): string[] {
  const folder = join(ROOT, "plugins");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, "index.ts")))
    .sort();
}

/** The module with all of Weir's plugins. */
export const COMBINED = "weir";

/** Every module that is built: the plugins and, of Weir itself, the one with all of them. */
export function moduleNames(): string[] {
  return IS_PACKAGE ? pluginNames() : [...pluginNames(), COMBINED];
}

/** What a plugin's `limits.json` says: how large it may be, in bytes, and what it is optimised for where that isn't its size. */
interface Limits {
  mostBytes: number;
  optimizeFor: "Size" | "Speed";
}

function limitsOf(plugin: string): Limits {
  if (plugin === COMBINED) return { mostBytes: MOST_COMBINED_BYTES, optimizeFor: "Speed" };
  const file = join(ROOT, "plugins", plugin, "limits.json");
  const said = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Partial<Limits>) : {};
  return { mostBytes: MOST_BYTES, optimizeFor: "Size", ...said };
}

/** How large a plugin may be, in bytes. */
export function mostBytesOf(plugin: string): number {
  return limitsOf(plugin).mostBytes;
}

/** Where `build` leaves a plugin's wasm, absolute. */
export function wasmFile(plugin: string): string {
  return join(ROOT, "dist", `${plugin}.wasm`);
}

/**
 * Compiles the plugins (all, or those named) with the options of `asconfig.json` into `dist/<plugin>.wasm`, as many at once
 * as there are cores, and checks that each imports nothing but what a proxy-wasm host provides. Needs no network.
 *
 * Throws a `SetupError` with asc's own message when one does not compile.
 */
export async function build(names: string[] = moduleNames()): Promise<Built[]> {
  const unknown = names.filter((name) => !moduleNames().includes(name));
  if (unknown.length > 0)
    throw new SetupError(`no such plugin: ${unknown.join(", ")} (there is ${moduleNames().join(", ") || "none"})`);
  if (names.length === 0) throw new SetupError("there is no plugin in plugins/: make one with `new NAME`");
  mkdirSync(join(ROOT, "dist"), { recursive: true });
  return step(names.length === 1 ? `Building ${names[0]}` : `Building ${names.length} modules`, async (done) => {
    const built: Built[] = [];
    const waiting = [...names];
    const lane = async (): Promise<void> => {
      for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
        built.push(await compile(name));
        if (built.length < names.length) done(`${name} (${built.length} of ${names.length})`);
      }
    };
    await Promise.all(Array.from({ length: Math.min(availableParallelism(), names.length) }, lane));
    return built.sort((a, b) => a.name.localeCompare(b.name));
  });
}

async function compile(name: string): Promise<Built> {
  const file = wasmFile(name);
  const isFast = limitsOf(name).optimizeFor === "Speed";
  const { code, output } = await command(
    process.execPath,
    [
      // asc starts a second Node for this flag when it isn't there, and that one would outlive a build that is stopped.
      "--enable-source-maps",
      packageFile("assemblyscript", "bin", "asc.js"),
      name === COMBINED ? writeCombined(pluginNames()) : join("plugins", name, "index.ts"),
      ...RUNTIME_PARTS,
      "--config",
      join(LIBRARY, "asconfig.json"),
      ...(isFast ? ["--optimizeLevel", "3", "--shrinkLevel", "0"] : []),
      // A failed runtime check traps where it stands: the messages and file names are not worth their bytes.
      "--use",
      "abort=",
      "--transform",
      join(TRANSFORMS, "begin.mjs"),
      "--transform",
      join(TRANSFORMS, "weights.mjs"),
      "--outFile",
      file,
    ],
    { cwd: ROOT },
  );
  if (code !== 0) throw new SetupError(`plugins/${name} does not compile:\n${output.trimEnd()}`);
  await optimize(file, isFast);
  const wasm = readFileSync(file);
  const strangers = await foreignImports(wasm);
  if (strangers.length > 0)
    throw new SetupError(`dist/${name}.wasm imports what no proxy-wasm host has: ${strangers.join(", ")}`);
  return { name, file, bytes: statSync(file).size, gzipBytes: gzipSync(wasm, { level: 9 }).length };
}

/** Optimises once more over the whole: asc's own passes leave 1%. */
async function optimize(file: string, isFast: boolean): Promise<void> {
  const tool = packageFile("binaryen", "bin", "wasm-opt");
  const features = ["simd", "bulk-memory", "sign-ext", "nontrapping-float-to-int", "mutable-globals"];
  const { code, output } = await command(
    process.execPath,
    [
      tool,
      ...features.map((feature) => `--enable-${feature}`),
      isFast ? "-O3" : "-Oz",
      "--converge",
      "--low-memory-unused",
      file,
      "-o",
      file,
    ],
    { cwd: ROOT },
  );
  if (code !== 0) throw new SetupError(`wasm-opt does not take ${file}:\n${output.trimEnd()}`);
}

async function foreignImports(wasm: Uint8Array<ArrayBuffer>): Promise<string[]> {
  return WebAssembly.Module.imports(await WebAssembly.compile(wasm))
    .filter(({ module, name }) =>
      module === "env" ? !name.startsWith("proxy_") : module !== "wasi_snapshot_preview1" || !WASI_IMPORTS.test(name),
    )
    .map(({ module, name }) => `${module}.${name}`);
}
