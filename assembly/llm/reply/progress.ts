import { EventPhase } from "./event-type";

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
  /** The block of it that has begun and has not ended, or `NO_BLOCK`. */
  openBlock: i32 = NO_BLOCK;
  /** How many events of a response of OpenAI's, which count them from 0. */
  responseEvents: i32 = 0;
  /** The highest index of a choice. */
  lastChoice: i32 = 0;

  reset(): void {
    this.hasBytes = false;
    this.isArray = false;
    this.isLines = false;
    this.hasEvents = false;
    this.hasMessage = false;
    this.openBlock = NO_BLOCK;
    this.responseEvents = 0;
    this.lastChoice = 0;
  }

  /** An event is out, which has this index of its own, and texts of this choice or block. */
  see(phase: EventPhase, position: i32, top: i32): void {
    this.hasEvents = true;
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
        this.responseEvents++;
    }
  }
}
