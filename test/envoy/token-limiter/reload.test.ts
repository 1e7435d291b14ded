import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Gate } from "../support/gate.ts";
import { EnvoyProcess } from "../support/envoy-process.ts";
import type { Bootstrap, Json } from "../support/gateway-config.ts";
import { RunningGateway } from "../support/plugin-gateway.ts";
import { until } from "../support/until.ts";
import { COUNTING, type Limiter, TOKENS, Upstreams, ask, chat, limiterConfig, newConsumer } from "./limiter-gateway.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-listeners-"));
const file = join(folder, "listeners.json");
const limiter: Limiter = new RunningGateway();

/** Gives Envoy another listener, in place of the one that it has, whose limit has this amount. */
function configure(amount: number): Bootstrap {
  const configuration = { ...COUNTING, limits: [{ ...TOKENS, amount }] };
  const { static_resources } = limiterConfig(limiter.providers, { gateway: { configuration } });
  const listener = static_resources.listeners[0] as object;
  const resources = [{ "@type": "type.googleapis.com/envoy.config.listener.v3.Listener", ...listener }];
  writeFileSync(`${file}.new`, JSON.stringify({ resources }));
  renameSync(`${file}.new`, file);
  const dynamic_resources: Json = { lds_config: { path_config_source: { path: file }, resource_api_version: "V3" } };
  return {
    node: { id: "gateway", cluster: "gateway" },
    static_resources: { ...static_resources, listeners: [] },
    ...{ dynamic_resources },
  };
}

/** The limit and what is left of it, as a request for all of it is told. */
async function balance(consumer: string): Promise<[limit: number, left: number]> {
  const { headers } = await ask(limiter, consumer, { json: chat({ max_tokens: 100_000 }) });
  return [Number(headers["x-ratelimit-limit-tokens"]), Number(headers["x-ratelimit-remaining-tokens"])];
}

beforeAll(async () => {
  limiter.providers = await Upstreams.start();
  limiter.envoy = await EnvoyProcess.start(configure(100_000));
});

afterAll(async () => {
  await limiter.envoy?.stop();
  await limiter.providers?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("another configuration keeps what was used and what is reserved, and a stream from before is settled", async () => {
  const { provider } = limiter.providers;
  const consumer = newConsumer();
  provider.behave({ usage: { prompt_tokens: 1200, completion_tokens: 34, total_tokens: 1234 } });
  expect((await ask(limiter, consumer)).status).toBe(200);
  await until("it is charged", async () => (await balance(consumer))[1] === 98_766 || undefined);

  const gate = new Gate();
  provider.behave({ until: gate.opened, usage: { prompt_tokens: 0, completion_tokens: 66, total_tokens: 66 } });
  const arrival = provider.next();
  const running = ask(limiter, consumer, { json: chat({ max_tokens: 8766 }) });
  await until("it is reserved", async () => (await balance(consumer))[1] === 90_000 || undefined);

  await arrival;
  provider.reset();
  configure(50_000);
  const tooLarge = { json: chat({ max_tokens: 50_001 }) };
  await until("the new limit is there", async () => {
    return (await ask(limiter, newConsumer(), tooLarge)).status === 400 || undefined;
  });
  const asked = { json: chat({ max_tokens: 50_000 }) };
  const { status, headers } = await ask(limiter, consumer, asked);
  expect([status, headers["x-ratelimit-limit-tokens"], headers["x-ratelimit-remaining-tokens"]]).toEqual([
    429,
    "50000",
    "40000",
  ]);
  gate.release();
  expect((await running).status).toBe(200);
  await until("it is settled", async () => {
    return (await ask(limiter, consumer, asked)).headers["x-ratelimit-remaining-tokens"] === "48700" || undefined;
  });
});
