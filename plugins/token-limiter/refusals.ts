import { formatInteger } from "../../assembly/config/integer";
import { Refusal } from "../../assembly/filter/refusal";

export const NO_CONSUMER = new Refusal(
  401,
  "no_consumer",
  "missing_credentials",
  "The request doesn't say who asks: send your API key.",
);

export const SERVICE_FAILURE = new Refusal(
  503,
  "service_failure",
  "service_unavailable",
  "The limits could not be checked. Try again in a moment.",
);

export const STREAM_OVER_LIMIT = new Refusal(
  429,
  "stream_over_limit",
  "rate_limit_exceeded",
  "The answer was cut: it passed the token limit.",
);

export const REALTIME = new Refusal(403, "realtime", "realtime_not_allowed", "Realtime sessions are not allowed here.");

export const BATCH_IN_PARTS = new Refusal(
  403,
  "batch_in_parts",
  "batch_not_allowed",
  "A batch must be uploaded as one file, not in parts.",
  "purpose",
);

/** What a client is told that must wait. `headers` are names and values in turn. */
export function limited(seconds: i64, headers: string[]): Refusal {
  return new Refusal(
    429,
    "limited",
    "rate_limit_exceeded",
    `The rate limit is reached. Try again in ${formatInteger(seconds)} s.`,
    null,
    headers,
  );
}

/** What a client is told whose request can never pass, however long it waits. */
export function tooLarge(asked: i64, most: i64): Refusal {
  return new Refusal(
    400,
    "request_too_large",
    "context_length_exceeded",
    `The request needs up to ${formatInteger(asked)} tokens; at most ${formatInteger(most)} are allowed. ` +
      "Shorten it, or ask for a shorter answer.",
  );
}
