import { Limit } from "./limit";
import { ReserveSettings } from "./settings";

/** What a request may use, in tokens, before its answer is known. */
@final
export class Demand {
  input: i64 = 0;
  /** The most that the model may write, or what is assumed where the request sets no bound. */
  output: i64 = 0;
  /** Whether the request itself sets that bound. */
  isBound: bool = false;

  /** Ready for another request. */
  reset(): void {
    this.input = 0;
    this.output = 0;
    this.isBound = false;
  }

  /** What of `limit` this request may use at most: what a limit of single requests is asked. */
  ofOne(limit: Limit): i64 {
    return limit.count.of(this.input, 0, 0, this.isBound ? this.output : 0, 0);
  }

  /**
   * What of `limit` is reserved. An assumed output never makes a request too large for a limit: it is what may be left then.
   */
  reservedOf(limit: Limit, reserve: ReserveSettings): i64 {
    const input = reserve.input ? this.input : 0;
    const output = reserve.output ? this.output : 0;
    const all = limit.count.of(input, 0, 0, output, 0);
    if (this.isBound || all <= limit.capacity) return all;
    return max(limit.count.of(input, 0, 0, 0, 0), limit.capacity);
  }
}
