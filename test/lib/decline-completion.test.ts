import { beforeAll, describe, expect, test } from "vitest";
import { anthropic, CHAT, MESSAGES, openAi, RESPONSES } from "./clients.ts";
import { type LoaderExports, loadModule } from "./load.ts";
import { type Dialect, DIALECTS } from "./reply-module.ts";
import { readLines, readSse } from "./reply-wire.ts";

interface Declines extends LoaderExports {
  inputPointer(): number;
  outputPointer(): number;
  outputLength(): number;
  has(dialect: number, isStream: boolean): number;
  decline(dialect: number, model: number, message: number, created: bigint): number;
  declineStream(dialect: number, model: number, message: number, created: bigint, isArray: boolean): number;
  isOfType(dialect: number, isArray: boolean, length: number): number;
  declineWithin(dialect: number, limit: number): number;
}

let m: Declines;

beforeAll(async () => {
  m = await loadModule<Declines>("decline-completion");
});

const CREATED = 1741569952;
const TEXTS: [why: string, model: string, message: string][] = [
  ["plain", "gpt-4o-mini", "This request was declined by policy."],
  [
    "with all that JSON and events could trip over",
    'm"\\$t',
    'a "$m" \\ \r\n\ndata: [DONE]\n\n$c\u0000\u{1f600}\u2028$',
  ],
  ["empty", "", ""],
];

function put(model: string, message: string): [number, number] {
  const bytes = [Buffer.from(model), Buffer.from(message)] as const;
  Buffer.concat(bytes).copy(Buffer.from(m.memory.buffer), m.inputPointer());
  return [bytes[0].length, bytes[1].length];
}

function output(): string {
  return Buffer.from(m.memory.buffer.slice(m.outputPointer(), m.outputPointer() + m.outputLength())).toString();
}

function body(dialect: Dialect, model: string, message: string, created = CREATED): string {
  expect(m.decline(DIALECTS[dialect], ...put(model, message), BigInt(created))).toBe(1);
  return output();
}

function stream(dialect: Dialect, model: string, message: string, isArray = false): string {
  expect(m.declineStream(DIALECTS[dialect], ...put(model, message), BigInt(CREATED), isArray)).toBe(1);
  return output();
}

const events = (text: string): unknown[] => readSse(text).map(({ data }) => JSON.parse(data) as unknown);

describe.each(TEXTS)("a decline by a normal answer, %s,", (_, model, message) => {
  test("is an answer of OpenAI's chat to its client", async () => {
    const answer = await openAi(body("OpenAiChat", model, message), "application/json").chat.completions.create(CHAT);
    expect(answer).toMatchObject({ model, created: CREATED, object: "chat.completion" });
    expect(answer.choices).toHaveLength(1);
    expect(answer.choices[0]).toMatchObject({ finish_reason: "content_filter", message: { content: message } });

    const final = await openAi(stream("OpenAiChat", model, message))
      .chat.completions.stream(CHAT)
      .finalChatCompletion();
    expect(final).toMatchObject({ model, created: CREATED });
    expect(final.choices).toHaveLength(1);
    expect(final.choices[0]).toMatchObject({ finish_reason: "content_filter", message: { role: "assistant" } });
    expect(final.choices[0]!.message.content ?? "").toBe(message);
  });

  test("is an answer of OpenAI's completions to its client", async () => {
    const request = { model: "m", prompt: "?" };
    const answer = await openAi(body("OpenAiCompletions", model, message), "application/json").completions.create(
      request,
    );
    expect(answer.choices).toMatchObject([{ text: message, finish_reason: "content_filter" }]);

    const chunks = [];
    for await (const chunk of await openAi(stream("OpenAiCompletions", model, message)).completions.create({
      ...request,
      stream: true,
    })) {
      chunks.push(chunk);
    }
    expect(chunks.map(({ choices }) => choices[0]!.text).join("")).toBe(message);
    expect(chunks.at(-1)!.choices[0]!.finish_reason).toBe("content_filter");
  });

  test("is an answer of OpenAI's responses to its client", async () => {
    const answer = await openAi(body("OpenAiResponses", model, message), "application/json").responses.create(
      RESPONSES,
    );
    expect(answer).toMatchObject({ model, status: "completed", output_text: message });

    const running = openAi(stream("OpenAiResponses", model, message)).responses.stream(RESPONSES);
    let text = "";
    const types: string[] = [];
    const numbers: number[] = [];
    for await (const event of running) {
      types.push(event.type);
      numbers.push(event.sequence_number);
      if (event.type === "response.output_text.delta") text += event.delta;
    }
    expect(text).toBe(message);
    expect(types.at(-1)).toBe("response.completed");
    expect(numbers).toEqual([...numbers.keys()]);
    expect((await running.finalResponse()).output_text).toBe(message);
  });

  test("is an answer of Anthropic's to its client", async () => {
    const answer = await anthropic(body("AnthropicMessages", model, message), "application/json").messages.create(
      MESSAGES,
    );
    const expected = { model, role: "assistant", stop_reason: "refusal", content: [{ type: "text", text: message }] };
    expect(answer).toMatchObject(expected);
    expect(
      await anthropic(stream("AnthropicMessages", model, message))
        .messages.stream(MESSAGES)
        .finalMessage(),
    ).toMatchObject(expected);
  });

  test("is one of each other dialect", () => {
    const gemini = {
      candidates: [{ content: { parts: [{ text: message }], role: "model" }, finishReason: "SAFETY", index: 0 }],
      modelVersion: model,
    };
    expect(JSON.parse(body("Gemini", model, message))).toMatchObject(gemini);
    expect(events(stream("Gemini", model, message))).toMatchObject([gemini]);
    expect(JSON.parse(stream("Gemini", model, message, true))).toMatchObject([gemini]);

    expect(JSON.parse(body("BedrockConverse", model, message))).toMatchObject({
      output: { message: { role: "assistant", content: [{ text: message }] } },
      stopReason: "guardrail_intervened",
    });
    expect(JSON.parse(body("CohereChat", model, message))).toMatchObject({
      finish_reason: "COMPLETE",
      message: { content: [{ type: "text", text: message }] },
    });
    const cohere = events(stream("CohereChat", model, message)) as { type: string; delta?: unknown }[];
    expect(cohere.map(({ type }) => type)).toEqual([
      "message-start",
      "content-start",
      "content-delta",
      "content-end",
      "message-end",
    ]);
    expect(cohere[2]).toMatchObject({ delta: { message: { content: { text: message } } } });

    const chat = { model, created_at: "2025-03-10T01:25:52Z", message: { role: "assistant", content: message } };
    expect(JSON.parse(body("OllamaChat", model, message))).toMatchObject({ ...chat, done: true, done_reason: "stop" });
    expect(readLines(stream("OllamaChat", model, message))).toMatchObject([
      { ...chat, done: false },
      { message: { content: "" }, done: true },
    ]);
    expect(JSON.parse(body("OllamaGenerate", model, message))).toMatchObject({ model, response: message, done: true });
    expect(readLines(stream("OllamaGenerate", model, message))).toMatchObject([
      { response: message, done: false },
      { response: "", done: true },
    ]);
    expect(JSON.parse(body("AnthropicComplete", model, message))).toMatchObject({ completion: message, model });
    expect(events(stream("AnthropicComplete", model, message))).toMatchObject([{ completion: message }]);
  });
});

describe("a decline", () => {
  test("is not there where an answer isn't JSON, or is none", () => {
    const without = (Object.keys(DIALECTS) as Dialect[]).filter((name) => !m.has(DIALECTS[name], false));
    expect(without).toEqual(["Unknown", "OpenAiEmbeddings", "BedrockInvoke"]);
    const streamless = (Object.keys(DIALECTS) as Dialect[]).filter((name) => !m.has(DIALECTS[name], true));
    expect(streamless).toEqual(
      [...without, "BedrockConverse"].sort((a, b) => DIALECTS[a as Dialect] - DIALECTS[b as Dialect]),
    );
    expect(body("OpenAiEmbeddings", "m", "x")).toBe("");
  });

  test("has the time as a date", () => {
    for (const time of [0, 68169599, 68169600, 951782400, 951868800, 1709164800, 4107542399, 4107542400, 7258118399]) {
      const { created_at } = JSON.parse(body("OllamaChat", "m", "", time)) as { created_at: string };
      expect(created_at).toBe(new Date(time * 1000).toISOString().replace(".000", ""));
    }
  });

  test.each<[Dialect, boolean, string]>([
    ["OpenAiChat", false, "text/event-stream"],
    ["AnthropicMessages", false, "text/event-stream"],
    ["CohereChat", false, "text/event-stream"],
    ["Gemini", false, "text/event-stream"],
    ["Gemini", true, "application/json"],
    ["OllamaChat", false, "application/x-ndjson"],
    ["OllamaGenerate", false, "application/x-ndjson"],
  ])("of a stream has the type of its framing: %s, an array %s", (dialect, isArray, type) => {
    expect(m.isOfType(DIALECTS[dialect], isArray, put(type, "")[0])).toBe(1);
  });

  test("says so when there is no room for it", () => {
    const whole = stream("OpenAiResponses", "", "").length;
    expect(m.declineWithin(DIALECTS.OpenAiResponses, whole)).toBe(1);
    for (let limit = 0; limit < whole; limit += 97) expect(m.declineWithin(DIALECTS.OpenAiResponses, limit)).toBe(0);
  });
});
