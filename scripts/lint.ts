/** `npm run lint`: format, lint and types, side by side. `npm run format` (`--fix`) first writes what can be mended. */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { command } from "./setup/command.ts";
import { main } from "./setup/progress.ts";
import { ROOT } from "./setup/root.ts";

const PRETTIER = join("node_modules", "prettier", "bin", "prettier.cjs");
const ESLINT = join("node_modules", "eslint", "bin", "eslint.js");
const TSC = join("node_modules", "typescript", "bin", "tsc");

const CHECKS: [name: string, tool: string, args: string[]][] = [
  ["format", PRETTIER, ["--check", "--log-level", "warn", "."]],
  ["lint", ESLINT, ["."]],
  ["types of scripts and bench", TSC, ["--noEmit", "-p", "scripts"]],
  ["types of tests", TSC, ["--noEmit", "-p", "test"]],
];

await main(async () => {
  const { values } = parseArgs({ options: { fix: { type: "boolean", default: false } } });
  if (values.fix) {
    await run(ESLINT, ["--fix", "."]);
    await run(PRETTIER, ["--write", "--log-level", "warn", "."]);
  }
  const results = await Promise.all(
    CHECKS.map(async ([name, tool, args]) => {
      const { code, output } = await run(tool, args);
      console.log(code === 0 ? `${name}: ok` : `${name}: failed\n${output.trimEnd()}`);
      return code === 0;
    }),
  );
  return results.every(Boolean) ? 0 : 1;
});

function run(tool: string, args: string[]): Promise<{ code: number; output: string }> {
  return command(process.execPath, [tool, ...args], { cwd: ROOT, timeoutMs: 120_000 });
}
