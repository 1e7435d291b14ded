/** Hears the events of a stream, in the order of the stream. */
export abstract class EventListener {
  /** A part of the event's data, split anywhere; never empty, gone when the call returns. */
  onData(pointer: usize, length: i32): void {}

  /** The event is complete: its bytes are [start, end) of the stream, whatever ends it included. */
  onEventEnd(start: u64, end: u64): void {}
}
