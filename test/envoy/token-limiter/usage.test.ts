import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { until } from "../support/until.ts";
import type { JsonObject } from "../support/mock-shape.ts";
import { COUNTING, MESSAGES, ask, charged, chat, newConsumer, useLimiter } from "./limiter-gateway.ts";

const limiter = useLimiter({
  gateway: { configuration: COUNTING },
  transparent: { configuration: { ...COUNTING, stripAcceptEncoding: false, includeUsage: false } },
});

interface Told {
  name: string;
  path: string;
  /** The request's own form; default: a chat. */
  request?: object;
  usage: JsonObject;
  input: number;
  output: number;
  cached?: number;
  reasoning?: number;
}

const CHAT_USAGE = {
  prompt_tokens: 1200,
  completion_tokens: 34,
  total_tokens: 1234,
  prompt_tokens_details: { cached_tokens: 1000 },
  completion_tokens_details: { reasoning_tokens: 30 },
};
const RESPONSE_USAGE = {
  input_tokens: 500,
  input_tokens_details: { cached_tokens: 400 },
  output_tokens: 60,
  output_tokens_details: { reasoning_tokens: 50 },
  total_tokens: 560,
};
const ANTHROPIC_USAGE = {
  input_tokens: 20,
  cache_creation_input_tokens: 300,
  cache_read_input_tokens: 4000,
  output_tokens: 50,
};
const GEMINI_USAGE = {
  promptTokenCount: 700,
  toolUsePromptTokenCount: 11,
  candidatesTokenCount: 22,
  thoughtsTokenCount: 33,
  cachedContentTokenCount: 600,
  totalTokenCount: 766,
};
const BEDROCK_USAGE = {
  inputTokens: 80,
  outputTokens: 90,
  totalTokens: 170,
  cacheReadInputTokens: 7,
  cacheWriteInputTokens: 3,
};
const COHERE_USAGE = {
  billed_units: { input_tokens: 1, output_tokens: 2 },
  tokens: { input_tokens: 101, output_tokens: 202 },
};
const OLLAMA_USAGE = { prompt_eval_count: 26, eval_count: 298 };

const CONTENTS = { contents: [{ role: "user", parts: [{ text: "Why do weirs hum?" }] }] };
const CONVERSE = { messages: [{ role: "user", content: [{ text: "Why do weirs hum?" }] }] };
const INVOKE = { anthropic_version: "bedrock-2023-05-31", max_tokens: 9, messages: MESSAGES };

const CHAT_TOLD = { usage: CHAT_USAGE, input: 1200, output: 34, cached: 1000, reasoning: 30 };
const RESPONSE_TOLD = { usage: RESPONSE_USAGE, input: 500, output: 60, cached: 400, reasoning: 50 };
const ANTHROPIC_TOLD = { usage: ANTHROPIC_USAGE, input: 4320, output: 50, cached: 4000 };
const GEMINI_TOLD = { usage: GEMINI_USAGE, input: 711, output: 55, cached: 600, reasoning: 33 };
const BEDROCK_TOLD = { usage: BEDROCK_USAGE, input: 90, output: 90, cached: 7 };
const COHERE_TOLD = { usage: COHERE_USAGE, input: 101, output: 202 };
const OLLAMA_TOLD = { usage: OLLAMA_USAGE, input: 26, output: 298 };

const stream = { stream: true };
const ANSWERS: Told[] = [
  { name: "OpenAI's chat", path: "/v1/chat/completions", ...CHAT_TOLD },
  { name: "OpenAI's chat, streamed", path: "/v1/chat/completions", request: chat(stream), ...CHAT_TOLD },
  {
    name: "OpenAI's chat with a model in the path, streamed",
    path: "/openai/deployments/gpt/chat/completions?api-version=1",
    request: chat(stream),
    ...CHAT_TOLD,
  },
  { name: "completions", path: "/v1/completions", request: { model: "m", prompt: "hi" }, ...CHAT_TOLD },
  {
    name: "completions, streamed",
    path: "/v1/completions",
    request: { model: "m", prompt: "hi", stream: true },
    ...CHAT_TOLD,
  },
  { name: "responses", path: "/v1/responses", request: { model: "m", input: "hi" }, ...RESPONSE_TOLD },
  {
    name: "responses, streamed",
    path: "/v1/responses",
    request: { model: "m", input: "hi", stream: true },
    ...RESPONSE_TOLD,
  },
  {
    name: "embeddings",
    path: "/v1/embeddings",
    request: { model: "m", input: "hi" },
    usage: { prompt_tokens: 8, total_tokens: 8 },
    input: 8,
    output: 0,
  },
  {
    name: "pictures",
    path: "/v1/images/generations",
    request: { model: "m", prompt: "a weir" },
    usage: {},
    input: 10,
    output: 20,
  },
  { name: "Anthropic's messages", path: "/v1/messages", ...ANTHROPIC_TOLD },
  { name: "Anthropic's messages, streamed", path: "/v1/messages", request: chat(stream), ...ANTHROPIC_TOLD },
  { name: "Gemini", path: "/v1beta/models/gemini-2.5:generateContent", request: CONTENTS, ...GEMINI_TOLD },
  {
    name: "Gemini, streamed as an array",
    path: "/v1beta/models/gemini-2.5:streamGenerateContent",
    request: CONTENTS,
    ...GEMINI_TOLD,
  },
  {
    name: "Gemini, streamed as events",
    path: "/v1beta/models/gemini-2.5:streamGenerateContent?alt=sse",
    request: CONTENTS,
    ...GEMINI_TOLD,
  },
  { name: "Bedrock converse", path: "/model/nova/converse", request: CONVERSE, ...BEDROCK_TOLD },
  { name: "Bedrock converse, streamed", path: "/model/nova/converse-stream", request: CONVERSE, ...BEDROCK_TOLD },
  { name: "Bedrock invoke", path: "/model/claude/invoke", request: INVOKE, ...ANTHROPIC_TOLD },
  {
    name: "Bedrock invoke, streamed",
    path: "/model/claude/invoke-with-response-stream",
    request: INVOKE,
    ...ANTHROPIC_TOLD,
  },
  { name: "Cohere", path: "/v2/chat", ...COHERE_TOLD },
  { name: "Cohere, streamed", path: "/v2/chat", request: chat(stream), ...COHERE_TOLD },
  { name: "Ollama", path: "/api/chat", request: chat({ stream: false }), ...OLLAMA_TOLD },
  { name: "Ollama, one object a line", path: "/api/chat", ...OLLAMA_TOLD },
];

describe("what a provider reports is charged to the token:", () => {
  test.each(ANSWERS)("$name", async ({ path, request = chat(), usage, input, output, cached, reasoning }) => {
    const consumer = newConsumer();
    limiter.providers.provider.behave({ usage });
    const answer = await ask(limiter, consumer, { path, json: request });
    expect([answer.status, answer.isWhole]).toEqual([200, true]);
    expect(await charged(limiter, consumer)).toMatchObject({
      input_tokens: String(input),
      output_tokens: String(output),
      total_tokens: String(input + output),
      "limit.tokens": String(input + output),
      usage_source: "reported",
    });
    const [line] = (await limiter.envoy.accessLog(0)).filter((line) => line["asked_by"] === consumer);
    if (cached !== undefined) expect(line!["cached_input_tokens"]).toBe(String(cached));
    if (reasoning !== undefined) expect(line!["reasoning_tokens"]).toBe(String(reasoning));
  });
});

test("a stream that is cut is charged the input that it told at its start, and what it wrote by estimate", async () => {
  const consumer = newConsumer();
  const { provider } = limiter.providers;
  provider.behave({ usage: ANTHROPIC_USAGE, resetAfterPieces: 6 });
  const answer = await ask(limiter, consumer, { path: "/v1/messages", json: chat(stream) });
  expect([answer.isWhole, answer.text.includes("as gpt-4o."), answer.text.includes("message_stop")]).toEqual([
    false,
    true,
    false,
  ]);
  const line = await charged(limiter, consumer);
  expect(line).toMatchObject({ input_tokens: "4320", cached_input_tokens: "4000", usage_source: "estimated" });
  expect(Number(line["output_tokens"])).toBeGreaterThanOrEqual(3);
  expect(Number(line["output_tokens"])).toBeLessThanOrEqual(12);
});

/** What a stream of OpenAI's looks like to a client, an event each. */
const eventsOf = (text: string): string[] => text.split("\n\n").filter((event) => event !== "");

describe.each(["/v1/chat/completions", "/v1/completions"])("usage in a stream of %s", (path) => {
  const request = (more: object): object => ({ model: "m", max_tokens: 9, prompt: "hi", messages: MESSAGES, ...more });

  test.each<[string, { stream_options?: object | null }]>([
    ["no options", {}],
    ["no wish", { stream_options: { include_obfuscation: false } }],
    ["null options", { stream_options: null }],
    ["a wish for none", { stream_options: { include_usage: false } }],
  ])("is asked for, and kept from a client with %s", async (_, options) => {
    const consumer = newConsumer();
    const asked = request({ stream: true, ...options });
    const answer = await ask(limiter, consumer, { path, json: asked });
    const seen = limiter.providers.provider.only();
    expect(seen.json).toEqual({ ...asked, stream_options: { ...options.stream_options, include_usage: true } });
    expect(seen.headers["content-length"]).toBe(String(seen.body.length));
    expect(await charged(limiter, consumer)).toMatchObject({ usage_source: "reported" });

    limiter.providers.reset();
    const plain = await ask(limiter, newConsumer(), { path, json: asked, listener: "transparent" });
    const withoutNull = (text: string): string => text.replaceAll(',"usage":null', "");
    expect(eventsOf(withoutNull(answer.text))).toEqual(eventsOf(plain.text));
    expect(answer.text.endsWith("data: [DONE]\n\n")).toBe(true);
  });

  test("is left to a client that asks for it", async () => {
    const consumer = newConsumer();
    const asked = request({ stream: true, stream_options: { include_usage: true } });
    const answer = await ask(limiter, consumer, { path, json: asked });
    expect(limiter.providers.provider.only().json).toEqual(asked);
    expect(eventsOf(answer.text).filter((event) => event.includes('"usage":{')).length).toBe(1);
    expect(answer.text.endsWith("data: [DONE]\n\n")).toBe(true);
    expect(await charged(limiter, consumer)).toMatchObject({ usage_source: "reported" });
  });

  test("is hidden whole however the stream is cut into pieces", async () => {
    const asked = request({ stream: true });
    const whole = await ask(limiter, newConsumer(), { path, json: asked });
    const { provider } = limiter.providers;
    const told = request({ stream: true, stream_options: { include_usage: true } });
    const { text } = await ask(limiter, newConsumer(), { path, json: told, listener: "transparent" });
    for (const size of [1, 7, 64]) {
      const consumer = newConsumer();
      const bytes = Buffer.from(text);
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
        bytes.subarray(at * size, (at + 1) * size),
      );
      provider.behave({ answer: { status: 200, headers: { "content-type": "text/event-stream" }, pieces } });
      expect((await ask(limiter, consumer, { path, json: asked })).text).toBe(whole.text);
      expect(await charged(limiter, consumer)).toMatchObject({ usage_source: "reported", output_tokens: "3" });
    }
  });
});

describe("a compressed answer", () => {
  const counter = "wasmcustom.weir.token-limiter.answers_compressed";

  test("is not asked for", async () => {
    await ask(limiter, newConsumer(), { headers: { "accept-encoding": "gzip, br" } });
    expect(limiter.providers.provider.only().headers["accept-encoding"]).toBeUndefined();
  });

  test("may be asked for where the operator says so", async () => {
    await ask(limiter, newConsumer(), { listener: "transparent", headers: { "accept-encoding": "gzip, br" } });
    expect(limiter.providers.provider.only().headers["accept-encoding"]).toBe("gzip, br");
  });

  test.each(["gzip", "GZIP", "br", "identity, gzip"])("that comes all the same (%s) is estimated", async (encoding) => {
    const before = await limiter.envoy.stat(counter);
    const consumer = newConsumer();
    const words = Array.from({ length: 3000 }, (_, at) => `word${at * 7919}`).join(" ");
    const message = { role: "assistant", content: words };
    const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
    const packed = gzipSync(JSON.stringify({ choices: [{ index: 0, message }], usage }));
    const headers = { "content-type": "application/json", "content-encoding": encoding };
    limiter.providers.provider.behave({ answer: { status: 200, headers, pieces: [packed] } });
    const answer = await ask(limiter, consumer);
    expect([answer.headers["content-encoding"], answer.body]).toEqual([encoding, packed]);
    const line = await charged(limiter, consumer);
    expect(line["usage_source"]).toBe("estimated");
    expect(Number(line["output_tokens"])).toBeGreaterThan(1000);
    await until("it is counted", async () => (await limiter.envoy.stat(counter)) === before + 1 || undefined);
  });
});
