import { formatInteger, parseInteger } from "../../../assembly/config/integer";
import { Issues } from "../../../assembly/config/issues";
import { JsonValue } from "../../../assembly/config/json-value";
import { merge } from "../../../assembly/config/merge";
import { nearest } from "../../../assembly/config/nearest";
import { parseConfig } from "../../../assembly/config/parse";
import { ConfigReader } from "../../../assembly/config/reader";
import { JsonKind } from "../../../assembly/json/listener";

let issues: Issues = new Issues("test");

function parse(text: string): JsonValue | null {
  const bytes = String.UTF8.encode(text);
  return parseConfig(changetype<usize>(bytes), bytes.byteLength, issues);
}

function open(text: string): ConfigReader {
  issues = new Issues("test");
  const value = parse(text);
  return new ConfigReader(value == null ? new JsonValue(JsonKind.Object, "config") : value, issues);
}

export function lastIssues(): string {
  return issues.render();
}

/** The parsed text as JSON, in one line; the issues where there are any. */
export function roundTrip(text: string): string {
  issues = new Issues("test");
  const value = parse(text);
  return value != null && issues.isEmpty ? write(value) : issues.render();
}

export function roundTripBytes(bytes: ArrayBuffer): string {
  issues = new Issues("test");
  const value = parseConfig(changetype<usize>(bytes), bytes.byteLength, issues);
  return value != null && issues.isEmpty ? write(value) : issues.render();
}

export function merged(base: string, over: string): string {
  issues = new Issues("test");
  return write(merge(parse(base)!, parse(over)!));
}

/** What a reader says about `a.n` of the merged configuration when it should be at most 1. */
export function mergedIssue(base: string, over: string): string {
  issues = new Issues("test");
  const overrides = parse(over)!.get("overrides")!.items[0].get("config")!;
  const reader = new ConfigReader(merge(parse(base)!, overrides), issues);
  reader.value("overrides");
  reader.object("a")!.integer("n", 0, 0, 1);
  reader.end();
  return issues.render();
}

export function text(config: string, shortest: i32, longest: i32): string {
  return open(config).string("k", "fallback", shortest, longest);
}

export function requiredText(config: string): string {
  return open(config).requiredString("k");
}

export function flag(config: string): bool {
  return open(config).bool("k", true);
}

export function integer(config: string, least: i64, most: i64): i64 {
  return open(config).integer("k", -7, least, most);
}

export function number(config: string, least: f64, most: f64): f64 {
  return open(config).number("k", -7, least, most);
}

export function duration(config: string, least: i64, most: i64): i64 {
  return open(config).durationMs("k", -7, least, most);
}

export function size(config: string, least: i32, most: i32): i32 {
  return open(config).sizeBytes("k", -7, least, most);
}

export function optionalSize(config: string): i32 {
  return open(config).optionalSizeBytes("k", 1, 1 << 20);
}

export function mode(config: string): i32 {
  return open(config).enumValue("k", ["Enforce", "Audit", "Off"], 0);
}

export function header(config: string): string {
  return open(config).headerName("k", "x-default");
}

export function headerValue(config: string): string {
  return open(config).headerValue("k", "", 4);
}

export function names(config: string): string {
  return open(config).strings("k", 1, 3, 4).join("|");
}

/** Reads a small settings object the way a plugin does, and returns what is wrong with it. */
export function settings(config: string): string {
  const reader = open(config);
  reader.string("modelHeader", "x-model");
  reader.bool("splitProvider", false);
  const models = reader.objects("models", 0, 3);
  for (let i = 0; i < models.length; i++) {
    models[i].requiredString("name");
    if (models[i].has("targets") == models[i].has("provider"))
      models[i].rejectAll("needs provider or targets, not both");
    models[i].string("provider", "");
    const targets = models[i].objects("targets", 1, 2);
    for (let j = 0; j < targets.length; j++) targets[j].integer("weight", 1, 0, 100);
  }
  const match = reader.object("match");
  if (match != null) match.string("path", "");
  reader.end();
  return issues.render();
}

export function nearestOf(name: string, candidates: string): string {
  const found = nearest(name, candidates.split(","));
  return found == null ? "" : found;
}

export function parsedInteger(text: string): i64 {
  return parseInteger(text);
}

export function formattedInteger(value: i64): string {
  return formatInteger(value);
}

function write(value: JsonValue): string {
  switch (value.kind) {
    case JsonKind.String:
      return writeString(value.text);
    case JsonKind.Array: {
      const parts = new Array<string>();
      for (let i = 0; i < value.items.length; i++) parts.push(write(value.items[i]));
      return `[${parts.join(",")}]`;
    }
    case JsonKind.Object: {
      const parts = new Array<string>();
      for (let i = 0; i < value.items.length; i++) parts.push(`${writeString(value.keys[i])}:${write(value.items[i])}`);
      return `{${parts.join(",")}}`;
    }
    default:
      return value.text;
  }
}

function writeString(text: string): string {
  let out = '"';
  for (let i = 0; i < text.length; i++) out += "\\u" + text.charCodeAt(i).toString(16).padStart(4, "0");
  return out + '"';
}
