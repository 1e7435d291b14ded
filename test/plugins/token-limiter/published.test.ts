import { describe, expect, test } from "vitest";
import { answer, chat, delta, events, open, outputLimit, startLimiter } from "./support/limiter.ts";

const TICK = 1000;
/** The most that Envoy's rate limit filter takes at once. */
const MOST_HITS = 1_000_000_000;
const FULL_USAGE = {
  prompt_tokens: 100,
  completion_tokens: 50,
  total_tokens: 150,
  prompt_tokens_details: { cached_tokens: 40 },
  completion_tokens_details: { reasoning_tokens: 30 },
};
const reports = (usage: unknown) => ({
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ choices: [{ message: { content: "ok" } }], usage }),
});

describe("filter state says what was used", () => {
  test("as the provider reports it", async () => {
    const { limiter } = await startLimiter({});
    expect(limiter.send(chat(60), reports(FULL_USAGE)).filterState).toEqual({
      "weir.consumer": "a",
      "weir.input_tokens": "100",
      "weir.output_tokens": "50",
      "weir.total_tokens": "150",
      "weir.cached_input_tokens": "40",
      "weir.reasoning_tokens": "30",
      "weir.usage_source": "reported",
    });
  });

  test.each([
    ["Input", "100"],
    ["Output", "50"],
    ["Total", "150"],
    ["Requests", "1"],
    [{ input: 1, cachedInput: 0.1, output: 4 }, "264"],
    [{ input: 1, output: 2, reasoning: 0.5 }, "155"],
    [{ input: 0.001 }, "1"],
  ])("and what a limit that counts %j charges for it", async (count, expected) => {
    const limits = [{ name: "it", count, amount: 10_000, per: "1h" }, outputLimit({ name: "others", models: ["x"] })];
    const { limiter } = await startLimiter({ limits });
    const { filterState } = limiter.send(chat(60), reports(FULL_USAGE));
    expect(filterState["weir.limit.it"]).toBe(expected);
    expect(Object.keys(filterState)).not.toContain("weir.limit.others");
  });

  test("as it is estimated, when the client leaves in the middle", async () => {
    const { limiter } = await startLimiter({});
    const stream = open(limiter, chat(60, { stream: true }));
    stream.onResponseHeaders({ ":status": "200", "content-type": "text/event-stream" }, false);
    for (const piece of events(Array<object>(20).fill(delta("one two "))).body as string[])
      stream.onResponseBody(piece, false);
    stream.reset();
    expect(stream.filterState.get("weir.usage_source")).toBe("estimated");
    expect(Number(stream.filterState.get("weir.output_tokens"))).toBeGreaterThan(30);
    expect(Number(stream.filterState.get("weir.input_tokens"))).toBeGreaterThan(0);
  });

  test("when the answer has ended, before the host closes a trace's span, and once", async () => {
    const { limiter } = await startLimiter({});
    const stream = open(limiter, chat(60));
    stream.respond(reports(FULL_USAGE));
    const published = stream.filterState.all;
    expect(published).toMatchObject({ "weir.input_tokens": "100", "weir.output_tokens": "50" });
    stream.filterState.set("weir.output_tokens", "of another plugin");
    stream.finish();
    expect(stream.filterState.get("weir.output_tokens")).toBe("of another plugin");
  });

  test("nothing of a request that was refused", async () => {
    const { limiter } = await startLimiter({ limits: [outputLimit()] });
    expect(limiter.send(chat(101)).filterState).toEqual({ "weir.consumer": "a" });
  });
});

describe("usage that no provider should report neither credits nor wraps", () => {
  test.each([
    ["negative", { prompt_tokens: -5, completion_tokens: -50, total_tokens: -55 }],
    ["huge", { prompt_tokens: 1, completion_tokens: 1e300 }],
    ["beyond 64 bits", { prompt_tokens: 1, completion_tokens: "X" }],
    ["strings", { prompt_tokens: "7", completion_tokens: "9" }],
    ["fractions", { prompt_tokens: 1.5, completion_tokens: 2.5 }],
    ["null", null],
    ["a list", [1, 2]],
  ])("%s", async (_name, usage) => {
    const { limiter } = await startLimiter({ limits: [outputLimit({ per: "1h" })] });
    const spec = reports(usage);
    const { filterState } = limiter.send(chat(60), { ...spec, body: spec.body.replace('"X"', "99999999999999999999") });
    const charged = Number(filterState["weir.limit.tokens"]);
    expect(charged).toBeGreaterThanOrEqual(1);
    expect(charged).toBeLessThan(10);
  });

  test("2^53 tokens in one answer are a debt of 2^53", async () => {
    const { limiter } = await startLimiter({ limits: [outputLimit({ per: "1h", algorithm: "FixedWindow" })] });
    const { filterState } = limiter.send(chat(60), answer(2 ** 53));
    expect(filterState["weir.output_tokens"]).toBe(String(2 ** 53));
    expect(filterState["weir.limit.tokens"]).toBe(String(MOST_HITS));
    const denied = limiter.send(chat(60));
    expect(denied.client.status).toBe(429);
    expect(Number(denied.client.headers?.get("retry-after"))).toBeGreaterThan(1e9);
  });
});

describe("counters", () => {
  const by = (limit: string, outcome: string) =>
    `weir.token-limiter.requests.limit.=.${limit}.=;.outcome.=.${outcome}.=;.`;
  const limits = [
    outputLimit({ name: "small" }),
    outputLimit({ name: "large", amount: 1000 }),
    outputLimit({ name: "others", models: ["x"] }),
    { name: "one", count: "Output", amount: 500, per: "request" },
  ];

  test("count by limit and outcome, at the next tick", async () => {
    const { host, limiter } = await startLimiter({ limits });
    limiter.send(chat(60), answer(60));
    limiter.send(chat(60), answer(60));
    limiter.send(chat(101), answer(60));
    limiter.send(chat(501), answer(60));
    expect(host.metrics.counter(by("small", "passed"))).toBe(0);
    host.tick(TICK);
    const counts = Object.entries(host.metrics.all).filter(([name, value]) => value > 0 && name.includes(".requests."));
    expect(Object.fromEntries(counts)).toEqual({
      [by("small", "passed")]: 1,
      [by("large", "passed")]: 1,
      [by("one", "passed")]: 1,
      [by("small", "denied")]: 1,
      [by("small", "too_large")]: 1,
      [by("one", "too_large")]: 1,
    });
    host.tick(5 * TICK);
    expect(host.metrics.counter(by("small", "passed"))).toBe(1);
  });

  test("count for a limit of single requests what is for it and small enough", async () => {
    const one = { name: "one", count: "Output", amount: 50, per: "request" };
    const { host, limiter } = await startLimiter({
      limits: [one, { ...one, name: "others", models: ["x"] }],
      mode: "Audit",
    });
    for (const bound of [40, 50, 51]) limiter.send(chat(bound), answer(1));
    host.tick(TICK);
    const counts = [by("one", "passed"), by("one", "too_large"), by("others", "passed")];
    expect(counts.map((name) => host.metrics.counter(name))).toEqual([2, 1, 0]);
  });

  test("tell reported from estimated", async () => {
    const { host, limiter } = await startLimiter({});
    limiter.send(chat(60), answer(7));
    limiter.send(chat(60), answer(7));
    limiter.send(chat(60), reports(null));
    host.tick(TICK);
    expect(host.metrics.counter("weir.token-limiter.usage_reported")).toBe(2);
    expect(host.metrics.counter("weir.token-limiter.usage_estimated")).toBe(1);
  });

  test("tell of keys that have no room of their own", async () => {
    const { host, limiter } = await startLimiter({ limits: [outputLimit({ per: "1h" })], store: { maxKeys: 2 } });
    for (let i = 0; i < 10; i++) limiter.send(chat(10, {}, { "x-consumer": `c-${i}` }), answer(10));
    host.tick(TICK);
    expect(host.metrics.counter("weir.token-limiter.keys_overflowed")).toBeGreaterThanOrEqual(8);
  });

  test("tell of charges that the host did not take", async () => {
    const { host, limiter } = await startLimiter({ limits: [outputLimit()] });
    const stream = open(limiter, chat(60));
    host.fail = { proxy_set_shared_data: 10 };
    stream.respond(answer(7));
    host.fail = {};
    host.tick(TICK);
    expect(host.metrics.counter("weir.token-limiter.unsettled")).toBe(1);
  });
});

test("nothing of a request gets into the log, nor a key into shared data", async () => {
  const { host, limiter } = await startLimiter({
    limits: [outputLimit({ by: ["consumer", "model", { header: "x-tenant" }] })],
  });
  for (let i = 0; i < 3; i++)
    limiter.send(chat(60, { model: "secret-m" }, { "x-consumer": "secret-c", "x-tenant": "secret-t" }), answer(60));
  expect(limiter.logs).toEqual([]);
  const stored = host.process.sharedData.keys("").map((key) => {
    return key + Buffer.from(host.process.sharedData.get("", key)!.value).toString("latin1");
  });
  expect(stored.length).toBeGreaterThan(0);
  expect(stored.join("\n")).not.toContain("secret");
});
