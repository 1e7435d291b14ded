import { Bytes } from "../../assembly/bytes/view";
import { Issues } from "../../assembly/config/issues";
import { JsonValue } from "../../assembly/config/json-value";
import { parseConfig } from "../../assembly/config/parse";
import { JsonKind } from "../../assembly/json/listener";

/** A short JSON text, whole; null when it is none. What is wrong with it is nobody's to know: it may quote a secret. */
export function parseAnswer(text: Bytes): JsonValue | null {
  const issues = new Issues("");
  const value = parseConfig(text.pointer, text.length, issues);
  return issues.isEmpty ? value : null;
}

/** The text under `key`; empty when there is none. */
export function textOf(object: JsonValue, key: string): string {
  const value = object.get(key);
  return value != null ? value.string : "";
}

/** The number under `key`, which some servers write as a text; NaN when there is none. */
export function numberOf(object: JsonValue, key: string): f64 {
  const value = object.get(key);
  return value != null && (value.kind == JsonKind.Number || value.kind == JsonKind.String)
    ? parseFloat(value.text)
    : NaN;
}
