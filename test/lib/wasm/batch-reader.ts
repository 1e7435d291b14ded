import { Bytes } from "../../../assembly/bytes/view";
import { BatchTotals } from "../../../assembly/llm/batch/totals";
import { BatchReader, FileBatchReader, MessageBatchReader } from "../../../assembly/llm/batch/reader";

const INPUT = new StaticArray<u8>(1 << 20);
let reader: BatchReader = new MessageBatchReader(new BatchTotals());

export function inputPointer(): usize {
  return changetype<usize>(INPUT);
}

export function beginMessages(): void {
  reader = new MessageBatchReader(new BatchTotals());
}

export function beginFile(contentTypeLength: i32): bool {
  const file = new FileBatchReader(new BatchTotals());
  reader = file;
  return file.begin(new Bytes().set(inputPointer(), contentTypeLength));
}

export function feed(start: i32, length: i32): bool {
  return reader.feed(inputPointer() + start, length);
}

export function finish(): bool {
  return reader.finish();
}

export function isBatch(): bool {
  return reader.isBatch;
}

export function problem(): i32 {
  return reader.problem;
}

export function requests(): i64 {
  return reader.totals.requests;
}

export function inputTokens(): i64 {
  return reader.totals.inputTokens;
}

export function outputTokens(perAnswer: i64): i64 {
  return reader.totals.outputTokens(perAnswer);
}

export function hasDuplicate(): bool {
  return reader.totals.hasDuplicate;
}
