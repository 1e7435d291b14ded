import { SseFramer } from "../../sse/framer";
import { AnswerDocuments } from "./documents";

const OPEN_ARRAY: u32 = 0x5b;
const OPEN_OBJECT: u32 = 0x7b;

/** Where an event begins in an answer that doesn't come as events. */
export const NO_EVENTS: u64 = u64.MAX_VALUE;

const enum Framing {
  Unknown,
  Objects,
  Sse,
}

/**
 * Reads an answer that is text, in pieces of any size: JSON objects that follow one another where its first byte that is no white
 * space and no byte order mark begins one, or a list of them, else Server-Sent Events.
 */
@final
export class PlainAnswer {
  private framing: Framing = Framing.Unknown;
  private readonly sse: SseFramer;

  constructor(private readonly documents: AnswerDocuments) {
    this.sse = new SseFramer(documents);
  }

  /** Ready for another answer. */
  begin(): void {
    this.framing = Framing.Unknown;
    this.sse.begin(0);
  }

  /** Where the event in hand begins, the end of what was fed between two of them, or `NO_EVENTS`. */
  get eventStart(): u64 {
    return this.framing == Framing.Sse ? this.sse.eventStart : NO_EVENTS;
  }

  feed(pointer: usize, length: i32): void {
    const end = pointer + length;
    let at = pointer;
    if (this.framing == Framing.Unknown) {
      while (at < end && isBlank(load<u8>(at))) at++;
      this.sse.begin(this.sse.offset + <u64>(at - pointer));
      if (at == end) return;
      const byte: u32 = load<u8>(at);
      this.framing = byte == OPEN_OBJECT || byte == OPEN_ARRAY ? Framing.Objects : Framing.Sse;
    }
    const left = <i32>(end - at);
    if (this.framing == Framing.Objects) this.documents.feed(at, left);
    else this.sse.feed(at, left);
  }

  /** The answer is over, complete or not. */
  finish(): void {
    const sse = this.sse;
    sse.finish();
    if (sse.isOpen) this.documents.onEventEnd(sse.eventStart, sse.offset);
  }
}

/** White space, or a byte of the UTF-8 byte order mark. */
function isBlank(byte: u32): bool {
  return byte == 0x20 || byte - 0x09 < 2 || byte == 0x0d || byte == 0xef || byte == 0xbb || byte == 0xbf;
}
