import { join } from "node:path";
import { command, type Finished } from "../../scripts/setup/command.ts";
import { ROOT } from "../../scripts/setup/root.ts";

/** Runs `npm run package` with what is built already, as a process of its own, in this environment. */
export function runPackage(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Finished> {
  const script = [join(ROOT, "scripts", "run.mjs"), join("scripts", "package.ts"), "--no-build", ...args];
  return command(process.execPath, script, { env: { ...process.env, ...env } });
}
