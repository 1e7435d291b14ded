import { encodeUtf8 } from "../../bytes/text";
import { ByteBuffer } from "../../bytes/buffer";
import { MOST_DECIMAL_BYTES, writeDecimal } from "../../bytes/decimal";
import { ByteString } from "../../bytes/view";
import { appendJsonString } from "../../json/quote";
import { Dialect, Family, familyOf } from "../dialect";
import { errorType } from "./error-type";

const NULL = new ByteString("null");
const DECIMAL = new StaticArray<u8>(MOST_DECIMAL_BYTES);

/**
 * By `Family`. What is filled in: `$m` message, `$c` code, `$p` parameter, `$t` type, as JSON strings; `$s` status, its digits;
 * `$b` in a stream: the body.
 */
const BODIES: StaticArray<ByteString> = [
  new ByteString('{"error":{"message":$m,"type":$t,"param":$p,"code":$c}}'),
  new ByteString('{"type":"error","error":{"type":$t,"message":$m}}'),
  new ByteString('{"error":{"code":$s,"message":$m,"status":$t}}'),
  new ByteString('{"message":$m}'),
  new ByteString('{"message":$m}'),
  new ByteString('{"error":$m}'),
];

const STREAM_ENDS: StaticArray<ByteString> = [
  new ByteString("data: $b\n\ndata: [DONE]\n\n"),
  new ByteString("event: error\ndata: $b\n\n"),
  new ByteString("data: $b\n\n"),
  new ByteString(""),
  new ByteString('event: message-end\ndata: {"type":"message-end","delta":{"error":$m,"finish_reason":"ERROR"}}\n\n'),
  new ByteString("$b\n"),
];

/** Before its number and behind it. */
const RESPONSES_STREAM_END = new ByteString(
  'event: error\ndata: {"type":"error","code":$c,"message":$m,"param":$p,"sequence_number":',
);
const RESPONSES_STREAM_TAIL = new ByteString("}\n\n");

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
  return fill(out, unchecked(BODIES[familyOf(dialect)]), dialect, status, code, param, message);
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
 *
 * @param sequenceNumber of the event, which OpenAI's responses have; clients that resume a stream leave out those they had already
 */
export function appendStreamRefusal(
  out: ByteBuffer,
  dialect: Dialect,
  status: u32,
  code: string,
  param: string | null,
  message: string,
  sequenceNumber: i32,
): bool {
  if (dialect != Dialect.OpenAiResponses) {
    return fill(out, unchecked(STREAM_ENDS[familyOf(dialect)]), dialect, status, code, param, message);
  }
  const tail = RESPONSES_STREAM_TAIL;
  if (!fill(out, RESPONSES_STREAM_END, dialect, status, code, param, message)) return false;
  const digits = writeDecimal(sequenceNumber, changetype<usize>(DECIMAL));
  return out.append(changetype<usize>(DECIMAL), digits) && out.append(tail.pointer, tail.length);
}

function fill(
  out: ByteBuffer,
  form: ByteString,
  dialect: Dialect,
  status: u32,
  code: string,
  param: string | null,
  message: string,
): bool {
  let hasRoom = true;
  for (let i = 0; hasRoom && i < form.length; i++) {
    const byte = load<u8>(form.pointer + i);
    if (byte != 0x24 /* $ */) {
      hasRoom = out.appendByte(byte);
      continue;
    }
    switch (load<u8>(form.pointer + ++i)) {
      case 0x6d: // m
        hasRoom = quote(out, message);
        break;
      case 0x63: // c
        hasRoom = quote(out, code);
        break;
      case 0x70: // p
        hasRoom = param === null ? out.append(NULL.pointer, NULL.length) : quote(out, param);
        break;
      case 0x74: {
        // t
        const type = errorType(dialect, status);
        hasRoom = appendJsonString(out, type.pointer, type.length);
        break;
      }
      case 0x73: // s
        hasRoom = appendStatus(out, status);
        break;
      default:
        hasRoom = appendRefusalBody(out, dialect, status, code, param, message);
    }
  }
  return hasRoom;
}

/** Three digits. */
function appendStatus(out: ByteBuffer, status: u32): bool {
  for (let unit: u32 = 100; unit > 0; unit /= 10) {
    if (!out.appendByte(<u8>(0x30 + ((status / unit) % 10)))) return false;
  }
  return true;
}

function quote(out: ByteBuffer, text: string): bool {
  const bytes = encodeUtf8(text);
  return appendJsonString(out, changetype<usize>(bytes), bytes.byteLength);
}
