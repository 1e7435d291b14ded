import { Ascii, isAscii } from "../bytes/ascii";
import { character } from "../bytes/text";
import { JsonKind } from "../json/listener";

/**
 * A value of a parsed configuration, which knows where it was written.
 *
 * Not for bodies: it holds the whole text as strings. Bodies go through `json/scanner`.
 */
@final
export class JsonValue {
  /** A string's text; a number's or a literal's spelling. */
  text: string = "";
  /** An object's keys, in the order of `items`. */
  keys: string[] = [];
  /** An array's elements, or an object's values. */
  items: JsonValue[] = [];

  constructor(
    readonly kind: JsonKind,
    /** Where the value was written, such as `config.limits[2].per`; `merge` keeps it. */
    readonly path: string,
  ) {}

  get isObject(): bool {
    return this.kind == JsonKind.Object;
  }

  /** What a string says; empty for any other value. */
  get string(): string {
    return this.kind == JsonKind.String ? this.text : "";
  }

  /** The value under `key`; null when there is none or this is no object. */
  get(key: string): JsonValue | null {
    const index = this.keys.indexOf(key);
    return index < 0 ? null : this.items[index];
  }

  /** Puts a member into an object that has none under `key`. */
  add(key: string, value: JsonValue): void {
    this.keys.push(key);
    this.items.push(value);
  }

  /** What a message says was got: the value itself where it is short, its type where it is not. */
  describe(): string {
    switch (this.kind) {
      case JsonKind.String:
        return quote(this.text);
      case JsonKind.Array:
        return "an array";
      case JsonKind.Object:
        return "an object";
      default:
        return readable(this.text);
    }
  }
}

const LONGEST_QUOTED: i32 = 64;

/** `text` in double quotes, cut after 64 characters, fit for a line of a log. */
export function quote(text: string): string {
  return `"${readable(text)}"`;
}

function readable(text: string): string {
  let safe = "";
  for (let i = 0; i < text.length; i++) {
    if (i == LONGEST_QUOTED) return safe + "...";
    const unit = text.charCodeAt(i);
    safe += character(unit < 0x20 || unit == 0x7f ? 0x3f /* ? */ : unit);
  }
  return safe;
}

/** The path of the member `key` of the object at `parent`. */
export function memberPath(parent: string, key: string): string {
  return isPlainName(key) ? `${parent}.${key}` : `${parent}[${quote(key)}]`;
}

function isPlainName(key: string): bool {
  for (let i = 0; i < key.length; i++) {
    if (!isAscii(key.charCodeAt(i), Ascii.Name)) return false;
  }
  return key.length > 0;
}
