/**
 * `npm test [-- vitest arguments]`: builds the plugins, finds Envoy, runs lint and every test. The last line is
 * `N passed, N failed`; a build or a lint that fails counts as one failed, and the exit code is 0 only when none did.
 * With arguments (a file filter, `-t name`) lint is left out.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { findEnvoy } from "./setup/envoy.ts";
import { build } from "./setup/plugins.ts";
import { main } from "./setup/progress.ts";
import { findRateLimitService } from "./setup/rate-limit-service.ts";
import { findRedis } from "./setup/redis.ts";
import { ROOT } from "./setup/root.ts";

const REPORT = join(ROOT, "build", "vitest.json");

/** The part of vitest's JSON report that is read here. */
interface Report {
  numPassedTests: number;
  numFailedTests: number;
  testResults: { status: string; assertionResults: { status: string }[] }[];
}

await main(async () => {
  const args = process.argv.slice(2);
  let failed = 0;
  const attempt = async (run: () => Promise<unknown>): Promise<void> => {
    await run().catch((error: unknown) => {
      console.error(error instanceof Error ? error.message : error);
      failed += 1;
    });
  };
  await attempt(() => build());
  await attempt(async () => (process.env["ENVOY"] = await findEnvoy()));
  await attempt(async () => (process.env["REDIS_SERVER"] = await findRedis()));
  await attempt(async () => (process.env["RATE_LIMIT_SERVICE"] = await findRateLimitService()));
  if (args.length === 0) await attempt(lint);

  const tests = await vitest(args);
  failed += tests.failed;
  console.log(`\n${tests.passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
});

async function lint(): Promise<void> {
  const code = await inherit([join("scripts", "run.mjs"), join("scripts", "lint.ts")]);
  if (code !== 0) throw new Error("Lint failed: see above.");
}

/** Runs vitest. A test file that fails without a failed test (it doesn't load, its set-up fails) counts as one failed. */
async function vitest(args: string[]): Promise<{ passed: number; failed: number }> {
  mkdirSync(join(ROOT, "build"), { recursive: true });
  rmSync(REPORT, { force: true });
  const code = await inherit([
    join("node_modules", "vitest", "vitest.mjs"),
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${REPORT}`,
    ...args,
  ]);
  if (!existsSync(REPORT)) return { passed: 0, failed: 1 };
  const report = JSON.parse(readFileSync(REPORT, "utf8")) as Report;
  const broken = report.testResults.filter(
    ({ status, assertionResults }) => status === "failed" && !assertionResults.some((test) => test.status === "failed"),
  );
  const failed = report.numFailedTests + broken.length;
  return { passed: report.numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed };
}

/** Runs Node with these arguments, its output straight through, and returns the exit code; ends it when this process exits. */
function inherit(args: string[]): Promise<number> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: "inherit" });
    const stop = (): void => void child.kill("SIGTERM");
    process.once("exit", stop);
    child.once("error", fail);
    child.once("close", (code) => {
      process.off("exit", stop);
      done(code ?? 1);
    });
  });
}
