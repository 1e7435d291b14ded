import { encodeUtf8 } from "../bytes/text";
import { ByteBuffer } from "../bytes/buffer";
import { ByteString } from "../bytes/view";
import { appendJsonString } from "../json/quote";
import { Dialect, Family, familyOf } from "./dialect";
import { errorType } from "./error-type";

const NULL = new ByteString("null");
const OPENAI_OPEN = new ByteString('{"error":{"message":');
const TYPE = new ByteString(',"type":');
const PARAM = new ByteString(',"param":');
const CODE = new ByteString(',"code":');
const MESSAGE = new ByteString(',"message":');
const STATUS = new ByteString(',"status":');
const ANTHROPIC_OPEN = new ByteString('{"type":"error","error":{"type":');
const GEMINI_OPEN = new ByteString('{"error":{"code":');
const MESSAGE_OPEN = new ByteString('{"message":');
const OLLAMA_OPEN = new ByteString('{"error":');
const CLOSE = new ByteString("}");
const CLOSE_TWO = new ByteString("}}");

const DATA = new ByteString("data: ");
const EVENT_END = new ByteString("\n\n");
const OPENAI_DONE = new ByteString("data: [DONE]\n\n");
const EVENT_ERROR = new ByteString("event: error\ndata: ");
const RESPONSES_OPEN = new ByteString('event: error\ndata: {"type":"error","code":');
const RESPONSES_CLOSE = new ByteString(',"sequence_number":0}\n\n');
const COHERE_OPEN = new ByteString('event: message-end\ndata: {"type":"message-end","delta":{"error":');
const COHERE_CLOSE = new ByteString(',"finish_reason":"ERROR"}}\n\n');
const LINE_END = new ByteString("\n");

/**
 * Appends the JSON body that a request of this dialect is refused with; an unknown dialect gets OpenAI's.
 *
 * | dialect | body | source |
 * | --- | --- | --- |
 * | OpenAI | `{"error":{"message","type","param","code"}}` | guide "Error codes" |
 * | Anthropic | `{"type":"error","error":{"type","message"}}` | API reference, "Errors" |
 * | Gemini | `{"error":{"code","message","status"}}` | API design guide, "Errors" (AIP-193) |
 * | Bedrock | `{"message"}`, the type in `BEDROCK_ERROR_TYPE_HEADER` | AWS restJson1 protocol, "Operation error serialization" |
 * | Cohere | `{"message"}` | API reference, "Errors" |
 * | Ollama | `{"error"}` | `docs/api`, "Errors" |
 *
 * @param status the HTTP status that goes with it
 * @param code what happened, for programs (`model_not_found`); only OpenAI's shape has it
 * @param param the parameter that is to blame, or null; likewise
 * @param message any text, quoted here; half a surrogate pair becomes U+FFFD
 * @returns false when `out` has no room: its content is then cut short
 */
export function appendRefusalBody(
  out: ByteBuffer,
  dialect: Dialect,
  status: u32,
  code: string,
  param: string | null,
  message: string,
): bool {
  switch (familyOf(dialect)) {
    case Family.Anthropic:
      return appendAnthropic(out, errorType(dialect, status), message);
    case Family.Gemini:
      return appendGemini(out, status, errorType(dialect, status), message);
    case Family.Bedrock:
    case Family.Cohere:
      return append(out, MESSAGE_OPEN) && quote(out, message) && append(out, CLOSE);
    case Family.Ollama:
      return append(out, OLLAMA_OPEN) && quote(out, message) && append(out, CLOSE);
    default:
      return appendOpenAi(out, errorType(dialect, status), code, param, message);
  }
}

/**
 * Whether a stream of this dialect that has begun can say that it failed. Bedrock's are binary frames, not events: there the
 * stream can only be closed.
 */
export function hasStreamRefusal(dialect: Dialect): bool {
  return familyOf(dialect) != Family.Bedrock;
}

/**
 * Appends what ends a stream that was already answered with 200: an event with the error, then the dialect's own end.
 * Parameters and result as for `appendRefusalBody`; nothing is appended where `hasStreamRefusal` is false.
 *
 * Sources: OpenAI API reference, "Streaming events", `error` (responses), and its clients, which throw on `error` in any
 * other stream's data; Anthropic, "Streaming messages", "Error events"; Cohere API reference, "Chat with streaming",
 * `message-end`; Ollama, `docs/api`, "Errors that occur while streaming". The bytes begin a new event: they go after a
 * complete one.
 */
export function appendStreamRefusal(
  out: ByteBuffer,
  dialect: Dialect,
  status: u32,
  code: string,
  param: string | null,
  message: string,
): bool {
  switch (familyOf(dialect)) {
    case Family.Anthropic:
      return (
        append(out, EVENT_ERROR) &&
        appendRefusalBody(out, dialect, status, code, param, message) &&
        append(out, EVENT_END)
      );
    case Family.Gemini:
      return (
        append(out, DATA) && appendRefusalBody(out, dialect, status, code, param, message) && append(out, EVENT_END)
      );
    case Family.Bedrock:
      return true;
    case Family.Cohere:
      return append(out, COHERE_OPEN) && quote(out, message) && append(out, COHERE_CLOSE);
    case Family.Ollama:
      return appendRefusalBody(out, dialect, status, code, param, message) && append(out, LINE_END);
    default:
      if (dialect == Dialect.OpenAiResponses) return appendResponsesEvent(out, code, param, message);
      if (!append(out, DATA) || !appendRefusalBody(out, dialect, status, code, param, message)) return false;
      return append(out, EVENT_END) && append(out, OPENAI_DONE);
  }
}

function appendOpenAi(out: ByteBuffer, type: ByteString, code: string, param: string | null, message: string): bool {
  if (!append(out, OPENAI_OPEN) || !quote(out, message)) return false;
  if (!append(out, TYPE) || !quoteType(out, type)) return false;
  if (!append(out, PARAM) || !quoteParam(out, param)) return false;
  return append(out, CODE) && quote(out, code) && append(out, CLOSE_TWO);
}

function appendResponsesEvent(out: ByteBuffer, code: string, param: string | null, message: string): bool {
  if (!append(out, RESPONSES_OPEN) || !quote(out, code)) return false;
  if (!append(out, MESSAGE) || !quote(out, message)) return false;
  return append(out, PARAM) && quoteParam(out, param) && append(out, RESPONSES_CLOSE);
}

function appendAnthropic(out: ByteBuffer, type: ByteString, message: string): bool {
  if (!append(out, ANTHROPIC_OPEN) || !quoteType(out, type)) return false;
  return append(out, MESSAGE) && quote(out, message) && append(out, CLOSE_TWO);
}

function appendGemini(out: ByteBuffer, status: u32, type: ByteString, message: string): bool {
  if (!append(out, GEMINI_OPEN) || !appendStatus(out, status)) return false;
  if (!append(out, MESSAGE) || !quote(out, message)) return false;
  return append(out, STATUS) && quoteType(out, type) && append(out, CLOSE_TWO);
}

/** Three digits. */
function appendStatus(out: ByteBuffer, status: u32): bool {
  const hundreds = out.appendByte(<u8>(0x30 + ((status / 100) % 10)));
  return hundreds && out.appendByte(<u8>(0x30 + ((status / 10) % 10))) && out.appendByte(<u8>(0x30 + (status % 10)));
}


@inline
function append(out: ByteBuffer, text: ByteString): bool {
  return out.append(text.pointer, text.length);
}

function quote(out: ByteBuffer, text: string): bool {
  const bytes = encodeUtf8(text);
  return appendJsonString(out, changetype<usize>(bytes), bytes.byteLength);
}

function quoteType(out: ByteBuffer, type: ByteString): bool {
  return appendJsonString(out, type.pointer, type.length);
}

function quoteParam(out: ByteBuffer, param: string | null): bool {
  return param === null ? append(out, NULL) : quote(out, param);
}
