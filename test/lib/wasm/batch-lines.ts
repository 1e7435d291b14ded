import { Bytes } from "../../../assembly/bytes/view";
import { BatchLines, LineProblem } from "../../../assembly/llm/batch/lines";

const INPUT = new StaticArray<u8>(1 << 20);
let stopAfter: i32 = 0;

/** What was heard: for each event a letter, two numbers and some bytes, with their length before them. */
const HEARD = new StaticArray<u8>(1 << 23);
let heardLength: i32 = 0;

function hear(letter: u8, first: i64, second: i32, pointer: usize, length: i32): void {
  const at = heardPointer() + heardLength;
  store<u8>(at, letter);
  store<i64>(at + 1, first);
  store<i32>(at + 9, second);
  store<i32>(at + 13, length);
  memory.copy(at + 17, pointer, length);
  heardLength += 17 + length;
}

export function heardPointer(): usize {
  return changetype<usize>(HEARD);
}

export function heard(): i32 {
  return heardLength;
}


@final
class Reporter extends BatchLines {
  protected onLine(problem: LineProblem, model: Bytes): bool {
    hear(0x4c /* L */, this.line, problem, model.pointer, problem == LineProblem.None ? model.length : 0);
    return this.line != stopAfter;
  }
}

let lines: Reporter = new Reporter();

export function inputPointer(): usize {
  return changetype<usize>(INPUT);
}

export function reset(stop: i32): void {
  stopAfter = stop;
  heardLength = 0;
  lines = new Reporter();
  lines.beginFile(0);
}

export function feed(start: i32, length: i32): void {
  lines.readLines(inputPointer() + start, length);
}

/** Whether no line wanted to be the last. */
export function finish(): bool {
  lines.finishLine();
  return !lines.isStopped;
}
