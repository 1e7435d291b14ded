import { Budget } from "../../bytes/budget";
import { isBlank, indexOfWord } from "../../bytes/ascii";
import { ByteBuffer } from "../../bytes/buffer";
import { ByteString } from "../../bytes/view";
import { JsonKind, JsonListener } from "../../json/listener";
import { ALL_OTHERS, JsonPaths } from "../../json/paths";
import { MAX_DEPTH } from "../../json/depth";
import { Dialect } from "../dialect";
import { OUTPUT_CAPS, OUTPUT_CAP_COUNT, OutputCaps } from "./output-caps";
import { KeyRole, roleOfKey } from "./keys";
import { RequestTexts } from "./texts";
import { SHAPE_KEYS, shapeWith } from "../shape";
import { CountReader, multiplyCounts } from "../tokens/count";

/** Longest model name that is kept, in bytes. */
export const MAX_REQUEST_MODEL: i32 = 256;

/** What a message costs beside its texts, and a request: OpenAI's cookbook, "How to count tokens with tiktoken". */
const MESSAGE_TOKENS: i64 = 4;
const ANSWER_START_TOKENS: i64 = 3;
/** What a tool's description costs beside its texts, and each of its parameters: the same page, for gpt-4o. */
const TOOL_TOKENS: i64 = 12;
const MEMBER_TOKENS: i64 = 3;
const DIGITS_A_TOKEN: i32 = 3;
/** No provider gives more answers to a prompt. */
const MOST_ANSWERS: i64 = 1024;
const DOT: u8 = 0x2e;
const PLUS: u8 = 0x2b;
const UNDERSCORE: u8 = 0x5f;

const enum Field {
  Root,
  /** From here to `Inputs` in the order of `SHAPE_KEYS`. */
  Model,
  Messages,
  Contents,
  Input,
  Prompt,
  Inputs,
  Stream,
  StreamOptions,
  IncludeUsage,
  Background,
  PromptElement,
  FirstAnswers,
  FirstCap = 16,
}

/** The bounds of an answer follow them. */
const FIELDS = [
  "",
  "model",
  "messages",
  "contents",
  "input",
  "prompt",
  "inputs",
  "stream",
  "stream_options",
  "stream_options.include_usage",
  "background",
  "prompt[*]",
  "n",
  "best_of",
  "generationConfig.candidateCount",
  "generation_config.candidate_count",
];

/** The paths that `RequestFields` hears about, where the request is the value at `root`; then `more`. */
export function requestPaths(root: string, more: string[] = []): JsonPaths {
  const paths: string[] = [];
  const fields = FIELDS.concat(OUTPUT_CAPS);
  for (let i = 0; i < fields.length; i++) {
    const field = fields[i];
    paths.push(root == "" || field == "" ? root + field : root + "." + field);
  }
  paths.push(ALL_OTHERS);
  return new JsonPaths(paths.concat(more));
}

/** `ALL_OTHERS`, and after it the first of `more`, in `requestPaths`. */
const OTHERS: i32 = Field.FirstCap + OUTPUT_CAP_COUNT;
export const FIRST_MORE_PATH: i32 = OTHERS + 1;

/** Where a value stands in the body, [start, end), and what it is. */
@final
export class FieldPlace {
  count: i32 = 0;
  isComplete: bool = false;
  kind: JsonKind = JsonKind.Null;
  start: u64 = 0;
  end: u64 = 0;
  /** Of an object: whether anything is in it. */
  hasMembers: bool = false;
  /** Of a literal, number or text its last 8 bytes, letters in lower case. */
  private word: u64 = 0;

  get isOpen(): bool {
    return this.count > 0 && !this.isComplete;
  }

  reset(): void {
    this.count = 0;
    this.isComplete = false;
    this.hasMembers = false;
    this.word = 0;
  }

  /** Whether servers take it for true, whatever its type (pydantic's lax mode, so vLLM). */
  get isOn(): bool {
    switch (this.word) {
      case 0x74727565: // true
      case 0x31: // 1
      case 0x312e30: // 1.0
      case 0x6f6e: // on
      case 0x796573: // yes
      case 0x74: // t
      case 0x79: // y
        return true;
      default:
        return false;
    }
  }

  addBytes(pointer: usize, length: i32): void {
    for (let i = 0; i < length; i++) this.word = (this.word << 8) | load<u8>(pointer + i) | 0x20;
  }

  begin(kind: JsonKind, start: u64): void {
    if (this.count++ > 0) return;
    this.kind = kind;
    this.start = start;
  }

  finish(end: u64): void {
    if (this.isComplete) return;
    this.isComplete = true;
    this.end = end;
  }
}

/** Hears about a request's JSON and keeps what `RequestReader` tells of it. */
export class RequestFields extends JsonListener {
  readonly root: FieldPlace = new FieldPlace();
  readonly model: FieldPlace = new FieldPlace();
  readonly modelBytes: ByteBuffer = new ByteBuffer(new Budget(MAX_REQUEST_MODEL + 1));
  readonly stream: FieldPlace = new FieldPlace();
  readonly streamOptions: FieldPlace = new FieldPlace();
  readonly includeUsage: FieldPlace = new FieldPlace();
  readonly background: FieldPlace = new FieldPlace();
  /** Bits of `ShapeKey`. */
  shape: i32 = 0;
  /** A key that decides something here came twice in one object. */
  hasDuplicate: bool = false;
  /** The root has begun and not ended. */
  private isInside: bool = false;
  private readonly caps: OutputCaps = new OutputCaps();
  private answersEach: i64 = 1;
  /** How many prompts there are in a list of texts, or of lists of tokens; 0 where there is no list. */
  private prompts: i64 = 0;
  private hasMessages: bool = false;
  private readonly texts: RequestTexts = new RequestTexts();
  private readonly number: CountReader = new CountReader();
  /** Of each open container, innermost last: the role of the key that it stands at. */
  private readonly roles: StaticArray<u8> = new StaticArray<u8>(MAX_DEPTH);
  private depth: i32 = 0;
  /** The role of the value that comes next. */
  private role: KeyRole = KeyRole.Text;
  /** Whether the value being read is a number or literal, and how long it is so far; of a text for a count, its digits. */
  private isPlain: bool = false;
  private plainLength: i32 = 0;
  /** Whether the text being read may be a number. */
  private isCountText: bool = false;

  reset(): void {
    this.root.reset();
    this.isInside = false;
    this.model.reset();
    this.modelBytes.clear();
    this.stream.reset();
    this.streamOptions.reset();
    this.includeUsage.reset();
    this.background.reset();
    this.shape = 0;
    this.hasDuplicate = false;
    this.caps.reset();
    this.answersEach = 1;
    this.prompts = 0;
    this.hasMessages = false;
    this.texts.reset();
    this.depth = 0;
    this.role = KeyRole.Text;
  }

  /** The estimate so far. */
  get inputTokens(): i64 {
    return this.texts.tokens + (this.hasMessages ? ANSWER_START_TOKENS : 0);
  }

  /** The largest cap on one answer's tokens that this dialect has, at most `MAX_COUNT`; `NO_COUNT` when none is given. */
  outputCap(dialect: Dialect): i64 {
    return this.caps.largest(dialect);
  }

  /** How many answers are asked for: up to 1,024 to each prompt. */
  get answers(): i64 {
    return multiplyCounts(this.answersEach, max<i64>(this.prompts, 1));
  }

  override onKey(pointer: usize, length: i32): void {
    if (!this.isInside) return;
    this.root.hasMembers = true;
    if (this.streamOptions.isOpen) this.streamOptions.hasMembers = true;
    if (this.depth == 1 && isAlias(pointer, length)) this.hasDuplicate = true;
    const around = this.around;
    if (around == KeyRole.MuteTree) return;
    const role = this.roleIn(around, roleOfKey(pointer, length));
    if (role == KeyRole.Unknown || role == KeyRole.Payload) {
      this.texts.addWhole(pointer, length);
      this.texts.count(MEMBER_TOKENS);
    } else if (role == KeyRole.Message) {
      this.hasMessages = true;
      this.texts.count(MESSAGE_TOKENS);
    } else if (role == KeyRole.Tool) {
      this.texts.count(TOOL_TOKENS);
    }
    this.role = role;
  }

  override onValue(path: i32, kind: JsonKind, start: u64): void {
    if (path == Field.Root) this.isInside = !this.root.isComplete;
    if (!this.isInside) return;
    if (path < OTHERS) this.beginField(path, kind, start);
    this.isPlain = kind <= JsonKind.Number;
    if (kind >= JsonKind.Object) {
      unchecked((this.roles[this.depth++] = <u8>this.role));
      return;
    }
    if (kind == JsonKind.String) this.texts.begin(this.role);
    this.isCountText = true;
    this.plainLength = 0;
    this.number.begin();
  }

  override onBytes(path: i32, pointer: usize, length: i32): void {
    if (!this.isInside) return;
    if (path >= Field.Stream && path <= Field.Background) this.placeOf(path)!.addBytes(pointer, length);
    if (this.isPlain) {
      this.plainLength += length;
      if (path < OTHERS) this.number.append(pointer, length);
    } else if (path == Field.Model) {
      if (this.model.count == 1) this.keepModel(pointer, length);
    } else if (isCount(path)) {
      this.takeDigits(pointer, length);
    } else if (!isMute(this.role)) {
      this.texts.add(pointer, length);
    }
  }

  override onValueEnd(path: i32, kind: JsonKind, end: u64): void {
    if (!this.isInside) return;
    if (kind >= JsonKind.Object) this.role = <KeyRole>unchecked(this.roles[--this.depth]);
    else if (kind != JsonKind.String) this.takePlain(path, kind);
    else if (isCount(path)) this.takeText(path);
    else if (!isMute(this.role)) this.texts.end();
    if (path >= OTHERS) return;
    const place = this.placeOf(path);
    if (place != null) place.finish(end);
    if (path == Field.Root) this.isInside = false;
  }

  override onDuplicate(_path: i32, _start: u64): void {
    this.hasDuplicate = true;
  }

  private beginField(path: i32, kind: JsonKind, start: u64): void {
    const place = this.placeOf(path);
    if (place != null) place.begin(kind, start);
    if (path == Field.PromptElement && (kind == JsonKind.String || kind == JsonKind.Array)) this.prompts++;
    this.shape = shapeWith(this.shape, shapeKeyOf(path));
  }

  /** The role of the key that the innermost open container stands at. */
  private get around(): KeyRole {
    return this.depth > 0 ? <KeyRole>unchecked(this.roles[this.depth - 1]) : KeyRole.Text;
  }

  private roleIn(around: KeyRole, role: KeyRole): KeyRole {
    if (around == KeyRole.Payload) return KeyRole.Payload;
    if (around == KeyRole.Properties) return KeyRole.Unknown;
    // The same word is a request's prompt and a tool call's arguments.
    if (role == KeyRole.Prompt && this.depth > 1) return KeyRole.Payload;
    const saysWhat = role != KeyRole.Unknown && role != KeyRole.Text && role != KeyRole.File;
    return around >= KeyRole.Image && !saysWhat ? around : role;
  }

  private keepModel(pointer: usize, length: i32): void {
    const room = MAX_REQUEST_MODEL + 1 - this.modelBytes.length;
    this.modelBytes.append(pointer, min(length, room));
  }

  /** A number or literal has ended. */
  private takePlain(path: i32, kind: JsonKind): void {
    if (this.role == KeyRole.Unknown || this.role == KeyRole.Payload) {
      this.texts.count((this.plainLength + DIGITS_A_TOKEN - 1) / DIGITS_A_TOKEN);
    } else if (this.role == KeyRole.Prompt) {
      this.texts.count(1);
    }
    if (kind == JsonKind.Number && isCount(path)) this.takeCount(path);
  }

  /** A text has ended where a count belongs. */
  private takeText(path: i32): void {
    if (this.isCountText && this.plainLength > 0) this.takeCount(path);
  }

  /** Many servers take a number that is written as a text (pydantic's lax mode, so vLLM). */
  private takeDigits(pointer: usize, length: i32): void {
    for (let i = 0; i < length; i++) {
      const byte = load<u8>(pointer + i);
      if (<u32>(byte - 0x30) < 10 || byte == DOT) {
        this.number.append(pointer + i, 1);
        this.plainLength++;
      } else if (byte != PLUS && byte != UNDERSCORE && !isBlank(byte)) {
        this.isCountText = false;
      }
    }
  }

  private takeCount(path: i32): void {
    const value = this.number.value;
    if (path >= Field.FirstCap) this.caps.take(path - Field.FirstCap, value);
    else this.answersEach = max(this.answersEach, min(value, MOST_ANSWERS));
  }

  private placeOf(path: i32): FieldPlace | null {
    switch (path) {
      case Field.Root:
        return this.root;
      case Field.Model:
        return this.model;
      case Field.Stream:
        return this.stream;
      case Field.StreamOptions:
        return this.streamOptions;
      case Field.IncludeUsage:
        return this.includeUsage;
      case Field.Background:
        return this.background;
      default:
        return null;
    }
  }
}

function isCount(path: i32): bool {
  return path >= Field.FirstAnswers && path < OTHERS;
}

/** Keys that decide something, which servers in Go (so Ollama) take in any case: https://pkg.go.dev/encoding/json#Unmarshal. */
const DECIDING: StaticArray<ByteString> = [
  new ByteString("model"),
  new ByteString("stream"),
  new ByteString("stream_options"),
  new ByteString("n"),
  new ByteString("max_tokens"),
  new ByteString("max_completion_tokens"),
  new ByteString("max_output_tokens"),
  new ByteString("options"),
];

/** Whether this is one of them but for the case of its letters. */
function isAlias(pointer: usize, length: i32): bool {
  return hasCapital(pointer, length) && indexOfWord(pointer, length, DECIDING) >= 0;
}

function hasCapital(pointer: usize, length: i32): bool {
  for (let i = 0; i < length; i++) if (<u32>load<u8>(pointer + i) - 0x41 < 26) return true;
  return false;
}

function isMute(role: KeyRole): bool {
  return role >= KeyRole.Mute && role <= KeyRole.Tool;
}

function shapeKeyOf(path: i32): i32 {
  return path >= Field.Model && path <= Field.Inputs ? unchecked(SHAPE_KEYS[path - Field.Model]) : 0;
}
