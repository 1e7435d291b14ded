import { Algorithm, Limit } from "./limit";

/** Length of an account's bytes. */
export const ACCOUNT_BYTES: i32 = 128;

/** How many different ends the leases of one account can have. */
export const BINS: i32 = 4;

const AMOUNT: usize = 16;
const CAPACITY: usize = 24;
const CLOCK: usize = 32;
const USED: usize = 40;
const CARRIED: usize = 48;
const PERIOD: usize = 56;
const ALGORITHM: usize = 60;
const FIRST_BIN: usize = 64;
const BIN_BYTES: usize = 16;

/**
 * The bytes of one account: one limit for one key. It says all about itself, so whoever writes a record can bring every
 * account in it up to date.
 *
 *     0  identity         16 bytes
 *     16 amount           i64     per period
 *     24 capacity         i64     most that can be available
 *     32 clock            i64     ms since the epoch, up to which the account is up to date
 *     40 used             i64     of this window; of a bucket what is missing to its capacity
 *     48 carried          i64     SlidingWindow: use of the window before; TokenBucket: refill below one, in amount * ms
 *     56 period           u32     ms
 *     60 algorithm        u8
 *     64 bins             4 times the end of leases in ms since the epoch (0: empty) and what they reserve, i64 each
 *
 * All numbers are 0 to 2^60.
 */
@final
export class Account {
  at: usize = 0;

  /** An empty account at `pointer`. */
  create(pointer: usize, low: u64, high: u64, nowMs: i64): void {
    this.at = pointer;
    memory.fill(pointer, 0, ACCOUNT_BYTES);
    store<u64>(pointer, low);
    store<u64>(pointer, high, 8);
    this.clock = nowMs;
  }

  is(low: u64, high: u64): bool {
    return load<u64>(this.at) == low && load<u64>(this.at, 8) == high;
  }

  /** Takes over what the configuration says now; what was used stays. True when that is another amount or capacity. */
  define(limit: Limit): bool {
    const isChanged = this.amount != limit.amount || this.capacity != limit.capacity;
    store<i64>(this.at, limit.amount, AMOUNT);
    store<i64>(this.at, limit.capacity, CAPACITY);
    store<u32>(this.at, <u32>limit.periodMs, PERIOD);
    store<u8>(this.at, <u8>limit.algorithm, ALGORITHM);
    return isChanged;
  }

  get amount(): i64 {
    return load<i64>(this.at, AMOUNT);
  }

  get capacity(): i64 {
    return load<i64>(this.at, CAPACITY);
  }

  get periodMs(): i64 {
    return load<u32>(this.at, PERIOD);
  }

  get algorithm(): Algorithm {
    return <Algorithm>load<u8>(this.at, ALGORITHM);
  }

  get clock(): i64 {
    return load<i64>(this.at, CLOCK);
  }

  set clock(ms: i64) {
    store<i64>(this.at, ms, CLOCK);
  }

  get used(): i64 {
    return load<i64>(this.at, USED);
  }

  set used(value: i64) {
    store<i64>(this.at, value, USED);
  }

  get carried(): i64 {
    return load<i64>(this.at, CARRIED);
  }

  set carried(value: i64) {
    store<i64>(this.at, value, CARRIED);
  }

  binEnd(bin: i32): i64 {
    return load<i64>(this.at + <usize>bin * BIN_BYTES, FIRST_BIN);
  }

  binAmount(bin: i32): i64 {
    return load<i64>(this.at + <usize>bin * BIN_BYTES, FIRST_BIN + 8);
  }

  setBin(bin: i32, endMs: i64, amount: i64): void {
    store<i64>(this.at + <usize>bin * BIN_BYTES, endMs, FIRST_BIN);
    store<i64>(this.at + <usize>bin * BIN_BYTES, amount, FIRST_BIN + 8);
  }
}
