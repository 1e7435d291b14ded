import { JsonKind } from "../../json/listener";
import { CountReader } from "../tokens/count";

/** Longest model name that is kept, in bytes. */
export const MAX_PROMPT_MODEL: i32 = 256;
/** No provider gives more answers to a request. */
const MOST_ANSWERS: i64 = 1024;

/** What a request says of itself beside its texts. */
@final
export class PromptFacts {
  /** The root value has begun and is no object. */
  isNoObject: bool = false;
  /** The answer is to be streamed. */
  streams: bool = false;
  /** Bits of `ShapeKey`. */
  shape: i32 = 0;
  /** How many answers are asked for, 1 to 1,024. */
  answers: i32 = 1;
  /** A key that decides what is read, or how, came twice in one object. */
  hasDuplicate: bool = false;
  /** A model takes tokens from it, or their vectors: a text that can't be read. */
  hasTokens: bool = false;
  /** What began like a file's bytes, and was passed over, is none or is said to be a text. */
  hasFalseFile: bool = false;
  /** How many models the request names, and whether the first is a text. */
  modelCount: i32 = 0;
  isModelText: bool = false;
  modelLength: i32 = 0;
  private readonly modelBytes: StaticArray<u8> = new StaticArray<u8>(MAX_PROMPT_MODEL + 1);
  private readonly number: CountReader = new CountReader();

  reset(): void {
    this.isNoObject = false;
    this.streams = false;
    this.shape = 0;
    this.answers = 1;
    this.hasDuplicate = false;
    this.hasTokens = false;
    this.hasFalseFile = false;
    this.modelCount = 0;
    this.isModelText = false;
    this.modelLength = 0;
  }

  /** A model's name begins, if it is one. */
  beginModel(kind: JsonKind): void {
    if (this.modelCount++ == 0) this.isModelText = kind == JsonKind.String;
  }

  addModel(pointer: usize, length: i32): void {
    if (this.modelCount > 1) return;
    const kept = min(length, MAX_PROMPT_MODEL + 1 - this.modelLength);
    memory.copy(this.modelPointer + this.modelLength, pointer, kept);
    this.modelLength += kept;
  }

  get modelPointer(): usize {
    return changetype<usize>(this.modelBytes);
  }

  beginAnswers(): void {
    this.number.begin();
  }

  addAnswers(pointer: usize, length: i32): void {
    this.number.append(pointer, length);
  }

  endAnswers(): void {
    this.answers = max(this.answers, <i32>min(this.number.value, MOST_ANSWERS));
  }
}
