/**
 * Settings where a secret may stand by mistake: what is wrong with one is told without what was written.
 */
import { joined } from "../../assembly/bytes/text";
import { ByteString } from "../../assembly/bytes/view";
import { isFieldName, isFieldValue, lowerCase } from "../../assembly/config/header-text";
import { ConfigReader } from "../../assembly/config/reader";
import { JsonKind } from "../../assembly/json/listener";

const LONGEST_PATH: i32 = 1024;

/** A header's value: 1 to `longest` visible characters of ASCII, and spaces between them. */
export function readValue(config: ConfigReader, key: string, fallback: string, longest: i32): string {
  const text = textOf(config, key);
  if (text != null && isFieldValue(new ByteString(text), longest)) return text;
  config.reject(key, `must be 1 to ${longest.toString()} visible ASCII characters, no space at either end`);
  return fallback;
}

/** A path of at most `LONGEST_PATH` bytes, with or without a query. */
export function readPath(config: ConfigReader, key: string): string {
  const text = textOf(config, key);
  if (text != null && text.startsWith("/") && isFieldValue(new ByteString(text), LONGEST_PATH) && !text.includes(" "))
    return text;
  config.reject(key, `must be a path: / and visible ASCII characters, at most ${LONGEST_PATH.toString()}`);
  return "/";
}

/** The name of an HTTP header, in lower case. */
export function readFieldName(config: ConfigReader, key: string, fallback: string): string {
  const text = textOf(config, key);
  if (text != null && isFieldName(text)) return lowerCase(text);
  config.reject(key, "must be the name of an HTTP header");
  return fallback;
}

/** The index in `names` of what is written; 0 where that is none of them. */
export function readChoice(config: ConfigReader, key: string, names: string[]): i32 {
  const text = textOf(config, key);
  const index = text == null ? -1 : names.indexOf(text);
  if (index < 0) config.reject(key, `must be one of ${joined(names, ", ")}`);
  return max(index, 0);
}

function textOf(config: ConfigReader, key: string): string | null {
  const value = config.value(key);
  return value != null && value.kind == JsonKind.String ? value.text : null;
}
