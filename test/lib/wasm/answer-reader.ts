import { Budget } from "../../../assembly/bytes/budget";
import { ByteBuffer } from "../../../assembly/bytes/buffer";
import { Bytes } from "../../../assembly/bytes/view";
import { AnswerListener } from "../../../assembly/llm/answer/listener";
import { ANSWER_PATHS, AnswerPath } from "../../../assembly/llm/answer/paths";
import { AnswerReader } from "../../../assembly/llm/answer/reader";
import { AnswerUsageCut, CutResult } from "../../../assembly/llm/answer/usage-cut";
import { readUsageHeader, USAGE_HEADERS } from "../../../assembly/llm/answer/usage-headers";

const INPUT = new StaticArray<u8>(1 << 20);
const TEXT = new StaticArray<u8>(1 << 20);
const EVENTS = new StaticArray<i32>(4096);
const SEEN = new ByteBuffer(new Budget(1 << 26));
const PIECE = new ByteBuffer(new Budget(1 << 24));
const CUT = new AnswerUsageCut();
let textLength: i32 = 0;
let eventCount: i32 = 0;
let isCutting: bool = false;


@final
class Recorder extends AnswerListener {
  override onText(pointer: usize, length: i32): void {
    memory.copy(textPointer() + textLength, pointer, length);
    textLength += length;
  }

  override onUsageOnlyEvent(start: u64, end: u64): void {
    EVENTS[eventCount++] = <i32>start;
    EVENTS[eventCount++] = <i32>end;
    if (isCutting) CUT.remove(start, end);
  }
}

const READER = new AnswerReader(new Recorder());

export function inputPointer(): usize {
  return changetype<usize>(INPUT);
}

export function textPointer(): usize {
  return changetype<usize>(TEXT);
}

export function textBytes(): i32 {
  return textLength;
}

export function eventsPointer(): usize {
  return changetype<usize>(EVENTS);
}

export function events(): i32 {
  return eventCount;
}

export function begin(isEncoded: bool): void {
  textLength = 0;
  eventCount = 0;
  isCutting = false;
  READER.begin(isEncoded);
  CUT.reset();
  SEEN.clear();
}

export function feed(start: i32, length: i32): void {
  READER.feed(inputPointer() + start, length);
}

export function finish(): void {
  READER.finish();
}

export function count(field: i32): i64 {
  const usage = READER.usage;
  switch (field) {
    case 0:
      return usage.input;
    case 1:
      return usage.output;
    case 2:
      return usage.total;
    case 3:
      return usage.cachedInput;
    case 4:
      return usage.cacheCreation;
    default:
      return usage.reasoning;
  }
}

export function modelPointer(): usize {
  return READER.model.pointer;
}

export function modelLength(): i32 {
  return READER.model.length;
}

export function undecidedFrom(): i64 {
  return READER.undecidedFrom;
}

/** Like `feed`, for a client that didn't ask for usage. */
export function feedCut(start: i32, length: i32, isLast: bool): i32 {
  isCutting = true;
  PIECE.clear();
  const pointer = inputPointer() + start;
  const result = CUT.feed(READER, pointer, length, isLast, PIECE);
  if (result == CutResult.Unchanged) SEEN.append(pointer, length);
  else SEEN.append(PIECE.pointer, PIECE.length);
  return result;
}

/** What the client has seen so far. */
export function seenPointer(): usize {
  return SEEN.pointer;
}

export function seenBytes(): i32 {
  return SEEN.length;
}

/** Takes a header whose value is in the input. */
export function header(index: i32, length: i32): void {
  readUsageHeader(READER.usage, index, new Bytes().set(inputPointer(), length));
}

export function headerName(index: i32): string {
  return USAGE_HEADERS[index].toString();
}

export function pathCount(): i32 {
  return ANSWER_PATHS.count;
}

export function firstPathInUsage(): i32 {
  return AnswerPath.FirstInUsage;
}
