import { Account } from "./account";
import { MOST, divideUp, multiplyDivide, remainder, saturatingProduct } from "./ledger-math";
import { Algorithm } from "./limit";

/** What a limit of `Concurrent` says when it is full: nobody knows when a stream will end. */
const CONCURRENT_RETRY_MS: i64 = 1000;

/**
 * Lets time pass in an account, from its clock to `nowMs`, which is not before it. Any number of steps gives what one does.
 *
 * Use beyond the amount is never forgiven: each window takes off one amount and leaves the rest to the next.
 */
export function passTime(account: Account, nowMs: i64): void {
  const then = account.clock;
  account.clock = nowMs;
  if (account.algorithm == Algorithm.TokenBucket) return refill(account, nowMs - then);
  if (account.algorithm == Algorithm.Concurrent) return;
  const windows = nowMs / account.periodMs - then / account.periodMs;
  if (windows == 0) return;
  if (account.algorithm == Algorithm.FixedWindow) {
    account.used = lessWindows(account.used, windows, account.amount);
    return;
  }
  const before = lessWindows(account.used, windows - 1, account.amount);
  account.carried = min(before, account.amount);
  account.used = before - account.carried;
}

/** What of `used` is left after a number of windows, each of which takes off `amount`. */
function lessWindows(used: i64, windows: i64, amount: i64): i64 {
  return max(used - saturatingProduct(windows, amount), 0);
}

/** The part of a unit that a refill leaves over is kept, so that many small steps lose nothing. */
function refill(account: Account, elapsedMs: i64): void {
  const units = multiplyDivide(elapsedMs, account.amount, account.carried, account.periodMs);
  const isFull = units >= account.used;
  account.carried = isFull ? 0 : remainder;
  account.used = isFull ? 0 : account.used - units;
}

/** What counts as used at the account's clock: of the window before, the share that a window ending now still covers. */
export function useOf(account: Account): i64 {
  if (account.algorithm != Algorithm.SlidingWindow || account.carried == 0) return account.used;
  const period = account.periodMs;
  return account.used + multiplyDivide(account.carried, leftOfWindow(account), period - 1, period);
}

/** Milliseconds until the next window begins: 1 to the period. */
function leftOfWindow(account: Account): i64 {
  return account.periodMs - (account.clock % account.periodMs);
}

export function charge(account: Account, amount: i64): void {
  account.used = min(account.used + amount, MOST);
}

/**
 * Takes back what was charged too much at `chargedAtMs`. What time may have taken off that charge since is not given back,
 * or it would come off the use of others.
 */
export function credit(account: Account, amount: i64, chargedAtMs: i64): void {
  const period = account.periodMs;
  const since = max(account.clock - chargedAtMs, 0);
  switch (account.algorithm) {
    case Algorithm.TokenBucket: {
      const refilled = multiplyDivide(since, account.amount, period - 1, period);
      account.used = max(account.used - max(amount - refilled, 0), 0);
      return;
    }
    case Algorithm.FixedWindow: {
      const left = lessWindows(amount, windowsSince(account, chargedAtMs), account.amount);
      account.used = max(account.used - left, 0);
      return;
    }
    case Algorithm.SlidingWindow: {
      const windows = windowsSince(account, chargedAtMs);
      // A window leaves what is beyond one amount to the next as its own use: where that is more than the last one's share, all
      // of the last one was of the same charge.
      const before = windows == 0 ? 0 : account.carried;
      const left = lessWindows(amount, max(windows - 1, 0), account.amount);
      account.carried -= min(left, before);
      account.used = max(account.used - max(left - before, 0), 0);
    }
  }
}

function windowsSince(account: Account, ms: i64): i64 {
  return max(account.clock / account.periodMs - ms / account.periodMs, 0);
}

/**
 * Milliseconds from the account's clock until its use, with `extra` charged now, is at most `most`: exact, rounded up, at
 * most 2^60. With a `most` of 0 that is until nothing of it counts any more.
 */
export function msUntilUseAtMost(account: Account, most: i64, extra: i64): i64 {
  const used = account.used + extra;
  const excess = used - most;
  switch (account.algorithm) {
    case Algorithm.Concurrent:
      return excess <= 0 ? 0 : CONCURRENT_RETRY_MS;
    case Algorithm.TokenBucket: {
      if (excess <= 0) return 0;
      const period = account.periodMs;
      const amount = account.amount;
      return multiplyDivide(excess - 1, period, period - account.carried + amount - 1, amount);
    }
    case Algorithm.FixedWindow:
      return excess <= 0 ? 0 : startOfWindow(account, divideUp(excess, account.amount));
    default:
      return msUntilSlidingUse(account, used, most);
  }
}

/** Milliseconds until the window begins that comes `windows` (1 or more) after this one. */
function startOfWindow(account: Account, windows: i64): i64 {
  return min(leftOfWindow(account) + saturatingProduct(windows - 1, account.periodMs), MOST);
}

/**
 * Within a window only the share of the one before shrinks: it is small enough once no more than `covered` milliseconds of it
 * count. The window to look at is the first whose own use is at most `most`; where not even its last millisecond will do, the
 * start of the one after does, which has no use of its own yet and begins with all of this one's.
 */
function msUntilSlidingUse(account: Account, used: i64, most: i64): i64 {
  const period = account.periodMs;
  const left = leftOfWindow(account);
  if (used <= most) return max(left - coveredMs(most - used, account.carried, period), 0);
  const windows = divideUp(used - most, account.amount);
  const before = lessWindows(used, windows - 1, account.amount);
  const carried = min(before, account.amount);
  return min(startOfWindow(account, windows) + period - coveredMs(most - (before - carried), carried, period), MOST);
}

/** The most milliseconds of a window with the use `carried` that count no more than `room`, at most `period`. */
function coveredMs(room: i64, carried: i64, period: i64): i64 {
  return carried == 0 ? period : min(multiplyDivide(room, period, 0, carried), period);
}
