import { ByteBuffer } from "../../bytes/buffer";
import { ByteString } from "../../bytes/view";
import {
  appendDecline,
  appendStreamDecline,
  COHERE_SAYING,
  MESSAGES_SAYING,
  MESSAGES_STOP,
  RESPONSE_ITEM,
  RESPONSE_TAIL,
  RESPONSES_SAYING,
} from "./decline-completion";
import { DeclineFields } from "./decline-fields";
import { Dialect } from "../dialect";
import { appendRefusalBody, appendStreamRefusal } from "./body";
import { NO_BLOCK, ReplyProgress } from "../reply/progress";

const MOST_CHOICES: i32 = 128;

const CHAT_HEAD = new ByteString(
  'data: {"id":"$i","object":"chat.completion.chunk","created":$c,"model":$m,"choices":[',
);
const CHAT_CHOICE = new ByteString('{"index":$n,"delta":{},"logprobs":null,"finish_reason":"content_filter"}');
const CHAT_CHOICE_SAYING = new ByteString(
  '{"index":$n,"delta":{"role":"assistant","content":$t},"logprobs":null,"finish_reason":"content_filter"}',
);
const COMPLETIONS_HEAD = new ByteString(
  'data: {"id":"$i","object":"text_completion","created":$c,"model":$m,"choices":[',
);
const COMPLETIONS_CHOICE = new ByteString('{"text":$t,"index":$n,"logprobs":null,"finish_reason":"content_filter"}');
const OPENAI_TAIL = new ByteString("]}\n\ndata: [DONE]\n\n");
const COMMA = new ByteString(",");
/** Up to the output. */
const INCOMPLETE =
  'event: response.incomplete\ndata: {"type":"response.incomplete","sequence_number":$s,"response":{"id":"$i","object":"response",' +
  '"created_at":$c,"status":"incomplete","error":null,"incomplete_details":{"reason":"content_filter"},"instructions":null,' +
  '"max_output_tokens":null,"model":$m,"parallel_tool_calls":true,"previous_response_id":null,"store":false,"temperature":1,' +
  '"text":{"format":{"type":"text"}},"tool_choice":"auto","tools":[],"top_p":1,"truncation":"disabled","metadata":{},"output":[';
const INCOMPLETE_TAIL = RESPONSE_TAIL + "}\n\n";
const RESPONSES_END = new ByteString(INCOMPLETE + INCOMPLETE_TAIL);
const RESPONSES_END_SAYING = new ByteString(RESPONSES_SAYING + INCOMPLETE + RESPONSE_ITEM + INCOMPLETE_TAIL);
const BLOCK_STOP = new ByteString('event: content_block_stop\ndata: {"type":"content_block_stop","index":$n}\n\n');
const BLOCK_SAYING = new ByteString(MESSAGES_SAYING);
const MESSAGES_END = new ByteString(MESSAGES_STOP);
const COMPLETE_END = new ByteString(
  'event: completion\ndata: {"type":"completion","id":"$i","completion":$t,"stop_reason":"stop_sequence","model":$m}\n\n',
);
const GEMINI =
  '{"candidates":[{"content":{"parts":[{"text":$t}],"role":"model"},"finishReason":"SAFETY","index":0}],"modelVersion":$m}';
const GEMINI_END = new ByteString("data: " + GEMINI + "\r\n\r\n");
const GEMINI_OBJECT = new ByteString(GEMINI);
const CONTENT_STOP = new ByteString('event: content-end\ndata: {"type":"content-end","index":$n}\n\n');
const CONTENT_SAYING = new ByteString(COHERE_SAYING);
const COHERE_END = new ByteString(
  'event: message-end\ndata: {"type":"message-end","delta":{"finish_reason":"ERROR"}}\n\n',
);
const OLLAMA_CHAT_END = new ByteString(
  '{"model":$m,"created_at":$d,"message":{"role":"assistant","content":$t},"done":true,"done_reason":"stop"}\n',
);
const OLLAMA_GENERATE_END = new ByteString(
  '{"model":$m,"created_at":$d,"response":$t,"done":true,"done_reason":"stop"}\n',
);
const LINE_FEED = new ByteString("\n");
const OPEN_ARRAY = new ByteString("[");
const CLOSE_ARRAY = new ByteString("]");

/**
 * Appends what ends a stream early that has begun, as if the provider's own filter had: the finish reason, and the dialect's end. One
 * of which the client has no words yet says the message first. Nothing is appended where `hasDecline` of a stream is false.
 *
 * OpenAI chat and completions finish each choice with `content_filter`; responses end with `response.incomplete`, which repeats no
 * output but the message; Anthropic's open block is closed, and the message stopped for `refusal`; Gemini's finishes for `SAFETY`; Cohere's open
 * content is closed, and the message ends with `ERROR`; Ollama's is done. Sources as for `appendDecline`. The bytes go after a whole event. The fields' id must be the stream's.
 */
export function appendDeclineEnd(
  out: ByteBuffer,
  dialect: Dialect,
  fields: DeclineFields,
  progress: ReplyProgress,
): bool {
  if (!hasBegun(dialect, progress)) {
    if (!progress.isArray || !progress.hasBytes) return appendStreamDecline(out, dialect, fields, progress.isArray);
    return appendDecline(out, dialect, fields) && append(out, CLOSE_ARRAY);
  }
  // Of a response that is taken up again the client may have words from before.
  const says = !progress.hasWords && !progress.isResumed;
  if (!says) fields.message = "";
  fields.number = progress.lastPosition + 1;
  switch (dialect) {
    case Dialect.OpenAiChat:
      return appendChoices(out, fields, progress, CHAT_HEAD, says ? CHAT_CHOICE_SAYING : CHAT_CHOICE);
    case Dialect.OpenAiCompletions:
      return appendChoices(out, fields, progress, COMPLETIONS_HEAD, COMPLETIONS_CHOICE);
    case Dialect.OpenAiResponses:
      fields.sequenceNumber = progress.sequenceNumber;
      return fields.append(out, says ? RESPONSES_END_SAYING : RESPONSES_END);
    case Dialect.AnthropicMessages:
      if (!appendStop(out, fields, progress, BLOCK_STOP)) return false;
      return (!says || fields.append(out, BLOCK_SAYING)) && fields.append(out, MESSAGES_END);
    case Dialect.AnthropicComplete:
      return fields.append(out, COMPLETE_END);
    case Dialect.Gemini:
      if (!progress.isArray) return fields.append(out, GEMINI_END);
      return append(out, COMMA) && fields.append(out, GEMINI_OBJECT) && append(out, CLOSE_ARRAY);
    case Dialect.CohereChat:
      if (!appendStop(out, fields, progress, CONTENT_STOP)) return false;
      return (!says || fields.append(out, CONTENT_SAYING)) && fields.append(out, COHERE_END);
    case Dialect.OllamaChat:
      return fields.append(out, OLLAMA_CHAT_END);
    case Dialect.OllamaGenerate:
      return fields.append(out, OLLAMA_GENERATE_END);
    default:
      return true;
  }
}

/** Closes what is open. */
function appendStop(out: ByteBuffer, fields: DeclineFields, progress: ReplyProgress, stop: ByteString): bool {
  if (progress.openBlock == NO_BLOCK) return true;
  const next = fields.number;
  fields.number = progress.openBlock;
  const hasRoom = fields.append(out, stop);
  fields.number = next;
  return hasRoom;
}

/**
 * Like `appendStreamRefusal`, whose parameters it has, for a stream that may be an array of objects, or objects one a line: then the
 * error is the last one.
 */
export function appendRefusalEnd(
  out: ByteBuffer,
  dialect: Dialect,
  status: u32,
  code: string,
  param: string | null,
  message: string,
  progress: ReplyProgress,
): bool {
  if (progress.isLines) return appendRefusalBody(out, dialect, status, code, param, message) && append(out, LINE_FEED);
  if (!progress.isArray) {
    // Its error is part of the message's end.
    const isMessage = dialect == Dialect.CohereChat;
    if (isMessage && !appendStop(out, new DeclineFields(), progress, CONTENT_STOP)) return false;
    return appendStreamRefusal(out, dialect, status, code, param, message, progress.sequenceNumber);
  }
  if (!progress.hasBytes && !append(out, OPEN_ARRAY)) return false;
  if (progress.hasEvents && !append(out, COMMA)) return false;
  return appendRefusalBody(out, dialect, status, code, param, message) && append(out, CLOSE_ARRAY);
}

/** Whether the client has a message, of which this is the end; of a response that it has taken up again, by the first number. */
function hasBegun(dialect: Dialect, progress: ReplyProgress): bool {
  if (dialect == Dialect.AnthropicMessages) return progress.hasMessage;
  if (dialect == Dialect.OpenAiResponses) return progress.hasResponse || progress.sequenceNumber > 0;
  return progress.hasEvents;
}

function appendChoices(
  out: ByteBuffer,
  fields: DeclineFields,
  progress: ReplyProgress,
  head: ByteString,
  choice: ByteString,
): bool {
  if (!fields.append(out, head)) return false;
  const last = min(progress.lastChoice, MOST_CHOICES - 1);
  for (let index = 0; index <= last; index++) {
    fields.number = index;
    if (index > 0 && !append(out, COMMA)) return false;
    if (!fields.append(out, choice)) return false;
  }
  return append(out, OPENAI_TAIL);
}

function append(out: ByteBuffer, text: ByteString): bool {
  return out.append(text.pointer, text.length);
}
