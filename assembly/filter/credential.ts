import { isSameInLowerCase } from "../bytes/ascii";
import { findByte } from "../bytes/find";
import { ByteString, Bytes } from "../bytes/view";
import { RequestHead } from "./request-head";

/**
 * Where clients put their API keys, in the order in which they are looked for. OpenAI: `authorization`; Anthropic:
 * `x-api-key`; Azure: `api-key`; Gemini: `x-goog-api-key`, and `key` in the query.
 */
export const API_KEY_HEADERS: ByteString[] = [
  new ByteString("authorization"),
  new ByteString("x-api-key"),
  new ByteString("api-key"),
  new ByteString("x-goog-api-key"),
];

export const API_KEY_QUERY: ByteString[] = [
  new ByteString("key"),
  new ByteString("api-key"),
  new ByteString("access_token"),
];

const BEARER = new ByteString("bearer ");
const view = new Bytes();

/**
 * The client's API key without its scheme, valid until the next look-up; null when there is none, or a header has two
 * values. Never log, publish or store it: hash it first.
 */
export function findCredential(head: RequestHead): Bytes | null {
  for (let i = 0; i < API_KEY_HEADERS.length; i++) {
    if (!head.has(API_KEY_HEADERS[i])) continue;
    const value = head.single(API_KEY_HEADERS[i]);
    return value == null || value.length == 0 ? null : withoutBearer(value);
  }
  return findInQuery(head.path);
}

function withoutBearer(value: Bytes): Bytes {
  const length = BEARER.length;
  if (value.length <= length || !isSameInLowerCase(value.pointer, BEARER.pointer, length)) return value;
  return view.set(value.pointer + length, value.length - length);
}

function findInQuery(path: Bytes): Bytes | null {
  const end = path.pointer + path.length;
  let at = findByte(path.pointer, end, 0x3f /* ? */);
  while (at < end) {
    const name = at + 1;
    at = findByte(name, end, 0x26 /* & */);
    const equals = findByte(name, at, 0x3d /* = */);
    if (equals + 1 >= at) continue;
    for (let i = 0; i < API_KEY_QUERY.length; i++) {
      if (!API_KEY_QUERY[i].equals(name, <i32>(equals - name))) continue;
      return view.set(equals + 1, <i32>(at - equals - 1));
    }
  }
  return null;
}
