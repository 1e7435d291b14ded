import { randomU32 } from "../host/clock";

/** 32 random bits, at load. */
export function random(): u32 {
  return randomU32();
}
