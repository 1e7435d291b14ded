import { Budget } from "../../../assembly/bytes/budget";
import { ByteBuffer } from "../../../assembly/bytes/buffer";
import { Dialect } from "../../../assembly/llm/dialect";
import { errorType } from "../../../assembly/llm/refusal/error-type";
import { appendRefusalBody, appendStreamRefusal } from "../../../assembly/llm/refusal/body";

const INPUT = new StaticArray<u8>(1 << 17);
const OUTPUT = new ByteBuffer(new Budget(1 << 20));
const NO_PARAM = "-";

export function inputPointer(): usize {
  return changetype<usize>(INPUT);
}

export function outputPointer(): usize {
  return OUTPUT.pointer;
}

export function outputLength(): i32 {
  return OUTPUT.length;
}

export function typeOf(dialect: i32, status: i32): string {
  return errorType(<Dialect>dialect, status).toString();
}

/** The input holds the message. */
export function refuse(dialect: i32, status: i32, code: string, param: string, length: i32): bool {
  OUTPUT.clear();
  const message = String.UTF8.decodeUnsafe(inputPointer(), length);
  return appendRefusalBody(OUTPUT, <Dialect>dialect, status, code, param == NO_PARAM ? null : param, message);
}

export function refuseStream(dialect: i32, status: i32, code: string, param: string, length: i32): bool {
  OUTPUT.clear();
  const message = String.UTF8.decodeUnsafe(inputPointer(), length);
  return appendStreamRefusal(OUTPUT, <Dialect>dialect, status, code, param == NO_PARAM ? null : param, message, 41);
}

export function refuseWithin(limit: i32, length: i32): bool {
  const out = new ByteBuffer(new Budget(limit));
  const message = String.UTF8.decodeUnsafe(inputPointer(), length);
  return appendRefusalBody(out, Dialect.OpenAiChat, 404, "model_not_found", "model", message);
}
