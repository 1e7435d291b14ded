import { type Answer, type Shape, inputTokens, jsonAnswer, OUTPUT_TOKENS, reply, sseAnswer } from "./mock-shape.ts";

/** Gemini's `models/{model}:generateContent` and `:streamGenerateContent` (SSE with `alt=sse`, else a JSON array). */
export const gemini: Shape = {
  answer(request, name) {
    const match = /\/models\/([^/:]+):(generateContent|streamGenerateContent)$/.exec(request.path);
    if (!match || request.method !== "POST") return undefined;
    if (!Array.isArray(request.json?.["contents"]))
      return geminiFailure(400, "contents is not specified", "INVALID_ARGUMENT");
    const model = decodeURIComponent(match[1] ?? "");
    const promptTokenCount = inputTokens(request);
    const usageMetadata = {
      promptTokenCount,
      candidatesTokenCount: OUTPUT_TOKENS,
      totalTokenCount: promptTokenCount + OUTPUT_TOKENS,
    };
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

/** Bedrock's `/model/{id}/converse`, JSON only. */
export const bedrock: Shape = {
  answer(request, name) {
    const match = /^\/model\/([^/]+)\/converse$/.exec(request.path);
    if (!match || request.method !== "POST") return undefined;
    if (!Array.isArray(request.json?.["messages"]))
      return bedrockFailure(400, "ValidationException", "messages is required");
    const inputs = inputTokens(request);
    const words = reply(name, decodeURIComponent(match[1] ?? "")).join("");
    return jsonAnswer({
      output: { message: { role: "assistant", content: [{ text: words }] } },
      stopReason: "end_turn",
      usage: { inputTokens: inputs, outputTokens: OUTPUT_TOKENS, totalTokens: inputs + OUTPUT_TOKENS },
      metrics: { latencyMs: 1 },
    });
  },
  notFound: () => bedrockFailure(404, "UnknownOperationException", "The requested operation is not recognized"),
};

function geminiFailure(code: number, message: string, status: string): Answer {
  return jsonAnswer({ error: { code, message, status } }, code);
}

function bedrockFailure(status: number, type: string, message: string): Answer {
  const answer = jsonAnswer({ message }, status);
  return { ...answer, headers: { ...answer.headers, "x-amzn-errortype": type } };
}
