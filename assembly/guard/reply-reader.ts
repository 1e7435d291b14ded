import { countDropped } from "../bytes/buffer";
import { ReplyStream } from "../llm/reply/stream";
import { GuardReplyJudge } from "./reply-judge";
import { GuardSettings } from "./guard-settings";

/** What a reader and its first scanners take of memory, about. */
const READER_BYTES: i32 = 32 << 10;

/** Reads one answer after the other, and has its texts judged. */
@final
export class ReplyReader {
  readonly judge: GuardReplyJudge;
  readonly stream: ReplyStream;

  constructor(settings: GuardSettings) {
    const judge = new GuardReplyJudge(settings);
    this.judge = judge;
    this.stream = new ReplyStream(judge, settings.common.maxHeldBytes);
    countDropped(READER_BYTES);
  }

  /** Another answer begins; `enforces`: what the rules find has consequences. The rest as for `ReplyStream.begin`. */
  begin(enforces: bool, isEventStream: bool, areWhole: bool): void {
    this.judge.reset(enforces);
    this.stream.begin(isEventStream, areWhole);
  }
}
