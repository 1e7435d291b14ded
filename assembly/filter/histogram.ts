import { Histogram } from "../host/metrics";

/** A distribution that the host gets to know with its first value. `tags` are in the form of `tag`. */
@final
export class LazyHistogram {
  private histogram: Histogram | null = null;

  constructor(
    private readonly name: string,
    private readonly tags: string,
    private readonly moreTags: string = "",
  ) {}

  /** A negative value is none. */
  record(value: i64): void {
    if (value < 0) return;
    let histogram = this.histogram;
    if (histogram == null) {
      histogram = new Histogram(this.name + this.tags + this.moreTags);
      this.histogram = histogram;
    }
    histogram.record(value);
  }
}
