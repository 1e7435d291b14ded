import { existsSync } from "node:fs";
import { join } from "node:path";
import { COMBINED } from "../setup/plugins.ts";
import { ROOT } from "../setup/root.ts";
import { classesOf, templateNames } from "./template.ts";

const KEBAB = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const LONGEST = 40;
/** Classes that AssemblyScript has everywhere. */
const STANDARD = "Array Boolean Date Error Function Infinity Map Math Number Object Reflect Set String Symbol".split(
  " ",
);

/** Why a new plugin can't have this name; undefined when it can. */
export function problemOf(name: string): string | undefined {
  if (!KEBAB.test(name)) return "must be in kebab-case, such as my-plugin: small letters, digits, single hyphens";
  if (name.length > LONGEST) return `must have at most ${LONGEST} characters (it has ${name.length})`;
  if (name === COMBINED) return `is the name of the module with all plugins, dist/${COMBINED}.wasm`;
  const taken = [join("plugins", name), join("test", "plugins", name), join("test", "envoy", name)];
  const there = taken.find((folder) => existsSync(join(ROOT, folder)));
  if (there !== undefined) return `is taken: ${there} is there already, and nothing is overwritten`;
  const names = new Set([...STANDARD, ...templateNames()]);
  const clash = classesOf(name).find((each) => names.has(each));
  return clash === undefined ? undefined : `would make a class ${clash}, and there is one already`;
}
