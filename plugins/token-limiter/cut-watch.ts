import { ByteString, Bytes } from "../../assembly/bytes/view";
import { AnswerMeter } from "../../assembly/llm/answer/meter";

const DONE = new ByteString("[DONE]");
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
    if (written < this.lookAtTokens || endsStream(piece)) return NO_PLACE;
    const tail = this.isInLines ? lengthAfterLine(piece) : meter.openTail(piece.length);
    if (tail >= 0) this.lookAtTokens = written + LOOK_EVERY_TOKENS;
    return tail;
  }
}

/** Whether a piece ends with what ends an OpenAI stream: an error after it would not be read. */
function endsStream(piece: Bytes): bool {
  let end = piece.length;
  while (end > 0 && piece.at(end - 1) <= LINE_FEED) end--;
  const start = end - DONE.length;
  return start >= 0 && DONE.equals(piece.pointer + start, DONE.length);
}

/** How many bytes come after the last line of a piece, or `NO_PLACE` where no line ends in it. */
function lengthAfterLine(piece: Bytes): i32 {
  for (let after = 0; after < piece.length; after++) {
    if (piece.at(piece.length - 1 - after) == LINE_FEED) return after;
  }
  return NO_PLACE;
}
