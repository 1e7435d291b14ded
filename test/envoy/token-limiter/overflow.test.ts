import { expect, test } from "vitest";
import { until } from "../support/until.ts";
import { AMOUNT, COUNTING, ask, logged, newConsumer, useLimiter } from "./limiter-gateway.ts";

const KEYS = 4;

const limiter = useLimiter({ gateway: { configuration: { ...COUNTING, store: { maxKeys: KEYS } } } });

const COUNTER = "wasmcustom.weir.token-limiter.keys_overflowed";
const REMAINING = "x-ratelimit-remaining-tokens";

/** Uses 1,234 tokens; what was left when it asked for 100. */
async function use(consumer: string, before: number): Promise<number> {
  const { status, headers } = await ask(limiter, consumer);
  expect(status).toBe(200);
  await logged(limiter, consumer, before + 1);
  return Number(headers[REMAINING]) + 100;
}

test("consumers that the store has no room for share one account, and a counter says so", async () => {
  limiter.providers.provider.behave({ usage: { prompt_tokens: 1200, completion_tokens: 34, total_tokens: 1234 } });
  const known = Array.from({ length: KEYS }, newConsumer);
  const more = Array.from({ length: 3 }, newConsumer);
  for (const consumer of known) expect(await use(consumer, 0)).toBe(AMOUNT);
  for (const [at, consumer] of more.entries()) expect(await use(consumer, 0)).toBe(AMOUNT - at * 1234);
  for (const consumer of known) expect(await use(consumer, 1)).toBe(AMOUNT - 1234);
  await until("it is counted", async () => (await limiter.envoy.stat(COUNTER)) === more.length || undefined);
});
