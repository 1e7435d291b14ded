import { MAX_COUNT } from "./usage-count";
import { TokenEstimator } from "./token-estimator";

/** Of what is sampled, the first so many bytes of each period are read. */
const BLOCK_BYTES: i64 = 512;

/**
 * Estimates how many tokens a text has, at a cost that a long text doesn't feel: all of its beginning is read, and of the rest
 * one block in each period, which stands for the whole period.
 *
 * Feed UTF-8 in pieces of any size; splitting the text anywhere gives the same result. A text that is written to look cheap in
 * just the blocks that are read is estimated too low.
 */
@final
export class TokenSampler {
  private readonly estimator: TokenEstimator = new TokenEstimator();
  private seen: i64 = 0;
  /** What was read of the text's rest, in bytes, and the estimate for its beginning. */
  private sampled: i64 = 0;
  private beginning: i64 = 0;

  /**
   * @param wholeBytes how much of a text is read before it is sampled
   * @param periodBytes how much of the rest each block stands for
   */
  constructor(
    private readonly wholeBytes: i64,
    private readonly periodBytes: i64,
  ) {}

  /** Ready for another text. */
  reset(): void {
    this.estimator.reset();
    this.seen = 0;
    this.sampled = 0;
  }

  /** Consumes `length` bytes at `pointer`. */
  feed(pointer: usize, length: i32): void {
    const end = this.seen + length;
    if (end <= this.wholeBytes) {
      this.estimator.feed(pointer, length);
      this.seen = end;
      return;
    }
    this.feedLong(pointer, end);
  }

  /** The estimate for all that was fed since `reset`, as if the text ended here; at most `MAX_COUNT`. */
  tokens(): i64 {
    const read = this.estimator.tokens();
    if (this.sampled == 0) return read;
    const scale = <f64>(this.seen - this.wholeBytes) / <f64>this.sampled;
    return min(this.beginning + <i64>(<f64>(read - this.beginning) * scale + 0.5), MAX_COUNT);
  }

  private feedLong(pointer: usize, end: i64): void {
    while (this.seen < end) {
      let stop = this.wholeBytes;
      let isRead = true;
      if (this.seen >= stop) {
        if (this.seen == stop) this.beginning = this.estimator.tokens();
        const within = (this.seen - stop) % this.periodBytes;
        isRead = within < BLOCK_BYTES;
        stop = this.seen - within + (isRead ? BLOCK_BYTES : this.periodBytes);
      }
      const length = <i32>(min(stop, end) - this.seen);
      if (isRead) this.estimator.feed(pointer, length);
      if (isRead && this.seen >= this.wholeBytes) this.sampled += length;
      this.seen += length;
      pointer += length;
    }
  }
}
