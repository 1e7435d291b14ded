import { ByteString, Bytes } from "../../../assembly/bytes/view";
import { allocateForHost } from "../../../assembly/host/memory";
import { Algorithm, Count, CountKind, Limit } from "../../../plugins/token-limiter/limit";
import { KeyDigest, KeyPart, KeySource } from "../../../plugins/token-limiter/limit-key";
import { LocalStore } from "../../../plugins/token-limiter/local-store";
import { Reservation } from "../../../plugins/token-limiter/reservation";

const consumer = new KeyPart(KeySource.Consumer, new ByteString(""));
const name = memory.data(4);
const value = new Bytes();
const digest = new KeyDigest();
const limits: Limit[] = [];
const reservations: Reservation[] = [];
let local: LocalStore | null = null;

export function proxy_on_memory_allocate(size: usize): usize {
  return allocateForHost(size);
}

export function setup(maxKeys: i32): void {
  local = new LocalStore("test", maxKeys);
}

export function addLimit(algorithm: i32, isTokens: bool, amount: i64, capacity: i64, periodMs: i64): i32 {
  const kind =
    algorithm == Algorithm.Concurrent ? CountKind.Concurrent : isTokens ? CountKind.Tokens : CountKind.Requests;
  const index = limits.length;
  const label = String.fromCharCode(0x61 + index);
  const count = new Count(kind, 1000, 1000, 1000, 1000, 1000);
  limits.push(new Limit(label, index, null, count, amount, capacity, periodMs, <Algorithm>algorithm, false));
  return index;
}

export function begin(ttlMs: i64): i32 {
  const reservation = new Reservation();
  reservation.begin(ttlMs);
  return reservations.push(reservation) - 1;
}

export function force(r: i32): void {
  reservations[r].isForced = true;
}

/** The key is a consumer whose name is the number. */
export function ask(r: i32, limit: i32, key: u32, amount: i64): void {
  store<u32>(name, key);
  const hasher = local!.hasher;
  hasher.begin();
  hasher.add(consumer, value.set(name, 4));
  hasher.finish(digest);
  reservations[r].ask(limits[limit], digest, amount);
}

export function reserve(r: i32, nowMs: i64): i32 {
  return local!.reserve(reservations[r], nowMs);
}

export function use(r: i32, index: i32, used: i64): void {
  reservations[r].at(index).used = used;
}

export function fits(r: i32, nowMs: i64): bool {
  return local!.fits(reservations[r], nowMs);
}

export function renew(r: i32, nowMs: i64): bool {
  return local!.renew(reservations[r], nowMs);
}

export function renewAtMs(r: i32): i64 {
  return reservations[r].renewAtMs;
}

export function settle(r: i32, nowMs: i64): bool {
  return local!.settle(reservations[r], nowMs);
}

export function isHeld(r: i32): bool {
  return reservations[r].isHeld;
}

export function isOverflow(r: i32, index: i32): bool {
  return reservations[r].at(index).isOverflow;
}

export function reportLimit(r: i32): i32 {
  const limit = reservations[r].report.limit;
  return limit == null ? -1 : limit.key;
}

export function reportRemaining(r: i32): i64 {
  return reservations[r].report.remaining;
}

export function reportResetMs(r: i32): i64 {
  return reservations[r].report.resetMs;
}

export function reportRetryAfterMs(r: i32): i64 {
  return reservations[r].report.retryAfterMs;
}
