/** How many are kept for later exchanges: each has buffers and detectors of its own. */
const MOST_IDLE: i32 = 16;

/** What has been made for one exchange, is large, and can serve others after it. */
@final
export class Idle<T> {
  private readonly kept: T[] = [];

  /** Null when there is none. */
  take(): T | null {
    return this.kept.length > 0 ? this.kept.pop() : null;
  }

  keep(one: T): void {
    if (this.kept.length < MOST_IDLE) this.kept.push(one);
  }
}
