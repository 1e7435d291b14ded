import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { writeCombined } from "../setup/combined.ts";
import { COMBINED, RUNTIME_PARTS, pluginNames } from "../setup/plugins.ts";
import { LIBRARY, ROOT } from "../setup/root.ts";

const FROM = /^(?:import|export)\b(?:[^"';]*?\bfrom)? "([^"]+)";$/gm;

/**
 * The files of the library that the compiler takes for a module, as paths from the library's root in the order of their names:
 * what its index imports, and what that does. (To ask the compiler's own parser takes seconds.)
 */
export function librarySourcesOf(module: string): string[] {
  const entry = module === COMBINED ? writeCombined(pluginNames()) : join("plugins", module, "index.ts");
  const found = new Set<string>();
  const waiting = [entry, ...RUNTIME_PARTS].map((path) => join(ROOT, path));
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (found.has(file)) continue;
    found.add(file);
    for (const [, path] of readFileSync(file, "utf8").matchAll(FROM)) waiting.push(fileOf(path!, file));
  }
  return [...found]
    .map((file) => relative(LIBRARY, file))
    .filter((path) => path.startsWith("assembly"))
    .sort();
}

function fileOf(path: string, importer: string): string {
  const whole = path.startsWith(".") ? join(dirname(importer), path) : join(LIBRARY, path.replace(/^weir\//, ""));
  const file = [`${whole}.ts`, join(whole, "index.ts")].find(existsSync);
  if (file === undefined) throw new Error(`${relative(ROOT, importer)} imports ${path}, which is not there`);
  return file;
}
