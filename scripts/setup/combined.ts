import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./root.ts";

const HOST_EXPORTS = /^export \* from "\.\.\/\.\.\/(assembly\/host\/exports\/[\w-]+)";$/gm;

/** The name of a plugin's classes: `model-router` is `ModelRouter`. */
export function classNameOf(plugin: string): string {
  return plugin.replaceAll(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/**
 * Writes `build/weir.ts`, the source of the module with all plugins, from their folders, and returns its path from the project's
 * root. A configuration's root id is the name of the plugin that it is for.
 */
export function writeCombined(plugins: string[]): string {
  const definitions = plugins.map((plugin) => ({ plugin, name: `${classNameOf(plugin)}Definition` }));
  const exports = plugins.flatMap((plugin) => {
    const index = readFileSync(join(ROOT, "plugins", plugin, "index.ts"), "utf8");
    return [...index.matchAll(HOST_EXPORTS)].map(([, path]) => path!);
  });
  const source = [
    'import { registerSeveral } from "../assembly/filter/register-several";',
    ...definitions.map(({ plugin, name }) => `import { ${name} } from "../plugins/${plugin}/definition";`),
    ...[...new Set(exports)].sort().map((path) => `export * from "../${path}";`),
    `registerSeveral([${definitions.map(({ name }) => `new ${name}()`).join(", ")}]);`,
  ];
  mkdirSync(join(ROOT, "build"), { recursive: true });
  const file = join("build", "weir.ts");
  writeFileSync(join(ROOT, file), `${source.join("\n")}\n`);
  return file;
}
