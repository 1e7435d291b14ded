import { EventPhase } from "./event-type";
import { NO_SEQUENCE_NUMBER } from "./sequence-number";
import { NO_POSITION } from "./slots";

export const NO_BLOCK: i32 = -1;

/** What of a streamed answer the client has: what it takes to end it early. */
@final
export class ReplyProgress {
  /** Any byte at all. */
  hasBytes: bool = false;
  /** The answer is an array of objects. */
  isArray: bool = false;
  /** It is objects, one a line. */
  isLines: bool = false;
  /** A whole event, or object. */
  hasEvents: bool = false;
  /** A message of Anthropic's has begun. */
  hasMessage: bool = false;
  /** The block of it, or the content of Cohere's, that has begun and has not ended, or `NO_BLOCK`. */
  openBlock: i32 = NO_BLOCK;
  /** An event of a response of OpenAI's. */
  hasResponse: bool = false;
  /** The number of the next event of such a response: the one behind the last that had one, and the events since. */
  sequenceNumber: i32 = 0;
  /** It is the rest of a response whose first events the client has from before: its first number says so. */
  isResumed: bool = false;
  /** The highest index of a choice. */
  lastChoice: i32 = 0;
  /** The highest index that an event has had of its own: of a block, or of an item; or `NO_POSITION`. */
  lastPosition: i32 = NO_POSITION;
  /** Something that the model says to the user; what it thinks and gives its tools is not that. */
  hasWords: bool = false;

  reset(): void {
    this.hasBytes = false;
    this.isArray = false;
    this.isLines = false;
    this.hasEvents = false;
    this.hasMessage = false;
    this.openBlock = NO_BLOCK;
    this.hasResponse = false;
    this.sequenceNumber = 0;
    this.isResumed = false;
    this.lastChoice = 0;
    this.lastPosition = NO_POSITION;
    this.hasWords = false;
  }

  /** The first event is here, which has this number, or `NO_SEQUENCE_NUMBER`. */
  expect(sequenceNumber: i32): void {
    if (sequenceNumber == NO_SEQUENCE_NUMBER) return;
    this.sequenceNumber = sequenceNumber;
    this.isResumed = sequenceNumber > 0;
  }

  /** An event is out, which has this number likewise and this index of its own, and texts, perhaps words, of this choice or block. */
  see(phase: EventPhase, position: i32, top: i32, sequenceNumber: i32, hasWords: bool): void {
    this.hasEvents = true;
    this.hasWords = this.hasWords || hasWords;
    this.lastPosition = max(this.lastPosition, position);
    if (sequenceNumber != NO_SEQUENCE_NUMBER) this.sequenceNumber = sequenceNumber + 1;
    else if (phase == EventPhase.Response) this.sequenceNumber++;
    switch (phase) {
      case EventPhase.None:
        this.lastChoice = max(this.lastChoice, top);
        break;
      case EventPhase.MessageStart:
        this.hasMessage = true;
        break;
      case EventPhase.BlockStart:
        this.openBlock = position;
        break;
      case EventPhase.BlockStop:
        this.openBlock = NO_BLOCK;
        break;
      default:
        this.hasResponse = true;
    }
  }
}
