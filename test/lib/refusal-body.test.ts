import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { beforeAll, describe, expect, test } from "vitest";
import { type LoaderExports, loadModule } from "./load.ts";

interface RefusalBody {
  inputPointer(): number;
  outputPointer(): number;
  outputLength(): number;
  typeOf(dialect: number, status: number): number;
  refuse(dialect: number, status: number, code: number, param: number, length: number): number;
  refuseStream(dialect: number, status: number, code: number, param: number, length: number): number;
  refuseWithin(limit: number, length: number): number;
}

let m: RefusalBody & LoaderExports;

beforeAll(async () => {
  m = await loadModule<RefusalBody>("refusal-body");
});

function put(bytes: Uint8Array): number {
  new Uint8Array(m.memory.buffer, m.inputPointer(), bytes.length).set(bytes);
  return bytes.length;
}

function string(text: string): number {
  return m.__pin(m.__newString(text));
}

const DIALECT = {
  Unknown: 0,
  OpenAiChat: 1,
  OpenAiResponses: 3,
  AnthropicMessages: 12,
  Gemini: 15,
  BedrockConverse: 16,
  CohereChat: 18,
  OllamaChat: 21,
};
type Name = keyof typeof DIALECT;

const HOSTILE: [name: string, message: Uint8Array][] = [
  ["quotes and backslashes", Buffer.from('the model `"},{"\\"\\` does not exist')],
  ["line ends and controls", Buffer.from("a\r\n\ndata: [DONE]\n\n\u0000\u001b\u2028b")],
  ["invalid UTF-8", Uint8Array.of(0x61, 0xff, 0xc0, 0x80, 0xed, 0xa0, 0x80, 0xf4, 0x90, 0x80, 0x80, 0xe2, 0x82)],
  ["10 KB", Buffer.from('é"'.repeat(3500))],
  ["nothing", Buffer.from("")],
];

describe.each(HOSTILE)("a refusal whose message holds %s", (_name, message) => {
  const isText = Buffer.from(Buffer.from(message).toString()).equals(Buffer.from(message));

  function refuse(dialect: Name, status: number, param = "model"): unknown {
    const length = put(message);
    expect(m.refuse(DIALECT[dialect], status, string("model_not_found"), string(param), length)).toBe(1);
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytesOut()));
  }

  function bytesOut(): Uint8Array {
    return new Uint8Array(m.memory.buffer.slice(m.outputPointer(), m.outputPointer() + m.outputLength()));
  }

  const text: unknown = isText ? Buffer.from(message).toString() : expect.stringMatching(/^a/u);

  test("is valid in every dialect's shape", () => {
    const openAi = { error: { message: text, type: "invalid_request_error", param: "model", code: "model_not_found" } };
    expect(refuse("Unknown", 404)).toEqual(openAi);
    expect(refuse("OpenAiChat", 404)).toEqual(openAi);
    expect(refuse("OpenAiChat", 429, "-")).toEqual({
      error: { message: text, type: "rate_limit_error", param: null, code: "model_not_found" },
    });
    expect(refuse("AnthropicMessages", 404)).toEqual({
      type: "error",
      error: { type: "not_found_error", message: text },
    });
    expect(refuse("Gemini", 403)).toEqual({ error: { code: 403, message: text, status: "PERMISSION_DENIED" } });
    expect(refuse("BedrockConverse", 400)).toEqual({ message: text });
    expect(refuse("CohereChat", 400)).toEqual({ message: text });
    expect(refuse("OllamaChat", 400)).toEqual({ error: text });
  });

  function refuseStream(dialect: Name): string[] {
    const length = put(message);
    expect(m.refuseStream(DIALECT[dialect], 500, string("blocked"), string("-"), length)).toBe(1);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytesOut()).split("\n");
  }

  test("ends a stream with an event of the dialect", () => {
    const chat = refuseStream("OpenAiChat");
    expect(chat.slice(1)).toEqual(["", "data: [DONE]", "", ""]);
    expect(JSON.parse(chat[0]?.slice("data: ".length) ?? "")).toEqual({
      error: { message: text, type: "server_error", param: null, code: "blocked" },
    });

    const responses = refuseStream("OpenAiResponses");
    expect([responses[0], ...responses.slice(2)]).toEqual(["event: error", "", ""]);
    expect(JSON.parse(responses[1]?.slice("data: ".length) ?? "")).toEqual({
      type: "error",
      code: "blocked",
      message: text,
      param: null,
      sequence_number: 41,
    });

    const anthropic = refuseStream("AnthropicMessages");
    expect([anthropic[0], ...anthropic.slice(2)]).toEqual(["event: error", "", ""]);
    expect(JSON.parse(anthropic[1]?.slice("data: ".length) ?? "")).toEqual({
      type: "error",
      error: { type: "api_error", message: text },
    });

    const gemini = refuseStream("Gemini");
    expect(gemini.slice(1)).toEqual(["", ""]);
    expect(JSON.parse(gemini[0]?.slice("data: ".length) ?? "")).toEqual({
      error: { code: 500, message: text, status: "INTERNAL" },
    });

    const cohere = refuseStream("CohereChat");
    expect([cohere[0], ...cohere.slice(2)]).toEqual(["event: message-end", "", ""]);
    expect(JSON.parse(cohere[1]?.slice("data: ".length) ?? "")).toEqual({
      type: "message-end",
      delta: { error: text, finish_reason: "ERROR" },
    });

    const ollama = refuseStream("OllamaChat");
    expect(ollama.slice(1)).toEqual([""]);
    expect(JSON.parse(ollama[0] ?? "")).toEqual({ error: text });

    expect(refuseStream("BedrockConverse")).toEqual([""]);
  });
});

test("a refusal without room says so", () => {
  expect(m.refuseWithin(4096, put(Buffer.from("short")))).toBe(1);
  expect(m.refuseWithin(50, put(Buffer.from("short")))).toBe(0);
});

const TYPES: [status: number, openAi: string, anthropic: string, gemini: string, bedrock: string][] = [
  [400, "invalid_request_error", "invalid_request_error", "INVALID_ARGUMENT", "ValidationException"],
  [401, "invalid_request_error", "authentication_error", "UNAUTHENTICATED", "AccessDeniedException"],
  [403, "invalid_request_error", "permission_error", "PERMISSION_DENIED", "AccessDeniedException"],
  [404, "invalid_request_error", "not_found_error", "NOT_FOUND", "ResourceNotFoundException"],
  [408, "invalid_request_error", "invalid_request_error", "DEADLINE_EXCEEDED", "ModelTimeoutException"],
  [413, "invalid_request_error", "request_too_large", "INVALID_ARGUMENT", "ValidationException"],
  [415, "invalid_request_error", "invalid_request_error", "INVALID_ARGUMENT", "ValidationException"],
  [429, "rate_limit_error", "rate_limit_error", "RESOURCE_EXHAUSTED", "ThrottlingException"],
  [500, "server_error", "api_error", "INTERNAL", "InternalServerException"],
  [501, "server_error", "api_error", "UNIMPLEMENTED", "InternalServerException"],
  [502, "server_error", "api_error", "UNAVAILABLE", "ServiceUnavailableException"],
  [503, "service_unavailable_error", "overloaded_error", "UNAVAILABLE", "ServiceUnavailableException"],
  [504, "server_error", "timeout_error", "DEADLINE_EXCEEDED", "ServiceUnavailableException"],
  [508, "server_error", "api_error", "INTERNAL", "InternalServerException"],
];

test.each(TYPES)("an error of status %i has its provider's type", (status, openAi, anthropic, gemini, bedrock) => {
  const type = (dialect: Name): string => m.__getString(m.typeOf(DIALECT[dialect], status));
  expect([type("OpenAiChat"), type("AnthropicMessages"), type("Gemini"), type("BedrockConverse")]).toEqual([
    openAi,
    anthropic,
    gemini,
    bedrock,
  ]);
});

/** A `fetch` that answers every request alike. */
function answering(status: number, contentType: string): () => Promise<Response> {
  const body = new Uint8Array(m.memory.buffer.slice(m.outputPointer(), m.outputPointer() + m.outputLength()));
  return async () => new Response(body, { status, headers: { "content-type": contentType } });
}

const CHAT = { model: "m", messages: [{ role: "user" as const, content: "hi" }] };

test("the OpenAI client throws what a refusal says, and what ends a stream", async () => {
  m.refuse(DIALECT.OpenAiChat, 404, string("model_not_found"), string("model"), put(Buffer.from("no such model")));
  const refused = new OpenAI({ apiKey: "k", maxRetries: 0, fetch: answering(404, "application/json") });
  await expect(refused.chat.completions.create(CHAT)).rejects.toMatchObject({
    status: 404,
    code: "model_not_found",
    param: "model",
    type: "invalid_request_error",
    message: "404 no such model",
  });

  m.refuseStream(DIALECT.OpenAiChat, 500, string("blocked"), string("-"), put(Buffer.from("cut")));
  const cut = new OpenAI({ apiKey: "k", maxRetries: 0, fetch: answering(200, "text/event-stream") });
  const stream = await cut.chat.completions.create({ ...CHAT, stream: true });
  await expect(stream[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: "blocked", message: "cut" });
});

test("the Anthropic client throws what a refusal says, and what ends a stream", async () => {
  const request = { ...CHAT, max_tokens: 1 };
  m.refuse(DIALECT.AnthropicMessages, 403, string("not_allowed"), string("-"), put(Buffer.from("not for you")));
  const refused = new Anthropic({ apiKey: "k", maxRetries: 0, fetch: answering(403, "application/json") });
  const error = { type: "error", error: { type: "permission_error", message: "not for you" } };
  await expect(refused.messages.create(request)).rejects.toMatchObject({ status: 403, error });

  m.refuseStream(DIALECT.AnthropicMessages, 503, string("blocked"), string("-"), put(Buffer.from("cut")));
  const cut = new Anthropic({ apiKey: "k", maxRetries: 0, fetch: answering(200, "text/event-stream") });
  const stream = await cut.messages.create({ ...request, stream: true });
  await expect(stream[Symbol.asyncIterator]().next()).rejects.toMatchObject({
    error: { type: "error", error: { type: "overloaded_error", message: "cut" } },
  });
});
