import { describe, expect, test } from "vitest";
import type { Json, Route } from "../support/gateway-config.ts";
import { until } from "../support/until.ts";
import { COUNTING, TOKENS, ask, chat, logged, newConsumer, useLimiter } from "./limiter-gateway.ts";

const SMALL = { ...TOKENS, amount: 1000 };
const PER_REQUEST = { name: "largest", count: "Output", amount: 500, per: "request" };
/** A limit of the same name and another amount shares its accounts. */
const tier = (name: string, amount: number, match?: Json): Json => ({
  name,
  ...(match === undefined ? {} : { match }),
  config: { limits: [{ ...TOKENS, amount }] as unknown as Json },
});

const OVERRIDDEN = {
  ...COUNTING,
  limits: [SMALL],
  overrides: [
    tier("gold", 3000, { headers: { "x-tier": "gold" } }),
    tier("silver", 2000),
    { name: "audited", match: { headers: { "x-tier": "audited" } }, config: { mode: "Audit" } },
    { name: "off", match: { headers: { "x-tier": "off" } }, config: { mode: "Off" } },
  ],
};

const route = (prefix: string, setting?: string): Route => ({
  match: { prefix },
  cluster: "one",
  ...(setting === undefined ? {} : { metadata: { weir: { "token-limiter": setting } } }),
  extra: { route: { cluster: "one", prefix_rewrite: "/" } },
});

const limiter = useLimiter({
  gateway: {
    configuration: OVERRIDDEN,
    routes: [route("/silver/", "silver"), route("/off/", "Off"), route("/bronze/", "bronze"), route("/")],
  },
  audit: { configuration: { ...COUNTING, limits: [SMALL, PER_REQUEST], mode: "Audit" } },
  enforce: { configuration: { ...COUNTING, limits: [SMALL] } },
  off: { configuration: { ...COUNTING, limits: [SMALL], mode: "Off" } },
});

const PATH = "v1/chat/completions";
const REMAINING = "x-ratelimit-remaining-tokens";

describe("limits by override", () => {
  test.each([
    ["the base", "/", undefined, "1000"],
    ["a header's", "/", "gold", "3000"],
    ["the route's", "/silver/", undefined, "2000"],
    ["the route's before a header's", "/silver/", "gold", "2000"],
    ["the base for a name that no override has, whatever the header", "/bronze/", "gold", "1000"],
  ])("%s", async (_, prefix, tier, limit) => {
    const headers = tier === undefined ? {} : { "x-tier": tier };
    const consumer = newConsumer();
    const answer = await ask(limiter, consumer, { path: prefix + PATH, headers });
    expect([answer.status, answer.headers["x-ratelimit-limit-tokens"]]).toEqual([200, limit]);
    expect(answer.headers[REMAINING]).toBe(String(Number(limit) - 100));
    const over = chat({ max_tokens: Number(limit) + 1 });
    expect((await ask(limiter, consumer, { path: prefix + PATH, headers, json: over })).status).toBe(400);
  });

  test.each([
    ["the route's", "/off/", undefined],
    ["a header's", "/", "off"],
  ])("none where it is off by %s setting", async (_, prefix, tier) => {
    const headers = tier === undefined ? {} : { "x-tier": tier };
    const consumer = newConsumer();
    const json = chat({ max_tokens: 1_000_000, stream: true });
    const answer = await ask(limiter, consumer, { path: prefix + PATH, headers, json });
    expect([answer.status, answer.headers[REMAINING]]).toEqual([200, undefined]);
    expect(limiter.providers.provider.only().json).toEqual(json);
    expect(await logged(limiter, consumer)).toMatchObject([{ "limit.tokens": null, total_tokens: null }]);
  });

  test("what a consumer used as gold counts as silver", async () => {
    const consumer = newConsumer();
    limiter.providers.provider.behave({ usage: { prompt_tokens: 0, completion_tokens: 1950, total_tokens: 1950 } });
    const gold = { headers: { "x-tier": "gold" } };
    expect((await ask(limiter, consumer, gold)).status).toBe(200);
    await logged(limiter, consumer);
    const refused = await ask(limiter, consumer, { path: `/silver/${PATH}` });
    expect([refused.status, refused.headers[REMAINING]]).toEqual([429, "50"]);
    expect((await ask(limiter, consumer, gold)).headers[REMAINING]).toBe("950");
  });
});

describe("a limiter that only audits", () => {
  test("lets pass what it would refuse, counts it, and charges it all the same", async () => {
    const consumer = newConsumer();
    limiter.providers.provider.behave({ usage: { prompt_tokens: 900, completion_tokens: 60, total_tokens: 960 } });
    for (const status of [200, 200]) expect((await ask(limiter, consumer, { listener: "audit" })).status).toBe(status);
    expect(await logged(limiter, consumer, 2)).toMatchObject([
      { "limit.tokens": "960", total_tokens: "960" },
      { "limit.tokens": "960", total_tokens: "960" },
    ]);
    const counter = "wasmcustom.weir.token-limiter.audited.reason.=.limited.=;";
    expect(await limiter.envoy.stat(counter)).toBe(1);
    await until("limits count it", async () => {
      const stats = await limiter.envoy.stats("token-limiter.requests.limit.=.tokens.=;.outcome.=.denied");
      return [...stats.values()].some((count) => count > 0) || undefined;
    });
    const enforced = await ask(limiter, consumer, { listener: "enforce" });
    expect([enforced.status, enforced.headers[REMAINING]]).toEqual([429, "0"]);
    // Twice 960 of 1000: the debt is more than the next window gives back.
    expect(Number(enforced.headers["retry-after"])).toBeGreaterThan(30 * 86_400 - 1);
  });

  test("lets a too large request pass", async () => {
    const consumer = newConsumer();
    const answer = await ask(limiter, consumer, { listener: "audit", json: chat({ max_tokens: 501 }) });
    expect(answer.status).toBe(200);
    expect(await logged(limiter, consumer)).toMatchObject([{ status: 200, usage_source: "reported" }]);
  });
});

test("a limiter that is off does nothing", async () => {
  const consumer = newConsumer();
  const json = chat({ max_tokens: 1_000_000, stream: true });
  const answer = await ask(limiter, consumer, { listener: "off", json });
  expect([answer.status, answer.headers[REMAINING], answer.text.includes('"usage"')]).toEqual([200, undefined, false]);
  expect(limiter.providers.provider.only().json).toEqual(json);
  expect(await logged(limiter, consumer)).toMatchObject([{ "limit.tokens": null }]);
});
