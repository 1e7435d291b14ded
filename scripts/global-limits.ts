/**
 * Starts what `envoy-examples/global-token-limits` describes (Redis, Envoy's rate limit service, two gateways, a mock
 * provider) and shows with real requests that the limits hold over both; exits 0 only when they do. With `--stay` the
 * gateways stay up afterwards, until Ctrl-C.
 */
import { TwoGateways } from "./demo/two-gateways.ts";
import { readArguments } from "./setup/arguments.ts";
import { findEnvoy } from "./setup/envoy.ts";
import { build } from "./setup/plugins.ts";
import { main, step } from "./setup/progress.ts";
import { findRateLimitService } from "./setup/rate-limit-service.ts";
import { findRedis } from "./setup/redis.ts";

await main(async () => {
  const { values } = readArguments("usage: node scripts/run.mjs scripts/global-limits.ts [--stay]", {
    stay: { type: "boolean", default: false },
  });
  await build(["token-limiter"]);
  process.env["ENVOY"] = await findEnvoy();
  process.env["REDIS_SERVER"] = await findRedis();
  process.env["RATE_LIMIT_SERVICE"] = await findRateLimitService();
  const gateways = await step("Starting Redis, the rate limit service, a mock provider and two gateways", () =>
    TwoGateways.start(),
  );
  try {
    const holds = await gateways.walk();
    if (values.stay) await gateways.stay();
    return holds ? 0 : 1;
  } finally {
    await gateways.stop();
  }
});
