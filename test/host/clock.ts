/** A clock that moves only when a test moves it, and what is due on it. */
export class Clock {
  /** Milliseconds since the start: what is due doesn't depend on what day it is, as in a host with a monotonic clock for timers. */
  #now = 0;
  #start: number;
  #events: Event[] = [];
  #order = 0;

  /** `start` in milliseconds since 1970. */
  constructor(start = Date.UTC(2025, 0, 1)) {
    this.#start = start;
  }

  get milliseconds(): number {
    return this.#start + this.#now;
  }

  get nanoseconds(): bigint {
    return BigInt(Math.round(this.milliseconds * 1000)) * 1000n;
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
    for (let next = this.#takeDue(end); next; next = this.#takeDue(end)) {
      this.#now = next.at;
      next.run();
    }
    this.#now = end;
  }

  /** Sets back the time of day; what is due stays due. */
  setBack(milliseconds: number): void {
    this.#start -= milliseconds;
  }

  #takeDue(end: number): Event | undefined {
    let first = -1;
    for (let index = 0; index < this.#events.length; index++) {
      if (first < 0 || isBefore(this.#events[index]!, this.#events[first]!)) first = index;
    }
    const isDue = first >= 0 && this.#events[first]!.at <= end;
    return isDue ? this.#events.splice(first, 1)[0] : undefined;
  }
}

interface Event {
  at: number;
  order: number;
  run: () => void;
}

function isBefore(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
