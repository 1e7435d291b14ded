/** A clock that moves only when a test moves it, and what is due on it. */
export class Clock {
  #now: number;
  #events: { at: number; order: number; run: () => void }[] = [];
  #order = 0;

  /** `start` in milliseconds since 1970. */
  constructor(start = Date.UTC(2025, 0, 1)) {
    this.#now = start;
  }

  get milliseconds(): number {
    return this.#now;
  }

  get nanoseconds(): bigint {
    return BigInt(Math.round(this.#now * 1000)) * 1000n;
  }

  /** Runs `run` when `delay` milliseconds have passed; the answer cancels it. */
  after(delay: number, run: () => void): () => void {
    const event = { at: this.#now + delay, order: this.#order++, run };
    this.#events.push(event);
    return () => {
      this.#events = this.#events.filter((each) => each !== event);
    };
  }

  /** Moves on by `milliseconds` and runs what is due on the way, in its order. 0 runs what is due now. */
  advance(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (let next = this.#due(end); next; next = this.#due(end)) {
      this.#now = next.at;
      this.#events = this.#events.filter((each) => each !== next);
      next.run();
    }
    this.#now = end;
  }

  #due(end: number): { at: number; order: number; run: () => void } | undefined {
    return this.#events.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at || a.order - b.order)[0];
  }
}
