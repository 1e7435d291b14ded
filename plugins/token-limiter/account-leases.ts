import { Account, BINS } from "./account";
import { charge, credit, passTime, useOf } from "./account-use";
import { Algorithm } from "./limit";
import { MOST } from "./ledger-math";

/** What `renew` answers for a lease that has ended. */
export const LAPSED: i64 = -1;

/** How far the clocks of two VMs may disagree; a step back by more is a clock that was set. */
const MOST_SKEW_MS: i64 = 60_000;

/**
 * Brings an account up to `nowMs`: leases that ended are charged when they ended, and time takes its share.
 *
 * A clock that goes back a little stands still, so that no time counts twice; one that was set back goes on from there.
 */
export function advance(account: Account, nowMs: i64): void {
  const clock = account.clock;
  if (nowMs < clock) {
    if (clock - nowMs > MOST_SKEW_MS) account.clock = nowMs;
    return;
  }
  let bin = firstEnded(account, nowMs);
  while (bin >= 0) {
    passTime(account, max(account.binEnd(bin), account.clock));
    if (account.algorithm != Algorithm.Concurrent) charge(account, account.binAmount(bin));
    account.setBin(bin, 0, 0);
    bin = firstEnded(account, nowMs);
  }
  passTime(account, nowMs);
}

/** The bin that ended first, at `nowMs` or before; -1 when there is none. */
function firstEnded(account: Account, nowMs: i64): i32 {
  let first = -1;
  for (let bin = 0; bin < BINS; bin++) {
    const end = account.binEnd(bin);
    if (end == 0 || end > nowMs) continue;
    if (first < 0 || end < account.binEnd(first)) first = bin;
  }
  return first;
}

/** What leases hold. */
export function outstanding(account: Account): i64 {
  let total: i64 = 0;
  for (let bin = 0; bin < BINS; bin++) total += account.binAmount(bin);
  return min(total, MOST);
}

/** What a new reservation may have; negative in debt. */
export function available(account: Account): i64 {
  return account.capacity - useOf(account) - outstanding(account);
}

/** Whether it holds no information: nothing used that still counts, nothing reserved. */
export function isAtRest(account: Account): bool {
  if (account.used != 0) return false;
  if (account.algorithm == Algorithm.SlidingWindow && account.carried != 0) return false;
  for (let bin = 0; bin < BINS; bin++) if (account.binEnd(bin) != 0) return false;
  return true;
}

/**
 * When a lease ends that is made or renewed at `nowMs`: `ttlMs` later, and up to half of it more, so that all leases of an
 * account share a few ends and a busy stream renews its own twice a `ttlMs`.
 */
export function leaseEnd(nowMs: i64, ttlMs: i64): i64 {
  const binMs = (ttlMs + 1) / 2;
  return ((nowMs + ttlMs) / binMs + 1) * binMs;
}

/**
 * Reserves `amount` until `endMs`, which is after the account's clock; returns when it really ends. That differs only where
 * leases of another `ttl` have taken all bins: then it shares the next later end, or the latest.
 */
export function reserve(account: Account, amount: i64, endMs: i64): i64 {
  if (amount == 0) return endMs;
  let chosen = -1;
  let free = -1;
  for (let bin = 0; bin < BINS; bin++) {
    const end = account.binEnd(bin);
    if (end == 0) free = bin;
    else if (chosen < 0 || isCloser(end, account.binEnd(chosen), endMs)) chosen = bin;
  }
  if (free >= 0 && (chosen < 0 || account.binEnd(chosen) != endMs)) {
    account.setBin(free, endMs, amount);
    return endMs;
  }
  account.setBin(chosen, account.binEnd(chosen), min(account.binAmount(chosen) + amount, MOST));
  return account.binEnd(chosen);
}

/** Whether the end `a` serves a lease until `wanted` better than `b`. */
function isCloser(a: i64, b: i64, wanted: i64): bool {
  if (a >= wanted) return b < wanted || a < b;
  return b < wanted && a > b;
}

/** Takes a lease out of its bin; false when it has ended, so that it was charged (or, of `Concurrent`, dropped). */
function release(account: Account, amount: i64, endMs: i64): bool {
  for (let bin = 0; bin < BINS; bin++) {
    if (account.binEnd(bin) != endMs) continue;
    const left = max(account.binAmount(bin) - amount, 0);
    account.setBin(bin, left == 0 ? 0 : endMs, left);
    return true;
  }
  return false;
}

/**
 * Moves a lease of `amount` from one end to a later one; returns its end. One that has ended stays charged and gives `LAPSED`;
 * of `Concurrent` it counts again.
 */
export function renew(account: Account, amount: i64, fromMs: i64, toMs: i64): i64 {
  const wasHeld = amount == 0 || release(account, amount, fromMs);
  if (!wasHeld && account.algorithm != Algorithm.Concurrent) return LAPSED;
  return reserve(account, amount, toMs);
}

/** Replaces a lease of `reserved` by what was used. One that has ended was charged, and is corrected. */
export function settle(account: Account, reserved: i64, endMs: i64, used: i64): void {
  const wasHeld = release(account, reserved, endMs);
  if (account.algorithm == Algorithm.Concurrent) return;
  if (wasHeld) charge(account, used);
  else if (used >= reserved) charge(account, used - reserved);
  else credit(account, reserved - used, endMs);
}
