import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { command } from "./command.ts";
import { namedBy } from "./executable.ts";
import { findGo } from "./go.ts";
import { moveWhole } from "./pip.ts";
import { SetupError, step } from "./progress.ts";
import { ROOT } from "./root.ts";

/** The service has no releases; this is its main branch of January 2026. Go checks what it gets against its checksum database. */
const PINNED = "v1.4.1-0.20260122083618-3fb702589d36";
const PACKAGE = "github.com/envoyproxy/ratelimit/src/service_cmd";
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
  if (existsSync(binary)) return binary;
  const go = await findGo();
  await step("Building Envoy's rate limit service into .tools (once, about a minute)", () => install(go));
  return binary;
}

async function install(go: string): Promise<void> {
  const partial = `${FOLDER}.${process.pid}`;
  // A Go that is older than the service asks for fetches that one; without cgo no C compiler is needed.
  const env = { ...process.env, GOBIN: partial, GOTOOLCHAIN: "auto", CGO_ENABLED: "0", GOFLAGS: "" };
  try {
    const { code, output } = await command(go, ["install", "-trimpath", "-ldflags=-s -w", `${PACKAGE}@${PINNED}`], {
      cwd: ROOT,
      env,
    });
    if (code !== 0)
      throw new SetupError(
        `${output.trimEnd()}\nGo could not build ${PACKAGE}@${PINNED}: see above, or put the path of a built one into RATE_LIMIT_SERVICE.`,
      );
    renameSync(join(partial, "service_cmd"), join(partial, "ratelimit"));
    moveWhole(partial, FOLDER);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}
