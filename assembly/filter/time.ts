export { nowMs, nowNs } from "../host/clock";

/**
 * Whether a time is still to come. One that is further away than `mostMs`, which it never was when it was written, is from before
 * the clock was set back, and means nothing.
 */
export function isAhead(timeMs: u64, nowMs: u64, mostMs: u64): bool {
  return timeMs > nowMs && timeMs - nowMs <= mostMs;
}
