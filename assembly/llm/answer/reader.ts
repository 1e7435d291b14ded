import { Bytes } from "../../bytes/view";
import { SseFramer } from "../../sse/framer";
import { AnswerDocuments } from "./documents";
import { AnswerListener } from "./listener";
import { AnswerModel } from "./model";
import { EncodedAnswer } from "./encoded";
import { EventStreamFramer } from "./event-stream";
import { Usage } from "../usage";

const OPEN_ARRAY: u32 = 0x5b;
const OPEN_OBJECT: u32 = 0x7b;
/** Lengths in a binary event stream are bounded, so that the first byte of one is at most this. */
const MAX_FIRST_OF_LENGTH: u32 = 1;

export const NO_EVENTS: u64 = u64.MAX_VALUE;

const enum Framing {
  Unknown,
  /** Nothing in the answer can be read. */
  Closed,
  Objects,
  Sse,
  EventStream,
}

/**
 * Reads usage, text and model of an answer that arrives in pieces, in any dialect; splitting it anywhere gives the same
 * result, but for how text is cut into `onText`.
 *
 * Its framing is recognised by its first bytes, whatever its content type: JSON, JSON one object a line, a JSON array,
 * Server-Sent Events, or Amazon's binary event stream, be it of parts of one of these. Its dialect is recognised by its fields,
 * object by object. What is malformed never stops the rest. Holds less than 10 KiB whatever the answer, and allocates nothing for
 * an event.
 */
@final
export class AnswerReader {
  readonly usage: Usage;
  /** How many bytes have been consumed. */
  offset: u64 = 0;
  private framing: Framing = Framing.Unknown;
  private readonly answerModel: AnswerModel;
  private readonly documents: AnswerDocuments;
  private readonly sse: SseFramer;
  private readonly eventStream: EventStreamFramer;

  constructor(listener: AnswerListener) {
    const usage = new Usage();
    const model = new AnswerModel();
    const documents = new AnswerDocuments(usage, model, listener, new EncodedAnswer(usage, model, listener));
    this.usage = usage;
    this.answerModel = model;
    this.documents = documents;
    this.sse = new SseFramer(documents);
    this.eventStream = new EventStreamFramer(documents);
  }

  /** Begins another answer. Of one with a content encoding, nothing is read. */
  begin(isEncoded: bool): void {
    this.framing = isEncoded ? Framing.Closed : Framing.Unknown;
    this.offset = 0;
    this.usage.reset();
    this.answerModel.reset();
    this.documents.reset();
  }

  /** The first model that the answer names, up to 256 bytes; empty while there is none. */
  get model(): Bytes {
    return this.answerModel.name;
  }

  /**
   * From which byte of the answer on it may belong to an event with usage only that is not complete yet; `offset` when none
   * does.
   */
  get undecidedFrom(): u64 {
    if (!this.documents.mayBeUsageOnly) return this.offset;
    if (this.framing == Framing.Sse) return this.sse.eventStart;
    return this.framing == Framing.EventStream ? this.eventStream.eventStart : this.offset;
  }

  /** Where the event in hand begins, `offset` between two of them; `NO_EVENTS` where the answer doesn't come as events. */
  get eventStart(): u64 {
    if (this.framing == Framing.Sse) return this.sse.eventStart;
    const isEvents = this.framing == Framing.EventStream && !this.eventStream.isInParts;
    return isEvents ? this.eventStream.eventStart : NO_EVENTS;
  }

  feed(pointer: usize, length: i32): void {
    const end = pointer + length;
    const at = this.framing == Framing.Unknown ? this.recognise(pointer, end) : pointer;
    this.offset += length;
    const left = <i32>(end - at);
    switch (this.framing) {
      case Framing.Objects:
        this.documents.feed(at, left);
        break;
      case Framing.Sse:
        this.sse.feed(at, left);
        break;
      case Framing.EventStream:
        this.eventStream.feed(at, left);
    }
  }

  /** The answer is over, complete or not. */
  finish(): void {
    if (this.framing != Framing.Sse) return;
    this.sse.finish();
    if (this.sse.isOpen) this.documents.onEventEnd(this.sse.eventStart, this.offset);
  }

  /** Finds the framing by the first byte that is no white space and no byte order mark; returns where that is. */
  private recognise(pointer: usize, end: usize): usize {
    let at = pointer;
    while (at < end) {
      const byte: u32 = load<u8>(at);
      if (byte == OPEN_OBJECT || byte == OPEN_ARRAY) {
        this.framing = Framing.Objects;
        return at;
      }
      if (byte <= MAX_FIRST_OF_LENGTH) {
        this.framing = Framing.EventStream;
        this.eventStream.begin(this.offset + <u64>(at - pointer));
        return at;
      }
      if (!isBlank(byte)) {
        this.framing = Framing.Sse;
        this.sse.begin(this.offset + <u64>(at - pointer));
        return at;
      }
      at++;
    }
    return at;
  }
}

/** White space, or a byte of the UTF-8 byte order mark. */
function isBlank(byte: u32): bool {
  return byte == 0x20 || byte - 0x09 < 2 || byte == 0x0d || byte == 0xef || byte == 0xbb || byte == 0xbf;
}
