import { PropertyPath } from "../host/property";
import { integerOf } from "./attributes";

const START = new PropertyPath(["request", "time"]);

/** When the host began to receive the request, in nanoseconds since the epoch; 0 where it doesn't say. */
export function requestStartNs(): u64 {
  return integerOf(START);
}
