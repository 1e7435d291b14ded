import { Budget } from "../../../assembly/bytes/budget";
import { ByteBuffer } from "../../../assembly/bytes/buffer";
import { ReplyBody } from "../../../assembly/llm/reply-body";
import { WORDS, WordJudge } from "./reply-judge";

const INPUT = new StaticArray<u8>(1 << 22);
const OUT = new ByteBuffer(new Budget(1 << 26));
const JUDGE = new WordJudge();
let body = new ReplyBody(JUDGE, 1 << 18);

export function inputPointer(): usize {
  return changetype<usize>(INPUT);
}

export function outPointer(): usize {
  return OUT.pointer;
}

export function outLength(): i32 {
  return OUT.length;
}

export function heardPointer(): usize {
  return JUDGE.heard.pointer;
}

export function heardLength(): i32 {
  return JUDGE.heard.length;
}

export function clearWords(): void {
  WORDS.clear();
}

export function addWord(length: i32, once: i32, twice: i32, isRejected: bool): void {
  WORDS.add(inputPointer(), length, once, twice, isRejected);
}

export function setBudget(maxBytes: i32): void {
  body = new ReplyBody(JUDGE, maxBytes);
}

export function begin(): void {
  OUT.clear();
  JUDGE.reset();
  body.begin();
}

export function look(length: i32, isLast: bool): i32 {
  return body.look(inputPointer(), length, isLast);
}

export function beginRewrite(): void {
  body.beginRewrite();
}

export function rewrite(length: i32): bool {
  return body.rewrite(inputPointer(), length, OUT);
}

/** For measuring: looks at the input in windows of `size` bytes. */
export function run(length: i32, size: i32, times: i32): i32 {
  let outcome = 0;
  for (let i = 0; i < times; i++) {
    JUDGE.reset();
    body.begin();
    for (let at = 0; at < length; at += size) {
      const taken = min(size, length - at);
      outcome = body.look(inputPointer() + at, taken, at + taken == length);
    }
  }
  return outcome;
}
