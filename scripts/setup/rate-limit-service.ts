import { existsSync } from "node:fs";
import { join } from "node:path";
import { namedBy } from "./executable.ts";
import { goInstall } from "./go-install.ts";
import { ROOT } from "./root.ts";

/** The service has no releases; this is its main branch of January 2026. */
const PINNED = "v1.4.1-0.20260122083618-3fb702589d36";
const PROGRAM = "github.com/envoyproxy/ratelimit/src/service_cmd";
const FOLDER = join(ROOT, ".tools", `ratelimit-${PINNED.split("-").at(-1)}`);

/**
 * Finds Envoy's rate limit service and returns its absolute path: `$RATE_LIMIT_SERVICE`, else the pinned version, built once
 * with Go into `.tools/`.
 *
 * Throws a `SetupError` that says what is missing when it can't be built.
 */
export async function findRateLimitService(): Promise<string> {
  const told = namedBy("RATE_LIMIT_SERVICE");
  if (told) return told;
  const binary = join(FOLDER, "ratelimit");
  const elsewhere = "put the path of a built one into RATE_LIMIT_SERVICE";
  const label = "Envoy's rate limit service";
  if (!existsSync(binary))
    await goInstall(FOLDER, "ratelimit", { program: PROGRAM, version: PINNED, label, elsewhere });
  return binary;
}
