import { eventStreamMessage } from "./event-stream.ts";
import {
  type Answer,
  type ApiRequest,
  type JsonObject,
  type Shape,
  inputTokens,
  jsonAnswer,
  OUTPUT_TOKENS,
  reply,
  sseAnswer,
  usageOf,
} from "./mock-shape.ts";

/** Gemini's `models/{model}:generateContent` and `:streamGenerateContent` (SSE with `alt=sse`, else a JSON array). */
export const gemini: Shape = {
  answer(request, name) {
    const match = /\/models\/([^/:]+):(generateContent|streamGenerateContent)$/.exec(request.path);
    if (!match || request.method !== "POST") return undefined;
    if (!Array.isArray(request.json?.["contents"]))
      return geminiFailure(400, "contents is not specified", "INVALID_ARGUMENT");
    const model = decodeURIComponent(match[1] ?? "");
    const promptTokenCount = inputTokens(request);
    const usageMetadata = usageOf(request, {
      promptTokenCount,
      candidatesTokenCount: OUTPUT_TOKENS,
      totalTokenCount: promptTokenCount + OUTPUT_TOKENS,
    });
    const chunk = (words: string, finishReason?: string): object => ({
      candidates: [
        { content: { role: "model", parts: [{ text: words }] }, index: 0, ...(finishReason ? { finishReason } : {}) },
      ],
      ...(finishReason ? { usageMetadata } : {}),
      modelVersion: model,
    });
    const content = reply(name, model);
    if (match[2] === "generateContent") return jsonAnswer(chunk(content.join(""), "STOP"));
    const chunks = content.map((piece, at) => chunk(piece, at + 1 === content.length ? "STOP" : undefined));
    return request.query.get("alt") === "sse" ? sseAnswer(chunks.map((data) => ({ data }))) : jsonAnswer(chunks);
  },
  notFound: ({ path }) => geminiFailure(404, `The requested URL ${path} was not found on this server.`, "NOT_FOUND"),
};

/** Bedrock's `/model/{id}/converse` and `/invoke` (of a model of Anthropic), both also as a binary event stream. */
export const bedrock: Shape = {
  answer(request, name) {
    const match = /^\/model\/([^/]+)\/(converse|converse-stream|invoke|invoke-with-response-stream)$/.exec(
      request.path,
    );
    if (!match || request.method !== "POST") return undefined;
    if (!Array.isArray(request.json?.["messages"]))
      return bedrockFailure(400, "ValidationException", "messages is required");
    const content = reply(name, decodeURIComponent(match[1] ?? ""));
    const events = match[2]?.startsWith("converse") ? converse(request, content) : invoke(request, content);
    if (!match[2]?.endsWith("stream")) return jsonAnswer(events.whole);
    return {
      status: 200,
      headers: { "content-type": "application/vnd.amazon.eventstream" },
      pieces: events.stream.map(([type, payload]) => eventStreamMessage(type, payload)),
    };
  },
  notFound: () => bedrockFailure(404, "UnknownOperationException", "The requested operation is not recognized"),
};

/** One answer in both of its forms. */
interface BedrockAnswer {
  whole: JsonObject;
  stream: [type: string, payload: JsonObject][];
}

function converse(request: ApiRequest, content: string[]): BedrockAnswer {
  const inputs = inputTokens(request);
  const usage = usageOf(request, {
    inputTokens: inputs,
    outputTokens: OUTPUT_TOKENS,
    totalTokens: inputs + OUTPUT_TOKENS,
  });
  const metrics = { latencyMs: 1 };
  const message = { role: "assistant", content: [{ text: content.join("") }] };
  return {
    whole: { output: { message }, stopReason: "end_turn", usage, metrics },
    stream: [
      ["messageStart", { role: "assistant" }],
      ...content.map((text): [string, JsonObject] => ["contentBlockDelta", { contentBlockIndex: 0, delta: { text } }]),
      ["contentBlockStop", { contentBlockIndex: 0 }],
      ["messageStop", { stopReason: "end_turn" }],
      ["metadata", { usage, metrics }],
    ],
  };
}

function invoke(request: ApiRequest, content: string[]): BedrockAnswer {
  const usage = usageOf(request, { input_tokens: inputTokens(request), output_tokens: OUTPUT_TOKENS });
  const message = { id: "msg_mock", type: "message", role: "assistant" };
  const chunk = (type: string, rest: object = {}): [string, JsonObject] => [
    "chunk",
    { bytes: Buffer.from(JSON.stringify({ type, ...rest })).toString("base64") },
  ];
  return {
    whole: { ...message, content: [{ type: "text", text: content.join("") }], stop_reason: "end_turn", usage },
    stream: [
      chunk("message_start", { message: { ...message, content: [], usage: usage && { ...usage, output_tokens: 1 } } }),
      ...content.map((text) => chunk("content_block_delta", { index: 0, delta: { type: "text_delta", text } })),
      chunk("message_delta", {
        delta: { stop_reason: "end_turn" },
        usage: usage && { output_tokens: usage["output_tokens"] },
      }),
      chunk("message_stop"),
    ],
  };
}

function geminiFailure(code: number, message: string, status: string): Answer {
  return jsonAnswer({ error: { code, message, status } }, code);
}

function bedrockFailure(status: number, type: string, message: string): Answer {
  const answer = jsonAnswer({ message }, status);
  return { ...answer, headers: { ...answer.headers, "x-amzn-errortype": type } };
}
