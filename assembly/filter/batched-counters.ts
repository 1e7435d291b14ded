import { Counter } from "../host/metrics";

/**
 * A plugin's counters, `weir.<plugin>.<what>`, that are gathered in this VM and handed to the host at each tick: counting costs
 * no host call. A VM that traps loses those of its last second.
 */
@final
export class BatchedCounters {
  private readonly counters: Counter[] = [];
  private readonly pending: i64[] = [];

  constructor(private readonly plugin: string) {}

  /** Adds a counter; returns its index. Labels, in `what`, are in the form of `tag`. */
  define(what: string): i32 {
    this.counters.push(new Counter(`weir.${this.plugin}.${what}`));
    return this.pending.push(0) - 1;
  }

  add(index: i32, amount: i64): void {
    this.pending[index] = this.pending[index] + amount;
  }

  flush(): void {
    for (let i = 0; i < this.pending.length; i++) {
      const pending = unchecked(this.pending[i]);
      if (pending == 0) continue;
      unchecked((this.pending[i] = 0));
      this.counters[i].add(pending);
    }
  }
}
