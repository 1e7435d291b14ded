import { joined } from "../bytes/text";
import { JsonKind } from "../json/listener";
import { envoyName, isFieldName, isPlainName, isRequestPath, isVisibleAscii, lowerCase } from "./header-text";
import { formatInteger, NOT_AN_INTEGER, parseInteger } from "./integer";
import { Issues } from "./issues";
import { JsonValue, memberPath } from "./json-value";
import { nearest } from "./nearest";
import { formatDuration, formatSize, NOT_A_QUANTITY, parseDuration, parseSize } from "./units";

const ALL: u32 = 0xffffffff;

/**
 * Reads one object of a configuration, key by key, into typed settings.
 *
 * Every read returns a usable value: what is written, or the default where the key is absent or wrong; what is wrong
 * becomes an issue with its path. A `null` counts as absent only where a method says so. Call `end` on the outermost reader
 * when everything was read: what nobody asked for is an unknown key.
 *
 * Bounds are inclusive.
 */
@final
export class ConfigReader {
  private readonly asked: string[] = [];
  private readonly inner: ConfigReader[] = [];

  constructor(
    private readonly source: JsonValue,
    private readonly issues: Issues,
  ) {
    if (!source.isObject) issues.add(source.path, `must be an object (got ${source.describe()})`);
  }

  /** Where this object was written. */
  get path(): string {
    return this.source.path;
  }

  /** What a line in the log about `key` begins with: the plugin and the path. */
  label(key: string): string {
    return `${this.issues.plugin}: ${memberPath(this.path, key)}`;
  }

  /** Every key of the object as written, for objects whose keys are names that the operator chose. */
  get keys(): string[] {
    return this.source.keys;
  }

  has(key: string): bool {
    return this.value(key) != null;
  }

  /** The value as it was written, for what is read later or merged; null when absent. */
  value(key: string): JsonValue | null {
    if (!this.asked.includes(key)) this.asked.push(key);
    return this.source.get(key);
  }

  /** Adds an issue that only the caller can see, such as two keys that exclude each other. `key` may be absent. */
  reject(key: string, message: string): void {
    const value = this.value(key);
    this.issues.add(value == null ? memberPath(this.path, key) : value.path, message);
  }

  /** Adds an issue about the object as a whole. */
  rejectAll(message: string): void {
    this.issues.add(this.path, message);
  }

  /** Text of `shortest` to `longest` characters (Unicode code points). */
  string(key: string, fallback: string, shortest: i32 = 0, longest: i32 = 1024): string {
    const value = this.value(key);
    if (value == null) return fallback;
    if (value.kind == JsonKind.String && hasLength(value.text, shortest, longest)) return value.text;
    this.wrong(value, describeText(shortest, longest));
    return fallback;
  }

  /** Like `string`, at least one character; an absent key is an issue. */
  requiredString(key: string, longest: i32 = 1024): string {
    if (!this.has(key)) this.reject(key, "is required");
    return this.string(key, "", 1, longest);
  }

  bool(key: string, fallback: bool): bool {
    const value = this.value(key);
    if (value == null) return fallback;
    if (value.kind == JsonKind.True || value.kind == JsonKind.False) return value.kind == JsonKind.True;
    this.wrong(value, "true or false");
    return fallback;
  }

  /** A whole number; `1e3` and `10.0` are whole. Bounds within +-(2^53 - 1). */
  integer(key: string, fallback: i64, least: i64, most: i64): i64 {
    const value = this.value(key);
    if (value == null) return fallback;
    const number = integerOf(value);
    if (number != NOT_AN_INTEGER && number >= least && number <= most) return number;
    this.wrong(value, `a whole number, ${range(least, most)}`);
    return fallback;
  }

  /** Within one unit in the last place of what is written. */
  number(key: string, fallback: f64, least: f64, most: f64): f64 {
    const value = this.value(key);
    if (value == null) return fallback;
    const number = value.kind == JsonKind.Number ? parseFloat(value.text) : NaN;
    if (number >= least && number <= most) return number;
    this.wrong(value, `a number, ${formatNumber(least)} to ${formatNumber(most)}`);
    return fallback;
  }

  /** A duration such as `"250ms" "1s" "5m" "1h" "30d"`, in milliseconds. */
  durationMs(key: string, fallback: i64, least: i64, most: i64): i64 {
    const value = this.value(key);
    if (value == null) return fallback;
    const ms = parseDuration(value.string);
    if (ms != NOT_A_QUANTITY && ms >= least && ms <= most) return ms;
    this.wrong(value, `a duration, ${formatDuration(least)} to ${formatDuration(most)}`);
    return fallback;
  }

  /** A size such as `"64KiB" "2MiB"` or a number of bytes, in bytes. */
  sizeBytes(key: string, fallback: i32, least: i32, most: i32): i32 {
    const value = this.value(key);
    if (value == null) return fallback;
    const bytes = sizeOf(value);
    if (bytes != NOT_A_QUANTITY && bytes >= least && bytes <= most) return <i32>bytes;
    const expected = `a size such as "64KiB" or a number of bytes, ${formatSize(least)} to ${formatSize(most)}`;
    this.wrong(value, expected);
    return fallback;
  }

  /** Like `sizeBytes`; -1 when the key is absent or null. */
  optionalSizeBytes(key: string, least: i32, most: i32): i32 {
    return this.isNull(key) ? -1 : this.sizeBytes(key, -1, least, most);
  }

  /** True when the key is there and null. */
  isNull(key: string): bool {
    const value = this.value(key);
    return value != null && value.kind == JsonKind.Null;
  }

  /** The index in `names` of what is written; `fallback` is an index too, or -1. */
  enumValue(key: string, names: string[], fallback: i32): i32 {
    const value = this.value(key);
    const index = value == null ? -1 : this.choice(value, names, ALL);
    return index < 0 ? fallback : index;
  }

  /** Which of `names` are written, a bit for each index; those without a bit in `allowed` are not known. 0 when absent. */
  enumValues(key: string, names: string[], allowed: u32): u32 {
    const elements = this.elements(key, 1, popcnt(allowed), "strings");
    let chosen: u32 = 0;
    for (let i = 0; i < elements.length; i++) {
      const index = this.choice(elements[i], names, allowed);
      if (index >= 0) chosen |= 1 << index;
    }
    return chosen;
  }

  private choice(value: JsonValue, names: string[], allowed: u32): i32 {
    const index = names.indexOf(value.string);
    if (index >= 0 && (allowed >> index) & 1) return index;
    const known: string[] = [];
    for (let i = 0; i < names.length; i++) if ((allowed >> i) & 1) known.push(unchecked(names[i]));
    const expected = known.length == 1 ? known[0] : `one of ${joined(known, ", ")}`;
    this.issues.add(value.path, `must be ${expected} (got ${value.describe()}${suggest(value.string, known)})`);
    return -1;
  }

  /**
   * The name of an HTTP header, as `envoyName` has it, at most 128 bytes; `fallback` may be empty for "none". Pseudo-headers
   * such as `:path` are no names of headers.
   */
  headerName(key: string, fallback: string): string {
    const value = this.value(key);
    if (value == null) return fallback;
    if (isFieldName(value.string)) return envoyName(value.text);
    this.wrong(value, "the name of an HTTP header");
    return fallback;
  }

  /** `fewest` to `most` names of HTTP headers, in lower case; none when absent. Elements that are wrong are left out. */
  headerNames(key: string, fewest: i32, most: i32): string[] {
    const names: string[] = [];
    const elements = this.elements(key, fewest, most, "names of HTTP headers");
    for (let i = 0; i < elements.length; i++) {
      const element = elements[i];
      if (isFieldName(element.string)) names.push(lowerCase(element.text));
      else this.wrong(element, "the name of an HTTP header");
    }
    return names;
  }

  /** `fewest` to `most` whole numbers of `least` to `greatest`; none when absent. Elements that are wrong are left out. */
  integers(key: string, fewest: i32, most: i32, least: i32, greatest: i32): i32[] {
    const numbers: i32[] = [];
    const elements = this.elements(key, fewest, most, "whole numbers");
    for (let i = 0; i < elements.length; i++) {
      const number = integerOf(elements[i]);
      if (number != NOT_AN_INTEGER && number >= least && number <= greatest) numbers.push(<i32>number);
      else this.wrong(elements[i], `a whole number, ${range(least, greatest)}`);
    }
    return numbers;
  }

  /** A name of 1 to `longest` ASCII letters, digits, `.`, `_` and `-`; `fallback` may be empty for "none". */
  plainName(key: string, fallback: string, longest: i32): string {
    const value = this.value(key);
    if (value == null) return fallback;
    if (isPlainName(value.string, longest)) return value.text;
    this.wrong(value, `1 to ${formatInteger(longest)} letters, digits, ".", "_" or "-"`);
    return fallback;
  }

  /** Text that can stand as it is in a header: 1 to `longest` visible ASCII characters; `fallback` may be empty for "none". */
  headerValue(key: string, fallback: string, longest: i32 = 256): string {
    const value = this.value(key);
    if (value == null) return fallback;
    if (isVisibleAscii(value.string, longest)) return value.text;
    this.wrong(value, `1 to ${formatInteger(longest)} visible ASCII characters`);
    return fallback;
  }

  /** A request's path, with or without a query. */
  requestPath(key: string, fallback: string, longest: i32): string {
    const value = this.value(key);
    if (value == null) return fallback;
    if (isRequestPath(value.string, longest)) return value.text;
    this.wrong(value, `a path: / and visible ASCII characters but #, at most ${formatInteger(longest)}`);
    return fallback;
  }

  /** `fewest` to `most` texts of 1 to `longest` characters; none when absent. Elements that are wrong are left out. */
  strings(key: string, fewest: i32, most: i32, longest: i32 = 256): string[] {
    const texts: string[] = [];
    const elements = this.elements(key, fewest, most, "strings");
    for (let i = 0; i < elements.length; i++) {
      const element = elements[i];
      if (hasLength(element.string, 1, longest)) texts.push(element.text);
      else this.wrong(element, describeText(1, longest));
    }
    return texts;
  }

  /** A reader for each of `fewest` to `most` objects; none when absent. Elements that are no objects are left out. */
  objects(key: string, fewest: i32, most: i32): ConfigReader[] {
    const readers: ConfigReader[] = [];
    const elements = this.elements(key, fewest, most, "objects");
    for (let i = 0; i < elements.length; i++) {
      const reader = this.open(elements[i]);
      if (reader != null) readers.push(reader);
    }
    return readers;
  }

  /** A reader for the object under `key`; null when absent or no object. */
  object(key: string): ConfigReader | null {
    const value = this.value(key);
    return value == null ? null : this.open(value);
  }

  /** A reader for the object under `key`, where nothing written means an object without keys. */
  section(key: string): ConfigReader {
    const value = this.value(key);
    const path = memberPath(this.source.path, key);
    const reader = this.open(value == null ? new JsonValue(JsonKind.Object, path) : value);
    return reader != null ? reader : new ConfigReader(new JsonValue(JsonKind.Object, path), this.issues);
  }

  /** Rejects those of `keys` that are written and that nobody asked for: they are known, but mean nothing here. */
  refuseUnasked(keys: string[], message: string): void {
    const written = this.source.keys;
    for (let i = 0; i < written.length; i++) {
      if (keys.includes(written[i]) && !this.asked.includes(written[i])) this.reject(written[i], message);
    }
  }

  /** Reports the keys that nobody asked for, here and in every object that was opened. */
  end(): void {
    for (let i = 0; i < this.source.keys.length; i++) {
      const key = this.source.keys[i];
      if (!this.asked.includes(key)) {
        this.issues.add(this.source.items[i].path, `unknown key${suggest(key, this.asked)}`);
      }
    }
    for (let i = 0; i < this.inner.length; i++) this.inner[i].end();
  }

  private open(value: JsonValue): ConfigReader | null {
    const reader = new ConfigReader(value, this.issues);
    if (!value.isObject) return null;
    this.inner.push(reader);
    return reader;
  }

  private elements(key: string, fewest: i32, most: i32, what: string): JsonValue[] {
    const value = this.value(key);
    if (value == null) return [];
    const isArray = value.kind == JsonKind.Array;
    if (isArray && value.items.length >= fewest && value.items.length <= most) return value.items;
    const got = isArray ? `${formatInteger(value.items.length)} elements` : value.describe();
    this.issues.add(value.path, `must be an array of ${range(fewest, most)} ${what} (got ${got})`);
    return [];
  }

  private wrong(value: JsonValue, expected: string): void {
    this.issues.add(value.path, `must be ${expected} (got ${value.describe()})`);
  }
}

function suggest(name: string, candidates: string[]): string {
  const meant = nearest(name, candidates);
  return meant == null ? "" : `; did you mean ${meant}?`;
}

function integerOf(value: JsonValue): i64 {
  return value.kind == JsonKind.Number ? parseInteger(value.text) : NOT_AN_INTEGER;
}

function sizeOf(value: JsonValue): i64 {
  if (value.kind == JsonKind.String) return parseSize(value.text);
  return max(integerOf(value), NOT_A_QUANTITY);
}

function hasLength(text: string, shortest: i32, longest: i32): bool {
  const start = changetype<usize>(text);
  let length = text.length;
  // Two halves of a surrogate pair are one.
  for (let at = start + ((<usize>length) << 1) - 4; at >= start; at -= 2) {
    length -= i32((load<u32>(at) & 0xfc00fc00) == 0xdc00d800);
  }
  return length >= shortest && length <= longest;
}

function describeText(shortest: i32, longest: i32): string {
  return `a string of ${range(shortest, longest)} characters`;
}

function range(least: i64, most: i64): string {
  return `${formatInteger(least)} to ${formatInteger(most)}`;
}

function formatNumber(number: f64): string {
  const text = number.toString();
  return text.endsWith(".0") ? text.substring(0, text.length - 2) : text;
}
