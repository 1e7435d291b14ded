import { describe, expect, test } from "vitest";
import { until } from "../support/until.ts";
import {
  AMOUNT,
  COUNTING,
  MESSAGES,
  TOKENS,
  ask,
  chat,
  left,
  logged,
  newConsumer,
  useLimiter,
} from "./limiter-gateway.ts";

const ALGORITHMS = ["SlidingWindow", "FixedWindow", "TokenBucket"];
const second = (algorithm: string): object => ({ ...TOKENS, name: "second", amount: 100, per: "1s", algorithm });

const limiter = useLimiter({
  gateway: { configuration: COUNTING },
  largest: {
    configuration: {
      ...COUNTING,
      limits: [TOKENS, { name: "largest", count: { input: 1, output: 1 }, amount: 500, per: "request" }],
    },
  },
  requests: {
    configuration: {
      ...COUNTING,
      limits: [TOKENS, { name: "requests", by: ["consumer"], count: "Requests", amount: 1, per: "30d" }],
    },
  },
  ...Object.fromEntries(
    ALGORITHMS.map((algorithm) => [algorithm, { configuration: { ...COUNTING, limits: [second(algorithm)] } }]),
  ),
});

const TEXT = "weir ".repeat(600);
const CONTENTS = { contents: [{ role: "user", parts: [{ text: TEXT }] }] };
const CONVERSE = { messages: [{ role: "user", content: [{ text: TEXT }] }] };
const LONG = [{ role: "user", content: TEXT }];

const openAi =
  (type: string) =>
  (message: unknown, code: unknown): object => ({ error: { message, type, param: null, code } });
const anthropic =
  (type: string) =>
  (message: unknown): object => ({ type: "error", error: { type, message } });
const gemini =
  (status: string, code: number) =>
  (message: unknown): object => ({ error: { code, message, status } });
const bedrock = (message: unknown): object => ({ message });

type Shape = (message: unknown, code: unknown) => object;
interface Dialect {
  name: string;
  path: string;
  request: object;
  limited: Shape;
  tooLarge: Shape;
  /** What Bedrock's clients look at. */
  errorTypes?: [limited: string, tooLarge: string];
}

const OPENAI = { limited: openAi("rate_limit_error"), tooLarge: openAi("invalid_request_error") };
const ANTHROPIC = { limited: anthropic("rate_limit_error"), tooLarge: anthropic("invalid_request_error") };
const GEMINI = { limited: gemini("RESOURCE_EXHAUSTED", 429), tooLarge: gemini("INVALID_ARGUMENT", 400) };
const BEDROCK = {
  limited: bedrock,
  tooLarge: bedrock,
  errorTypes: ["ThrottlingException", "ValidationException"] satisfies [string, string],
};

const DIALECTS: Dialect[] = [
  { name: "chat", path: "/v1/chat/completions", request: { model: "m", messages: LONG }, ...OPENAI },
  {
    name: "a streamed chat",
    path: "/v1/chat/completions",
    request: { model: "m", messages: LONG, stream: true },
    ...OPENAI,
  },
  { name: "completions", path: "/v1/completions", request: { model: "m", prompt: TEXT }, ...OPENAI },
  { name: "responses", path: "/v1/responses", request: { model: "m", input: TEXT }, ...OPENAI },
  { name: "embeddings", path: "/v1/embeddings", request: { model: "m", input: TEXT }, ...OPENAI },
  { name: "messages", path: "/v1/messages", request: { model: "m", messages: LONG }, ...ANTHROPIC },
  { name: "Gemini", path: "/v1beta/models/m:generateContent", request: CONTENTS, ...GEMINI },
  { name: "Gemini's stream", path: "/v1beta/models/m:streamGenerateContent?alt=sse", request: CONTENTS, ...GEMINI },
  { name: "Bedrock converse", path: "/model/m/converse", request: CONVERSE, ...BEDROCK },
  { name: "Bedrock's stream", path: "/model/m/converse-stream", request: CONVERSE, ...BEDROCK },
  { name: "Bedrock invoke", path: "/model/m/invoke", request: { messages: LONG, max_tokens: 1 }, ...BEDROCK },
];

const MESSAGE = expect.any(String) as string;
const DETAILS = "weir.token-limiter.";

/** Uses the limit up, and more. */
async function useUp(consumer: string): Promise<void> {
  limiter.providers.provider.behave({
    usage: { prompt_tokens: AMOUNT, completion_tokens: 5, total_tokens: AMOUNT + 5 },
  });
  expect((await ask(limiter, consumer)).status).toBe(200);
  await logged(limiter, consumer);
  limiter.providers.reset();
}

describe.each(DIALECTS)("a client of $name", ({ path, request, limited, tooLarge, errorTypes }) => {
  test("is told 429, what of which limit is left and when to come back", async () => {
    const consumer = newConsumer();
    await useUp(consumer);
    const answer = await ask(limiter, consumer, { path, json: request });
    expect([answer.status, answer.json]).toEqual([429, limited(MESSAGE, "rate_limit_exceeded")]);
    expect(answer.headers).toMatchObject({
      "content-type": "application/json",
      "retry-after": expect.stringMatching(/^[1-9]\d*$/) as string,
      "x-ratelimit-limit-tokens": String(AMOUNT),
      "x-ratelimit-remaining-tokens": "0",
      "x-ratelimit-reset-tokens": expect.stringMatching(/^[1-9]\d*$/) as string,
    });
    expect(answer.headers["x-amzn-errortype"]).toBe(errorTypes?.[0]);
    expect(answer.text).toContain(`${answer.headers["retry-after"]!} s`);
    expect(limiter.providers.provider.seen).toEqual([]);
    expect((await logged(limiter, consumer, 2)).at(-1)).toMatchObject({
      details: `${DETAILS}limited`,
      "limit.tokens": null,
    });
  });

  test("is told 400 when one request asks for too much, and nothing is charged", async () => {
    const consumer = newConsumer();
    const answer = await ask(limiter, consumer, { listener: "largest", path, json: request });
    expect([answer.status, answer.json]).toEqual([400, tooLarge(MESSAGE, "context_length_exceeded")]);
    expect(answer.headers["retry-after"]).toBeUndefined();
    expect(answer.headers["x-amzn-errortype"]).toBe(errorTypes?.[1]);
    expect(limiter.providers.provider.seen).toEqual([]);
    expect(await logged(limiter, consumer)).toMatchObject([
      { details: `${DETAILS}request_too_large`, "limit.tokens": null },
    ]);
    const { headers } = await ask(limiter, consumer, { json: chat({ max_tokens: AMOUNT }) });
    expect(headers["x-ratelimit-remaining-tokens"]).toBe("0");
  });

  test("is told 401 when nobody asks", async () => {
    const answer = await ask(limiter, "", { path, json: request });
    expect(answer.status).toBe(401);
    expect(limiter.providers.provider.seen).toEqual([]);
  });
});

test("a limit of requests is told in requests", async () => {
  const consumer = newConsumer();
  expect((await ask(limiter, consumer, { listener: "requests" })).status).toBe(200);
  const answer = await ask(limiter, consumer, { listener: "requests" });
  expect(answer.status).toBe(429);
  expect(answer.headers).toMatchObject({ "x-ratelimit-limit-requests": "1", "x-ratelimit-remaining-requests": "0" });
  expect(answer.json).toMatchObject({ error: { message: expect.stringContaining("rate limit") as string } });
});

test("a denial by one limit leaves nothing reserved in another", async () => {
  const consumer = newConsumer();
  const asked = { listener: "requests", json: chat({ max_tokens: 1000 }) };
  limiter.providers.provider.behave({ usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } });
  expect((await ask(limiter, consumer, asked)).status).toBe(200);
  await logged(limiter, consumer);
  for (let i = 0; i < 5; i++) expect((await ask(limiter, consumer, asked)).status).toBe(429);
  expect(await left(limiter, consumer)).toBe(AMOUNT - 2);
});

describe.each(ALGORITHMS)("a debt in a window of a second, %s,", (algorithm) => {
  test("is paid when retry-after says so, and not before", async () => {
    const consumer = newConsumer();
    const asked = { listener: algorithm, json: chat({ messages: MESSAGES, max_tokens: 40 }) };
    limiter.providers.provider.behave({ usage: { prompt_tokens: 0, completion_tokens: 250, total_tokens: 250 } });
    expect((await ask(limiter, consumer, asked)).status).toBe(200);
    await logged(limiter, consumer);
    const before = performance.now();
    const first = await ask(limiter, consumer, asked);
    const after = performance.now();
    expect(first.status).toBe(429);
    const seconds = Number(first.headers["retry-after"]);
    expect(seconds).toBeGreaterThanOrEqual(2);
    expect(seconds).toBeLessThanOrEqual(4);
    await until(
      "the debt is paid",
      async () => {
        const sent = performance.now();
        const { status } = await ask(limiter, consumer, asked);
        if (status === 200) return true;
        expect(sent - after).toBeLessThan(seconds * 1000);
        return undefined;
      },
      10_000,
    );
    expect(performance.now() - before).toBeGreaterThan((seconds - 1) * 1000);
  });
});
