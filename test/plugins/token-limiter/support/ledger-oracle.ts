/** As in the plugin: `SlidingWindow, FixedWindow, TokenBucket, Concurrent`. */
export const ALGORITHMS = [0, 1, 2, 3] as const;
export type AlgorithmId = (typeof ALGORITHMS)[number];

export interface Terms {
  algorithm: AlgorithmId;
  amount: bigint;
  capacity: bigint;
  periodMs: bigint;
}

const MOST = 1n << 60n;

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const up = (a: bigint, b: bigint): bigint => (a + b - 1n) / b;

/**
 * What the README says, word by word: windows pass one at a time, a bucket's deficit is an exact fraction, each lease is an
 * entry of its own.
 */
export class OracleAccount {
  /** Of a bucket the deficit times the period. */
  used = 0n;
  previous = 0n;
  leases: { end: bigint; amount: bigint }[] = [];

  constructor(
    readonly terms: Terms,
    public now: bigint,
  ) {}

  clone(): OracleAccount {
    const copy = new OracleAccount(this.terms, this.now);
    copy.used = this.used;
    copy.previous = this.previous;
    copy.leases = this.leases.map((lease) => ({ ...lease }));
    return copy;
  }

  advance(to: bigint): void {
    this.leases.sort((a, b) => Number(a.end - b.end));
    while (this.leases[0] && this.leases[0].end <= to) {
      const { end, amount } = this.leases.shift()!;
      this.pass(end);
      this.charge(amount);
    }
    this.pass(to);
  }

  charge(amount: bigint): void {
    if (this.terms.algorithm === 3) return;
    this.used += this.terms.algorithm === 2 ? amount * this.terms.periodMs : amount;
  }

  get use(): bigint {
    const { algorithm, periodMs } = this.terms;
    if (algorithm === 2) return up(this.used, periodMs);
    if (algorithm !== 0) return this.used;
    return this.used + up(this.previous * (periodMs - (this.now % periodMs)), periodMs);
  }

  get outstanding(): bigint {
    return this.leases.reduce((sum, { amount }) => sum + amount, 0n);
  }

  get available(): bigint {
    return this.terms.capacity - this.use - this.outstanding;
  }

  /** The use at a later time, nothing else happening. */
  useAt(time: bigint, extra: bigint): bigint {
    const later = this.clone();
    later.leases = [];
    later.charge(extra);
    later.pass(time);
    return later.use;
  }

  /** Takes one lease out; false when it has ended. */
  release(amount: bigint, end: bigint): boolean {
    const index = this.leases.findIndex((lease) => lease.end === end && lease.amount === amount);
    if (index >= 0) this.leases.splice(index, 1);
    return index >= 0;
  }

  private pass(to: bigint): void {
    const { algorithm, amount, periodMs } = this.terms;
    if (algorithm === 2) this.used = max(this.used - (to - this.now) * amount, 0n);
    if (algorithm < 2) {
      let windows = to / periodMs - this.now / periodMs;
      while (windows > 0n && (this.used > 0n || this.previous > 0n)) {
        // So deep in debt that this many windows are alike.
        const alike = max(min(windows - 1n, this.used / amount - 2n), 0n);
        this.used -= alike * amount;
        const kept = max(this.used - amount, 0n);
        this.previous = algorithm === 0 ? this.used - kept : 0n;
        this.used = kept;
        windows -= alike + 1n;
      }
    }
    this.now = to;
  }
}

export function saturate(value: bigint): bigint {
  return min(value, MOST);
}
