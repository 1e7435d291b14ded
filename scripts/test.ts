/**
 * `npm test [-- vitest arguments]`: builds the plugins, finds Envoy, runs lint and every test. The last line is
 * `N passed, N failed`; a build or a lint that fails counts as one failed, and the exit code is 0 only when none did.
 * With arguments (a file filter, `-t name`) lint is left out. `--only NAME`, which may come more than once, builds that plugin
 * and runs only what concerns it; `--no-build` takes what is in `dist`.
 */
import { findCrane } from "./setup/crane.ts";
import { findJavaHost } from "./setup/java-host.ts";
import { build } from "./setup/plugins.ts";
import { main } from "./setup/progress.ts";
import { findRateLimitService } from "./setup/rate-limit-service.ts";
import { findRedis } from "./setup/redis.ts";
import { testPlugins } from "./test/plugins.ts";
import { envoyStep, lintStep, runTests, takeArguments } from "./test/run.ts";

await main(() => {
  const taken = takeArguments(process.argv.slice(2));
  const { only, builds, rest } = taken;
  if (only.length > 0) return testPlugins(taken);
  const steps = [
    ...(builds ? [() => build()] : []),
    envoyStep,
    async () => (process.env["REDIS_SERVER"] = await findRedis()),
    async () => (process.env["RATE_LIMIT_SERVICE"] = await findRateLimitService()),
    async () => (process.env["CRANE"] = await findCrane()),
    findJavaHost,
    ...(rest.length === 0 ? [lintStep()] : []),
  ];
  return runTests(steps, rest);
});
