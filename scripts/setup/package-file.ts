import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { SetupError } from "./progress.ts";
import { LIBRARY } from "./root.ts";

/** A file of an installed npm package that Weir needs, absolute, wherever npm has put the package. */
export function packageFile(name: string, ...path: string[]): string {
  for (let folder = LIBRARY; ; folder = dirname(folder)) {
    const found = join(folder, "node_modules", name);
    if (existsSync(join(found, "package.json"))) return join(found, ...path);
    if (dirname(folder) === folder)
      throw new SetupError(`the npm package ${name} is not installed: npm install ${name}`);
  }
}
