import { SseFramer } from "../../../assembly/sse/framer";
import { EventListener } from "../../../assembly/sse/listener";

const INPUT = new StaticArray<u8>(1 << 16);
/** For each event its start, its end, the length of its data, and the data. */
const EVENTS = new StaticArray<u8>(1 << 20);
let length: i32 = 0;
let open: i32 = 0;


@final
class Recorder extends EventListener {
  override onData(pointer: usize, bytes: i32): void {
    memory.copy(eventsPointer() + length + 12 + open, pointer, bytes);
    open += bytes;
  }

  override onEventEnd(start: u64, end: u64): void {
    const at = eventsPointer() + length;
    store<u32>(at, <u32>start);
    store<u32>(at, <u32>end, 4);
    store<u32>(at, open, 8);
    length += 12 + open;
    open = 0;
  }
}

const FRAMER = new SseFramer(new Recorder());

export function inputPointer(): usize {
  return changetype<usize>(INPUT);
}

export function eventsPointer(): usize {
  return changetype<usize>(EVENTS);
}

export function events(): i32 {
  return length;
}

export function begin(): void {
  length = 0;
  open = 0;
  FRAMER.begin(0);
}

export function feed(start: i32, bytes: i32): void {
  FRAMER.feed(inputPointer() + start, bytes);
}

export function finish(): void {
  FRAMER.finish();
}

/** Whether the stream has ended within an event that has data. */
export function isOpen(): bool {
  return FRAMER.isOpen;
}

export function offset(): u32 {
  return <u32>FRAMER.offset;
}
