import { ByteBuffer } from "../../assembly/bytes/buffer";
import { MOST_DECIMAL_BYTES, writeDecimal } from "../../assembly/bytes/decimal";
import { ByteString, Bytes } from "../../assembly/bytes/view";
import { appendJsonString } from "../../assembly/json/quote";
import { CallRecord, KeptText, NO_TIME } from "./call-record";
import { operationOf } from "./operation";
import { NO_COST } from "./prices";

const COMMA: u8 = 0x2c;
const COLON: u8 = 0x3a;
const OPEN: u8 = 0x7b;
const CLOSE: u8 = 0x7d;
const US_PER_MS: i64 = 1000;

const ID = new ByteString('"id"');
const TIME = new ByteString('"time_ms"');
const OPERATION = new ByteString('"operation"');
const CONSUMER = new ByteString('"consumer"');
const REQUESTED_MODEL = new ByteString('"requested_model"');
const MODEL = new ByteString('"model"');
const RESPONSE_MODEL = new ByteString('"response_model"');
const PROVIDER = new ByteString('"provider"');
const ATTEMPTS = new ByteString('"attempts"');
const STREAM = new ByteString('"stream"');
const STATUS = new ByteString('"status"');
const ERROR = new ByteString('"error"');
const DETAILS = new ByteString('"details"');
const GUARD = new ByteString('"guard"');
const INPUT = new ByteString('"input_tokens"');
const OUTPUT = new ByteString('"output_tokens"');
const CACHED_INPUT = new ByteString('"cached_input_tokens"');
const CACHE_CREATION = new ByteString('"cache_creation_tokens"');
const REASONING = new ByteString('"reasoning_tokens"');
const USAGE_SOURCE = new ByteString('"usage_source"');
const COST = new ByteString('"cost_micros"');
const DURATION = new ByteString('"duration_ms"');
const FIRST = new ByteString('"ttft_ms"');

const REPORTED = new ByteString("reported");
const ESTIMATED = new ByteString("estimated");
const TRUE = new ByteString("true");
const FALSE = new ByteString("false");

const digits = memory.data(MOST_DECIMAL_BYTES);

/** Appends one JSON object that tells of a call: who, what, how it went; nothing of what was said. False when there is no room. */
export function appendAuditRecord(out: ByteBuffer, call: CallRecord): bool {
  const usage = call.usage;
  const operation = operationOf(call.dialect);
  return (
    out.appendByte(OPEN) &&
    name(out, TIME, false) &&
    number(out, <i64>call.startMs) &&
    text(out, ID, call.requestId) &&
    name(out, OPERATION, true) &&
    appendJsonString(out, operation.pointer, operation.length) &&
    text(out, CONSUMER, call.consumer) &&
    text(out, REQUESTED_MODEL, call.requestedModel) &&
    text(out, MODEL, call.model) &&
    text(out, RESPONSE_MODEL, call.responseModel) &&
    text(out, PROVIDER, call.provider) &&
    text(out, ATTEMPTS, call.attempts) &&
    word(out, STREAM, call.isStream ? TRUE : FALSE) &&
    count(out, STATUS, call.status) &&
    text(out, ERROR, call.error) &&
    text(out, DETAILS, call.details) &&
    text(out, GUARD, call.guard) &&
    count(out, INPUT, usage.input) &&
    count(out, OUTPUT, usage.output) &&
    count(out, CACHED_INPUT, usage.cachedInput) &&
    count(out, CACHE_CREATION, usage.cacheCreation) &&
    count(out, REASONING, usage.reasoning) &&
    (!usage.isKnown || source(out, usage.isReported ? REPORTED : ESTIMATED)) &&
    (call.cost == NO_COST || count(out, COST, call.cost)) &&
    count(out, DURATION, inMs(call.durationUs)) &&
    count(out, FIRST, inMs(call.firstUs)) &&
    out.appendByte(CLOSE)
  );
}

function inMs(us: i64): i64 {
  return us == NO_TIME ? NO_TIME : us / US_PER_MS;
}

function append(out: ByteBuffer, word: ByteString): bool {
  return out.append(word.pointer, word.length);
}

function name(out: ByteBuffer, key: ByteString, isNext: bool): bool {
  return (!isNext || out.appendByte(COMMA)) && append(out, key) && out.appendByte(COLON);
}

function number(out: ByteBuffer, value: i64): bool {
  return out.append(digits, writeDecimal(value, digits));
}

/** A negative number is none. */
function count(out: ByteBuffer, key: ByteString, value: i64): bool {
  return value < 0 || (name(out, key, true) && number(out, value));
}

/** An empty text is none. */
function text(out: ByteBuffer, key: ByteString, kept: KeptText): bool {
  if (kept.isEmpty) return true;
  const value: Bytes = kept.value;
  return name(out, key, true) && appendJsonString(out, value.pointer, value.length);
}

function word(out: ByteBuffer, key: ByteString, value: ByteString): bool {
  return name(out, key, true) && append(out, value);
}

function source(out: ByteBuffer, value: ByteString): bool {
  return name(out, USAGE_SOURCE, true) && appendJsonString(out, value.pointer, value.length);
}
