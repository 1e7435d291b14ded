import { Folder } from "../../../assembly/match/fold";
import { PlainText } from "../../../assembly/match/plain-text";

const INPUT = new StaticArray<u8>(1 << 20);
/** For each byte of plain text: the byte, where the character that it comes from begins, and where it ends. */
const BYTES = new StaticArray<u8>(1 << 22);
const STARTS = new StaticArray<i32>(1 << 22);
const ENDS = new StaticArray<i32>(1 << 22);

let text = new PlainText(0, 0);
let folder = new Folder(text);
let told: i32 = 0;

export function inputPointer(): usize {
  return changetype<usize>(INPUT);
}

export function bytesPointer(): usize {
  return changetype<usize>(BYTES);
}

export function startsPointer(): usize {
  return changetype<usize>(STARTS);
}

export function endsPointer(): usize {
  return changetype<usize>(ENDS);
}

export function plainBytes(): i32 {
  return told;
}

export function originalBytes(): i32 {
  return folder.originalBytes;
}

export function lastChange(): i32 {
  return folder.lastChange;
}

export function make(holdBytes: i32, stepBytes: i32): void {
  text = new PlainText(holdBytes, stepBytes);
  folder = new Folder(text);
}

export function begin(): void {
  folder.reset();
  told = 0;
}

export function feed(start: i32, length: i32): void {
  let pointer = inputPointer() + start;
  const end = pointer + length;
  while (pointer < end) {
    pointer = folder.fold(pointer, end);
    tell();
  }
}

export function finish(): void {
  while (!folder.finish()) tell();
  tell();
}

/** Folds without looking at what comes out. */
export function measure(length: i32, pieces: i32): i32 {
  folder.reset();
  for (let from = 0; from < length; from += pieces) {
    let pointer = inputPointer() + from;
    const end = pointer + min(pieces, length - from);
    while (pointer < end) {
      pointer = folder.fold(pointer, end);
      text.slide(text.window.end);
    }
  }
  return text.window.end;
}

/** Maps only now, when all that there is room for is in the window. */
function tell(): void {
  const window = text.window;
  for (; told < window.end; told++) {
    BYTES[told] = <u8>window.at(told);
    STARTS[told] = text.originalStart(told);
    ENDS[told] = text.originalEnd(told + 1);
  }
  text.slide(window.end);
}
