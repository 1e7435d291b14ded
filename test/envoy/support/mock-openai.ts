import {
  type Answer,
  type ApiRequest,
  type Shape,
  inputTokens,
  jsonAnswer,
  OUTPUT_TOKENS,
  reply,
  sseAnswer,
  text,
  usageOf,
} from "./mock-shape.ts";

const CREATED = 1_700_000_000;

/** OpenAI's API: chat, completions, responses, embeddings, images, audio, models, files, batches. Also Azure's deployments. */
export const openAi: Shape = {
  answer(request, name) {
    const path = request.path.replace(/^\/openai\/deployments\/[^/]+|^\/openai\/v1|^\/v1/, "");
    return (
      ENDPOINTS[`${request.method} ${path}`]?.(request, name) ??
      ENDPOINTS[`${request.method} ${parent(path)}/*`]?.(request, name)
    );
  },
  notFound: ({ method, path }) => failure(404, `Invalid URL (${method} ${path})`),
};

const ENDPOINTS: Record<string, (request: ApiRequest, name: string) => Answer> = {
  "POST /chat/completions": (request, name) =>
    Array.isArray(request.json?.["messages"]) ? withModel(request, name, chat) : missing("messages"),
  "POST /completions": (request, name) => withModel(request, name, completion),
  "POST /responses": (request, name) => withModel(request, name, response),
  "POST /embeddings": (request, name) => withModel(request, name, embedding),
  "POST /images/generations": () => image(),
  "POST /images/edits": (request) => (request.form ? image() : missing("image")),
  "POST /images/variations": (request) => (request.form ? image() : missing("image")),
  "POST /audio/transcriptions": transcription,
  "POST /audio/translations": transcription,
  "POST /audio/speech": (request, name) =>
    withModel(request, name, () => ({
      status: 200,
      headers: { "content-type": "audio/mpeg" },
      pieces: [Buffer.from([0xff, 0xfb, 0x90, 0])],
    })),
  "GET /models": (_, name) => jsonAnswer({ object: "list", data: [model(`${name}-model`)] }),
  "GET /models/*": ({ path }) => jsonAnswer(model(path.slice(path.lastIndexOf("/") + 1))),
  "POST /files": ({ form }) => (form?.["file"] ? jsonAnswer(file(form["file"], form["purpose"])) : missing("file")),
  "GET /files": () => jsonAnswer({ object: "list", data: [file("batch.jsonl", "batch")] }),
  "GET /files/*": () => jsonAnswer(file("batch.jsonl", "batch")),
  "POST /batches": ({ json }) => (text(json, "input_file_id") ? jsonAnswer(batch()) : missing("input_file_id")),
  "GET /batches": () => jsonAnswer({ object: "list", data: [batch()] }),
  "GET /batches/*": () => jsonAnswer(batch()),
};

function withModel(
  request: ApiRequest,
  name: string,
  make: (request: ApiRequest, model: string, name: string) => Answer,
): Answer {
  const model = text(request.json, "model");
  return model === undefined ? missing("model") : make(request, model, name);
}

function chat(request: ApiRequest, model: string, name: string): Answer {
  const head = { id: "chatcmpl-mock", created: CREATED, model };
  const usage = chatUsage(request);
  const content = reply(name, model);
  if (request.json?.["stream"] !== true) {
    const message = { role: "assistant", content: content.join(""), refusal: null };
    return jsonAnswer({
      ...head,
      object: "chat.completion",
      choices: [{ index: 0, message, logprobs: null, finish_reason: "stop" }],
      usage,
    });
  }
  const asked = wantsUsage(request);
  const chunk = (delta: object, finish_reason: string | null = null): { data: unknown } => ({
    data: {
      ...head,
      object: "chat.completion.chunk",
      choices: [{ index: 0, delta, finish_reason }],
      ...(asked ? { usage: null } : {}),
    },
  });
  return sseAnswer([
    chunk({ role: "assistant", content: "" }),
    ...content.map((piece) => chunk({ content: piece })),
    chunk({}, "stop"),
    ...(asked && usage ? [{ data: { ...head, object: "chat.completion.chunk", choices: [], usage } }] : []),
    { data: "[DONE]" },
  ]);
}

function completion(request: ApiRequest, model: string, name: string): Answer {
  const head = { id: "cmpl-mock", object: "text_completion", created: CREATED, model };
  const usage = chatUsage(request);
  const content = reply(name, model);
  const choice = (piece: string, finish_reason: string | null): object[] => [
    { index: 0, text: piece, logprobs: null, finish_reason },
  ];
  if (request.json?.["stream"] !== true)
    return jsonAnswer({ ...head, choices: choice(content.join(""), "stop"), usage });
  return sseAnswer([
    ...content.map((piece, at) => ({
      data: { ...head, choices: choice(piece, at + 1 === content.length ? "stop" : null) },
    })),
    ...(wantsUsage(request) && usage ? [{ data: { ...head, choices: [], usage } }] : []),
    { data: "[DONE]" },
  ]);
}

function response(request: ApiRequest, model: string, name: string): Answer {
  const content = reply(name, model);
  const input_tokens = inputTokens(request);
  const usage = usageOf(request, {
    input_tokens,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: OUTPUT_TOKENS,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: input_tokens + OUTPUT_TOKENS,
  });
  const part = { type: "output_text", text: content.join(""), annotations: [] };
  const message = { id: "msg_mock", type: "message", role: "assistant", status: "completed", content: [part] };
  const body = (status: string, output: object[]): object => ({
    id: "resp_mock",
    object: "response",
    created_at: CREATED,
    status,
    model,
    output,
    usage: status === "completed" ? usage : null,
  });
  if (request.json?.["stream"] !== true) return jsonAnswer(body("completed", [message]));
  let sequence_number = 0;
  const event = (type: string, rest: object): { name: string; data: unknown } => ({
    name: type,
    data: { type, sequence_number: sequence_number++, ...rest },
  });
  const place = { item_id: "msg_mock", output_index: 0, content_index: 0 };
  return sseAnswer([
    event("response.created", { response: body("in_progress", []) }),
    event("response.output_item.added", { output_index: 0, item: { ...message, status: "in_progress", content: [] } }),
    event("response.content_part.added", { ...place, part: { ...part, text: "" } }),
    ...content.map((delta) => event("response.output_text.delta", { ...place, delta, logprobs: [] })),
    event("response.output_text.done", { ...place, text: part.text, logprobs: [] }),
    event("response.content_part.done", { ...place, part }),
    event("response.output_item.done", { output_index: 0, item: message }),
    event("response.completed", { response: body("completed", [message]) }),
  ]);
}

function embedding(request: ApiRequest, model: string): Answer {
  const vector = [0.25, -0.5, 0.125];
  const packed = Buffer.from(new Float32Array(vector).buffer).toString("base64");
  const value = request.json?.["encoding_format"] === "base64" ? packed : vector;
  const prompt_tokens = inputTokens(request);
  return jsonAnswer({
    object: "list",
    model,
    data: [{ object: "embedding", index: 0, embedding: value }],
    usage: usageOf(request, { prompt_tokens, total_tokens: prompt_tokens }),
  });
}

function transcription(request: ApiRequest, name: string): Answer {
  if (!request.form) return failure(400, "Could not parse multipart form");
  const { model, file } = request.form;
  if (!model) return missing("model");
  if (!file) return missing("file");
  return jsonAnswer({ text: reply(name, model).join("") });
}

function image(): Answer {
  const usage = {
    input_tokens: 10,
    output_tokens: 20,
    total_tokens: 30,
    input_tokens_details: { text_tokens: 10, image_tokens: 0 },
  };
  return jsonAnswer({ created: CREATED, data: [{ b64_json: "iVBORw0KGgo=" }], usage });
}

function chatUsage(request: ApiRequest): object | undefined {
  const prompt_tokens = inputTokens(request);
  return usageOf(request, {
    prompt_tokens,
    completion_tokens: OUTPUT_TOKENS,
    total_tokens: prompt_tokens + OUTPUT_TOKENS,
    prompt_tokens_details: { cached_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0 },
  });
}

function wantsUsage({ json }: ApiRequest): boolean {
  return (json?.["stream_options"] as { include_usage?: unknown } | undefined)?.include_usage === true;
}

function model(id: string): object {
  return { id, object: "model", created: CREATED, owned_by: "mock" };
}

function file(filename: string, purpose = "batch"): object {
  return { id: "file-mock", object: "file", bytes: 120, created_at: CREATED, filename, purpose, status: "processed" };
}

function batch(): object {
  return {
    id: "batch_mock",
    object: "batch",
    endpoint: "/v1/chat/completions",
    input_file_id: "file-mock",
    completion_window: "24h",
    status: "validating",
    created_at: CREATED,
  };
}

function missing(param: string): Answer {
  return failure(400, `you must provide a ${param} parameter`, param);
}

function failure(status: number, message: string, param: string | null = null): Answer {
  return jsonAnswer({ error: { message, type: "invalid_request_error", param, code: null } }, status);
}

function parent(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}
