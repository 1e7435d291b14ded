import { formatInteger } from "../../assembly/config/integer";

const FIRST_ERROR: i32 = 400;
const LAST_STATUS: i32 = 599;

/** Bits of Envoy's attribute `response.flags` (source: `response_flag.h`, `CoreResponseFlag`). */
const NO_HEALTHY_UPSTREAM: u64 = 1 << 1;
const REQUEST_TIMEOUT: u64 = 1 << 2;
const LOCAL_RESET: u64 = 1 << 3;
const REMOTE_RESET: u64 = 1 << 4;
const CONNECTION_FAILURE: u64 = 1 << 5;
const CONNECTION_TERMINATION: u64 = 1 << 6;
const OVERFLOW: u64 = 1 << 7;
const CLIENT_TERMINATION: u64 = 1 << 14;
const IDLE_TIMEOUT: u64 = 1 << 16;
const UPSTREAM_DURATION: u64 = 1 << 19;
const DURATION_TIMEOUT: u64 = 1 << 22;
const UPSTREAM_PROTOCOL_ERROR: u64 = 1 << 23;
const CLIENT_RESET: u64 = 1 << 28;

/** Whether a status says that there is no answer. */
export function isError(status: i32): bool {
  return status >= FIRST_ERROR;
}

/**
 * `error.type`: the status of an error, or in words what ended an answer early; empty where all went well. All there can be are
 * some ten words and the statuses of HTTP, whatever clients and providers send.
 */
export function errorName(status: i32, flags: u64): string {
  if (flags & (CLIENT_TERMINATION | CLIENT_RESET)) return "client_closed";
  if (flags & (REQUEST_TIMEOUT | IDLE_TIMEOUT | UPSTREAM_DURATION | DURATION_TIMEOUT)) return "timeout";
  if (isError(status) && status <= LAST_STATUS) return formatInteger(status);
  // A chunked answer whose connection ends early is an error of the protocol.
  if (flags & (REMOTE_RESET | CONNECTION_TERMINATION | UPSTREAM_PROTOCOL_ERROR)) return "upstream_reset";
  if (flags & (CONNECTION_FAILURE | NO_HEALTHY_UPSTREAM | OVERFLOW)) return "upstream_unavailable";
  if (flags & LOCAL_RESET) return "reset";
  return status == 0 ? "no_answer" : "";
}
