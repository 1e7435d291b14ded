import { PromptReader } from "../../../assembly/llm/prompt/reader";
import { PromptLog } from "./prompt-log";

const INPUT = new StaticArray<u8>(1 << 22);
const LOG = new PromptLog();
let reader = PromptReader.take(LOG);

export function inputPointer(): usize {
  return changetype<usize>(INPUT);
}

export function heardPointer(): usize {
  return LOG.pointer;
}

export function heard(): i32 {
  return LOG.length;
}

export function reset(): void {
  LOG.length = 0;
  reader.giveBack();
  reader = PromptReader.take(LOG);
}

export function feed(start: i32, length: i32): bool {
  return reader.feed(inputPointer() + start, length);
}

export function finish(): bool {
  return reader.finish();
}

export function problem(): i32 {
  return reader.problem;
}

export function isNoObject(): bool {
  return reader.facts.isNoObject;
}

export function streams(): bool {
  return reader.facts.streams;
}

export function shape(): i32 {
  return reader.facts.shape;
}

export function answers(): i32 {
  return reader.facts.answers;
}

export function hasDuplicate(): bool {
  return reader.facts.hasDuplicate;
}

export function hasTokens(): bool {
  return reader.facts.hasTokens;
}

export function hasFalseFile(): bool {
  return reader.facts.hasFalseFile;
}

export function modelCount(): i32 {
  return reader.facts.modelCount;
}

export function isModelText(): bool {
  return reader.facts.isModelText;
}

export function model(): string {
  return reader.model.toString();
}
