import { Bytes } from "../../../assembly/bytes/view";
import { MultipartListener, MultipartScanner } from "../../../assembly/llm/form/multipart";

const INPUT = new StaticArray<u8>(1 << 21);

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
class Reporter extends MultipartListener {
  override onPart(name: Bytes, isFile: bool, start: i64): void {
    hear(0x50 /* P */, start, isFile, name.pointer, name.length);
  }

  override onPartBytes(pointer: usize, length: i32): void {
    hear(0x42 /* B */, 0, 0, pointer, length);
  }

  override onPartEnd(end: i64): void {
    hear(0x45 /* E */, end, 0, 0, 0);
  }
}

const SCANNER = new MultipartScanner(new Reporter());

export function inputPointer(): usize {
  return changetype<usize>(INPUT);
}

export function begin(length: i32): bool {
  heardLength = 0;
  return SCANNER.begin(new Bytes().set(inputPointer(), length));
}

export function feed(start: i32, length: i32): bool {
  return SCANNER.feed(inputPointer() + start, length);
}

export function finish(): bool {
  return SCANNER.finish();
}

export function problem(): i32 {
  return SCANNER.problem;
}
