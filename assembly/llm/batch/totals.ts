import { NO_COUNT, addCounts, multiplyCounts } from "../tokens/count";
import { Dialect } from "../dialect";
import { RequestFields } from "../request/fields";

/** What the requests of a batch come to. */
export class BatchTotals {
  requests: i64 = 0;
  inputTokens: i64 = 0;
  /** A key that decides something came twice in one request. */
  hasDuplicate: bool = false;
  private cappedTokens: i64 = 0;
  private uncappedAnswers: i64 = 0;

  reset(): void {
    this.requests = 0;
    this.inputTokens = 0;
    this.hasDuplicate = false;
    this.cappedTokens = 0;
    this.uncappedAnswers = 0;
  }

  /** Adds a request of a batch in this dialect, which has been read to its end. */
  add(request: RequestFields, dialect: Dialect): void {
    if (request.hasDuplicate) this.hasDuplicate = true;
    if (request.root.count == 0) return;
    this.requests++;
    this.inputTokens = addCounts(this.inputTokens, request.inputTokens);
    const cap = request.outputCap(dialect);
    if (cap == NO_COUNT) this.uncappedAnswers = addCounts(this.uncappedAnswers, request.answers);
    else this.cappedTokens = addCounts(this.cappedTokens, multiplyCounts(cap, request.answers));
  }

  /** The most tokens that all answers can have; `perAnswer` where a request gives no cap. */
  outputTokens(perAnswer: i64): i64 {
    return addCounts(this.cappedTokens, multiplyCounts(perAnswer, this.uncappedAnswers));
  }
}
