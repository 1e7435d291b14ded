import { character, decodeUtf8 } from "../bytes/text";
import { storeUtf8 } from "../bytes/utf8";
import { JsonKind, JsonListener } from "../json/listener";
import { JsonPaths } from "../json/paths";
import { JsonProblem, JsonScanner } from "../json/scanner";
import { skipSpace } from "../json/space";
import { hexValues, unescaped } from "../json/string-decoder";
import { formatInteger } from "./integer";
import { Issues } from "./issues";
import { JsonValue, memberPath } from "./json-value";

/** Nesting allowed in a configuration; the parser recurses once a level. */
const MAX_DEPTH: i32 = 32;

const ROOT_PATH = "config";
const NO_PATHS = new JsonPaths([]);

/**
 * The configuration in `length` bytes of JSON at `pointer`, which are changed; an empty text counts as `{}`.
 *
 * A text that is no JSON gives null and one issue with its line and column. So does nesting deeper than 32 levels. A
 * duplicate key is an issue; the value is still returned, so that the other issues are found too.
 */
export function parseConfig(pointer: usize, length: i32, issues: Issues): JsonValue | null {
  if (skipSpace(pointer, pointer + length) == pointer + length) return new JsonValue(JsonKind.Object, ROOT_PATH);
  const scanner = new JsonScanner(NO_PATHS, new NoCaptures());
  if (!scanner.feed(pointer, length) || !scanner.finish()) {
    issues.add(ROOT_PATH, describeSyntaxError(pointer, length, <i32>scanner.offset, scanner.problem));
    return null;
  }
  const parser = new Parser(pointer, pointer + length, issues);
  const value = parser.value(ROOT_PATH, 0);
  return parser.tooDeep ? null : value;
}


@final
class NoCaptures extends JsonListener {}

/** Builds values from a text that the scanner has accepted, so it checks nothing a second time. */
@final
class Parser {
  tooDeep: bool = false;

  constructor(
    private at: usize,
    private readonly end: usize,
    private readonly issues: Issues,
  ) {}

  value(path: string, depth: i32): JsonValue {
    this.skipSpace();
    switch (load<u8>(this.at)) {
      case 0x7b: // {
        return this.object(path, depth);
      case 0x5b: // [
        return this.array(path, depth);
      case 0x22: // "
        return this.leaf(JsonKind.String, path);
      case 0x74: // t
        return this.leaf(JsonKind.True, path);
      case 0x66: // f
        return this.leaf(JsonKind.False, path);
      case 0x6e: // n
        return this.leaf(JsonKind.Null, path);
      default:
        return this.leaf(JsonKind.Number, path);
    }
  }

  private leaf(kind: JsonKind, path: string): JsonValue {
    const value = new JsonValue(kind, path);
    value.text = kind == JsonKind.String ? this.string() : this.word();
    return value;
  }

  private object(path: string, depth: i32): JsonValue {
    const value = new JsonValue(JsonKind.Object, path);
    if (!this.enter(path, depth)) return value;
    while (this.hasNext(0x7d)) {
      const key = this.string();
      this.skipSpace();
      this.at++;
      const member = this.value(memberPath(path, key), depth + 1);
      if (this.tooDeep) return value;
      if (value.get(key) != null) this.issues.add(member.path, "duplicate key");
      else value.add(key, member);
    }
    return value;
  }

  private array(path: string, depth: i32): JsonValue {
    const value = new JsonValue(JsonKind.Array, path);
    if (!this.enter(path, depth)) return value;
    while (this.hasNext(0x5d)) {
      value.items.push(this.value(`${path}[${formatInteger(value.items.length)}]`, depth + 1));
      if (this.tooDeep) return value;
    }
    return value;
  }

  private enter(path: string, depth: i32): bool {
    this.at++;
    if (depth < MAX_DEPTH) return true;
    this.issues.add(path, "is nested deeper than 32 levels");
    this.tooDeep = true;
    return false;
  }

  /** Steps over the comma before the next element, or over `close`. */
  private hasNext(close: u8): bool {
    this.skipSpace();
    if (load<u8>(this.at) == 0x2c) {
      this.at++;
      this.skipSpace();
    }
    if (load<u8>(this.at) != close) return true;
    this.at++;
    return false;
  }

  /** Undoes the escapes in place: what they stand for is never longer. */
  private string(): string {
    const start = ++this.at;
    let to = start;
    for (let byte: u32 = load<u8>(this.at); byte != 0x22; byte = load<u8>(this.at)) {
      if (byte == 0x5c) {
        const letter: u32 = load<u8>(++this.at);
        byte = unescaped(letter);
        if (letter == 0x75) {
          byte = hexValues(load<u32>(this.at, 1));
          this.at += 4;
        }
        to += storeUtf8(to, byte);
      } else {
        store<u8>(to++, byte);
      }
      this.at++;
    }
    this.at++;
    return decodeUtf8(start, <i32>(to - start));
  }

  /** A number or a literal, as it is spelled. */
  private word(): string {
    const start = this.at;
    while (this.at < this.end && isWordByte(load<u8>(this.at))) this.at++;
    return decodeUtf8(start, <i32>(this.at - start));
  }

  private skipSpace(): void {
    this.at = skipSpace(this.at, this.end);
  }
}

/** Whether a byte is none of those that may follow a number or a literal. */
function isWordByte(byte: u8): bool {
  return byte > 0x20 && byte != 0x2c /* , */ && (byte | 0x20) != 0x7d; /* ] } */
}

function describeSyntaxError(pointer: usize, length: i32, offset: i32, problem: JsonProblem): string {
  let line = 1;
  let column = 1;
  for (let i = 0; i < min(offset, length); i++) {
    const byte = load<u8>(pointer + i);
    if (byte == 0x0a) {
      line++;
      column = 1;
    } else if ((byte & 0xc0) != 0x80) {
      column++;
    }
  }
  return `is not JSON at line ${formatInteger(line)}, column ${formatInteger(column)}: ${describeFound(pointer, length, offset, problem)}`;
}

/** The mistakes that people make when they write JSON by hand, by name; else the byte that does not belong there. */
function describeFound(pointer: usize, length: i32, offset: i32, problem: JsonProblem): string {
  if (problem == JsonProblem.BadUtf8) return "not UTF-8";
  if (problem == JsonProblem.TooDeep) return "nested too deep";
  if (offset >= length) return "the text ends too early";
  const found = load<u8>(pointer + offset);
  if ((found == 0x7d || found == 0x5d) && lastBefore(pointer, offset) == 0x2c) return "a comma after the last element";
  if (found == 0x2f || found == 0x23) return "comments are not allowed";
  if (found == 0x27) return "strings and keys take double quotes";
  if (found < 0x20) return "a control character (in a string it must be escaped)";
  if (found >= 0x7f) return "a character that is not allowed outside strings (a byte order mark?)";
  return `unexpected character ${character(found)}`;
}

function lastBefore(pointer: usize, offset: i32): u8 {
  let i = offset - 1;
  while (i >= 0 && load<u8>(pointer + i) <= 0x20) i--;
  return i < 0 ? 0 : load<u8>(pointer + i);
}
