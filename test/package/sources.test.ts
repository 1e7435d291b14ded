import { readFileSync } from "node:fs";
import { join } from "node:path";
import { newOptions, newProgram, nextFile, parse } from "assemblyscript";
import { expect, test } from "vitest";
import { librarySourcesOf } from "../../scripts/package/sources.ts";
import { RUNTIME_PARTS, pluginNames } from "../../scripts/setup/plugins.ts";
import { ROOT } from "../../scripts/setup/root.ts";

test.each(pluginNames())("the compiler asks for the same files of the library for %s", (plugin) => {
  const program = newProgram(newOptions());
  const asked = new Set<string>();
  const read = (path: string, isEntry: boolean): void => {
    asked.add(`${path}.ts`);
    parse(program, readFileSync(join(ROOT, `${path}.ts`), "utf8"), `${path}.ts`, isEntry);
  };
  for (const path of [`plugins/${plugin}/index`, ...RUNTIME_PARTS]) read(path.replace(/\.ts$/, ""), true);
  for (let path = nextFile(program); path !== null; path = nextFile(program)) read(path, false);
  expect(librarySourcesOf(plugin)).toEqual([...asked].filter((path) => path.startsWith("assembly")).sort());
});
