import { describe, expect, test } from "vitest";
import { type RequestSpec } from "../../host/exchange.ts";
import {
  answer,
  chat,
  left,
  open,
  outputLimit,
  post,
  rateHeaders,
  startLimiter,
  verdict,
  type Config,
  type Limit,
} from "./support/limiter.ts";

const messages = [{ role: "user", content: "hi" }];
const contents = [{ parts: [{ text: "hi" }] }];
const bound = (maxOutputTokens: number) => ({ contents, generationConfig: { maxOutputTokens } });

/** What is left of 100 tokens while one such request is under way. */
async function leftDuring(request: RequestSpec, limit: Limit = {}, config: Config = {}): Promise<number> {
  const { limiter } = await startLimiter({ limits: [outputLimit(limit)], ...config });
  open(limiter, request);
  return left(limiter, chat(1), Object.values(config["reserve"] ?? {}).includes("None") ? 0 : 1);
}

describe("what a request reserves of an output limit of 100", () => {
  test.each([
    ["its max_tokens", chat(60), 40],
    ["its max_completion_tokens", chat(undefined, { max_completion_tokens: 60 }), 40],
    ["the larger of both", chat(20, { max_completion_tokens: 60 }), 40],
    ["as often as it wants answers", chat(20, { n: 3 }), 40],
    ["a completion's max_tokens", post("/v1/completions", { model: "m", prompt: "x", max_tokens: 60 }), 40],
    ["a response's max_output_tokens", post("/v1/responses", { model: "m", input: "x", max_output_tokens: 60 }), 40],
    ["Anthropic's max_tokens", post("/v1/messages", { model: "m", messages, max_tokens: 60 }), 40],
    ["Gemini's maxOutputTokens", post("/v1beta/models/m:generateContent", bound(60)), 40],
    ["Bedrock's maxTokens", post("/model/m/converse", { messages, inferenceConfig: { maxTokens: 60 } }), 40],
    ["nothing for embeddings", post("/v1/embeddings", { model: "m", input: "x" }), 100],
  ] as [string, RequestSpec, number][])("%s", async (_name, request, expected) => {
    expect(await leftDuring(request)).toBe(expected);
  });

  test.each([
    ["outputDefault, when it says nothing", { outputDefault: 30 }, chat(undefined), 70],
    ["outputDefault for each of its answers", { outputDefault: 30 }, chat(undefined, { n: 3 }), 10],
    ["what it says, not outputDefault", { outputDefault: 30 }, chat(60), 40],
    ["all there is, when outputDefault is more", { outputDefault: 5000 }, chat(undefined), 0],
    ["nothing with outputDefault 0", { outputDefault: 0 }, chat(undefined), 100],
    ["nothing with output None", { output: "None" }, chat(60), 100],
  ])("%s", async (_name, reserve, request, expected) => {
    expect(await leftDuring(request, {}, { reserve })).toBe(expected);
  });

  test.each([
    ["one of a limit of requests", { count: "Requests", amount: 2 }, "429 limited"],
    ["one of a limit of requests at once", { count: "Concurrent", amount: 2, per: undefined }, "429 limited"],
  ])("%s", async (_name, limit, expected) => {
    const { limiter } = await startLimiter({ limits: [outputLimit(limit)] });
    open(limiter, chat(60));
    open(limiter, chat(60));
    expect(verdict(limiter.send(chat(60)))).toBe(expected);
  });
});

describe("what a request reserves of an input limit", () => {
  const input = { count: "Input", amount: 100_000 };
  const long = chat(1, { messages: [{ role: "user", content: "weir ".repeat(1000) }] });

  test("is an estimate that grows with the text", async () => {
    const [short, more] = await Promise.all([leftDuring(chat(1), input), leftDuring(long, input)]);
    expect(short).toBeLessThan(100_000);
    expect(short - more).toBeGreaterThan(900);
    expect(short - more).toBeLessThan(2500);
  });

  test("is nothing with input None", async () => {
    const config = { reserve: { input: "None" } };
    expect(await leftDuring(long, { ...input, amount: 10 }, config)).toBe(10);
  });
});

describe("too large is", () => {
  const tooLarge = "400 request_too_large";
  const perRequest = (count: unknown, amount: number) => ({ name: "one", count, amount, per: "request" });

  test.each([
    ["a bound that no window can have", [outputLimit()], chat(101), tooLarge],
    ["not a bound of the whole window", [outputLimit()], chat(100), "passed"],
    ["not an assumed output", [outputLimit()], chat(undefined), "passed"],
    ["a bound over a bucket's burst", [outputLimit({ algorithm: "TokenBucket", burst: 50 })], chat(51), tooLarge],
    [
      "not one over the amount and under the burst",
      [outputLimit({ algorithm: "TokenBucket", burst: 150 })],
      chat(150),
      "passed",
    ],
    [
      "an input over the limit of one request",
      [perRequest("Input", 10)],
      chat(1, { user: "x", messages: [{ role: "user", content: "weir ".repeat(100) }] }),
      tooLarge,
    ],
    [
      "an input that no window can have, whatever of the output nobody bounds",
      [outputLimit({ count: "Total", amount: 50 })],
      chat(undefined, { messages: [{ role: "user", content: "weir ".repeat(100) }] }),
      tooLarge,
    ],
    ["not a small input", [perRequest("Input", 1000)], chat(1), "passed"],
    ["an output bound over the limit of one request", [perRequest("Output", 50)], chat(51), tooLarge],
    ["it behind a limit over time", [outputLimit({ amount: 1000 }), perRequest("Output", 50)], chat(51), tooLarge],
    ["not one that is just within", [perRequest("Output", 50)], chat(50), "passed"],
    ["not an output that nobody bounds", [perRequest("Output", 50)], chat(undefined), "passed"],
    ["not what is for other models", [{ ...perRequest("Output", 50), models: ["x"] }], chat(51), "passed"],
  ] as [string, Limit[], RequestSpec, string][])("%s", async (_name, limits, request, expected) => {
    const { limiter } = await startLimiter({ limits });
    expect(verdict(limiter.send(request, answer(1)))).toBe(expected);
  });

  test("said as context_length_exceeded, with no time to come back", async () => {
    const { limiter } = await startLimiter({ limits: [outputLimit()] });
    const { localReply, stream } = limiter.send(chat(101));
    expect(JSON.parse(localReply!.body)).toMatchObject({ error: { code: "context_length_exceeded" } });
    expect(rateHeaders(stream)).toEqual({});
    expect(left(limiter)).toBe(100);
  });
});

describe("of several limits", () => {
  const minute = outputLimit({ name: "minute", algorithm: "FixedWindow" });
  const hour = outputLimit({ name: "hour", algorithm: "FixedWindow", per: "1h", amount: 120 });

  test.each([
    ["whatever their order", [minute, hour]],
    ["in the other order too", [hour, minute]],
  ])("the one that denies for longest answers, %s", async (_name, limits) => {
    const { limiter } = await startLimiter({ limits });
    limiter.send(chat(70), answer(70));
    const denied = limiter.send(chat(60));
    expect(rateHeaders(denied)).toMatchObject({
      "retry-after": "3600",
      "limit-tokens": "120",
      "remaining-tokens": "50",
    });
  });

  test.each([
    ["before", (tight: Limit, roomy: Limit) => [tight, roomy]],
    ["after", (tight: Limit, roomy: Limit) => [roomy, tight]],
  ])("none keeps anything when one that stands %s denies", async (_name, order) => {
    const tight = outputLimit({ name: "tight", models: ["gpt-4o"], by: ["model"] });
    const roomy = outputLimit({ name: "roomy", amount: 1000 });
    const { limiter } = await startLimiter({ limits: order(tight, roomy) });
    open(limiter, chat(60));
    for (let i = 0; i < 5; i++) expect(verdict(limiter.send(chat(60)))).toBe("429 limited");
    expect(left(limiter, chat(1, { model: "other" }))).toBe(940);
  });

  test("one that never lets it pass answers before one that does later", async () => {
    const small = outputLimit({ name: "small", amount: 50, by: [] });
    const { limiter } = await startLimiter({ limits: [minute, small] });
    limiter.send(chat(undefined), answer(100));
    expect(verdict(limiter.send(chat(60)))).toBe("400 request_too_large");
  });

  test("a success tells of the one that is closest to denying", async () => {
    const limits = [
      outputLimit({ name: "large", amount: 1000, per: "1h", algorithm: "FixedWindow" }),
      outputLimit({ name: "small", algorithm: "FixedWindow" }),
      { name: "many", count: "Requests", amount: 2, per: "1m" },
    ];
    const { limiter } = await startLimiter({ limits });
    const told = rateHeaders(limiter.send(chat(60), answer(60)));
    expect(told).toEqual({ "limit-tokens": "100", "remaining-tokens": "40", "reset-tokens": "60" });
  });

  test("a success tells nothing where no limit counts tokens", async () => {
    const { limiter } = await startLimiter({ limits: [{ name: "many", count: "Requests", amount: 2, per: "1m" }] });
    expect(rateHeaders(limiter.send(chat(60), answer(60)))).toEqual({});
  });
});

test("what the provider says of its own limits gives way to the gateway's", async () => {
  const { limiter } = await startLimiter({ limits: [outputLimit()] });
  const spec = answer(0);
  const headers = { ...(spec.headers as object), "x-ratelimit-remaining-tokens": "999999" };
  expect(rateHeaders(limiter.send(chat(60), { ...spec, headers }))["remaining-tokens"]).toBe("40");
});

describe("a refusal speaks the dialect", () => {
  test.each([
    ["OpenAI's", chat(60), { error: { code: "rate_limit_exceeded" } }],
    [
      "Anthropic's",
      post("/v1/messages", { model: "m", messages, max_tokens: 60 }),
      { type: "error", error: { type: "rate_limit_error" } },
    ],
    [
      "Gemini's",
      post("/v1beta/models/m:generateContent", bound(60)),
      { error: { code: 429, status: "RESOURCE_EXHAUSTED" } },
    ],
  ] as [string, RequestSpec, object][])("%s", async (_name, request, expected) => {
    const { limiter } = await startLimiter({ limits: [outputLimit()] });
    open(limiter, request);
    const { localReply } = limiter.send(request);
    expect(localReply?.status).toBe(429);
    expect(JSON.parse(localReply!.body)).toMatchObject(expected);
  });
});
