import { ByteString, isSame } from "../../bytes/view";

/** Endings of OpenAI's types of events that repeat what earlier ones had, or whose `delta` is sound. */
const DONE = new ByteString(".done");
const SOUND = new ByteString("audio.delta");
/** Types of the last event, Anthropic's, OpenAI's and Cohere's. */
const LAST: StaticArray<ByteString> = [
  new ByteString("message_stop"),
  new ByteString("message-end"),
  new ByteString("response.completed"),
  new ByteString("response.incomplete"),
  new ByteString("response.failed"),
];
const MAX_TYPE: i32 = 64;

/** The `type` of a stream's event. A type longer than `MAX_TYPE` bytes is none that is known. */
@final
export class EventType {
  /** Whether the event's text is none that the model adds. */
  isRepeating: bool = false;
  /** Whether no other event comes. */
  isLast: bool = false;
  private length: i32 = 0;
  private readonly bytes: StaticArray<u8> = new StaticArray<u8>(MAX_TYPE);

  reset(): void {
    this.isRepeating = false;
    this.isLast = false;
    this.length = 0;
  }

  append(pointer: usize, length: i32): void {
    if (this.length + length <= MAX_TYPE) memory.copy(changetype<usize>(this.bytes) + this.length, pointer, length);
    this.length = min(this.length + length, MAX_TYPE + 1);
  }

  end(): void {
    this.isRepeating = this.endsWith(DONE) || this.endsWith(SOUND);
    for (let i = 0; i < LAST.length; i++) this.isLast = this.isLast || this.endsWith(unchecked(LAST[i]));
  }

  private endsWith(ending: ByteString): bool {
    const start = this.length - ending.length;
    if (start < 0 || this.length > MAX_TYPE) return false;
    return isSame(changetype<usize>(this.bytes) + start, ending.pointer, ending.length);
  }
}
