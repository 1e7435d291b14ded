import { ByteString, Bytes } from "../../assembly/bytes/view";
import { MOST_DECIMAL_BYTES, writeDecimal } from "../../assembly/bytes/decimal";
import { formatInteger } from "../../assembly/config/integer";
import { ResponseHead } from "../../assembly/filter/response-head";

const SECOND_MS: i64 = 1000;
const LIMIT = "x-ratelimit-limit-";
const REMAINING = "x-ratelimit-remaining-";
const RESET = "x-ratelimit-reset-";

const TOKENS = "tokens";
const REQUESTS = "requests";
const LIMIT_TOKENS = new ByteString(LIMIT + TOKENS);
const REMAINING_TOKENS = new ByteString(REMAINING + TOKENS);
const RESET_TOKENS = new ByteString(RESET + TOKENS);

const digits = memory.data(MOST_DECIMAL_BYTES);
const view = new Bytes();

/** What a client is told of the limit that decided, in the units of the headers (DESIGN: wire conventions). */
@final
export class RateReport {
  isKnown: bool = false;
  /** Else requests. */
  isTokens: bool = true;
  limit: i64 = 0;
  remaining: i64 = 0;
  resetSeconds: i64 = 0;

  set(isTokens: bool, limit: i64, remaining: i64, resetSeconds: i64): void {
    this.isKnown = true;
    this.isTokens = isTokens;
    this.limit = limit;
    this.remaining = remaining;
    this.resetSeconds = resetSeconds;
  }

  /** Puts what is left into the answer's headers, of a limit that counts tokens. */
  writeTo(head: ResponseHead): void {
    if (!this.isKnown || !this.isTokens) return;
    head.set(LIMIT_TOKENS, decimal(this.limit));
    head.set(REMAINING_TOKENS, decimal(this.remaining));
    head.set(RESET_TOKENS, decimal(this.resetSeconds));
  }

  /** What a client gets that must wait, as names and values in turn. */
  toHeaders(retryAfterSeconds: i64): string[] {
    const unit = this.isTokens ? TOKENS : REQUESTS;
    return [
      "retry-after",
      formatInteger(retryAfterSeconds),
      LIMIT + unit,
      formatInteger(this.limit),
      REMAINING + unit,
      formatInteger(this.remaining),
      RESET + unit,
      formatInteger(this.resetSeconds),
    ];
  }
}

/** Whole seconds that are not less than this, at least 1. */
export function secondsUp(ms: i64): i64 {
  return max<i64>((ms + SECOND_MS - 1) / SECOND_MS, 1);
}

function decimal(value: i64): Bytes {
  return view.set(digits, writeDecimal(value, digits));
}
