import { describe, expect, test } from "vitest";
import { wasmFile } from "../../../scripts/setup/plugins.ts";
import type { Json } from "../support/gateway-config.ts";
import { until } from "../support/until.ts";
import {
  AMOUNT,
  COUNTING,
  MESSAGES,
  TOKENS,
  ask,
  charged,
  chat,
  left,
  logged,
  newConsumer,
  useLimiter,
} from "./limiter-gateway.ts";

const OUTPUT_DEFAULT = 1024;
const ROUTER: Json = {
  models: [
    { name: "real-*", provider: "one" },
    { name: "fast", targets: [{ model: "real-big", provider: "one" }] },
    { name: "cheap", targets: [{ model: "real-small", provider: "one" }] },
  ],
};
const byModel = { ...TOKENS, by: ["consumer", "model"], models: ["real-*"] };
const byParts = { ...TOKENS, by: ["consumer", "model", { header: "x-tenant" }, { header: "x-team" }] };
const byTenant = { ...TOKENS, name: "tenants", by: [{ header: "x-tenant" }] };

const limiter = useLimiter({
  gateway: { configuration: COUNTING },
  open: { configuration: { ...COUNTING, failureMode: "FailOpen" } },
  held: { configuration: { ...COUNTING, maxHeldBytes: "64KiB" } },
  "held open": { configuration: { ...COUNTING, maxHeldBytes: "64KiB", failureMode: "FailOpen" } },
  routed: {
    configuration: { ...COUNTING, limits: [byModel] },
    before: [{ name: "model-router", wasm: wasmFile("model-router"), configuration: ROUTER }],
  },
  parts: { configuration: { ...COUNTING, limits: [byParts] } },
  tenants: { configuration: { ...COUNTING, limits: [byTenant] } },
});

const REMAINING = "x-ratelimit-remaining-tokens";
const USAGE = { prompt_tokens: 1200, completion_tokens: 34, total_tokens: 1234 };

/** What a request may still have after it was let pass, whose reservation this tells. */
async function reserved(body: string, listener?: string): Promise<[status: number, reserved: number]> {
  const { status, headers } = await ask(limiter, newConsumer(), { body, ...(listener ? { listener } : {}) });
  return [status, AMOUNT - Number(headers[REMAINING])];
}

const text = (members: string): string => `{"model":"m","messages":${JSON.stringify(MESSAGES)},${members}}`;

describe("a cap that is", () => {
  test.each([
    ["small", '"max_tokens":7', 7],
    ["0", '"max_tokens":0', 0],
    ["a fraction", '"max_tokens":6.5', 7],
    ["written with an exponent", '"max_tokens":0.7e1', 7],
    ["negative", '"max_tokens":-5', OUTPUT_DEFAULT],
    ["a number as a string", '"max_tokens":"7"', 7],
    ["a string", '"max_tokens":"seven"', OUTPUT_DEFAULT],
    ["null", '"max_tokens":null', OUTPUT_DEFAULT],
    ["there under two names", '"max_tokens":7,"max_completion_tokens":70', 70],
    ["there under two names, the other way round", '"max_completion_tokens":70,"max_tokens":7', 70],
    ["for each of 3 answers", '"n":3,"max_tokens":7', 21],
    ["for each of -3 answers", '"n":-3,"max_tokens":7', 7],
    ["for each of a million answers", '"n":1000000,"max_tokens":7', 7 * 1024],
    ["inside something else", '"metadata":{"max_tokens":7}', OUTPUT_DEFAULT],
  ])("%s reserves as much", async (_, members, tokens) => {
    expect(await reserved(text(members))).toEqual([200, tokens]);
  });

  test.each([
    ["1e308", '"max_tokens":1e308'],
    ["2^64", '"max_tokens":18446744073709551616'],
    ["more than the limit", `"max_tokens":${AMOUNT + 1}`],
    ["more than the limit by its answers", `"n":11,"max_tokens":${AMOUNT / 10}`],
  ])("%s is too much", async (_, members) => {
    const answer = await ask(limiter, newConsumer(), { body: text(members) });
    expect([answer.status, answer.json["error"]]).toEqual([
      400,
      expect.objectContaining({ code: "context_length_exceeded", type: "invalid_request_error" }),
    ]);
    expect(limiter.providers.provider.seen).toEqual([]);
  });
});

const UNREADABLE: [name: string, body: string, status: number][] = [
  ["a cap twice", text('"max_tokens":7,"max_tokens":9'), 400],
  ["a cap twice, once escaped", text('"max_tokens":7,"max_\\u0074okens":9'), 400],
  ["a model twice", text('"model":"n"'), 400],
  ["no JSON", '{"model":"m","messages":[}', 400],
  ["no end", text('"x":').slice(0, -1), 400],
  ["a byte order mark", `\ufeff${text('"max_tokens":7')}`, 400],
  ["513 levels", text(`"x":${"[".repeat(513)}${"]".repeat(513)}`), 400],
];

describe("a request that can't be read", () => {
  test.each(UNREADABLE)("is refused when FailClosed: %s", async (_, body, status) => {
    const consumer = newConsumer();
    const answer = await ask(limiter, consumer, { body });
    expect([answer.status, answer.json]).toEqual([
      status,
      { error: expect.objectContaining({ message: expect.any(String) as string }) as object },
    ]);
    expect(limiter.providers.provider.seen).toEqual([]);
    expect(await logged(limiter, consumer)).toMatchObject([{ "limit.tokens": null }]);
  });

  test.each(UNREADABLE)("passes when FailOpen, counted and charged: %s", async (_, body) => {
    const before = await bypasses();
    const consumer = newConsumer();
    const answer = {
      status: 200,
      headers: { "content-type": "application/json" },
      pieces: [JSON.stringify({ usage: USAGE })],
    };
    limiter.providers.provider.behave({ answer });
    expect((await ask(limiter, consumer, { listener: "open", body })).status).toBe(200);
    expect(await charged(limiter, consumer)).toMatchObject({ "limit.tokens": "1234", usage_source: "reported" });
    await until("it is counted", async () => (await bypasses()) === before + 1 || undefined);
  });

  test("is still held to the limit when FailOpen", async () => {
    const consumer = newConsumer();
    limiter.providers.provider.behave({
      usage: { prompt_tokens: AMOUNT, completion_tokens: 1, total_tokens: AMOUNT + 1 },
    });
    await ask(limiter, consumer);
    await logged(limiter, consumer);
    limiter.providers.reset();
    for (const [, body] of UNREADABLE) {
      expect((await ask(limiter, consumer, { listener: "open", body })).status).toBe(429);
    }
    expect(limiter.providers.provider.seen).toEqual([]);
  });

  test("for its encoding is refused, or passes counted and charged when FailOpen", async () => {
    const encoded = { headers: { "content-encoding": "gzip" } };
    expect((await ask(limiter, newConsumer(), encoded)).status).toBe(415);
    const consumer = newConsumer();
    limiter.providers.provider.behave({ usage: USAGE });
    expect((await ask(limiter, consumer, { ...encoded, listener: "open" })).status).toBe(200);
    expect(await charged(limiter, consumer)).toMatchObject({ "limit.tokens": "1234" });
  });

  test("for its size is refused, or passes counted and charged when FailOpen", async () => {
    const long = { json: chat({ messages: [{ role: "user", content: "weir ".repeat(30_000) }] }) };
    const refused = await ask(limiter, newConsumer(), { ...long, listener: "held" });
    expect([refused.status, refused.json["error"]]).toEqual([
      413,
      expect.objectContaining({ code: "request_too_large" }),
    ]);
    const consumer = newConsumer();
    limiter.providers.provider.behave({ usage: USAGE });
    expect((await ask(limiter, consumer, { ...long, listener: "held open" })).status).toBe(200);
    expect(limiter.providers.provider.only().json).toEqual(long.json);
    expect(await charged(limiter, consumer, "held open")).toMatchObject({ "limit.tokens": "1234" });
  });

  async function bypasses(): Promise<number> {
    const counters = await limiter.envoy.stats("wasmcustom.weir.token-limiter.bypassed");
    return [...counters.values()].reduce((sum, count) => sum + count, 0);
  }
});

test("what an upstream says of limits is replaced by ours", async () => {
  const consumer = newConsumer();
  const forged = {
    "x-ratelimit-limit-tokens": "9",
    "x-ratelimit-remaining-tokens": "9",
    "x-ratelimit-reset-tokens": "9ms",
  };
  const answer = { headers: { "content-type": "application/json", ...forged } };
  limiter.providers.provider.behave({ answer, usage: USAGE });
  const { headers } = await ask(limiter, consumer);
  expect([headers["x-ratelimit-limit-tokens"], headers[REMAINING]]).toEqual([String(AMOUNT), String(AMOUNT - 100)]);
  expect(headers["x-ratelimit-reset-tokens"]).toMatch(/^\d+$/);
});

describe("a limit by model behind the router", () => {
  test("is that of the routed model, whatever alias asks", async () => {
    const consumer = newConsumer();
    const use = (model: string): Promise<{ headers: Record<string, unknown> }> =>
      ask(limiter, consumer, { listener: "routed", json: chat({ model }) });
    limiter.providers.provider.behave({ usage: USAGE });
    await use("fast");
    expect((await logged(limiter, consumer))[0]).toMatchObject({ model: "real-big", "limit.tokens": "1234" });
    expect((await use("real-big")).headers[REMAINING]).toBe(String(AMOUNT - 1234 - 100));
    expect((await use("cheap")).headers[REMAINING]).toBe(String(AMOUNT - 100));
  });
});

describe("two callers", () => {
  const SAME = { consumer: undefined, model: "m", tenant: undefined, team: undefined };
  type Caller = { consumer: string | undefined; model: string; tenant: string | undefined; team: string | undefined };
  const PAIRS: [name: string, one: Partial<Caller>, other: Partial<Caller>][] = [
    ["whose values join to the same", { tenant: "ab", team: "c" }, { tenant: "a", team: "bc" }],
    ["whose values join to the same with a comma", { tenant: "a,b", team: "c" }, { tenant: "a", team: "b,c" }],
    ["of whom one has a separator in its value", { tenant: "a|b" }, { tenant: "a", team: "b" }],
    ["with the same value in another header", { tenant: "a" }, { team: "a" }],
    ["of whom one has no value and the other an empty one's look", { tenant: "null" }, {}],
    ["whose model is the other's tenant", { model: "x", tenant: "y" }, { model: "y", tenant: "x" }],
    ["that differ by case", { tenant: "Acme" }, { tenant: "acme" }],
    ["that differ by an escape", { tenant: "a%62" }, { tenant: "ab" }],
    ["of whom one's value is too long to be kept", { tenant: "a".repeat(1025) }, { tenant: "a".repeat(1024) }],
  ];

  test.each(PAIRS)("%s don't share a limit", async (_, one, other) => {
    const consumer = newConsumer();
    const use = async (caller: Partial<Caller>): Promise<string> => {
      const { model, tenant, team } = { ...SAME, ...caller };
      const headers = { ...(tenant ? { "x-tenant": tenant } : {}), ...(team ? { "x-team": team } : {}) };
      const { headers: answered } = await ask(limiter, consumer, { listener: "parts", json: chat({ model }), headers });
      return String(answered[REMAINING]);
    };
    limiter.providers.provider.behave({ usage: USAGE });
    expect(await use(one)).toBe(String(AMOUNT - 100));
    await logged(limiter, consumer, 1);
    expect(await use(other)).toBe(String(AMOUNT - 100));
    await logged(limiter, consumer, 2);
    expect(await use(one)).toBe(String(AMOUNT - 1234 - 100));
  });

  test("that send a tenant twice, or none, share one limit, and no single tenant's", async () => {
    const consumer = newConsumer();
    const use = async (tenants: string[] | string | undefined): Promise<number> => {
      const headers = tenants === undefined ? {} : { "x-tenant": tenants };
      const before = await limiter.envoy.accessLog(0);
      const { headers: answered } = await ask(limiter, consumer, { listener: "tenants", headers });
      await logged(limiter, consumer, before.filter((line) => line["asked_by"] === consumer).length + 1);
      return AMOUNT - Number(answered[REMAINING]);
    };
    limiter.providers.provider.behave({ usage: USAGE });
    expect(await use(["a", "b"])).toBe(100);
    expect(await use(["b", "a"])).toBe(1234 + 100);
    expect(await use(undefined)).toBe(2 * 1234 + 100);
    expect(await use("a")).toBe(100);
    expect(await use("a, b")).toBe(100);
  });

  test("that are named twice are nobody", async () => {
    const answer = await ask(limiter, "x", { headers: { "x-consumer": ["a", "b"] } });
    expect([answer.status, answer.json["error"]]).toEqual([
      401,
      expect.objectContaining({ code: "missing_credentials" }),
    ]);
    expect(limiter.providers.provider.seen).toEqual([]);
  });
});

test("a limit is not used by what is refused", async () => {
  const consumer = newConsumer();
  limiter.providers.provider.behave({ usage: USAGE });
  await ask(limiter, consumer);
  await logged(limiter, consumer);
  for (let i = 0; i < 20; i++) expect(await left(limiter, consumer)).toBe(AMOUNT - 1234);
});
