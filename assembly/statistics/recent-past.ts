/** Length of a past's bytes. */
export const PAST_BYTES: i32 = 24;

/** About how many values it remembers: a value weighs as much as this many that came before it, or as all of them while they are fewer. */
const MEMORY: u32 = 20;
/** Before this many values nothing is unusual. */
const WARM_UP: u32 = 10;
/** How many zeros in a row are learned; what is silent for longer keeps its past. */
const MOST_SILENT: i64 = 10;
/** What deviates by less than this share of the mean doesn't deviate. */
const LEAST_SHARE: f64 = 0.1;

const VARIANCE: usize = 8;
const COUNT: usize = 16;

/** From which value on a new one is unusual. Immutable. */
@final
export class Bounds {
  constructor(
    /** How far it is above the mean, in deviations. */
    readonly deviations: f64,
    /** No smaller value is unusual. */
    readonly floor: f64,
    /** A smaller deviation counts as this. */
    readonly leastDeviation: f64,
  ) {}
}

/**
 * What a value was like lately: mean and variance, weighted exponentially (Welford's method, with West's weights), in bytes that
 * somebody else keeps. Zeroed bytes are a past without values. Values are finite and not negative.
 *
 *     0  mean       f64
 *     8  variance   f64
 *     16 count      u32     of values, up to MEMORY
 *
 * A lasting change becomes the usual: what is unusual is learned too, but as no more than the least value that would have been.
 */
@final
export class RecentPast {
  at: usize = 0;

  get mean(): f64 {
    return load<f64>(this.at);
  }

  /** The deviation that counts within `bounds`. */
  deviation(bounds: Bounds): f64 {
    const least = max(bounds.leastDeviation, this.mean * LEAST_SHARE);
    return max(Math.sqrt(load<f64>(this.at, VARIANCE)), least);
  }

  isUnusual(value: f64, bounds: Bounds): bool {
    return load<u32>(this.at, COUNT) >= WARM_UP && value >= bounds.floor && value > this.ceiling(bounds);
  }

  /** Takes `value` into the past. */
  learn(value: f64, bounds: Bounds): void {
    this.add(this.isUnusual(value, bounds) ? max(this.ceiling(bounds), bounds.floor) : value);
  }

  /** Takes a number of zeros in a row into the past. */
  learnSilence(zeros: i64): void {
    for (let left = min(zeros, MOST_SILENT); left > 0; left--) this.add(0);
  }

  private ceiling(bounds: Bounds): f64 {
    return this.mean + bounds.deviations * this.deviation(bounds);
  }

  private add(value: f64): void {
    const at = this.at;
    const count = min(load<u32>(at, COUNT) + 1, MEMORY);
    const weight = 1 / <f64>count;
    const difference = value - this.mean;
    store<f64>(at, this.mean + weight * difference);
    store<f64>(at, (1 - weight) * (load<f64>(at, VARIANCE) + weight * difference * difference), VARIANCE);
    store<u32>(at, count, COUNT);
  }
}
