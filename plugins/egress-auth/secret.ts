import { ByteString } from "../../assembly/bytes/view";
import { isFieldValue } from "../../assembly/config/header-text";
import { ConfigReader } from "../../assembly/config/reader";
import { environmentVariable } from "../../assembly/filter/environment";
import { JsonKind } from "../../assembly/json/listener";

/** Longest secret, in bytes. */
const MOST_BYTES: i32 = 16384;
const MOST_DOCUMENT_BYTES: i32 = 65536;
const LONGEST_NAME: i32 = 128;
const SHAPE = "must be an object with exactly one of env, value";
const PLACEHOLDER = "is a placeholder that nobody filled in: a variable of the VM is named with env";
const TEXT = "must be 1 to 16384 bytes of visible ASCII, no space at either end";

/**
 * Reads the secret under `key`: `{"env": NAME}`, with `"optional": true` where it may be missing, or `{"value": TEXT}`. Null when
 * an optional variable is missing, or something is wrong, which becomes an issue that never quotes what was written.
 *
 * `isDocument` takes line ends, too.
 */
export function readSecret(config: ConfigReader, key: string, isDocument: bool = false): ByteString | null {
  const value = config.value(key);
  if (value == null) {
    config.reject(key, "is required");
    return null;
  }
  if (!value.isObject) {
    config.reject(key, SHAPE);
    return null;
  }
  return readSource(config.object(key)!, isDocument);
}

/** The same of each element of the array under `key`, at most `most`; of an object as the only one. */
export function readSecrets(config: ConfigReader, key: string, most: i32): ByteString[] {
  const secrets: ByteString[] = [];
  const value = config.value(key);
  if (value == null || value.kind != JsonKind.Array) {
    const secret = readSecret(config, key);
    if (secret != null) secrets.push(secret);
    return secrets;
  }
  for (let i = 0; i < value.items.length; i++) {
    if (value.items[i].isObject) continue;
    config.reject(key, `must hold objects with exactly one of env, value`);
    return secrets;
  }
  const sources = config.objects(key, 1, most);
  for (let i = 0; i < sources.length; i++) {
    const secret = readSource(sources[i], false);
    if (secret != null) secrets.push(secret);
  }
  return secrets;
}

function readSource(source: ConfigReader, isDocument: bool): ByteString | null {
  const isVariable = source.has("env");
  if (isVariable == source.has("value") || (source.has("optional") && !isVariable)) {
    source.rejectAll(SHAPE);
    source.value("optional");
    return null;
  }
  return isVariable ? readVariable(source, isDocument) : readValue(source, isDocument);
}

function readVariable(source: ConfigReader, isDocument: bool): ByteString | null {
  const isOptional = source.bool("optional", false);
  const name = source.value("env")!;
  if (name.kind != JsonKind.String || !isVariableName(name.text)) {
    source.reject("env", "must be the name of an environment variable: letters, digits and _, at most 128");
    return null;
  }
  const value = environmentVariable(name.text);
  if (value == null) {
    if (!isOptional) source.reject("env", `names no variable that this VM has: ${name.text}`);
    return null;
  }
  if (isSecret(changetype<ByteString>(value), isDocument)) return changetype<ByteString>(value);
  source.reject("env", `names a variable whose value can't be sent: ${name.text} ${TEXT}`);
  return null;
}

function readValue(source: ConfigReader, isDocument: bool): ByteString | null {
  const value = source.value("value")!;
  if (value.kind == JsonKind.String) {
    if (value.text.startsWith("${") && value.text.endsWith("}")) {
      source.reject("value", PLACEHOLDER);
      return null;
    }
    const secret = new ByteString(value.text);
    if (isSecret(secret, isDocument)) return secret;
  }
  source.reject("value", TEXT);
  return null;
}

function isVariableName(name: string): bool {
  for (let i = 0; i < name.length; i++) {
    const unit = name.charCodeAt(i);
    const letter = unit | 0x20;
    const isLetter = (letter >= 0x61 && letter <= 0x7a && unit < 0x80) || unit == 0x5f;
    if (!isLetter && (i == 0 || unit < 0x30 || unit > 0x39)) return false;
  }
  return name.length > 0 && name.length <= LONGEST_NAME;
}

function isSecret(value: ByteString, isDocument: bool): bool {
  if (isDocument) return value.length > 0 && value.length <= MOST_DOCUMENT_BYTES;
  return isFieldValue(value, MOST_BYTES);
}
