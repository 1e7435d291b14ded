import { Bytes } from "../../../assembly/bytes/view";
import { PromptBatchReader, PromptFileReader, PromptMessageBatch } from "../../../assembly/llm/prompt/batch-reader";
import { PromptFacts } from "../../../assembly/llm/prompt/facts";
import { PromptFormReader } from "../../../assembly/llm/prompt/form-reader";
import { TextPlace } from "../../../assembly/llm/prompt/listener";
import { PromptLog } from "./prompt-log";

const INPUT = new StaticArray<u8>(1 << 20);


@final
class BatchLog extends PromptLog {
  override onText(start: u64, place: TextPlace): void {
    super.onText(start, place);
    this.hear(0x52 /* R */, batch.request, 0, 0, 0);
  }
}

const FORM_LOG = new PromptLog();
const BATCH_LOG = new BatchLog();
let isForm: bool = false;
let form = new PromptFormReader(FORM_LOG);
let batch: PromptBatchReader = new PromptMessageBatch(BATCH_LOG);
let file = new PromptFileReader(BATCH_LOG);

function contentType(length: i32): Bytes {
  return new Bytes().set(inputPointer(), length);
}

function facts(): PromptFacts {
  return isForm ? form.facts : batch.facts;
}

export function inputPointer(): usize {
  return changetype<usize>(INPUT);
}

export function heardPointer(): usize {
  return isForm ? FORM_LOG.pointer : BATCH_LOG.pointer;
}

export function heard(): i32 {
  return isForm ? FORM_LOG.length : BATCH_LOG.length;
}

export function beginForm(contentTypeLength: i32): bool {
  isForm = true;
  FORM_LOG.length = 0;
  form = new PromptFormReader(FORM_LOG);
  return form.begin(contentType(contentTypeLength));
}

export function beginMessages(): void {
  isForm = false;
  BATCH_LOG.length = 0;
  batch = new PromptMessageBatch(BATCH_LOG);
}

export function beginFile(contentTypeLength: i32): bool {
  isForm = false;
  BATCH_LOG.length = 0;
  file = new PromptFileReader(BATCH_LOG);
  batch = file;
  return file.begin(contentType(contentTypeLength));
}

export function feed(start: i32, length: i32): bool {
  return isForm ? form.feed(inputPointer() + start, length) : batch.feed(inputPointer() + start, length);
}

export function finish(): bool {
  return isForm ? form.finish() : batch.finish();
}

export function problem(): i32 {
  return isForm ? <i32>form.problem : <i32>batch.problem;
}

export function isBatch(): bool {
  return file.isBatch;
}

export function isCutShort(): bool {
  return file.isCutShort;
}

export function purpose(): string {
  return file.purpose.toString();
}

export function hasDuplicate(): bool {
  return facts().hasDuplicate;
}

export function streams(): bool {
  return facts().streams;
}

export function answers(): i32 {
  return facts().answers;
}

export function model(): string {
  return form.model.toString();
}
