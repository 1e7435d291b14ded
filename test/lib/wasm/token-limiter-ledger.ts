import { Account, ACCOUNT_BYTES } from "../../../plugins/token-limiter/account";
import * as leases from "../../../plugins/token-limiter/account-leases";
import * as use from "../../../plugins/token-limiter/account-use";
import * as math from "../../../plugins/token-limiter/ledger-math";
import { Algorithm, Count, CountKind, Limit } from "../../../plugins/token-limiter/limit";

const room = memory.data(ACCOUNT_BYTES, 8);
const account = new Account();

export function open(algorithm: i32, amount: i64, capacity: i64, periodMs: i64, nowMs: i64): void {
  account.create(room, 1, 2, nowMs);
  redefine(algorithm, amount, capacity, periodMs);
}

export function redefine(algorithm: i32, amount: i64, capacity: i64, periodMs: i64): void {
  const count = new Count(CountKind.Requests);
  account.define(new Limit("a", 0, null, count, amount, capacity, periodMs, <Algorithm>algorithm, false));
}

export function advance(nowMs: i64): void {
  leases.advance(account, nowMs);
}

export function clock(): i64 {
  return account.clock;
}

export function useNow(): i64 {
  return use.useOf(account);
}

export function outstanding(): i64 {
  return leases.outstanding(account);
}

export function available(): i64 {
  return leases.available(account);
}

export function isAtRest(): bool {
  return leases.isAtRest(account);
}

export function msUntilUseAtMost(most: i64, extra: i64): i64 {
  return use.msUntilUseAtMost(account, most, extra);
}

export function leaseEnd(nowMs: i64, ttlMs: i64): i64 {
  return leases.leaseEnd(nowMs, ttlMs);
}

export function reserve(amount: i64, endMs: i64): i64 {
  return leases.reserve(account, amount, endMs);
}

export function renew(amount: i64, fromMs: i64, toMs: i64): i64 {
  return leases.renew(account, amount, fromMs, toMs);
}

export function settle(reserved: i64, endMs: i64, used: i64): void {
  leases.settle(account, reserved, endMs, used);
}

export function multiplyDivide(a: i64, b: i64, c: i64, divisor: i64): i64 {
  return math.multiplyDivide(a, b, c, divisor);
}

export function remainder(): i64 {
  return math.remainder;
}

/** Weights in thousandths, then a usage. */
export function count(
  wInput: i64,
  wCached: i64,
  wCreated: i64,
  wOutput: i64,
  wReasoning: i64,
  input: i64,
  cached: i64,
  created: i64,
  output: i64,
  reasoning: i64,
): i64 {
  return new Count(CountKind.Tokens, wInput, wCached, wCreated, wOutput, wReasoning).of(
    input,
    cached,
    created,
    output,
    reasoning,
  );
}
