import { MAX_COUNT } from "./count";
import { TokenEstimator } from "./estimator";

/** Of what is sampled, the first so many bytes of each period are read. */
const BLOCK_BYTES: i64 = 512;
/** What is to be read is kept up to so many bytes: most estimates are never asked for. */
const KEPT_BYTES: i32 = 4096;
const NOT_KEPT: i32 = -1;

/**
 * Estimates how many tokens a text has, at a cost that a long text doesn't feel: all of its beginning is read, and of the rest
 * one block in each period, which stands for the whole period.
 *
 * Hardly more than a copy until somebody asks. Feed UTF-8 in pieces of any size; splitting the text anywhere gives the same result. A text that is written to look cheap in
 * just the blocks that are read is estimated too low.
 */
@final
export class TokenSampler {
  private readonly estimator: TokenEstimator = new TokenEstimator();
  private readonly kept: StaticArray<u8> = new StaticArray<u8>(KEPT_BYTES);
  private keptLength: i32 = 0;
  /** How much of what is kept is of the text's beginning, once that is over; else `NOT_KEPT`. */
  private beginningAt: i32 = NOT_KEPT;
  private seen: i64 = 0;
  /** What was read of the text's rest, in bytes, and the estimate for its beginning. */
  private sampled: i64 = 0;
  private beginning: i64 = 0;

  /**
   * @param wholeBytes how much of a text is read before it is sampled, at most 4,096
   * @param periodBytes how much of the rest each block stands for
   */
  constructor(
    private readonly wholeBytes: i64,
    private readonly periodBytes: i64,
  ) {}

  /** Ready for another text. */
  reset(): void {
    this.estimator.reset();
    this.keptLength = 0;
    this.beginningAt = NOT_KEPT;
    this.seen = 0;
    this.sampled = 0;
  }

  /** Whether nothing was fed since `reset`. */
  get isEmpty(): bool {
    return this.seen == 0;
  }

  /** Consumes `length` bytes at `pointer`. */
  feed(pointer: usize, length: i32): void {
    const end = this.seen + length;
    if (end > this.wholeBytes) return this.feedLong(pointer, end);
    this.keep(pointer, length);
    this.seen = end;
  }

  /** The estimate for all that was fed since `reset`, as if the text ended here; at most `MAX_COUNT`. */
  tokens(): i64 {
    const read = this.readKept();
    if (this.sampled == 0) return read;
    const scale = <f64>(this.seen - this.wholeBytes) / <f64>this.sampled;
    return min(this.beginning + <i64>(<f64>(read - this.beginning) * scale + 0.5), MAX_COUNT);
  }

  private feedLong(pointer: usize, end: i64): void {
    while (this.seen < end) {
      let stop = this.wholeBytes;
      let isRead = true;
      if (this.seen >= stop) {
        if (this.seen == stop) this.beginningAt = this.keptLength;
        const within = (this.seen - stop) % this.periodBytes;
        isRead = within < BLOCK_BYTES;
        stop = this.seen - within + (isRead ? BLOCK_BYTES : this.periodBytes);
      }
      const length = <i32>(min(stop, end) - this.seen);
      if (isRead) this.keep(pointer, length);
      if (isRead && this.seen >= this.wholeBytes) this.sampled += length;
      this.seen += length;
      pointer += length;
    }
  }

  private keep(pointer: usize, length: i32): void {
    if (this.keptLength + length > KEPT_BYTES) this.readKept();
    memory.copy(this.start + this.keptLength, pointer, length);
    this.keptLength += length;
  }

  private get start(): usize {
    return changetype<usize>(this.kept);
  }

  /** The estimate for all that was kept and read since `reset`. */
  private readKept(): i64 {
    const estimator = this.estimator;
    let from = 0;
    if (this.beginningAt >= 0) {
      from = this.beginningAt;
      this.beginningAt = NOT_KEPT;
      estimator.feed(this.start, from);
      this.beginning = estimator.tokens();
    }
    estimator.feed(this.start + from, this.keptLength - from);
    this.keptLength = 0;
    return estimator.tokens();
  }
}
