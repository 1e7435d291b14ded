import { existsSync } from "node:fs";
import { join } from "node:path";
import { namedBy } from "./executable.ts";
import { goInstall } from "./go-install.ts";
import { ROOT } from "./root.ts";

const PINNED = "v0.22.1";
const PROGRAM = "github.com/google/go-containerregistry/cmd/crane";
const FOLDER = join(ROOT, ".tools", `crane-${PINNED.slice(1)}`);

/**
 * Finds crane, a client of container registries that has a registry too, and returns its absolute path: `$CRANE`, else the pinned
 * version, built once with Go into `.tools/`.
 *
 * Throws a `SetupError` that says what is missing when it can't be built.
 */
export async function findCrane(): Promise<string> {
  const told = namedBy("CRANE");
  if (told) return told;
  const binary = join(FOLDER, "crane");
  const elsewhere = "put the path of a built one into CRANE";
  if (!existsSync(binary))
    await goInstall(FOLDER, "crane", { program: PROGRAM, version: PINNED, label: "crane", elsewhere });
  return binary;
}
