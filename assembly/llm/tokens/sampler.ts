import { MAX_COUNT, addCounts } from "./count";
import { TokenEstimator } from "./estimator";

/** Of what is sampled, the first so many bytes of each period are read. */
const BLOCK_BYTES: i64 = 512;
/** What is to be read is kept up to so many bytes: most estimates are never asked for. */
const KEPT_BYTES: i32 = 4096;
/** How many texts that have ended may be among it. */
const MOST_ENDED: i32 = 64;
const NOT_KEPT: i32 = -1;

/**
 * Estimates how many tokens texts have, one after the other, at a cost that a long one doesn't feel: all of a text's beginning
 * is read, and of the rest one block in each period, which stands for the whole period.
 *
 * Hardly more than a copy until somebody asks. Feed UTF-8 in pieces of any size; splitting a text anywhere gives the same
 * result. A text that is written to look cheap in just the blocks that are read is estimated too low.
 */
@final
export class TokenSampler {
  private readonly estimator: TokenEstimator = new TokenEstimator();
  private readonly kept: StaticArray<u8> = new StaticArray<u8>(KEPT_BYTES);
  private keptLength: i32 = 0;
  /** Where the texts that have ended, and are kept, end. */
  private readonly ends: StaticArray<u16> = new StaticArray<u16>(MOST_ENDED);
  private endCount: i32 = 0;
  /** The estimate for the texts that have ended and are not kept any more. */
  private ended: i64 = 0;
  /** How much of what is kept of this text is of its beginning, once that is over; else `NOT_KEPT`. */
  private beginningAt: i32 = NOT_KEPT;
  /** Some of this text was read. */
  private isBegun: bool = false;
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

  /** Ready for the first text. */
  reset(): void {
    this.endCount = 0;
    this.ended = 0;
    this.keptLength = 0;
    this.forget();
  }

  /** The text in hand begins anew. */
  restart(): void {
    this.keptLength = this.from;
    this.forget();
  }

  /** The text in hand has ended, another begins. */
  next(): void {
    if (this.seen == 0) return;
    if (this.isBegun || this.sampled > 0 || this.endCount == MOST_ENDED) {
      const tokens = this.tokens();
      this.ended = addCounts(this.ended, tokens);
      return this.restart();
    }
    this.ends[this.endCount++] = <u16>this.keptLength;
    this.forget();
  }

  /** Whether nothing was fed of the text in hand. */
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

  /** The estimate for the text in hand, as if it ended here; at most `MAX_COUNT`. */
  tokens(): i64 {
    const read = this.readKept();
    if (this.sampled == 0) return read;
    const scale = <f64>(this.seen - this.wholeBytes) / <f64>this.sampled;
    return min(this.beginning + <i64>(<f64>(read - this.beginning) * scale + 0.5), MAX_COUNT);
  }

  /** The estimates for all texts that have ended, added up; at most `MAX_COUNT`. */
  tokensEnded(): i64 {
    if (this.endCount > 0) this.readEnded();
    return this.ended;
  }

  private forget(): void {
    this.beginningAt = NOT_KEPT;
    this.isBegun = false;
    this.seen = 0;
    this.sampled = 0;
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
    if (this.keptLength + length > KEPT_BYTES && this.endCount > 0) this.readEnded();
    if (this.keptLength + length > KEPT_BYTES) this.readKept();
    memory.copy(this.start + this.keptLength, pointer, length);
    this.keptLength += length;
  }

  private get start(): usize {
    return changetype<usize>(this.kept);
  }

  /** Where what is kept of the text in hand begins. */
  private get from(): i32 {
    return this.endCount > 0 ? this.ends[this.endCount - 1] : 0;
  }

  /** Reads the texts that have ended; what is kept of the one in hand moves to the front. None of that is read before. */
  private readEnded(): void {
    const estimator = this.estimator;
    let from = 0;
    for (let i = 0; i < this.endCount; i++) {
      const end: i32 = this.ends[i];
      estimator.reset();
      estimator.feed(this.start + from, end - from);
      this.ended = addCounts(this.ended, estimator.tokens());
      from = end;
    }
    this.endCount = 0;
    this.keptLength -= from;
    if (this.beginningAt >= 0) this.beginningAt -= from;
    memory.copy(this.start, this.start + from, this.keptLength);
  }

  /** The estimate for what was kept and read of the text in hand. */
  private readKept(): i64 {
    if (this.endCount > 0) this.readEnded();
    const estimator = this.estimator;
    if (!this.isBegun) estimator.reset();
    this.isBegun = true;
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
