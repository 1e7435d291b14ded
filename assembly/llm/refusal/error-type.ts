import { ByteString } from "../../bytes/view";
import { Dialect, Family, familyOf } from "../dialect";

/** Where Bedrock's clients look for the type of an error; its bodies don't have it. */
export const BEDROCK_ERROR_TYPE_HEADER = new ByteString("x-amzn-errortype");

/** The HTTP statuses that the table below tells apart; any other counts as 400 or 500, by its class. */
const STATUSES: StaticArray<u32> = [400, 401, 403, 404, 408, 413, 429, 500, 501, 502, 503, 504, 529];
const BAD_REQUEST: i32 = 0;
const SERVER_ERROR: i32 = 7;

/** Sources: OpenAI, guide "Error codes", and the `type` of the API's own answers. */
const OPENAI: StaticArray<string> = [
  "invalid_request_error", // 400
  "invalid_request_error", // 401
  "invalid_request_error", // 403
  "invalid_request_error", // 404
  "invalid_request_error", // 408
  "invalid_request_error", // 413
  "rate_limit_error", // 429
  "server_error", // 500
  "server_error", // 501
  "server_error", // 502
  "service_unavailable_error", // 503
  "server_error", // 504
  "service_unavailable_error", // 529
];

/** Source: Anthropic API reference, "Errors"; 503 as 529, whose meaning it has. */
const ANTHROPIC: StaticArray<string> = [
  "invalid_request_error", // 400
  "authentication_error", // 401
  "permission_error", // 403
  "not_found_error", // 404
  "invalid_request_error", // 408
  "request_too_large", // 413
  "rate_limit_error", // 429
  "api_error", // 500
  "api_error", // 501
  "api_error", // 502
  "overloaded_error", // 503
  "timeout_error", // 504
  "overloaded_error", // 529
];

/** Sources: Gemini API, "Troubleshooting guide"; HTTP mappings in google/rpc/code.proto. */
const GEMINI: StaticArray<string> = [
  "INVALID_ARGUMENT", // 400
  "UNAUTHENTICATED", // 401
  "PERMISSION_DENIED", // 403
  "NOT_FOUND", // 404
  "DEADLINE_EXCEEDED", // 408
  "INVALID_ARGUMENT", // 413
  "RESOURCE_EXHAUSTED", // 429
  "INTERNAL", // 500
  "UNIMPLEMENTED", // 501
  "UNAVAILABLE", // 502
  "UNAVAILABLE", // 503
  "DEADLINE_EXCEEDED", // 504
  "UNAVAILABLE", // 529
];

/** Sources: Amazon Bedrock API reference, "InvokeModel", "Errors"; user guide, "Troubleshooting Amazon Bedrock API Error Codes". */
const BEDROCK: StaticArray<string> = [
  "ValidationException", // 400
  "AccessDeniedException", // 401
  "AccessDeniedException", // 403
  "ResourceNotFoundException", // 404
  "ModelTimeoutException", // 408
  "ValidationException", // 413
  "ThrottlingException", // 429
  "InternalServerException", // 500
  "InternalServerException", // 501
  "ServiceUnavailableException", // 502
  "ServiceUnavailableException", // 503
  "ServiceUnavailableException", // 504
  "ServiceUnavailableException", // 529
];

/** One row a family; Cohere and Ollama have no names, they get OpenAI's. */
const TYPES: StaticArray<StaticArray<ByteString>> = [
  encoded(OPENAI),
  encoded(ANTHROPIC),
  encoded(GEMINI),
  encoded(BEDROCK),
];

/** What the dialect's provider calls an error of this HTTP status. */
export function errorType(dialect: Dialect, status: u32): ByteString {
  const family = familyOf(dialect);
  const row = unchecked(TYPES[family > Family.Bedrock ? Family.OpenAi : family]);
  for (let i = 0; i < STATUSES.length; i++) {
    if (unchecked(STATUSES[i]) == status) return unchecked(row[i]);
  }
  return unchecked(row[status < 500 ? BAD_REQUEST : SERVER_ERROR]);
}

function encoded(names: StaticArray<string>): StaticArray<ByteString> {
  const types = new StaticArray<ByteString>(names.length);
  for (let i = 0; i < names.length; i++) {
    const first = names.indexOf(names[i]);
    types[i] = first < i ? types[first] : new ByteString(names[i]);
  }
  return types;
}
