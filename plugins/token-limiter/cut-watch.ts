import { Bytes } from "../../assembly/bytes/view";
import { AnswerMeter } from "../../assembly/llm/answer/meter";

const LINE_FEED: u8 = 0x0a;
/** How many tokens a stream writes, about, between two looks at its limits. */
const LOOK_EVERY_TOKENS: i64 = 64;
/** It is no time to look, or no place to cut. */
export const NO_PLACE: i32 = -1;

/** Says when a stream that is metered is to be compared with its limits, and where it may end. */
@final
export class CutWatch {
  private lookAtTokens: i64 = LOOK_EVERY_TOKENS;

  /** @param isInLines the answer is a stream of objects, one a line */
  constructor(private readonly isInLines: bool) {}

  /** How many bytes of a piece come after its last whole event, once enough was written since the last look; or `NO_PLACE`. */
  tailOf(piece: Bytes, meter: AnswerMeter): i32 {
    const written = meter.writtenSoFar;
    // An error behind what ends a stream would not be read, or make a failure of a complete answer. Of lines the last has the usage.
    if (written < this.lookAtTokens || meter.isOver || (this.isInLines && meter.hasFinalOutput)) return NO_PLACE;
    const tail = this.isInLines ? lengthAfterLine(piece) : meter.openTail(piece.length);
    if (tail >= 0) this.lookAtTokens = written + LOOK_EVERY_TOKENS;
    return tail;
  }
}

/** How many bytes come after the last line of a piece, or `NO_PLACE` where no line ends in it. */
function lengthAfterLine(piece: Bytes): i32 {
  for (let after = 0; after < piece.length; after++) {
    if (piece.at(piece.length - 1 - after) == LINE_FEED) return after;
  }
  return NO_PLACE;
}
