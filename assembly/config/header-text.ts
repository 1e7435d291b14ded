import { Ascii, isAscii } from "../bytes/ascii";
import { character } from "../bytes/text";
import { ByteString } from "../bytes/view";

const LONGEST: i32 = 128;
const SPACE: u8 = 0x20;
const LAST_VISIBLE: u8 = 0x7e;
const FRAMING: string[] = [
  ":authority",
  "connection",
  "content-encoding",
  "content-length",
  "expect",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** Whether `text` is a field name of HTTP (RFC 9110, section 5.1) of at most 128 bytes. */
export function isFieldName(text: string): bool {
  for (let i = 0; i < text.length; i++) {
    if (!isAscii(text.charCodeAt(i), Ascii.Token)) return false;
  }
  return text.length > 0 && text.length <= LONGEST;
}

/** Whether `text` is 1 to `longest` characters that a field value takes anywhere: no spaces, no controls, ASCII. */
export function isVisibleAscii(text: string, longest: i32): bool {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit <= 0x20 || unit >= 0x7f) return false;
  }
  return text.length > 0 && text.length <= longest;
}

/** Whether `text` can be a request's path, at most `longest` bytes; a fragment is never sent (RFC 9110, section 7.1). */
export function isRequestPath(text: string, longest: i32): bool {
  return text.startsWith("/") && isVisibleAscii(text, longest) && !text.includes("#");
}

/** Whether these bytes are 1 to `longest` that a field value takes: visible ASCII, and spaces between it. */
export function isFieldValue(value: ByteString, longest: i32): bool {
  const length = value.length;
  if (length == 0 || length > longest) return false;
  for (let i = 0; i < length; i++) {
    const byte = load<u8>(value.pointer + i);
    if (byte < SPACE || byte > LAST_VISIBLE) return false;
  }
  return load<u8>(value.pointer) != SPACE && load<u8>(value.pointer + length - 1) != SPACE;
}

/** Whether `text` is 1 to `longest` ASCII letters, digits, `.`, `_` and `-`. */
export function isPlainName(text: string, longest: i32): bool {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit != 0x2e /* . */ && !isAscii(unit, Ascii.Name)) return false;
  }
  return text.length > 0 && text.length <= longest;
}

/** A field name as HTTP/2 and proxies write it. */
export function lowerCase(name: string): string {
  let lower = "";
  for (let i = 0; i < name.length; i++) {
    lower += character(lowerCaseUnit(name.charCodeAt(i)));
  }
  return lower;
}

/** What Envoy calls the header of this name: `host` is HTTP/2's `:authority`, whatever the client spoke. */
export function envoyName(name: string): string {
  const lower = lowerCase(name);
  return lower == "host" ? ":authority" : lower;
}

/**
 * Whether a header, as `envoyName` has it, is none of those that frame a request (RFC 9110, section 7.6.1), say how its body is
 * written, or name its server.
 */
export function isSettable(name: string): bool {
  return !FRAMING.includes(name);
}

/** In lower case where it is ASCII: `toLowerCase` would link the whole of Unicode's case tables. */
export function lowerCaseUnit(unit: i32): i32 {
  return unit >= 0x41 && unit <= 0x5a ? unit | 0x20 : unit;
}
