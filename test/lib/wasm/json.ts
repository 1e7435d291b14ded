import { Budget } from "../../../assembly/bytes/budget";
import { ByteBuffer } from "../../../assembly/bytes/buffer";
import { JsonCaptures } from "../../../assembly/json/captures";
import { JsonKind, JsonListener } from "../../../assembly/json/listener";
import { JsonPaths, SharedPaths } from "../../../assembly/json/paths";
import { appendJsonString } from "../../../assembly/json/quote";
import { JsonScanner } from "../../../assembly/json/scanner";
import { Splice } from "../../../assembly/json/splice";

const AMPLE: i32 = 1 << 28;

/** What a test reads of an event: its type, path, kind, offset; and for bytes their number, then the bytes. */
const EVENT_BYTES: i32 = 16;
const enum EventType {
  Value,
  Bytes,
  End,
  Duplicate,
}

/** Writes every event down; neighbouring `onBytes` become one. */
class Recorder extends JsonListener {
  readonly log: ByteBuffer = new ByteBuffer(new Budget(AMPLE));
  private openBytes: i32 = -1;

  reset(): void {
    this.log.clear();
    this.openBytes = -1;
  }

  override onValue(path: i32, kind: JsonKind, start: u64): void {
    this.write(EventType.Value, path, kind, start);
  }

  override onBytes(path: i32, pointer: usize, length: i32): void {
    if (this.openBytes < 0) {
      this.write(EventType.Bytes, path, 0, 0);
      this.openBytes = this.log.length - 8;
    }
    this.log.append(pointer, length);
    const total = this.log.pointer + this.openBytes;
    store<u64>(total, load<u64>(total) + length);
  }

  override onValueEnd(path: i32, kind: JsonKind, end: u64): void {
    this.write(EventType.End, path, kind, end);
  }

  override onDuplicate(path: i32, start: u64): void {
    this.write(EventType.Duplicate, path, 0, start);
  }

  private write(type: EventType, path: i32, kind: i32, offset: u64): void {
    this.openBytes = -1;
    const event = new StaticArray<u8>(EVENT_BYTES);
    const at = changetype<usize>(event);
    store<u8>(at, type);
    store<u8>(at, kind, 1);
    store<i32>(at, path, 4);
    store<u64>(at, offset, 8);
    this.log.append(at, EVENT_BYTES);
  }
}

const recorder = new Recorder();
let paths = new JsonPaths([]);
let scanner = new JsonScanner(paths, recorder);
let captures = new JsonCaptures(paths, new Budget(AMPLE), AMPLE);

/** Paths, one a line; every later `scan` looks for these. */
export function setPaths(list: string): void {
  paths = new JsonPaths(list.split("\n"));
  scanner = new JsonScanner(paths, recorder);
}

/** The same, with the paths `shared` below those from `first` to before `end`. */
export function setSharedPaths(list: string, shared: string, first: i32, end: i32): void {
  paths = new JsonPaths(list.split("\n"), new SharedPaths(shared.split("\n"), first, end));
  scanner = new JsonScanner(paths, recorder);
}

/**
 * Scans a text in pieces that end at `cuts` (32-bit offsets), and returns the problem. Each piece lies between bytes that must not be
 * read as if they were its own.
 */
export function scan(text: ArrayBuffer, cuts: ArrayBuffer, around: i32): i32 {
  recorder.reset();
  scanner.reset();
  feedPieces(scanner, text, cuts, around);
  scanner.finish();
  return scanner.problem;
}

export function log(): ArrayBuffer {
  return toArrayBuffer(recorder.log);
}

export function offset(): u32 {
  return <u32>scanner.offset;
}

/** Scans with captures, and leaves them for the functions below. */
export function capture(text: ArrayBuffer, cuts: ArrayBuffer, budget: i32, maxValueBytes: i32): bool {
  captures = new JsonCaptures(paths, new Budget(budget), maxValueBytes);
  const capturing = new JsonScanner(paths, captures);
  feedPieces(capturing, text, cuts, 0x22);
  return capturing.finish();
}

export function captureCount(path: i32): i32 {
  return captures.count(path);
}
export function captureIsComplete(path: i32): bool {
  return captures.isComplete(path);
}
export function captureIsTruncated(path: i32): bool {
  return captures.isTruncated(path);
}
export function captureStart(path: i32): u32 {
  return <u32>captures.start(path);
}
export function captureEnd(path: i32): u32 {
  return <u32>captures.end(path);
}
export function captureKind(path: i32): i32 {
  return captures.kind(path);
}
export function captureValue(path: i32): string {
  return captures.value(path).toString();
}
export function captureDuplicate(): i32 {
  return captures.duplicate;
}
export function captureReset(): void {
  captures.reset();
}

export function splice(
  text: ArrayBuffer,
  cuts: ArrayBuffer,
  start: u32,
  end: u32,
  replacement: ArrayBuffer,
): ArrayBuffer {
  const by = new ByteBuffer(new Budget(AMPLE));
  by.append(changetype<usize>(replacement), replacement.byteLength);
  const splice = new Splice(start, end, by);
  const out = new ByteBuffer(new Budget(AMPLE));
  let from: i32 = 0;
  for (let i = 0; i <= cuts.byteLength >> 2; i++) {
    const to = cutAt(cuts, i, text.byteLength);
    splice.feed(changetype<usize>(text) + from, to - from, out);
    from = to;
  }
  return toArrayBuffer(out);
}

export function quote(text: ArrayBuffer): ArrayBuffer {
  const out = new ByteBuffer(new Budget(AMPLE));
  appendJsonString(out, changetype<usize>(text), text.byteLength);
  return toArrayBuffer(out);
}

/** Whether there is room for this text as a JSON string. */
export function quoteFits(text: ArrayBuffer, budget: i32): bool {
  return appendJsonString(new ByteBuffer(new Budget(budget)), changetype<usize>(text), text.byteLength);
}

function feedPieces(to: JsonScanner, text: ArrayBuffer, cuts: ArrayBuffer, around: i32): void {
  const MARGIN = 32;
  let from: i32 = 0;
  const room = new ArrayBuffer(text.byteLength + 2 * MARGIN);
  const at = changetype<usize>(room);
  for (let i = 0; i <= cuts.byteLength >> 2; i++) {
    const end = cutAt(cuts, i, text.byteLength);
    memory.fill(at, <u8>around, room.byteLength);
    memory.copy(at + MARGIN, changetype<usize>(text) + from, end - from);
    to.feed(at + MARGIN, end - from);
    from = end;
  }
}

/** Where piece `index` ends. */
function cutAt(cuts: ArrayBuffer, index: i32, length: i32): i32 {
  return index < cuts.byteLength >> 2 ? load<i32>(changetype<usize>(cuts) + (index << 2)) : length;
}

function toArrayBuffer(buffer: ByteBuffer): ArrayBuffer {
  const copy = new ArrayBuffer(buffer.length);
  memory.copy(changetype<usize>(copy), buffer.pointer, buffer.length);
  return copy;
}
