import { Budget } from "../../../assembly/bytes/budget";
import { ByteBuffer } from "../../../assembly/bytes/buffer";
import {
  appendDecline,
  appendStreamDecline,
  hasDecline,
  streamType,
} from "../../../assembly/llm/refusal/decline-completion";
import { DeclineFields } from "../../../assembly/llm/refusal/decline-fields";
import { Dialect } from "../../../assembly/llm/dialect";

const INPUT = new StaticArray<u8>(1 << 17);
const OUTPUT = new ByteBuffer(new Budget(1 << 22));
const FIELDS = new DeclineFields();

export function inputPointer(): usize {
  return changetype<usize>(INPUT);
}

export function outputPointer(): usize {
  return OUTPUT.pointer;
}

export function outputLength(): i32 {
  return OUTPUT.length;
}

export function has(dialect: i32, isStream: bool): bool {
  return hasDecline(<Dialect>dialect, isStream);
}

/** Whether a stream of ours is of this content type, which the input holds. */
export function isOfType(dialect: i32, isArray: bool, length: i32): bool {
  return streamType(<Dialect>dialect, isArray) == String.UTF8.decodeUnsafe(inputPointer(), length);
}

/** The input holds the model's name, then the message. */
export function decline(dialect: i32, model: i32, message: i32, created: i64): bool {
  OUTPUT.clear();
  fill(model, message, created);
  return appendDecline(OUTPUT, <Dialect>dialect, FIELDS);
}

export function declineStream(dialect: i32, model: i32, message: i32, created: i64, isArray: bool): bool {
  OUTPUT.clear();
  fill(model, message, created);
  return appendStreamDecline(OUTPUT, <Dialect>dialect, FIELDS, isArray);
}

/** Whether a stream that says nothing fits into so many bytes. */
export function declineWithin(dialect: i32, limit: i32): bool {
  fill(0, 0, 0);
  return appendStreamDecline(new ByteBuffer(new Budget(limit)), <Dialect>dialect, FIELDS, false);
}

function fill(model: i32, message: i32, created: i64): void {
  FIELDS.model.set(inputPointer(), model);
  FIELDS.message = String.UTF8.decodeUnsafe(inputPointer() + model, message);
  FIELDS.created = created;
}
