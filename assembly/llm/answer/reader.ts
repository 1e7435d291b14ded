import { Bytes } from "../../bytes/view";
import { AnswerDocuments } from "./documents";
import { AnswerListener } from "./listener";
import { AnswerModel } from "./model";
import { EncodedAnswer } from "./encoded";
import { EventStreamFramer } from "./event-stream";
import { NO_EVENTS, PlainAnswer } from "./plain";
import { Usage } from "../usage";

/** Lengths in a binary event stream are bounded, so that the first byte of one is at most this. */
const MAX_FIRST_OF_LENGTH: u32 = 1;

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
  /** Nothing in it can be read. */
  private isEncoded: bool = false;
  private isBinary: bool = false;
  private readonly answerModel: AnswerModel;
  private readonly documents: AnswerDocuments;
  private readonly plain: PlainAnswer;
  private readonly eventStream: EventStreamFramer;

  constructor(listener: AnswerListener) {
    const usage = new Usage();
    const model = new AnswerModel();
    const documents = new AnswerDocuments(usage, model, listener, new EncodedAnswer(usage, model, listener));
    this.usage = usage;
    this.answerModel = model;
    this.documents = documents;
    const plain = new PlainAnswer(documents);
    this.plain = plain;
    this.eventStream = new EventStreamFramer(documents, plain);
  }

  /** Begins another answer. Of one with a content encoding, nothing is read. */
  begin(isEncoded: bool): void {
    this.isEncoded = isEncoded;
    this.isBinary = false;
    this.offset = 0;
    this.usage.reset();
    this.answerModel.reset();
    this.documents.reset();
    this.plain.begin();
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
    return this.documents.mayBeUsageOnly ? min(this.eventStart, this.offset) : this.offset;
  }

  /** Where the event in hand begins, `offset` between two of them; `NO_EVENTS` where the answer doesn't come as events. */
  get eventStart(): u64 {
    if (!this.isBinary) return this.plain.eventStart;
    return this.documents.isInParts ? NO_EVENTS : this.eventStream.eventStart;
  }

  feed(pointer: usize, length: i32): void {
    if (this.isEncoded || length == 0) {
      this.offset += length;
      return;
    }
    if (this.offset == 0 && load<u8>(pointer) <= MAX_FIRST_OF_LENGTH) {
      this.isBinary = true;
      this.eventStream.begin();
    }
    this.offset += length;
    if (this.isBinary) this.eventStream.feed(pointer, length);
    else this.plain.feed(pointer, length);
  }

  /** The answer is over, complete or not. */
  finish(): void {
    this.plain.finish();
  }
}
