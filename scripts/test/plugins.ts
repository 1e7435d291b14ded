import { existsSync } from "node:fs";
import { join } from "node:path";
import { build } from "../setup/plugins.ts";
import { IS_PACKAGE, LIBRARY, ROOT } from "../setup/root.ts";
import { envoyStep, lintStep, runTests, type Taken } from "./run.ts";

/**
 * Builds these plugins and runs what concerns them: lint, where this is Weir itself and `rest` is empty, the contract suite, and
 * their own tests. A file filter in `rest` takes the place of those.
 */
export function testPlugins({ only, builds, rest }: Taken): Promise<number> {
  process.env["WEIR_ONLY"] = only.join(",");
  const lints = !IS_PACKAGE && rest.length === 0;
  const steps = [...(builds ? [() => build(only)] : []), envoyStep, ...(lints ? [lintStep(only)] : [])];
  return runTests(steps, [...config(), ...(namesFiles(rest) ? [] : filters(only)), ...rest]);
}

function config(): string[] {
  return IS_PACKAGE ? ["--config", join(LIBRARY, "scripts", "test", "package.config.ts")] : [];
}

function filters(only: string[]): string[] {
  if (IS_PACKAGE) return [];
  const own = only.flatMap((name) => foldersOf(name).filter((folder) => folder.startsWith("test")));
  return ["test/contract/", "test/schema.test.ts", "test/docs.test.ts", ...own];
}

/** Where a plugin's files are, from the project's root. */
export function foldersOf(plugin: string): string[] {
  return [join("plugins", plugin), join("test", "plugins", plugin), join("test", "envoy", plugin)]
    .filter((folder) => existsSync(join(ROOT, folder)))
    .map((folder) => `${folder}/`);
}

/** Whether there is a file filter. What stands behind a flag is the flag's: `--exclude test/lib/a.test.ts`, `-t "and/or"`. */
export function namesFiles(args: string[]): boolean {
  const isFree = (index: number): boolean => !args[index]!.startsWith("-") && !args[index - 1]?.startsWith("-");
  return args.some((argument, index) => isFree(index) && (argument.includes("/") || argument.endsWith(".ts")));
}
