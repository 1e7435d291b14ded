import { RequestReader } from "../../../assembly/llm/request/reader";

const INPUT = new StaticArray<u8>(1 << 22);
const READER = new RequestReader();

export function inputPointer(): usize {
  return changetype<usize>(INPUT);
}

export function reset(): void {
  READER.reset();
}

export function feed(start: i32, length: i32): bool {
  return READER.feed(inputPointer() + start, length);
}

export function finish(): bool {
  return READER.finish();
}

export function problem(): i32 {
  return READER.problem;
}

export function isNoObject(): bool {
  return READER.isNoObject;
}

export function modelCount(): i32 {
  return READER.modelCount;
}

export function isModelKnown(): bool {
  return READER.isModelKnown;
}

export function isModelText(): bool {
  return READER.isModelText;
}

export function model(): string {
  return READER.model.toString();
}

export function shape(): i32 {
  return READER.shape;
}

export function hasDuplicate(): bool {
  return READER.hasDuplicate;
}

export function streams(): bool {
  return READER.streams;
}

export function streamOptions(): i32 {
  return READER.streamOptions;
}

export function includesUsage(): bool {
  return READER.includesUsage;
}

/** `start:end:replacement`, or nothing. */
export function usageEdit(): string {
  const edit = READER.usageEdit;
  if (edit == null) return "";
  const replacement = String.UTF8.decodeUnsafe(edit.replacement.pointer, edit.replacement.length);
  return `${edit.start}:${edit.end}:${replacement}`;
}

export function isBackground(): bool {
  return READER.isBackground;
}

export function outputCap(dialect: i32): i64 {
  return READER.outputCap(dialect);
}

export function answers(): i64 {
  return READER.answers;
}

export function outputTokens(perAnswer: i64, dialect: i32): i64 {
  return READER.outputTokens(perAnswer, dialect);
}

export function inputTokens(): i64 {
  return READER.inputTokens;
}
