import Anthropic, {
  NotFoundError as AnthropicNotFound,
  PermissionDeniedError as AnthropicDenied,
} from "@anthropic-ai/sdk";
import OpenAI, { BadRequestError, NotFoundError, PermissionDeniedError } from "openai";
import { beforeAll, describe, expect, test } from "vitest";
import { useRouter } from "./router-gateway.ts";
import { CHAT, MESSAGES, ROUTING, routedTo } from "./routing-fixture.ts";

const router = useRouter({ gateway: ROUTING });

describe("the openai package", () => {
  let client: OpenAI;
  beforeAll(() => {
    client = new OpenAI({ apiKey: "sk-test", maxRetries: 0, baseURL: router.envoy.url("/v1") });
  });

  test("chats", async () => {
    const { data, response } = await client.chat.completions.create(CHAT).withResponse();
    expect(data.choices[0]?.message.content).toBe("openai answers as gpt-4o.");
    expect(response.headers.get("x-mock-provider")).toBe("openai");
    routedTo(router, "openai", "gpt-4o");
  });

  test("streams a chat under an alias, with usage at its end", async () => {
    let words = "";
    let usage: OpenAI.CompletionUsage | null | undefined;
    const stream = await client.chat.completions.create({
      ...CHAT,
      model: "fast",
      stream: true,
      stream_options: { include_usage: true },
    });
    for await (const chunk of stream) {
      words += chunk.choices[0]?.delta.content ?? "";
      usage = chunk.usage ?? usage;
    }
    expect(words).toBe("openai answers as gpt-4o-mini.");
    expect(usage?.completion_tokens).toBe(3);
    routedTo(router, "openai", "gpt-4o-mini");
  });

  test("embeds", async () => {
    const answer = await client.embeddings.create({ model: "embed-small", input: "hi" });
    expect(answer.data[0]?.embedding).toEqual([0.25, -0.5, 0.125]);
    routedTo(router, "openai", "embed-small");
  });

  test("makes responses, streamed and not", async () => {
    const response = await client.responses.create({ model: "fast", input: "hi" });
    expect(response.output_text).toBe("openai answers as gpt-4o-mini.");
    const types = [];
    for await (const event of await client.responses.create({ model: "fast", input: "hi", stream: true }))
      types.push(event.type);
    expect(types.at(-1)).toBe("response.completed");
  });

  test("transcribes audio, its alias rewritten in the form", async () => {
    const sound = Buffer.from(Array.from({ length: 300_000 }, (_, i) => i & 255));
    const transcript = await client.audio.transcriptions.create({ model: "hear", file: new File([sound], "a.wav") });
    expect(transcript.text).toBe("vllm answers as whisper-large-v3.");
    const seen = routedTo(router, "vllm", "whisper-large-v3");
    expect(seen.body.includes(sound)).toBe(true);
  });

  test("uploads files and lists models without a model", async () => {
    const file = await client.files.create({ purpose: "fine-tune", file: new File(["{}"], "train.jsonl") });
    expect(file.filename).toBe("train.jsonl");
    expect((await client.models.list()).data.length).toBe(1);
    expect(router.providers.seen.map(({ provider }) => provider)).toEqual(["fallback", "fallback"]);
  });

  test("manages what was stored, which names no model", async () => {
    await expect(client.responses.cancel("resp_1")).rejects.toMatchObject({
      status: 404,
      message: expect.stringContaining("Invalid URL"),
    });
    await expect(client.chat.completions.update("chatcmpl-1", { metadata: { a: "b" } })).rejects.toMatchObject({
      message: expect.stringContaining("Invalid URL"),
    });
    expect(router.providers.seen.map(({ provider }) => provider)).toEqual(["fallback", "fallback"]);
  });

  test("throws its own errors for what is refused", async () => {
    const ask = (model: string): Promise<unknown> => client.chat.completions.create({ ...CHAT, model });
    await expect(ask("gpt-9")).rejects.toThrow(NotFoundError);
    await expect(ask("gpt-9")).rejects.toMatchObject({
      code: "model_not_found",
      type: "invalid_request_error",
      param: "model",
    });
    await expect(ask("internal-llama")).rejects.toThrow(PermissionDeniedError);
    await expect(ask("messages-only")).rejects.toThrow(BadRequestError);
    await expect(ask("messages-only")).rejects.toMatchObject({ code: "model_not_supported" });
    await expect(ask("")).rejects.toThrow(BadRequestError);
    const stream = client.chat.completions.create({ ...CHAT, model: "gpt-9", stream: true });
    await expect(stream).rejects.toThrow(NotFoundError);
    expect(router.providers.seen).toEqual([]);
  });
});

describe("Anthropic's package", () => {
  let client: Anthropic;
  beforeAll(() => {
    client = new Anthropic({ apiKey: "sk-test", maxRetries: 0, baseURL: router.envoy.url("") });
  });
  const ask = { model: "sonnet", max_tokens: 9, messages: MESSAGES };

  test("sends messages", async () => {
    const answer = await client.messages.create(ask);
    expect(answer.content).toEqual([{ type: "text", text: "anthropic answers as claude-sonnet-4." }]);
    routedTo(router, "anthropic", "claude-sonnet-4");
  });

  test("streams messages, with usage", async () => {
    const answer = await client.messages.stream(ask).finalMessage();
    expect(answer.content).toEqual([{ type: "text", text: "anthropic answers as claude-sonnet-4." }]);
    expect(answer.usage.output_tokens).toBe(3);
  });

  test("counts tokens", async () => {
    expect((await client.messages.countTokens({ model: "claude-x", messages: MESSAGES })).input_tokens).toBeGreaterThan(
      0,
    );
    routedTo(router, "anthropic", "claude-x");
  });

  test("throws its own errors for what is refused", async () => {
    await expect(client.messages.create({ ...ask, model: "nope" })).rejects.toThrow(AnthropicNotFound);
    await expect(client.messages.create({ ...ask, model: "nope" })).rejects.toMatchObject({
      error: { type: "error", error: { type: "not_found_error", message: "The model 'nope' does not exist." } },
    });
    await expect(client.messages.create({ ...ask, model: "internal-x" })).rejects.toThrow(AnthropicDenied);
    expect(router.providers.seen).toEqual([]);
  });
});
