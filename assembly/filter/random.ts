import { randomU32 } from "../host/clock";

/** 32 random bits. */
export function random(): u32 {
  return randomU32();
}
