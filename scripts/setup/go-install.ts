import { renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { command } from "./command.ts";
import { findGo } from "./go.ts";
import { moveWhole } from "./pip.ts";
import { SetupError, step } from "./progress.ts";
import { ROOT } from "./root.ts";

/**
 * Builds a Go program at a pinned version into `folder`, as `name`, whole or not at all. Go checks what it gets against its checksum
 * database.
 *
 * Throws a `SetupError` that ends with `elsewhere`, the other way to get the same, when it can't be built.
 */
export async function goInstall(
  folder: string,
  name: string,
  { program, version, label, elsewhere }: { program: string; version: string; label: string; elsewhere: string },
): Promise<void> {
  const go = await findGo();
  const partial = `${folder}.${process.pid}`;
  // A Go that is older than the program asks for fetches that one; without cgo no C compiler is needed.
  const env = { ...process.env, GOBIN: partial, GOTOOLCHAIN: "auto", CGO_ENABLED: "0", GOFLAGS: "" };
  const args = ["install", "-trimpath", "-ldflags=-s -w", `${program}@${version}`];
  await step(`Building ${label} into .tools (once, about a minute)`, async () => {
    try {
      const { code, output } = await command(go, args, { cwd: ROOT, env });
      if (code !== 0)
        throw new SetupError(
          `${output.trimEnd()}\nGo could not build ${program}@${version}: see above, or ${elsewhere}.`,
        );
      renameSync(join(partial, basename(program)), join(partial, name));
      moveWhole(partial, folder);
    } finally {
      rmSync(partial, { recursive: true, force: true });
    }
  });
}
