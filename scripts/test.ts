/**
 * `npm test [-- vitest arguments]`: builds the plugins, finds Envoy, runs lint and every test. The last line is
 * `N passed, N failed`; a build or a lint that fails counts as one failed, and the exit code is 0 only when none did.
 * With arguments (a file filter, `-t name`) lint is left out. `--only NAME`, which may come more than once, builds that plugin
 * and runs only what concerns it.
 */
import { findCrane } from "./setup/crane.ts";
import { build } from "./setup/plugins.ts";
import { main } from "./setup/progress.ts";
import { findRateLimitService } from "./setup/rate-limit-service.ts";
import { findRedis } from "./setup/redis.ts";
import { testPlugins } from "./test/plugins.ts";
import { envoyStep, lintStep, runTests, takeOnly } from "./test/run.ts";

await main(() => {
  const { only, rest } = takeOnly(process.argv.slice(2));
  if (only.length > 0) return testPlugins(only, rest);
  const steps = [
    () => build(),
    envoyStep,
    async () => (process.env["REDIS_SERVER"] = await findRedis()),
    async () => (process.env["RATE_LIMIT_SERVICE"] = await findRateLimitService()),
    async () => (process.env["CRANE"] = await findCrane()),
    ...(rest.length === 0 ? [lintStep()] : []),
  ];
  return runTests(steps, rest);
});
