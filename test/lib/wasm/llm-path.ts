import { Budget } from "../../../assembly/bytes/budget";
import { ByteBuffer } from "../../../assembly/bytes/buffer";
import { appendEncoded } from "../../../assembly/bytes/percent";
import { RequestPath } from "../../../assembly/llm/path";

const INPUT = new StaticArray<u8>(1 << 17);
const OUTPUT = new ByteBuffer(new Budget(1 << 20));
const PATH = new RequestPath();

export function inputPointer(): usize {
  return changetype<usize>(INPUT);
}

export function outputPointer(): usize {
  return OUTPUT.pointer;
}

export function outputLength(): i32 {
  return OUTPUT.length;
}

export function normalise(length: i32): bool {
  const isShort = PATH.normalise(inputPointer(), length);
  OUTPUT.clear();
  OUTPUT.append(PATH.pointer, PATH.length);
  return isShort;
}

export function encodeSegment(length: i32): bool {
  OUTPUT.clear();
  return appendEncoded(OUTPUT, inputPointer(), length);
}
