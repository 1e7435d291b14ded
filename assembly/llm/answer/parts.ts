import { SseFramer } from "../../sse/framer";
import { EventListener } from "../../sse/listener";
import { AnswerDocuments } from "./documents";

const OPEN_OBJECT: u8 = 0x7b;

/**
 * Reads an answer that comes in parts, split anywhere: JSON objects that follow one another where it begins with one, else
 * Server-Sent Events.
 */
@final
export class AnswerParts {
  hasBegun: bool = false;
  private isObjects: bool = false;
  private readonly sse: SseFramer;

  constructor(private readonly documents: AnswerDocuments) {
    this.sse = new SseFramer(new PartEvents(documents));
  }

  feed(pointer: usize, length: i32): void {
    if (!this.hasBegun) {
      this.hasBegun = true;
      this.isObjects = load<u8>(pointer) == OPEN_OBJECT;
      this.sse.begin(0);
    }
    if (this.isObjects) this.documents.feed(pointer, length);
    else this.sse.feed(pointer, length);
  }
}

/** Their places are none in the answer, so that none of them can be taken out of it. */
@final
class PartEvents extends EventListener {
  constructor(private readonly documents: AnswerDocuments) {
    super();
  }

  override onData(pointer: usize, length: i32): void {
    this.documents.feed(pointer, length);
  }

  override onEventEnd(_start: u64, _end: u64): void {
    this.documents.endEvent();
  }
}
