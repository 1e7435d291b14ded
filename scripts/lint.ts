/**
 * `npm run lint`: format, lint and types, side by side. `npm run format` (`--fix`) first writes what can be mended. `--only NAME`,
 * which may come more than once, looks at the files of that plugin.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readArguments, usageOf } from "./setup/arguments.ts";
import { command } from "./setup/command.ts";
import { packageFile } from "./setup/package-file.ts";
import { main } from "./setup/progress.ts";
import { ROOT } from "./setup/root.ts";
import { foldersOf } from "./test/plugins.ts";

const PRETTIER = packageFile("prettier", "bin", "prettier.cjs");
const ESLINT = packageFile("eslint", "bin", "eslint.js");
const TSC = packageFile("typescript", "bin", "tsc");

await main(async () => {
  const { values } = readArguments(usageOf("lint", "[--fix] [--only NAME]..."), {
    fix: { type: "boolean", default: false },
    only: { type: "string", multiple: true, default: [] },
  });
  const folders = values.only.flatMap(foldersOf);
  const files = values.only.length === 0 ? ["."] : folders;
  if (values.fix) {
    await run(ESLINT, ["--fix", ...files]);
    await run(PRETTIER, ["--write", "--log-level", "warn", ...files]);
  }
  const checks: [name: string, tool: string, args: string[]][] = [
    ["format", PRETTIER, ["--check", "--log-level", "warn", ...files]],
    ["lint", ESLINT, files],
    ...(values.only.length === 0
      ? ([["types of scripts and bench", TSC, ["--noEmit", "-p", "scripts"]]] as [string, string, string[]][])
      : []),
    ["types of tests", TSC, ["--noEmit", "-p", values.only.length === 0 ? "test" : testsOf(folders)]],
  ];
  const results = await Promise.all(
    checks.map(async ([name, tool, args]) => {
      const { code, output } = await run(tool, args);
      console.log(code === 0 ? `${name}: ok` : `${name}: failed\n${output.trimEnd()}`);
      return code === 0;
    }),
  );
  return results.every(Boolean) ? 0 : 1;
});

/** The types' check of the tests in these folders, and of what they import. */
function testsOf(folders: string[]): string {
  const include = folders.filter((folder) => folder.startsWith("test")).map((folder) => `../${folder}**/*.ts`);
  const file = join("build", "tsconfig.only.json");
  mkdirSync(join(ROOT, "build"), { recursive: true });
  writeFileSync(
    join(ROOT, file),
    JSON.stringify({ extends: "../test/tsconfig.json", include, exclude: ["../test/**/wasm"] }),
  );
  return file;
}

function run(tool: string, args: string[]): Promise<{ code: number; output: string }> {
  return command(process.execPath, [tool, ...args], { cwd: ROOT, timeoutMs: 300_000 });
}
