import { ByteString } from "../../assembly/bytes/view";
import { envoyName, isFieldName } from "../../assembly/config/header-text";
import { NOT_AN_INTEGER, formatInteger, parseInteger } from "../../assembly/config/integer";
import { JsonValue } from "../../assembly/config/json-value";
import { ConfigReader } from "../../assembly/config/reader";
import { JsonKind } from "../../assembly/json/listener";
import { GlobList } from "../../assembly/match/glob-list";
import { Algorithm, Count, CountKind, Limit, NO_KEY } from "./limit";
import { KeyPart, KeySource, LimitKey } from "./limit-key";

const MOST_LIMITS: i32 = 32;
const LONGEST_NAME: i32 = 64;
const MOST_PARTS: i32 = 8;
const MOST_MODELS: i32 = 1024;
const LONGEST_MODEL: i32 = 256;
/** One more than `ConfigReader.integer` takes, because a number of that size is often meant as no limit. */
const MOST_AMOUNT: i64 = 1 << 53;
/** In thousandths. */
const MOST_WEIGHT: i64 = 1_000_000;
const SECOND_MS: i64 = 1000;
const MONTH_MS: i64 = 2_592_000_000;

const PER_REQUEST = "request";
const SOURCES: string[] = ["consumer", "model", "group", "provider", "route", "sourceAddress"];
const COUNTS: string[] = ["Input", "Output", "Total", "Requests", "Concurrent"];
const ALGORITHMS: string[] = ["SlidingWindow", "FixedWindow", "TokenBucket"];

/** The entries of `limits`; the different keys that they count by are added to `keys`. */
export function readLimits(config: ConfigReader, keys: LimitKey[], findsGroups: bool): Limit[] {
  const entries = config.objects("limits", 0, MOST_LIMITS);
  const limits: Limit[] = [];
  const names: string[] = [];
  for (let i = 0; i < entries.length; i++) {
    const limit = readLimit(entries[i], keys);
    if (limit.name.length > 0 && names.includes(limit.name)) {
      entries[i].reject("name", "must not be the same as another");
    }
    if (!findsGroups && limit.key != NO_KEY && (keys[limit.key].sources & (1 << KeySource.Group)) != 0) {
      entries[i].reject("by", "has group, which no entry of consumer finds");
    }
    names.push(limit.name);
    limits.push(limit);
  }
  return limits;
}

function readLimit(entry: ConfigReader, keys: LimitKey[]): Limit {
  const name = readName(entry);
  const by = readKey(entry);
  const models = entry.has("models") ? readModels(entry) : null;
  const count = readCount(entry);
  const amount = readAmount(entry, "amount", 1);
  const isConcurrent = count.kind == CountKind.Concurrent;
  const isPerRequest = readsPerRequest(entry, count);
  const key = isPerRequest ? NO_KEY : enter(keys, by);
  let periodMs: i64 = 0;
  if (isConcurrent) forbid(entry, "per", "Concurrent");
  else if (!entry.has("per")) entry.reject("per", "is required");
  else if (!isPerRequest) periodMs = entry.durationMs("per", SECOND_MS, SECOND_MS, MONTH_MS);
  if (isConcurrent) forbid(entry, "algorithm", "Concurrent");
  if (isPerRequest) forbid(entry, "algorithm", "per request");
  const chosen = entry.enumValue("algorithm", ALGORITHMS, 0);
  const algorithm = isConcurrent ? Algorithm.Concurrent : <Algorithm>chosen;
  if (algorithm != Algorithm.TokenBucket && entry.has("burst")) entry.reject("burst", "is for TokenBucket only");
  const burst = readAmount(entry, "burst", amount);
  const limit = new Limit(name, key, models, count, amount, burst, periodMs, algorithm, isPerRequest);
  if (entry.has("whenAnomalous")) readTighter(entry, limit, by);
  return limit;
}

/** Whatever the case: where a provider takes any (Azure's deployments, Ollama), another one must be no way around. */
function readModels(entry: ConfigReader): GlobList {
  return new GlobList(entry.strings("models", 1, MOST_MODELS, LONGEST_MODEL), true);
}

function readTighter(entry: ConfigReader, limit: Limit, by: LimitKey): void {
  if (limit.isPerRequest) forbid(entry, "whenAnomalous", "per request");
  if ((by.sources & (1 << KeySource.Consumer)) == 0) entry.reject("whenAnomalous", "needs consumer in by");
  const tighter = limit.share(readThousandths(entry, "whenAnomalous", 1, 1000));
  tighter.usual = limit;
  limit.tighter = tighter;
}

function forbid(entry: ConfigReader, key: string, count: string): void {
  if (entry.has(key)) entry.reject(key, `has no meaning with ${count}`);
}

function readName(entry: ConfigReader): string {
  const name = entry.requiredString("name", LONGEST_NAME);
  for (let i = 0; i < name.length; i++) {
    const unit = name.charCodeAt(i);
    const isLetter = unit >= 0x61 && unit <= 0x7a;
    const isDigit = unit >= 0x30 && unit <= 0x39;
    if (isLetter || isDigit || unit == 0x2d || unit == 0x5f) continue;
    entry.reject("name", "must be of a-z, 0-9, - and _");
    break;
  }
  return name;
}

function readsPerRequest(entry: ConfigReader, count: Count): bool {
  const per = entry.value("per");
  if (per == null || per.kind != JsonKind.String || per.text != PER_REQUEST) return false;
  if (count.kind == CountKind.Requests) entry.reject("per", "must be a duration with Requests");
  return count.kind != CountKind.Concurrent;
}

function readAmount(entry: ConfigReader, key: string, fallback: i64): i64 {
  const value = entry.value(key);
  if (value == null && key == "amount") entry.reject(key, "is required");
  if (value != null && value.kind == JsonKind.Number && value.text == formatInteger(MOST_AMOUNT)) return MOST_AMOUNT;
  return entry.integer(key, fallback, 1, MOST_AMOUNT);
}

function readCount(entry: ConfigReader): Count {
  const written = entry.value("count");
  if (written == null) entry.reject("count", "is required");
  else if (written.isObject) return readWeights(entry.object("count")!);
  switch (entry.enumValue("count", COUNTS, 0)) {
    case 0:
      return new Count(CountKind.Tokens, 1000, 1000, 1000);
    case 1:
      return new Count(CountKind.Tokens, 0, 0, 0, 1000, 1000);
    case 2:
      return new Count(CountKind.Tokens, 1000, 1000, 1000, 1000, 1000);
    case 3:
      return new Count(CountKind.Requests);
    default:
      return new Count(CountKind.Concurrent);
  }
}

function readWeights(weights: ConfigReader): Count {
  const input = readWeight(weights, "input", 0);
  const cachedInput = readWeight(weights, "cachedInput", input);
  const cacheCreation = readWeight(weights, "cacheCreation", input);
  const output = readWeight(weights, "output", 0);
  const reasoning = readWeight(weights, "reasoning", output);
  if (input + cachedInput + cacheCreation + output + reasoning == 0) weights.rejectAll("must have a weight above 0");
  return new Count(CountKind.Tokens, input, cachedInput, cacheCreation, output, reasoning);
}

function readWeight(weights: ConfigReader, key: string, fallback: i64): i64 {
  return weights.has(key) ? readThousandths(weights, key, 0, MOST_WEIGHT) : fallback;
}

/** A number that is there, in thousandths, `least` (0 or 1) to `most` (whole thousands). */
function readThousandths(entry: ConfigReader, key: string, least: i64, most: i64): i64 {
  const value = entry.value(key)!;
  const number = value.kind == JsonKind.Number ? thousandths(value.text) : NOT_AN_INTEGER;
  if (number >= least && number <= most) return number;
  const range = `${least == 0 ? "0" : "0.001"} to ${formatInteger(most / 1000)}`;
  entry.reject(key, `must be a number of at most 3 decimals, ${range} (got ${value.describe()})`);
  return most;
}

/** The JSON number `text` times 1000, or `NOT_AN_INTEGER`. */
function thousandths(text: string): i64 {
  const e = max(text.indexOf("e"), text.indexOf("E"));
  if (e < 0) return parseInteger(text + "e3");
  const exponent = text.charCodeAt(e + 1) == 0x2b ? text.substring(e + 2) : text.substring(e + 1);
  const shifted = parseInteger(exponent);
  return shifted == NOT_AN_INTEGER ? shifted : parseInteger(`${text.substring(0, e)}e${formatInteger(shifted + 3)}`);
}

/** The parts of `by`: the sources in their own order, then the headers by name. */
function readKey(entry: ConfigReader): LimitKey {
  const by = entry.value("by");
  const sources: bool[] = [false, false, false, false, false, false];
  const headers: string[] = [];
  if (by != null) {
    if (by.kind != JsonKind.Array || by.items.length > MOST_PARTS) {
      const got = by.kind == JsonKind.Array ? formatInteger(by.items.length) : by.describe();
      entry.reject("by", `must be an array of at most ${formatInteger(MOST_PARTS)} parts of a key (got ${got})`);
      return new LimitKey([]);
    }
    for (let i = 0; i < by.items.length; i++) {
      if (!readPart(by.items[i], sources, headers)) {
        const known = SOURCES.join(", ");
        entry.reject("by", `must hold ${known} or {"header": name} (got ${by.items[i].describe()})`);
      }
    }
  }
  const parts: KeyPart[] = [];
  const none = new ByteString("");
  for (let i = 0; i < sources.length; i++) if (sources[i]) parts.push(new KeyPart(<KeySource>i, none));
  for (let i = 0; i < headers.length; i++) parts.push(new KeyPart(KeySource.Header, new ByteString(headers[i])));
  return new LimitKey(parts);
}

function readPart(part: JsonValue, sources: bool[], headers: string[]): bool {
  if (part.kind == JsonKind.String) {
    const index = SOURCES.indexOf(part.text);
    if (index < 0) return false;
    sources[index] = true;
    return true;
  }
  const header = part.get("header");
  if (header == null || part.keys.length != 1 || header.kind != JsonKind.String || !isFieldName(header.text))
    return false;
  const name = envoyName(header.text);
  if (!headers.includes(name)) insert(headers, name);
  return true;
}

/** Keeps `names` in order. */
function insert(names: string[], name: string): void {
  names.push(name);
  for (let i = names.length - 1; i > 0 && names[i - 1] > name; i--) {
    names[i] = names[i - 1];
    names[i - 1] = name;
  }
}

/** The index in `keys` of a key with these parts. */
function enter(keys: LimitKey[], key: LimitKey): i32 {
  for (let i = 0; i < keys.length; i++) if (keys[i].equals(key)) return i;
  return keys.push(key) - 1;
}
