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
  text,
  usageOf,
} from "./mock-shape.ts";

/** Anthropic's API: messages, token counts, message batches, models. */
export const anthropic: Shape = {
  answer(request, name) {
    const { method, path, json } = request;
    switch (`${method} ${path}`) {
      case "POST /v1/messages":
        return problemOf(json) ?? message(request, text(json, "model") ?? "", name);
      case "POST /v1/messages/count_tokens":
        return text(json, "model")
          ? jsonAnswer({ input_tokens: inputTokens(request) })
          : failure("model: Field required");
      case "POST /v1/messages/batches":
        return Array.isArray(json?.["requests"]) ? jsonAnswer(BATCH) : failure("requests: Field required");
      case "GET /v1/messages/batches":
        return jsonAnswer({ data: [BATCH], has_more: false, first_id: BATCH.id, last_id: BATCH.id });
      case "GET /v1/models":
        return jsonAnswer({
          data: [{ type: "model", id: `${name}-model`, display_name: name, created_at: "2025-01-01T00:00:00Z" }],
          has_more: false,
        });
      default:
        return method === "GET" && path.startsWith("/v1/messages/batches/") ? jsonAnswer(BATCH) : undefined;
    }
  },
  notFound: ({ path }) => failure(`Not found: ${path}`, 404, "not_found_error"),
};

const BATCH = {
  id: "msgbatch_mock",
  type: "message_batch",
  processing_status: "in_progress",
  created_at: "2025-01-01T00:00:00Z",
  request_counts: { processing: 1, succeeded: 0, errored: 0, canceled: 0, expired: 0 },
  results_url: null,
};

function message(request: ApiRequest, model: string, name: string): Answer {
  const usage = usageOf(request, {
    input_tokens: inputTokens(request),
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens: OUTPUT_TOKENS,
  });
  const content = reply(name, model);
  const body = (pieces: object[], stop_reason: string | null, used: object | undefined): object => ({
    id: "msg_mock",
    type: "message",
    role: "assistant",
    model,
    content: pieces,
    stop_reason,
    stop_sequence: null,
    usage: used,
  });
  if (request.json?.["stream"] !== true) {
    return jsonAnswer(body([{ type: "text", text: content.join("") }], "end_turn", usage));
  }
  const event = (type: string, rest: object = {}): { name: string; data: unknown } => ({
    name: type,
    data: { type, ...rest },
  });
  return sseAnswer([
    event("message_start", { message: body([], null, usage && { ...usage, output_tokens: 1 }) }),
    event("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
    event("ping"),
    ...content.map((piece) => event("content_block_delta", { index: 0, delta: { type: "text_delta", text: piece } })),
    event("content_block_stop", { index: 0 }),
    event("message_delta", {
      delta: { stop_reason: "end_turn", stop_sequence: null },
      usage: usage && { output_tokens: usage["output_tokens"] },
    }),
    event("message_stop"),
  ]);
}

function problemOf(json: JsonObject | undefined): Answer | undefined {
  if (json === undefined) return failure("The request body is not valid JSON");
  if (text(json, "model") === undefined) return failure("model: Field required");
  if (!Array.isArray(json["messages"])) return failure("messages: Field required");
  if (typeof json["max_tokens"] !== "number") return failure("max_tokens: Field required");
  return undefined;
}

function failure(words: string, status = 400, type = "invalid_request_error"): Answer {
  return jsonAnswer({ type: "error", error: { type, message: words }, request_id: "req_mock" }, status);
}
