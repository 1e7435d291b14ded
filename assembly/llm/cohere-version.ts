import { ByteString, Bytes } from "../bytes/view";
import { isSameInLowerCase } from "../bytes/ascii";
import { RequestPath } from "./path";

const OLD_CHAT = new ByteString("/v1/chat");
const PATH = new RequestPath();

/**
 * Whether a path of `Dialect.CohereChat` is that of API v1, whose answers have other keys than v2's, and whose streams are lines (Cohere
 * API reference, "Chat v1").
 */
export function isCohereV1(path: Bytes): bool {
  PATH.normalise(path.pointer, path.length);
  const start = PATH.length - OLD_CHAT.length;
  return start >= 0 && isSameInLowerCase(PATH.pointer + start, OLD_CHAT.pointer, OLD_CHAT.length);
}
