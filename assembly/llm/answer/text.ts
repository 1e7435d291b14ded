import { JsonListener } from "../../json/listener";
import { JsonPaths, NONE } from "../../json/paths";
import { StringDecoder } from "../../json/string-decoder";
import { StringEnd } from "../../json/string-end";

const QUOTE: u32 = 0x22;
const COMMA: u32 = 0x2c;
const COLON: u32 = 0x3a;
const OPEN_ARRAY: u32 = 0x5b;
const CLOSE_ARRAY: u32 = 0x5d;
const OPEN_OBJECT: u32 = 0x7b;
const CLOSE_OBJECT: u32 = 0x7d;

/**
 * The keys of what a model writes, in any dialect. Of the first group a string is text, of the second one an object, as it
 * is written, too. Of the third nothing is: it repeats what stands elsewhere, or is not the model's.
 */
const KEYS = new JsonPaths([
  "content",
  "text",
  "reasoning_content",
  "reasoning",
  "thinking",
  "name",
  "refusal",
  "partial_json",
  "tool_plan",
  "code",
  "generated_text",
  "stringValue",
  "transcript",
  "arguments",
  "input",
  "args",
  "parameters",
  "operation",
  "reasoning_details",
  "thinking_blocks",
  "annotations",
  "citations",
  "results",
  "logprobs",
  "tools",
]);
const REASONING_CONTENT: i32 = 2;
const REASONING: i32 = 3;
const FIRST_RAW: i32 = 13;
const FIRST_IGNORED: i32 = 18;

/** Outermost level of what is passed on as it is written, or ignored, when there is none. */
const NO_LEVEL: i32 = 0;
const MAX_LEVELS: i32 = 64;

/**
 * Finds what a model has written within one JSON value, an object or array that arrives in pieces: a message, a delta, a
 * list of content parts. Splitting it anywhere gives the same text.
 *
 * It goes by keys, wherever they are, so that it reads shapes it doesn't know; for estimates that is near enough. The value
 * must be valid, which the scanner that found it sees to. Whatever is nested deeper than `MAX_LEVELS` is not read.
 */
@final
export class AnswerText {
  private depth: i32 = 0;
  /** One bit a level, innermost lowest: whether it is an object. */
  private nesting: u64 = 0;
  private isKeyNext: bool = false;
  private isInString: bool = false;
  private isKey: bool = false;
  private readonly stringEnd: StringEnd = new StringEnd();
  private isText: bool = false;
  /** Which of `KEYS` the value belongs to. */
  private key: i32 = NONE;
  private keyLength: i32 = 0;
  private rawLevel: i32 = NO_LEVEL;
  private ignoredLevel: i32 = NO_LEVEL;
  /** The key under which reasoning came first: engines give the same text under both. */
  private reasoningKey: i32 = NONE;
  private readonly keyBytes: StaticArray<u8> = new StaticArray<u8>(KEYS.longestKey);
  private readonly decoder: StringDecoder = new StringDecoder();

  begin(): void {
    this.depth = 0;
    this.isKeyNext = false;
    this.isInString = false;
    this.key = NONE;
    this.rawLevel = NO_LEVEL;
    this.ignoredLevel = NO_LEVEL;
    this.reasoningKey = NONE;
    this.decoder.reset();
  }

  /** Tells the listener the text of what comes next, with `path`. */
  feed(listener: JsonListener, path: i32, pointer: usize, end: usize): void {
    let at = pointer;
    let from = pointer;
    while (at < end) {
      if (this.isInString) {
        at = this.takeString(listener, path, at, end);
        continue;
      }
      const byte: u32 = load<u8>(at++);
      switch (byte) {
        case QUOTE:
          this.beginString();
          break;
        case COMMA:
          this.isKeyNext = (this.nesting & 1) != 0;
          break;
        case COLON:
          this.isKeyNext = false;
          break;
        case OPEN_OBJECT:
        case OPEN_ARRAY:
          if (this.open(byte == OPEN_OBJECT)) from = at - 1;
          break;
        case CLOSE_OBJECT:
        case CLOSE_ARRAY:
          if (this.depth == this.rawLevel && this.depth > 0) {
            listener.onBytes(path, from, <i32>(at - from));
            this.rawLevel = NO_LEVEL;
          }
          this.close();
      }
    }
    if (this.rawLevel != NO_LEVEL) listener.onBytes(path, from, <i32>(end - from));
  }

  /** True when what is passed on as it is written begins here. */
  private open(isObject: bool): bool {
    this.depth++;
    this.nesting = (this.nesting << 1) | (<u64>isObject);
    this.isKeyNext = isObject;
    if (this.rawLevel != NO_LEVEL || this.ignoredLevel != NO_LEVEL) return false;
    if (this.key >= FIRST_IGNORED || this.depth > MAX_LEVELS) this.ignoredLevel = this.depth;
    else if (this.key >= FIRST_RAW) this.rawLevel = this.depth;
    return this.rawLevel != NO_LEVEL;
  }

  private close(): void {
    if (this.depth == this.ignoredLevel) this.ignoredLevel = NO_LEVEL;
    this.depth--;
    this.nesting >>= 1;
    this.isKeyNext = false;
    this.key = NONE;
  }

  private beginString(): void {
    this.isInString = true;
    this.stringEnd.reset();
    const isRead = this.rawLevel == NO_LEVEL && this.ignoredLevel == NO_LEVEL;
    this.isKey = this.isKeyNext && isRead;
    this.isText = !this.isKeyNext && isRead && this.key != NONE && this.key < FIRST_IGNORED && !this.isRepeated;
    this.keyLength = 0;
  }

  private get isRepeated(): bool {
    const key = this.key;
    return (key == REASONING || key == REASONING_CONTENT) && this.reasoningKey != NONE && this.reasoningKey != key;
  }

  private takeString(listener: JsonListener, path: i32, at: usize, end: usize): usize {
    const from = at;
    at = this.stringEnd.find(at, end);
    const length = <i32>(at - from);
    if (this.isText && length > 0) {
      if (this.key == REASONING || this.key == REASONING_CONTENT) this.reasoningKey = this.key;
      if (this.stringEnd.isPlain) listener.onBytes(path, from, length);
      else this.decoder.decode(listener, path, from, length);
    } else if (this.isKey) {
      this.addKey(from, length);
    }
    if (at == end) return end;
    this.isInString = false;
    if (this.isText) this.decoder.finish(listener, path);
    if (this.isKey) this.key = KEYS.indexOf(KEYS.node(KEYS.root), changetype<usize>(this.keyBytes), this.keyLength);
    return at + 1;
  }

  /** Past the longest key only the length goes on growing, so that nothing matches. */
  private addKey(pointer: usize, length: i32): void {
    const before = this.keyLength;
    this.keyLength = before + length;
    if (this.keyLength > this.keyBytes.length) return;
    memory.copy(changetype<usize>(this.keyBytes) + before, pointer, length);
  }
}
