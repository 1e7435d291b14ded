import { Budget } from "../../../assembly/bytes/budget";
import { ByteBuffer } from "../../../assembly/bytes/buffer";
import { appendDeclineEnd, appendRefusalEnd } from "../../../assembly/llm/refusal/decline-end";
import { DeclineFields } from "../../../assembly/llm/refusal/decline-fields";
import { Dialect } from "../../../assembly/llm/dialect";
import { ReplyStream } from "../../../assembly/llm/reply/stream";
import { WORDS, WordJudge } from "./reply-judge";

const INPUT = new StaticArray<u8>(1 << 22);
const OUT = new ByteBuffer(new Budget(1 << 26));
const JUDGE = new WordJudge();
let stream = new ReplyStream(JUDGE, 1 << 18);

export function inputPointer(): usize {
  return changetype<usize>(INPUT);
}

export function outPointer(): usize {
  return OUT.pointer;
}

export function outLength(): i32 {
  return OUT.length;
}

/** What the judge heard of all texts: for each its kind, then its bytes, then 0xff. */
export function heardPointer(): usize {
  return JUDGE.heard.pointer;
}

export function heardLength(): i32 {
  return JUDGE.heard.length;
}

export function clearWords(): void {
  WORDS.clear();
}

/** A word that is masked, or rejected; the input has the word, then the mask in a string, then in a string within a string. */
export function addWord(length: i32, once: i32, twice: i32, isRejected: bool): void {
  WORDS.add(inputPointer(), length, once, twice, isRejected);
}

export function setBudget(maxHeldBytes: i32): void {
  stream = new ReplyStream(JUDGE, maxHeldBytes);
}

export function setRuns(hasRuns: bool): void {
  JUDGE.hasRuns = hasRuns;
}

export function begin(isEventStream: bool, areWhole: bool): void {
  OUT.clear();
  JUDGE.reset();
  stream.begin(isEventStream, areWhole);
}

/** Like the plugin: what the client sees is gathered in the output. */
export function feed(start: i32, length: i32, isLast: bool): i32 {
  const before = OUT.length;
  const outcome = stream.feed(inputPointer() + start, length, isLast, OUT);
  if (outcome == 0 && OUT.length == before) OUT.append(inputPointer() + start, length);
  return outcome;
}

export function release(): bool {
  return stream.release(OUT);
}

export function idLength(): i32 {
  return stream.names.id.length;
}

export function idPointer(): usize {
  return stream.names.id.pointer;
}

export function modelLength(): i32 {
  return stream.names.model.length;
}

export function modelPointer(): usize {
  return stream.names.model.pointer;
}

/** What ends the stream early, after what the client has. */
export function declineEnd(dialect: i32, created: i64): bool {
  const fields = new DeclineFields();
  fields.id.set(stream.names.id.pointer, stream.names.id.length);
  fields.model.set(stream.names.model.pointer, stream.names.model.length);
  fields.isModelQuoted = true;
  fields.created = created;
  fields.message = "Declined.";
  return appendDeclineEnd(OUT, <Dialect>dialect, fields, stream.progress);
}

export function refusalEnd(dialect: i32): bool {
  return appendRefusalEnd(OUT, <Dialect>dialect, 403, "blocked", null, "Declined.", stream.progress);
}

/** For measuring: feeds the input in pieces of `size` bytes, `times` times. */
export function run(length: i32, size: i32, times: i32): i32 {
  let outcome = 0;
  for (let i = 0; i < times; i++) {
    OUT.clear();
    JUDGE.reset();
    stream.begin(true, false);
    for (let at = 0; at < length; at += size) {
      const taken = min(size, length - at);
      OUT.clear();
      outcome = stream.feed(inputPointer() + at, taken, at + taken == length, OUT);
    }
  }
  return outcome;
}
