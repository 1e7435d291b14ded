import { Budget } from "../../../assembly/bytes/budget";
import { ByteBuffer } from "../../../assembly/bytes/buffer";
import { ByteString } from "../../../assembly/bytes/view";
import { StringSplice } from "../../../assembly/json/string-splice";
import { TextSpans } from "../../../assembly/json/text-spans";

const INPUT = new StaticArray<u8>(1 << 20);
const REPLACEMENTS: StaticArray<ByteString> = [
  new ByteString("[pii]"),
  new ByteString(""),
  new ByteString('\\"\\u00e9\\"'),
  new ByteString('"[pii]"'),
  new ByteString('\\\\\\"[pii]'),
];
const SPANS = new TextSpans(new Budget(1 << 14));
const SPLICE = new StringSplice(SPANS, REPLACEMENTS);
let out = new ByteBuffer(new Budget(1 << 22));

export function inputPointer(): usize {
  return changetype<usize>(INPUT);
}

export function outputPointer(): usize {
  return out.pointer;
}

export function outputLength(): i32 {
  return out.length;
}

export function clear(room: i32): void {
  SPANS.clear();
  out = new ByteBuffer(new Budget(room));
}

export function add(text: i32, start: i32, end: i32, replacement: i32): bool {
  return SPANS.add(text, start, end, replacement);
}

export function addNested(text: i32, start: i32, end: i32, replacement: i32): bool {
  return SPANS.add(text, start, end, replacement, true);
}

export function addRaw(start: i32, end: i32, replacement: i32): bool {
  return SPANS.addRaw(start, end, replacement);
}

export function begin(): void {
  SPLICE.reset();
}

export function feed(start: i32, length: i32): bool {
  return SPLICE.feed(inputPointer() + start, length, out);
}

export function finish(): bool {
  return SPLICE.finish(out);
}
