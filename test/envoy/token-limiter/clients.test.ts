import Anthropic, {
  BadRequestError as AnthropicBadRequest,
  RateLimitError as AnthropicLimited,
} from "@anthropic-ai/sdk";
import OpenAI, { AuthenticationError, BadRequestError, RateLimitError } from "openai";
import { beforeAll, describe, expect, test } from "vitest";
import { Gate } from "../support/gate.ts";
import { AMOUNT, COUNTING, MESSAGES, TOKENS, charged, logged, newConsumer, useLimiter } from "./limiter-gateway.ts";

const CHAT = { model: "gpt-4o", max_tokens: 100, messages: MESSAGES };
const REQUEST = { name: "largest", count: "Output", amount: 4000, per: "request" };
/** A stream is cut when it has written as much. */
const SHORT = { ...TOKENS, name: "short", amount: 200 };

const limiter = useLimiter({
  gateway: { configuration: { ...COUNTING, limits: [TOKENS, REQUEST] } },
  plain: { configuration: COUNTING },
  recovering: { configuration: { ...COUNTING, limits: [{ ...TOKENS, name: "second", amount: 100, per: "1s" }] } },
  cutting: { configuration: { ...COUNTING, limits: [SHORT], cutStreamsOverLimit: true } },
});

const USED_UP = { prompt_tokens: AMOUNT, completion_tokens: 1, total_tokens: AMOUNT + 1 };
const byConsumer = (consumer: string): { headers: Record<string, string> } => ({ headers: { "x-consumer": consumer } });

/** What a failed call throws. */
async function thrown(call: Promise<unknown>): Promise<InstanceType<typeof RateLimitError>> {
  return call.then(
    () => expect.fail("the call succeeded"),
    (error: unknown) => error as InstanceType<typeof RateLimitError>,
  );
}

describe("the openai package", () => {
  let client: OpenAI;
  beforeAll(() => {
    client = new OpenAI({ apiKey: "sk-test", maxRetries: 0, baseURL: limiter.envoy.url("/v1") });
  });

  test("learns what is left, and is told RateLimitError with the headers when nothing is", async () => {
    const consumer = newConsumer();
    limiter.providers.provider.behave({ usage: USED_UP });
    const { response } = await client.chat.completions.create(CHAT, byConsumer(consumer)).withResponse();
    expect(response.headers.get("x-ratelimit-remaining-tokens")).toBe(String(AMOUNT - 100));
    await logged(limiter, consumer);
    for (const stream of [false, true]) {
      const error = await thrown(client.chat.completions.create({ ...CHAT, stream }, byConsumer(consumer)));
      expect(error).toBeInstanceOf(RateLimitError);
      expect(error).toMatchObject({ status: 429, code: "rate_limit_exceeded", type: "rate_limit_error" });
      expect(Number(error.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(error.headers.get("x-ratelimit-remaining-tokens")).toBe("0");
    }
  });

  test("streams without the usage that it didn't ask for", async () => {
    const consumer = newConsumer();
    let words = "";
    for await (const chunk of await client.chat.completions.create({ ...CHAT, stream: true }, byConsumer(consumer))) {
      expect([chunk.choices.length, chunk.usage ?? null]).toEqual([1, null]);
      words += chunk.choices[0]?.delta.content ?? "";
    }
    expect(words).toBe("one answers as gpt-4o.");
    expect(await charged(limiter, consumer, "plain")).toMatchObject({ output_tokens: "3", usage_source: "reported" });
  });

  test("streams with the usage that it asked for", async () => {
    const consumer = newConsumer();
    const usages: number[] = [];
    const asked = { ...CHAT, stream: true as const, stream_options: { include_usage: true } };
    for await (const { usage } of await client.chat.completions.create(asked, byConsumer(consumer))) {
      if (usage) usages.push(usage.total_tokens);
    }
    expect(usages).toEqual([Number((await charged(limiter, consumer, "plain"))["total_tokens"])]);
  });

  test("makes responses, streamed and not", async () => {
    const consumers = [newConsumer(), newConsumer()];
    const asked = { model: "gpt-4o", input: "hi" };
    const response = await client.responses.create(asked, byConsumer(consumers[0]!));
    const types: string[] = [];
    const stream = await client.responses.create({ ...asked, stream: true }, byConsumer(consumers[1]!));
    for await (const event of stream) types.push(event.type);
    expect([response.output_text, types.at(-1)]).toEqual(["one answers as gpt-4o.", "response.completed"]);
    for (const consumer of consumers)
      expect(await charged(limiter, consumer, "plain")).toMatchObject({ output_tokens: "3" });
  });

  test("is told BadRequestError for what is too large, and AuthenticationError without a consumer", async () => {
    const tooLarge = await thrown(
      client.chat.completions.create({ ...CHAT, max_tokens: 4001 }, byConsumer(newConsumer())),
    );
    expect(tooLarge).toBeInstanceOf(BadRequestError);
    expect(tooLarge).toMatchObject({ status: 400, code: "context_length_exceeded" });
    expect(await thrown(client.chat.completions.create(CHAT))).toBeInstanceOf(AuthenticationError);
  });

  test("retries by itself when retry-after is over", async () => {
    const consumer = newConsumer();
    limiter.providers.provider.behave({ usage: { prompt_tokens: 0, completion_tokens: 150, total_tokens: 150 } });
    const retrying = new OpenAI({ apiKey: "sk-test", maxRetries: 3, baseURL: limiter.envoy.url("/v1", "recovering") });
    await retrying.chat.completions.create(CHAT, byConsumer(consumer));
    await logged(limiter, consumer);
    await retrying.chat.completions.create(CHAT, byConsumer(consumer));
    const lines = await logged(limiter, consumer, 3);
    expect(lines.map(({ status }) => status)).toEqual([200, 429, 200]);
  });

  test("is told of a stream that is cut because it passed the limit", async () => {
    const consumer = newConsumer();
    const WORDS = "Water falls over the weir. ";
    const head = { id: "c", object: "chat.completion.chunk", created: 1, model: "m" };
    const chunk = JSON.stringify({ ...head, choices: [{ index: 0, delta: { content: WORDS } }] });
    const pieces = [...Array.from({ length: 100 }, () => `data: ${chunk}\n\n`), "data: [DONE]\n\n"];
    const rest = new Gate();
    limiter.providers.provider.behave({
      answer: { status: 200, headers: { "content-type": "text/event-stream" }, pieces },
      beforePiece: (index) => (index === 90 ? rest.opened : undefined),
    });
    const cut = new OpenAI({ apiKey: "sk-test", maxRetries: 0, baseURL: limiter.envoy.url("/v1", "cutting") });
    let words = "";
    const read = async (): Promise<void> => {
      const stream = await cut.chat.completions.create({ ...CHAT, stream: true }, byConsumer(consumer));
      for await (const { choices } of stream) words += choices[0]?.delta.content ?? "";
    };
    expect(await thrown(read())).toMatchObject({ code: "rate_limit_exceeded" });
    rest.release();
    expect(words.length).toBeGreaterThan(0);
    expect(words.length).toBeLessThanOrEqual(90 * WORDS.length);
    const [line] = await logged(limiter, consumer);
    expect(Number(line!["output_tokens"])).toBeGreaterThan(150);
  });
});

describe("Anthropic's package", () => {
  let client: Anthropic;
  beforeAll(() => {
    client = new Anthropic({ apiKey: "sk-test", maxRetries: 0, baseURL: limiter.envoy.url("") });
  });
  const ask = { ...CHAT, model: "claude-sonnet-4" };

  test("sends messages, streamed and not, which are charged what they report", async () => {
    for (const stream of [false, true]) {
      const consumer = newConsumer();
      const usage = {
        input_tokens: 20,
        cache_creation_input_tokens: 300,
        cache_read_input_tokens: 4000,
        output_tokens: 5,
      };
      limiter.providers.provider.behave({ usage });
      const options = byConsumer(consumer);
      const answer = stream
        ? await client.messages.stream(ask, options).finalMessage()
        : await client.messages.create(ask, options);
      expect(answer.usage).toMatchObject(usage);
      expect(await charged(limiter, consumer, "plain")).toMatchObject({ input_tokens: "4320", output_tokens: "5" });
    }
  });

  test("is told RateLimitError with the headers when nothing is left", async () => {
    const consumer = newConsumer();
    limiter.providers.provider.behave({ usage: { input_tokens: AMOUNT, output_tokens: 1 } });
    await client.messages.create(ask, byConsumer(consumer));
    await logged(limiter, consumer);
    const error = await thrown(client.messages.create(ask, byConsumer(consumer)));
    expect(error).toBeInstanceOf(AnthropicLimited);
    expect(error).toMatchObject({ status: 429, error: { type: "error", error: { type: "rate_limit_error" } } });
    expect(Number(error.headers.get("retry-after"))).toBeGreaterThan(0);
    await expect(client.messages.stream(ask, byConsumer(consumer)).finalMessage()).rejects.toThrow(AnthropicLimited);
  });

  test("is told BadRequestError for what is too large", async () => {
    const error = await thrown(client.messages.create({ ...ask, max_tokens: 4001 }, byConsumer(newConsumer())));
    expect(error).toBeInstanceOf(AnthropicBadRequest);
    expect(error).toMatchObject({ error: { error: { type: "invalid_request_error" } } });
  });
});
