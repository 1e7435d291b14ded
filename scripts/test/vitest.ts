import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { packageFile } from "../setup/package-file.ts";
import { ROOT } from "../setup/root.ts";

const REPORT = join(ROOT, "build", "vitest.json");

/** How many tests there were. */
export interface Counted {
  passed: number;
  failed: number;
}

/** The part of vitest's JSON report that is read here. */
interface Report {
  numPassedTests: number;
  numFailedTests: number;
  testResults: { status: string; assertionResults: { status: string }[] }[];
}

/** Runs vitest. A test file that fails without a failed test (it doesn't load, its set-up fails) counts as one failed. */
export async function vitest(args: string[]): Promise<Counted> {
  mkdirSync(join(ROOT, "build"), { recursive: true });
  rmSync(REPORT, { force: true });
  const code = await inherit([
    packageFile("vitest", "vitest.mjs"),
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
export function inherit(args: string[]): Promise<number> {
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
