import { clock_time_get, random_get } from "./imports";
import { OUT_NUMBER } from "./memory";

const REALTIME: u32 = 0;

/**
 * Wall-clock time in nanoseconds since the epoch; 0 where the host has no clock. It is WASI's clock: of the ABI's own, the Java
 * host gives the lower 32 bits only.
 */
export function nowNs(): u64 {
  if (clock_time_get(REALTIME, 1, OUT_NUMBER) != 0) return 0;
  return load<u64>(OUT_NUMBER);
}

/** Wall-clock time in milliseconds since the epoch; 0 where the host has no clock. */
export function nowMs(): u64 {
  return nowNs() / 1_000_000;
}

/** 32 random bits from the host; from the clock where the host has none. */
export function randomU32(): u32 {
  if (random_get(OUT_NUMBER, 4) != 0) return <u32>(nowNs() ^ (nowNs() >> 32)) * 2654435761;
  return load<u32>(OUT_NUMBER);
}
