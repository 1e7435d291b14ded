import { type ResponseSpec } from "../../host/exchange.ts";

const SSE = { "content-type": "text/event-stream" };
const JSON_TYPE = { "content-type": "application/json" };
const chunk = (delta: object) => `data: ${JSON.stringify({ id: "c-1", choices: [{ index: 0, delta }] })}\n\n`;
const usage = { prompt_tokens: 11, completion_tokens: 4, total_tokens: 15 };

/** Answers whose every cut is tried: streams and documents, whole and broken, with what providers report and without. */
export const ANSWERS: Record<string, ResponseSpec> = {
  "a document": {
    headers: JSON_TYPE,
    body: JSON.stringify({ choices: [{ message: { content: "h\u00e9llo 😀" } }], usage }),
  },
  "a stream that ends with its usage": {
    headers: SSE,
    body: `${chunk({ content: "h\u00e9llo" })}: ping\n\n${chunk({ content: " 😀" })}data: ${JSON.stringify({ choices: [], usage })}\n\ndata: [DONE]\n\n`,
  },
  "a stream without usage, with CRLF": {
    headers: SSE,
    body: `${chunk({ content: "one two" })}data: [DONE]\n\n`.replaceAll("\n", "\r\n"),
  },
  "a stream that breaks off in its usage": {
    headers: SSE,
    body: `${chunk({ content: "one" })}data: {"choices":[],"usage":{"prompt_tok`,
  },
  "a stream of messages": {
    headers: SSE,
    body:
      'event: message_start\ndata: {"type":"message_start","message":{"usage":{"input_tokens":9,"output_tokens":1}}}\n\n' +
      'event: content_block_delta\ndata: {"type":"content_block_delta","delta":{"type":"text_delta","text":"hi"}}\n\n' +
      'event: message_delta\ndata: {"type":"message_delta","delta":{},"usage":{"output_tokens":3}}\n\n' +
      'event: message_stop\ndata: {"type":"message_stop"}\n\n',
  },
  "an error": { status: 500, headers: JSON_TYPE, body: '{"error":{"message":"no"}}' },
  "no JSON at all": { headers: JSON_TYPE, body: "{nothing} \u0000\u0001 \ufeff" },
  "a compressed document": { headers: { ...JSON_TYPE, "content-encoding": "gzip" }, body: "\x1f\x8b\x08\x01\x02\x03" },
};
