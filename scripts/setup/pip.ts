import { existsSync, renameSync, rmSync } from "node:fs";
import { command } from "./command.ts";
import { SetupError } from "./progress.ts";
import { ROOT } from "./root.ts";

/**
 * Installs what a requirements file pins by hash into `folder`, whole or not at all: an interrupted download leaves nothing
 * that looks complete, and two that install at once don't disturb each other.
 *
 * Throws a `SetupError` that ends with `elsewhere`, the other way to get the same, when Python's pip is missing or fails.
 */
export async function pipInstall(
  folder: string,
  requirements: string,
  { flags = [], elsewhere }: { flags?: string[]; elsewhere: string },
): Promise<void> {
  const pip = await command("python3", ["-m", "pip", "--version"]);
  if (pip.code !== 0) {
    const missing = pip.code === 127 ? "python3 is missing: install Python 3 with pip" : "pip is missing: install it";
    throw new SetupError(`${missing} (Debian: apt-get install python3-pip), ${elsewhere}.`);
  }
  const partial = `${folder}.${process.pid}`;
  const options = ["--no-deps", "--no-compile", "--disable-pip-version-check", ...flags];
  const source = ["--require-hashes", "-r", requirements];
  try {
    const { code, output } = await command(
      "python3",
      ["-m", "pip", "install", ...options, "--target", partial, ...source],
      { cwd: ROOT },
    );
    if (code !== 0)
      throw new SetupError(
        `${output.trimEnd()}\npip could not install what ${requirements} names (${process.platform} ${process.arch}): see above, ${elsewhere}.`,
      );
    moveWhole(partial, folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** Gives a finished folder its place; where another process was faster, its folder stays. */
export function moveWhole(finished: string, place: string): void {
  try {
    renameSync(finished, place);
  } catch (error) {
    if (!existsSync(place)) throw error;
  }
}
