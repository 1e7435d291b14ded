import { ByteBuffer } from "../../bytes/buffer";
import { ByteString } from "../../bytes/view";
import { DeclineFields } from "./decline-fields";
import { Dialect } from "../dialect";

const CHAT = new ByteString(
  '{"id":"chatcmpl-weir","object":"chat.completion","created":$c,"model":$m,"choices":[{"index":0,"message":{"role":' +
    '"assistant","content":$t,"refusal":null},"logprobs":null,"finish_reason":"content_filter"}],"usage":{"prompt_tokens":0,' +
    '"completion_tokens":0,"total_tokens":0}}',
);
const COMPLETIONS = new ByteString(
  '{"id":"cmpl-weir","object":"text_completion","created":$c,"model":$m,"choices":[{"text":$t,"index":0,"logprobs":null,' +
    '"finish_reason":"content_filter"}],"usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}}',
);
/** Up to the status, then what it is, then up to the output. */
const RESPONSE_HEAD = '{"id":"resp_weir","object":"response","created_at":$c,"status":"';
const RESPONSE_MIDDLE =
  '","error":null,"incomplete_details":null,"instructions":null,"max_output_tokens":null,"model":$m,"parallel_tool_calls":true,' +
  '"previous_response_id":null,"reasoning":{"effort":null,"summary":null},"store":false,"temperature":1,"text":{"format":{"type":' +
  '"text"}},"tool_choice":"auto","tools":[],"top_p":1,"truncation":"disabled","metadata":{},"output":[';
export const RESPONSE_ITEM =
  '{"id":"msg_weir","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":$t,' +
  '"annotations":[]}]}';
/** Behind the output. */
export const RESPONSE_TAIL =
  '],"usage":{"input_tokens":0,"input_tokens_details":{"cached_tokens":0},"output_tokens":0,"output_tokens_details":' +
  '{"reasoning_tokens":0},"total_tokens":0}}';
const RESPONSE = RESPONSE_HEAD + "completed" + RESPONSE_MIDDLE + RESPONSE_ITEM + RESPONSE_TAIL;
const RESPONSES = new ByteString(RESPONSE);
const MESSAGES = new ByteString(
  '{"id":"msg_weir","type":"message","role":"assistant","model":$m,"content":[{"type":"text","text":$t}],"stop_reason":"refusal",' +
    '"stop_sequence":null,"usage":{"input_tokens":0,"output_tokens":0}}',
);
const COMPLETE = '{"type":"completion","id":"compl_weir","completion":$t,"stop_reason":"stop_sequence","model":$m}';
const GEMINI =
  '{"candidates":[{"content":{"parts":[{"text":$t}],"role":"model"},"finishReason":"SAFETY","index":0}],"usageMetadata":' +
  '{"promptTokenCount":0,"candidatesTokenCount":0,"totalTokenCount":0},"modelVersion":$m}';
const CONVERSE = new ByteString(
  '{"output":{"message":{"role":"assistant","content":[{"text":$t}]}},"stopReason":"guardrail_intervened","usage":' +
    '{"inputTokens":0,"outputTokens":0,"totalTokens":0},"metrics":{"latencyMs":0}}',
);
const COHERE_USAGE =
  '"usage":{"billed_units":{"input_tokens":0,"output_tokens":0},"tokens":{"input_tokens":0,"output_tokens":0}}';
const COHERE = new ByteString(
  '{"id":"weir","finish_reason":"COMPLETE","message":{"role":"assistant","content":[{"type":"text","text":$t}]},' +
    COHERE_USAGE +
    "}",
);
const OLLAMA_HEAD = '{"model":$m,"created_at":$d,';
const OLLAMA_TAIL =
  ',"done":true,"done_reason":"stop","total_duration":0,"load_duration":0,"prompt_eval_count":0,"prompt_eval_duration":0,' +
  '"eval_count":0,"eval_duration":0}';
const OLLAMA_CHAT = new ByteString(OLLAMA_HEAD + '"message":{"role":"assistant","content":$t}' + OLLAMA_TAIL);
const OLLAMA_GENERATE = new ByteString(OLLAMA_HEAD + '"response":$t' + OLLAMA_TAIL);
const ANTHROPIC_COMPLETE = new ByteString(COMPLETE);
const GEMINI_BODY = new ByteString(GEMINI);

const CHUNK = 'data: {"id":"chatcmpl-weir","object":"chat.completion.chunk","created":$c,"model":$m,"choices":[';
const CHAT_STREAM = new ByteString(
  CHUNK +
    '{"index":0,"delta":{"role":"assistant","content":$t},"logprobs":null,"finish_reason":null}]}\n\n' +
    CHUNK +
    '{"index":0,"delta":{},"logprobs":null,"finish_reason":"content_filter"}]}\n\ndata: [DONE]\n\n',
);
const PIECE = 'data: {"id":"cmpl-weir","object":"text_completion","created":$c,"model":$m,"choices":[{"text":';
const COMPLETIONS_STREAM = new ByteString(
  PIECE +
    '$t,"index":0,"logprobs":null,"finish_reason":null}]}\n\n' +
    PIECE +
    '"","index":0,"logprobs":null,"finish_reason":"content_filter"}]}\n\ndata: [DONE]\n\n',
);
const BEGUN = RESPONSE_HEAD + "in_progress" + RESPONSE_MIDDLE + '],"usage":null}}\n\n';
const PLACE = '"sequence_number":$s,"item_id":"msg_weir","output_index":$n,"content_index":0,';
/** Events of an item that says the message. */
export const RESPONSES_SAYING =
  'event: response.output_item.added\ndata: {"type":"response.output_item.added","sequence_number":$s,"output_index":$n,"item":' +
  '{"id":"msg_weir","type":"message","status":"in_progress","role":"assistant","content":[]}}\n\n' +
  'event: response.content_part.added\ndata: {"type":"response.content_part.added",' +
  PLACE +
  '"part":{"type":"output_text","text":"","annotations":[]}}\n\n' +
  'event: response.output_text.delta\ndata: {"type":"response.output_text.delta",' +
  PLACE +
  '"delta":$t,"logprobs":[]}\n\n' +
  'event: response.output_text.done\ndata: {"type":"response.output_text.done",' +
  PLACE +
  '"text":$t,"logprobs":[]}\n\n' +
  'event: response.content_part.done\ndata: {"type":"response.content_part.done",' +
  PLACE +
  '"part":{"type":"output_text","text":$t,"annotations":[]}}\n\n' +
  'event: response.output_item.done\ndata: {"type":"response.output_item.done","sequence_number":$s,"output_index":$n,"item":' +
  RESPONSE_ITEM +
  "}\n\n";
const RESPONSES_STREAM = new ByteString(
  'event: response.created\ndata: {"type":"response.created","sequence_number":$s,"response":' +
    BEGUN +
    'event: response.in_progress\ndata: {"type":"response.in_progress","sequence_number":$s,"response":' +
    BEGUN +
    RESPONSES_SAYING +
    'event: response.completed\ndata: {"type":"response.completed","sequence_number":$s,"response":' +
    RESPONSE +
    "}\n\n",
);
/** Events of a block that says the message. */
export const MESSAGES_SAYING =
  'event: content_block_start\ndata: {"type":"content_block_start","index":$n,"content_block":{"type":"text","text":""}}\n\n' +
  'event: content_block_delta\ndata: {"type":"content_block_delta","index":$n,"delta":{"type":"text_delta","text":$t}}\n\n' +
  'event: content_block_stop\ndata: {"type":"content_block_stop","index":$n}\n\n';
export const MESSAGES_STOP =
  'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"refusal","stop_sequence":null},"usage":' +
  '{"output_tokens":0}}\n\nevent: message_stop\ndata: {"type":"message_stop"}\n\n';
const MESSAGES_STREAM = new ByteString(
  'event: message_start\ndata: {"type":"message_start","message":{"id":"msg_weir","type":"message","role":"assistant","model":$m,' +
    '"content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":0,"output_tokens":0}}}\n\n' +
    MESSAGES_SAYING +
    MESSAGES_STOP,
);
const COMPLETE_STREAM = new ByteString("event: completion\ndata: " + COMPLETE + "\n\n");
const GEMINI_STREAM = new ByteString("data: " + GEMINI + "\r\n\r\n");
const GEMINI_ARRAY = new ByteString("[" + GEMINI + "]");
/** Events of a content that says the message. */
export const COHERE_SAYING =
  'event: content-start\ndata: {"type":"content-start","index":$n,"delta":{"message":{"content":{"type":"text","text":""}}}}\n\n' +
  'event: content-delta\ndata: {"type":"content-delta","index":$n,"delta":{"message":{"content":{"text":$t}}}}\n\n' +
  'event: content-end\ndata: {"type":"content-end","index":$n}\n\n';
const COHERE_STREAM = new ByteString(
  'event: message-start\ndata: {"id":"weir","type":"message-start","delta":{"message":{"role":"assistant","content":[],' +
    '"tool_plan":"","tool_calls":[],"citations":[]}}}\n\n' +
    COHERE_SAYING +
    'event: message-end\ndata: {"type":"message-end","delta":{"finish_reason":"COMPLETE",' +
    COHERE_USAGE +
    "}}\n\n",
);
const OLLAMA_CHAT_STREAM = new ByteString(
  OLLAMA_HEAD +
    '"message":{"role":"assistant","content":$t},"done":false}\n' +
    OLLAMA_HEAD +
    '"message":{"role":"assistant","content":""}' +
    OLLAMA_TAIL +
    "\n",
);
const OLLAMA_GENERATE_STREAM = new ByteString(
  OLLAMA_HEAD + '"response":$t,"done":false}\n' + OLLAMA_HEAD + '"response":""' + OLLAMA_TAIL + "\n",
);

/** The body of an answer that says the message; null where a dialect has no such answer. */
function bodyOf(dialect: Dialect): ByteString | null {
  switch (dialect) {
    case Dialect.OpenAiChat:
      return CHAT;
    case Dialect.OpenAiCompletions:
      return COMPLETIONS;
    case Dialect.OpenAiResponses:
      return RESPONSES;
    case Dialect.AnthropicMessages:
      return MESSAGES;
    case Dialect.AnthropicComplete:
      return ANTHROPIC_COMPLETE;
    case Dialect.Gemini:
      return GEMINI_BODY;
    case Dialect.BedrockConverse:
      return CONVERSE;
    case Dialect.CohereChat:
      return COHERE;
    case Dialect.OllamaChat:
      return OLLAMA_CHAT;
    case Dialect.OllamaGenerate:
      return OLLAMA_GENERATE;
    default:
      return null;
  }
}

/** All of a stream that says the message, likewise. */
function streamOf(dialect: Dialect, isArray: bool): ByteString | null {
  switch (dialect) {
    case Dialect.OpenAiChat:
      return CHAT_STREAM;
    case Dialect.OpenAiCompletions:
      return COMPLETIONS_STREAM;
    case Dialect.OpenAiResponses:
      return RESPONSES_STREAM;
    case Dialect.AnthropicMessages:
      return MESSAGES_STREAM;
    case Dialect.AnthropicComplete:
      return COMPLETE_STREAM;
    case Dialect.Gemini:
      return isArray ? GEMINI_ARRAY : GEMINI_STREAM;
    case Dialect.CohereChat:
      return COHERE_STREAM;
    case Dialect.OllamaChat:
      return OLLAMA_CHAT_STREAM;
    case Dialect.OllamaGenerate:
      return OLLAMA_GENERATE_STREAM;
    default:
      return null;
  }
}

/** The content type of what `appendStreamDecline` appends. */
export function streamType(dialect: Dialect, isArray: bool): string {
  if (isArray && dialect == Dialect.Gemini) return "application/json";
  const isLines = dialect == Dialect.OllamaChat || dialect == Dialect.OllamaGenerate;
  return isLines ? "application/x-ndjson" : "text/event-stream";
}

/** Whether a request of this dialect can be declined by a normal answer; Bedrock's streams are binary, and have none. */
export function hasDecline(dialect: Dialect, isStream: bool): bool {
  return (isStream ? streamOf(dialect, false) : bodyOf(dialect)) !== null;
}

/**
 * Appends the JSON body of a normal answer, for status 200, whose text is the message: what a client gets that is declined by policy
 * without an error.
 *
 * | dialect | says that it was declined | source |
 * | --- | --- | --- |
 * | OpenAI chat, completions | `finish_reason` `content_filter` | API reference, "The chat completion object" |
 * | OpenAI responses | nothing but the text, so that clients show it | API reference, "The response object" |
 * | Anthropic messages | `stop_reason` `refusal` | API reference, "Messages" |
 * | Gemini | `finishReason` `SAFETY` | API reference, "GenerateContentResponse" |
 * | Bedrock converse | `stopReason` `guardrail_intervened` | API reference, "Converse" |
 * | Anthropic complete, Cohere 2, Ollama | nothing but the text | API references |
 *
 * @returns false when `out` has no room: its content is then cut short; nothing is appended where `hasDecline` is false
 */
export function appendDecline(out: ByteBuffer, dialect: Dialect, fields: DeclineFields): bool {
  const body = bodyOf(dialect);
  return body === null || fields.append(out, body);
}

/** Likewise as a stream from its beginning to its end; of Gemini's as an array of objects if `isArray`, else as events. */
export function appendStreamDecline(out: ByteBuffer, dialect: Dialect, fields: DeclineFields, isArray: bool): bool {
  const stream = streamOf(dialect, isArray);
  fields.number = 0;
  fields.sequenceNumber = 0;
  return stream === null || fields.append(out, stream);
}
