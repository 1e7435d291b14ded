import { ByteString, Bytes } from "../../assembly/bytes/view";
import { UNKNOWN_PATH } from "../../assembly/filter/problem";

/** Begins the response code details of what a plugin of this project has refused. */
const OURS = new ByteString("weir.");
const NO_ENDPOINT = new ByteString("." + UNKNOWN_PATH.reason);

/** Whether a plugin of this project has refused a request, by its response code details. */
export function isOwnRefusal(details: Bytes | null): bool {
  return details != null && details.length >= OURS.length && OURS.equals(details.pointer, OURS.length);
}

/** Whether it was refused as one to a model, wherever it went to: not for its path alone. */
export function isRefusedCall(details: Bytes | null): bool {
  if (!isOwnRefusal(details)) return false;
  const end = details!.pointer + details!.length;
  return details!.length < NO_ENDPOINT.length || !NO_ENDPOINT.equals(end - NO_ENDPOINT.length, NO_ENDPOINT.length);
}
