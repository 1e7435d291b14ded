import { formatInteger } from "../../assembly/config/integer";
import { Refusal } from "../../assembly/filter/refusal";

export const UNKNOWN_PROVIDER = new Refusal(
  403,
  "unknown_provider",
  "provider_not_allowed",
  "The request is for no provider that this gateway serves.",
);

export const REGION_NOT_ALLOWED = new Refusal(
  403,
  "region_not_allowed",
  "provider_not_allowed",
  "The provider's region is not allowed here.",
);

export const WRONG_DIALECT = new Refusal(
  503,
  "wrong_dialect",
  "provider_unavailable",
  "The provider doesn't speak this API.",
);

export const NO_CREDENTIAL = new Refusal(
  503,
  "no_credential",
  "provider_unavailable",
  "The provider can't be called at the moment.",
);

/** The headers are those of an attempt that began later, and has failed. */
export const OVERTAKEN = new Refusal(
  503,
  "overtaken",
  "provider_unavailable",
  "The provider can't be called at the moment.",
);

export const NOT_SIGNABLE = new Refusal(
  400,
  "not_signable",
  "invalid_request",
  "The request's path is too long, or has too many parameters.",
);

export const NO_MODEL = new Refusal(
  400,
  "no_model",
  "missing_required_parameter",
  "The request must name a model.",
  "model",
);

export const BAD_MODEL = new Refusal(
  400,
  "bad_model",
  "invalid_type",
  "The model must be a non-empty string.",
  "model",
);

export const LOOP = new Refusal(508, "loop", "loop_detected", "The request has been through this gateway before.");

/** No token could be had. */
export function noToken(seconds: i64): Refusal {
  return new Refusal(
    503,
    "no_token",
    "provider_unavailable",
    "The provider can't be called at the moment.",
    null,
    retryAfter(seconds),
  );
}

/** Every key of the provider waits: the first to return has been refused for using too much. */
export function keysLimited(seconds: i64): Refusal {
  return new Refusal(
    429,
    "keys_limited",
    "rate_limit_exceeded",
    `The provider's limit is reached. Try again in ${formatInteger(seconds)} s.`,
    null,
    retryAfter(seconds),
  );
}

/** Every key of the provider waits, for another reason. */
export function keysRefused(seconds: i64): Refusal {
  return new Refusal(
    503,
    "keys_refused",
    "provider_unavailable",
    "The provider can't be called at the moment.",
    null,
    retryAfter(seconds),
  );
}

function retryAfter(seconds: i64): string[] {
  return ["retry-after", formatInteger(seconds)];
}
