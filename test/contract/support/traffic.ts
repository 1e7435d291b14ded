import { type BodySpec, type RequestSpec, type ResponseSpec } from "../../host/exchange.ts";
import { type StreamOptions } from "../../host/plugin-context.ts";

const JSON_TYPE = { "content-type": "application/json" };
const FORM_TYPE = { "content-type": "multipart/form-data; boundary=cut" };
const CALLER = { authorization: "Bearer sk-test", "x-consumer": "team-a", "x-session-id": "s-1" };

function post(path: string, body: BodySpec["body"], headers: Record<string, string> = JSON_TYPE): RequestSpec {
  return { method: "POST", path, headers: { ...CALLER, ...headers }, ...(body === undefined ? {} : { body }) };
}

const chat = "/v1/chat/completions";
const messages = '"messages":[{"role":"user","content":"h\\u00e9llo"}]';

/** Requests of all kinds that a gateway sees: all dialects, all bad manners. No plugin may stumble over one of them. */
export const REQUESTS: Record<string, RequestSpec> = {
  "a chat that begins with its model": post(chat, `{"model":"gpt-4o",${messages}}`),
  "a chat that ends with its model, streamed": post(chat, `{${messages},"stream":true,"model":"fast"}`),
  "a chat with an escaped key": post(chat, `{${messages},"mod\\u0065l":"internal-7b"}`),
  "a chat without a model": post(chat, `{${messages}}`),
  "a chat with two models": post(chat, `{"model":"gpt-4o",${messages},"model":"internal-7b"}`),
  "a body that is no JSON": post(chat, '{"model":"gpt-4o","messages":[}'),
  "a body with a byte order mark": post(chat, `\uFEFF{"model":"gpt-4o",${messages}}`),
  "an empty object": post(chat, "{}"),
  "a body of no bytes": post(chat, ""),
  "a chat without a body": post(chat, undefined),
  "a compressed chat": post(chat, "\x1f\x8b\x08", { ...JSON_TYPE, "content-encoding": "gzip" }),
  "messages to Anthropic": post("/v1/messages", `{"model":"claude-haiku","max_tokens":9,${messages}}`),
  "a model in Gemini's path": post("/v1beta/models/gemini-pro:generateContent", '{"contents":[{"parts":[]}]}'),
  "a model in Bedrock's path": post("/model/anthropic.claude/converse", `{${messages}}`),
  "an audio form": post(
    "/v1/audio/transcriptions",
    '--cut\r\ncontent-disposition: form-data; name="file"; filename="a.wav"\r\n\r\n\x01\x02\r\n' +
      '--cut\r\ncontent-disposition: form-data; name="model"\r\n\r\ngpt-4o\r\n--cut--\r\n',
    FORM_TYPE,
  ),
  "a form that ends early": post("/v1/audio/transcriptions", "--cut\r\ncontent-disp", FORM_TYPE),
  "a batch file": post(
    "/v1/files",
    '--cut\r\ncontent-disposition: form-data; name="purpose"\r\n\r\nbatch\r\n' +
      '--cut\r\ncontent-disposition: form-data; name="file"; filename="a.jsonl"\r\n\r\n' +
      '{"custom_id":"1","body":{"model":"gpt-4o"}}\n{"custom_id":"2","body":{"model":"nobody"}}\r\n--cut--\r\n',
    FORM_TYPE,
  ),
  "a batch of messages": post("/v1/messages/batches", '{"requests":[{"params":{"model":"claude-haiku"}}]}'),
  "a list of models": { method: "GET", path: "/v1/models", headers: CALLER },
  "an upgrade": { method: "GET", path: "/v1/realtime?model=gpt-4o", headers: { ...CALLER, upgrade: "websocket" } },
  "a chat on a path that nobody knows": post("/proxy/talk", `{"model":"gpt-4o",${messages}}`),
  "a text on a path that nobody knows": post("/notes", "hello", { "content-type": "text/plain" }),
  "a request with routing headers of its own": {
    ...post(chat, `{"model":"nobody",${messages}}`),
    headers: { ...CALLER, ...JSON_TYPE, "x-gateway-model-name": "forged", "x-gateway-provider-name": "forged" },
  },
};

/** Answers of all kinds, taken in turn. */
export const RESPONSES: ResponseSpec[] = [
  {
    headers: JSON_TYPE,
    body: '{"choices":[{"message":{"content":"hi"}}],"usage":{"prompt_tokens":3,"completion_tokens":1}}',
  },
  {
    headers: { "content-type": "text/event-stream" },
    body: ['data: {"choices":[{"delta":{"content":"h', 'i"}}]}\n\nda', "ta: [DONE]\n\n"],
  },
  { status: 204 },
  { status: 500, headers: JSON_TYPE, body: '{"error":{"message":"no"}}', trailers: { "x-cost": "1" } },
];

/** The same request from somebody else, whose use of a limit is no other's: by an API key and an address of its own. */
export function fromCaller(caller: number, request: RequestSpec): { request: RequestSpec; options: StreamOptions } {
  const headers = { ...(request.headers as object), authorization: `Bearer sk-${caller}` };
  const address = `10.${caller >> 16}.${(caller >> 8) & 255}.${caller & 255}:1234`;
  return { request: { ...request, headers }, options: { properties: { source: { address } } } };
}

/** The bytes of a request's body. */
export function bodyOf({ body = "" }: RequestSpec): Uint8Array {
  return new TextEncoder().encode(body as string);
}

/** `count` offsets to cut `length` bytes at. */
export function randomSplit(random: (below: number) => number, length: number, count: number): number[] {
  return Array.from({ length: count }, () => 1 + random(Math.max(1, length - 1)));
}
