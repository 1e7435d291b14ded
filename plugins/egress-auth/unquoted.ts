/**
 * Settings where a secret may stand by mistake: what is wrong with one is told without what was written.
 */
import { Ascii, isAscii } from "../../assembly/bytes/ascii";
import { joined } from "../../assembly/bytes/text";
import { ByteString } from "../../assembly/bytes/view";
import { envoyName, isFieldName, isFieldValue, isRequestPath, isSettable } from "../../assembly/config/header-text";
import { parseInteger } from "../../assembly/config/integer";
import { ConfigReader } from "../../assembly/config/reader";
import { isDigit } from "../../assembly/config/units";
import { JsonKind } from "../../assembly/json/listener";

const LONGEST_PATH: i32 = 1024;
const LONGEST_HOST: i32 = 256;
const LAST_PORT: i64 = 65535;
export const FRAMES_REQUESTS: string = "is a header that only the gateway may set; a host goes into the key host";

export const NO_CHOICE: i32 = -1;

/** A header's value: 1 to `longest` visible characters of ASCII, and spaces between them. */
export function readValue(config: ConfigReader, key: string, fallback: string, longest: i32): string {
  const text = textOf(config, key);
  if (text != null && isFieldValue(new ByteString(text), longest)) return text;
  config.reject(key, `must be 1 to ${longest.toString()} visible ASCII characters, no space at either end`);
  return fallback;
}

/** A request's path, with or without a query. */
export function readPath(config: ConfigReader, key: string): string {
  const text = textOf(config, key);
  if (text != null && isRequestPath(text, LONGEST_PATH)) return text;
  config.reject(key, `must be a path: / and visible ASCII characters but #, at most ${LONGEST_PATH.toString()}`);
  return "/";
}

/** A host as `:authority` has it, with or without a port (RFC 3986, section 3.2); `fallback` where none is written. */
export function readHost(config: ConfigReader, key: string, fallback: string): string {
  if (!config.has(key)) return fallback;
  const text = textOf(config, key);
  if (text != null && isHost(text)) return text;
  config.reject(
    key,
    `must be a host, with or without a port: no scheme, no path, at most ${LONGEST_HOST.toString()} bytes`,
  );
  return fallback;
}

/** The name of an HTTP header that a filter may set, as `envoyName` has it; `fallback` where none is written. */
export function readFieldName(config: ConfigReader, key: string, fallback: string): string {
  if (!config.has(key)) return fallback;
  const text = textOf(config, key);
  const name = text == null ? "" : envoyName(text);
  if (text == null || !isFieldName(text)) config.reject(key, "must be the name of an HTTP header");
  else if (!isSettable(name)) config.reject(key, FRAMES_REQUESTS);
  else return name;
  return fallback;
}

/** The index in `names` of what is written, or `NO_CHOICE`. */
export function readChoice(config: ConfigReader, key: string, names: string[]): i32 {
  const text = textOf(config, key);
  const index = text == null ? NO_CHOICE : names.indexOf(text);
  if (index == NO_CHOICE) config.reject(key, config.has(key) ? `must be one of ${joined(names, ", ")}` : "is required");
  return index;
}

function isHost(text: string): bool {
  if (text.length > LONGEST_HOST) return false;
  const closing = text.startsWith("[") ? text.indexOf("]") : -1;
  const colon = text.indexOf(":", closing + 1);
  const end = colon < 0 ? text.length : colon;
  const isNamed =
    closing < 0 ? isAll(text, 0, end, isHostUnit) : closing + 1 == end && isAll(text, 1, closing, isAddressUnit);
  return isNamed && (colon < 0 || isPort(text.substring(colon + 1)));
}

function isPort(digits: string): bool {
  return digits.length <= 5 && isAll(digits, 0, digits.length, isDigit) && parseInteger(digits) <= LAST_PORT;
}

/** Whether there are units from `start` to `end`, and all pass. */
function isAll(text: string, start: i32, end: i32, passes: (unit: i32) => bool): bool {
  for (let i = start; i < end; i++) if (!passes(text.charCodeAt(i))) return false;
  return end > start;
}

function isHostUnit(unit: i32): bool {
  return isAscii(unit, Ascii.Unreserved);
}

/** Of an IPv6 address, an IPv4 one at its end included. */
function isAddressUnit(unit: i32): bool {
  const letter = unit | 0x20;
  return isDigit(unit) || unit == 0x3a || (letter >= 0x61 && letter <= 0x66) || unit == 0x2e;
}

function textOf(config: ConfigReader, key: string): string | null {
  const value = config.value(key);
  return value != null && value.kind == JsonKind.String ? value.text : null;
}
