import { type Shape, inputTokens, jsonAnswer, OUTPUT_TOKENS, reply, sseAnswer, text, usageOf } from "./mock-shape.ts";

/** Cohere's `POST /v2/chat`. */
export const cohere: Shape = {
  answer(request, name) {
    if (request.method !== "POST" || request.path !== "/v2/chat") return undefined;
    const counts = { input_tokens: inputTokens(request), output_tokens: OUTPUT_TOKENS };
    const usage = usageOf(request, { billed_units: counts, tokens: counts });
    const content = reply(name, text(request.json, "model") ?? "");
    if (request.json?.["stream"] !== true) {
      const message = { role: "assistant", content: [{ type: "text", text: content.join("") }] };
      return jsonAnswer({ id: "cohere-mock", finish_reason: "COMPLETE", message, usage });
    }
    const event = (type: string, rest: object): { name: string; data: unknown } => ({
      name: type,
      data: { type, ...rest },
    });
    return sseAnswer([
      event("message-start", { id: "cohere-mock", delta: { message: { role: "assistant", content: [] } } }),
      event("content-start", { index: 0, delta: { message: { content: { type: "text", text: "" } } } }),
      ...content.map((words) => event("content-delta", { index: 0, delta: { message: { content: { text: words } } } })),
      event("content-end", { index: 0 }),
      event("message-end", { delta: { finish_reason: "COMPLETE", usage } }),
      { data: "[DONE]" },
    ]);
  },
  notFound: ({ path }) => jsonAnswer({ message: `not found: ${path}` }, 404),
};

/** Ollama's `POST /api/chat`: one object, or (as usual there) one a line. */
export const ollama: Shape = {
  answer(request, name) {
    if (request.method !== "POST" || request.path !== "/api/chat") return undefined;
    const model = text(request.json, "model") ?? "";
    const usage = usageOf(request, { prompt_eval_count: inputTokens(request), eval_count: OUTPUT_TOKENS });
    const head = { model, created_at: "2025-01-01T00:00:00Z" };
    const last = { done_reason: "stop", done: true, total_duration: 1, ...usage };
    const message = (content: string): object => ({ message: { role: "assistant", content } });
    const content = reply(name, model);
    if (request.json?.["stream"] === false) return jsonAnswer({ ...head, ...message(content.join("")), ...last });
    const lines = [...content.map((words) => ({ ...message(words), done: false })), { ...message(""), ...last }];
    return {
      status: 200,
      headers: { "content-type": "application/x-ndjson" },
      pieces: lines.map((line) => `${JSON.stringify({ ...head, ...line })}\n`),
    };
  },
  notFound: () => ({ status: 404, headers: { "content-type": "text/plain" }, pieces: ["404 page not found"] }),
};
