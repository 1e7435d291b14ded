import { KeyDigest } from "./limit-key";
import { MOST } from "./ledger-math";
import { Limit } from "./limit";

export const enum LeaseState {
  /** To be reserved. */
  Asked,
  Held,
  /** It ended before it was renewed: charged as reserved, and corrected when it is settled. */
  Lapsed,
  /** Settled, or never granted. */
  Closed,
}

/** What one request asks of one account, and then holds there. Only `used` is the caller's to set. */
@final
export class Lease {
  limit!: Limit;
  state: LeaseState = LeaseState.Closed;
  readonly key: KeyDigest = new KeyDigest();
  /** The record that the account is in; the store's to choose. */
  record: u32 = 0;
  /** 0 to 2^60. At least 1 must be free, whatever is reserved. */
  reserved: i64 = 0;
  /** When it is charged as reserved unless it was settled or renewed, in ms since the epoch. */
  expiresAtMs: i64 = 0;
  /** The store's, while a renewal is under way. */
  renewedToMs: i64 = 0;
  /** What was used, for `settle`; what seems to have been used so far, for `fits`. */
  used: i64 = 0;
  /** What was left of the limit after this reservation, when it was made; at least 0. */
  remaining: i64 = 0;
  /** Until all of the limit would be available again then, if all that is reserved is used; of token limits only. */
  resetMs: i64 = 0;

  /** Whether it shares its limit's overflow account, because the store has no room for its key. */
  get isOverflow(): bool {
    return this.record == OVERFLOW_RECORD;
  }

  get isOpen(): bool {
    return this.state == LeaseState.Held || this.state == LeaseState.Lapsed;
  }
}

/** The record of the accounts that all keys share which have no room of their own. */
export const OVERFLOW_RECORD: u32 = u32.MAX_VALUE - 1;

/** The wait of a request that can never pass. */
export const NEVER: i64 = i64.MAX_VALUE;

/** What a client learns of the limit that decided. */
@final
export class LimitReport {
  /** The strictest of those that denied; of a request that passed, the token limit closest to denying. Null: none. */
  limit: Limit | null = null;
  /** What may be used at most. */
  capacity: i64 = 0;
  /** What is left, this request's reservation taken off where it passed; at least 0. */
  remaining: i64 = 0;
  /** Until all of it is available again, if all that is reserved is used. */
  resetMs: i64 = 0;
  /** Until this request would pass, if all that is reserved is used; 0 where it passed, `NEVER` where it can't. */
  retryAfterMs: i64 = 0;

  set(limit: Limit, remaining: i64, resetMs: i64, retryAfterMs: i64): void {
    this.limit = limit;
    this.capacity = limit.capacity;
    this.remaining = max(remaining, 0);
    this.resetMs = resetMs;
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * Everything that one exchange holds of all its limits. One an exchange, reused: `begin`, `ask` once for each limit and key,
 * `LocalStore.reserve`; when it passed, `LocalStore.renew` from `renewAtMs` on, and at the end each lease's `used` and
 * `LocalStore.settle`.
 */
@final
export class Reservation {
  private readonly leases: Lease[] = [];
  /** Leases in use: those below this index. */
  length: i32 = 0;
  ttlMs: i64 = 0;
  /** What a limit denies is reserved all the same, beyond what it has; the verdict stays. */
  isForced: bool = false;
  /** Until when limits are tighter for who asks, in ms since the epoch; 0: they aren't. */
  tighterUntilMs: i64 = 0;
  readonly report: LimitReport = new LimitReport();

  /** Forgets everything, and starts one whose leases last `ttlMs` (1 s to 1 h). */
  begin(ttlMs: i64): void {
    this.length = 0;
    this.ttlMs = ttlMs;
    this.isForced = false;
    this.tighterUntilMs = 0;
    this.report.limit = null;
    this.report.retryAfterMs = 0;
  }

  /** Asks for `amount` of `limit`, which is not one of a single request, on the account of the key that `digest` stands for. */
  ask(limit: Limit, digest: KeyDigest, amount: i64): void {
    if (this.length == this.leases.length) this.leases.push(new Lease());
    const lease = unchecked(this.leases[this.length++]);
    lease.limit = limit;
    lease.state = LeaseState.Asked;
    lease.key.copy(digest);
    lease.reserved = min(max(amount, 0), MOST);
    lease.used = 0;
    lease.remaining = 0;
    lease.resetMs = 0;
  }


  @inline
  at(index: i32): Lease {
    return unchecked(this.leases[index]);
  }

  /** Whether there is something to settle. */
  get isHeld(): bool {
    for (let i = 0; i < this.length; i++) if (this.at(i).isOpen) return true;
    return false;
  }

  /** From when on `renew` has something to do; never when nothing is held. */
  get renewAtMs(): i64 {
    let first = i64.MAX_VALUE;
    for (let i = 0; i < this.length; i++) {
      const lease = this.at(i);
      if (lease.state == LeaseState.Held) first = min(first, lease.expiresAtMs - this.ttlMs);
    }
    return first;
  }
}
