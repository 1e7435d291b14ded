import { join } from "node:path";
import { findEnvoy } from "../setup/envoy.ts";
import { seedOfRun } from "./seed.ts";
import { inherit, vitest } from "./vitest.ts";

/** Something to do before the tests; where it fails the tests still run, and it counts as one failed. */
export type Step = () => Promise<unknown>;

/** Finds Envoy, and tells the tests. */
export const envoyStep: Step = async () => (process.env["ENVOY"] = await findEnvoy());

/** `npm run lint`, of all or of these plugins. */
export const lintStep =
  (only: string[] = []): Step =>
  async () => {
    const flags = only.flatMap((name) => ["--only", name]);
    const code = await inherit([join("scripts", "run.mjs"), join("scripts", "lint.ts"), ...flags]);
    if (code !== 0) throw new Error("Lint failed: see above.");
  };

/**
 * Takes the steps in turn, then runs vitest with these arguments. The last line is `N passed, N failed`; returns the exit code,
 * 0 only when none failed.
 */
export async function runTests(steps: Step[], args: string[]): Promise<number> {
  let failed = 0;
  for (const step of steps) {
    await step().catch((error: unknown) => {
      console.error(error instanceof Error ? error.message : error);
      failed += 1;
    });
  }
  const seed = String(seedOfRun());
  console.log(`Random inputs have the seed ${seed}: SEED=${seed} repeats them.`);
  process.env["SEED"] = seed;
  const tests = await vitest(args);
  failed += tests.failed;
  console.log(`\n${tests.passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

/** What of the arguments is ours; the rest is vitest's. */
export interface Taken {
  /** Each `--only NAME`. */
  only: string[];
  /** Whether `--no-build` is not there. */
  builds: boolean;
  rest: string[];
}

export function takeArguments(args: string[]): Taken {
  const only: string[] = [];
  const rest: string[] = [];
  let builds = true;
  for (let i = 0; i < args.length; i++) {
    const [flag, value] = args[i]!.split("=");
    if (flag === "--only") only.push(value ?? args[++i] ?? "");
    else if (flag === "--no-build") builds = false;
    else rest.push(args[i]!);
  }
  return { only, builds, rest };
}
