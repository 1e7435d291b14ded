import { JsonProblem } from "../json/scanner";
import { BatchProblem } from "../llm/batch/problem";
import { Refusal } from "./refusal";

/** Why something can't be judged. What happens then is the failure mode's to say, and what the client sees this table's. */
export const enum Problem {
  NotJson,
  DuplicateKey,
  TooDeep,
  HeldTooLarge,
  UnsupportedEncoding,
  BadMultipart,
  DuplicatePart,
  Upgrade,
  HostFailure,
}

const REFUSALS: Refusal[] = [
  new Refusal(
    400,
    "not_json",
    "invalid_json",
    "The request body is not valid JSON in UTF-8 without a byte order mark.",
  ),
  new Refusal(
    400,
    "duplicate_key",
    "duplicate_key",
    "The request body has a key twice or in capitals that may be there only once.",
  ),
  new Refusal(400, "too_deep", "invalid_json", "The request body is nested deeper than 512 levels."),
  new Refusal(413, "held_too_large", "request_too_large", "The request body is too large for this gateway."),
  new Refusal(
    415,
    "unsupported_encoding",
    "unsupported_content_encoding",
    "The request body must not be compressed or urlencoded.",
  ),
  new Refusal(400, "bad_multipart", "invalid_multipart", "The request body is not valid multipart/form-data."),
  new Refusal(400, "duplicate_part", "duplicate_part", "The form has a field twice that may be there only once."),
  new Refusal(403, "upgrade", "upgrade_not_allowed", "Upgraded connections are not allowed here."),
  new Refusal(500, "host_failure", "internal_error", "The gateway could not read the request."),
];

/** What a JSON scanner's complaint means for the request; an unfinished text is no JSON either. */
export function problemOfJson(problem: JsonProblem): Problem {
  return problem == JsonProblem.TooDeep ? Problem.TooDeep : Problem.NotJson;
}

/** What a batch reader's complaint means for the upload. */
export function problemOfBatch(problem: BatchProblem): Problem {
  switch (problem) {
    case BatchProblem.BadMultipart:
      return Problem.BadMultipart;
    case BatchProblem.DuplicatePart:
      return Problem.DuplicatePart;
    default:
      return Problem.NotJson;
  }
}

export function refusalOf(problem: Problem): Refusal {
  return REFUSALS[problem];
}

export const BODY_TOO_LARGE = new Refusal(
  413,
  "body_too_large",
  "request_too_large",
  "The request body is too large for this gateway.",
);

export const UNKNOWN_PATH = new Refusal(404, "unknown_path", "unknown_url", "This path is not served here.");

export const PAUSING_OFF = new Refusal(500, "pausing_off", "internal_error", "The gateway could not read the request.");
