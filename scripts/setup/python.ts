import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pipInstall } from "./pip.ts";
import { ROOT } from "./root.ts";

/** Python packages that a program here imports. */
export interface PythonPackages {
  /** In `.tools`; changes with what is pinned. */
  folder: string;
  /** In `scripts/setup`. */
  requirements: string;
}

/**
 * Runs a Python program that imports these packages, installed the first time, and returns what it printed. Throws a `SetupError`
 * where they can't be had, and the program's own words where it fails.
 */
export async function runPython(
  { folder, requirements }: PythonPackages,
  program: string,
  input = "",
): Promise<string> {
  const place = join(ROOT, ".tools", folder);
  if (!existsSync(place)) {
    await pipInstall(place, join("scripts", "setup", requirements), { elsewhere: "or connect to PyPI" });
  }
  const { status, stdout, stderr } = spawnSync("python3", ["-c", program], {
    input,
    encoding: "utf8",
    env: { ...process.env, PYTHONPATH: place },
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`Python failed (${status}): ${stderr}`);
  return stdout;
}
