import { execFileSync } from "node:child_process";
import { ROOT } from "../setup/root.ts";

/**
 * The seed of the tests' random inputs: `SEED`, else the commit's, so that a commit passes or fails alike wherever it is tested
 * and each commit is tested with others; outside a repository, the time's.
 */
export function seedOfRun(): number {
  const given = process.env["SEED"];
  if (given !== undefined) return Number(given);
  try {
    const commit = execFileSync("git", ["rev-parse", "HEAD"], { cwd: ROOT, stdio: ["ignore", "pipe", "ignore"] });
    return Number.parseInt(commit.toString().slice(0, 7), 16);
  } catch {
    return Date.now() % 1e9;
  }
}
