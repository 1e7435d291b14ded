import { ByteString, isSame } from "../../bytes/view";
import { JsonListener } from "../../json/listener";
import { hashOfKey } from "./keys";
import { TextKind } from "./scanner";

const MAX_TYPE: i32 = 64;

const DELTA = new ByteString("delta");
const DONE = new ByteString(".done");
const STOP = new ByteString("_stop");
const END = new ByteString("-end");
const COMPLETED = new ByteString(".completed");
const INCOMPLETE = new ByteString(".incomplete");
const FAILED = new ByteString(".failed");
const SOUND = new ByteString("audio.delta");
const RESPONSE = new ByteString("response.");
const INTERACTION = new ByteString("interaction.");
const MESSAGE_START = new ByteString("message_start");
const BLOCK_START = new ByteString("content_block_start");
const BLOCK_STOP = new ByteString("content_block_stop");
const CONTENT_START = new ByteString("content-start");
const CONTENT_END = new ByteString("content-end");
const REASONING = new ByteString("reasoning");
const REFUSAL = new ByteString("refusal");
const TOOL_WORDS: StaticArray<ByteString> = [
  new ByteString("arguments"),
  new ByteString("_call"),
  new ByteString("input"),
  new ByteString("code"),
  new ByteString("diff"),
];

/** What an event of this type does to the message that the client builds. */
export const enum EventPhase {
  None,
  /** An event of Anthropic's that a message begins with. */
  MessageStart,
  /** One that a block of Anthropic's or a content of Cohere's begins with. */
  BlockStart,
  BlockStop,
  /** An event of OpenAI's responses. */
  Response,
}

/**
 * What the type of a stream's event tells about the texts in it: OpenAI's responses, Anthropic's messages and Cohere's chats
 * have one. Of an unknown one, or one that is longer than `MAX_TYPE` bytes, nothing is known.
 */
@final
export class ReplyEventType extends JsonListener {
  /** Its texts are whole, whatever their keys: a beginning, which has none yet, or a repetition of what went before. */
  isWhole: bool = false;
  /** The texts at its indexes, or all where it has none, are over. */
  isEnd: bool = false;
  /** Its `delta` is sound. */
  isSound: bool = false;
  /** Tells texts apart that are `delta` of different types. */
  group: u32 = 0;
  /** What its `delta` is. */
  kind: TextKind = TextKind.Content;
  phase: EventPhase = EventPhase.None;
  private length: i32 = 0;
  private readonly bytes: StaticArray<u8> = new StaticArray<u8>(MAX_TYPE);

  reset(): void {
    this.length = 0;
    this.isWhole = false;
    this.isEnd = false;
    this.isSound = false;
    this.group = 0;
    this.kind = TextKind.Content;
    this.phase = EventPhase.None;
  }

  /** More of the type, decoded. */
  override onBytes(path: i32, pointer: usize, length: i32): void {
    if (this.length + length <= MAX_TYPE) memory.copy(changetype<usize>(this.bytes) + this.length, pointer, length);
    this.length = min(this.length + length, MAX_TYPE + 1);
  }

  /** The type is complete. */
  end(): void {
    if (this.length > MAX_TYPE) return;
    const isDelta = this.endsWith(DELTA);
    const isDone = this.endsWith(DONE);
    const isLast = this.endsWith(COMPLETED) || this.endsWith(INCOMPLETE) || this.endsWith(FAILED);
    const isResponse = this.startsWith(RESPONSE);
    this.isEnd = isDone || isLast || this.endsWith(STOP) || this.endsWith(END);
    this.isSound = this.endsWith(SOUND);
    if (isResponse) this.phase = EventPhase.Response;
    else if (this.is(MESSAGE_START)) this.phase = EventPhase.MessageStart;
    else if (this.is(BLOCK_START) || this.is(CONTENT_START)) this.phase = EventPhase.BlockStart;
    else if (this.is(BLOCK_STOP) || this.is(CONTENT_END)) this.phase = EventPhase.BlockStop;
    const isAround = isResponse || this.startsWith(INTERACTION) || this.phase == EventPhase.MessageStart;
    this.isWhole = isDone || isLast || this.endsWith(END) || (isAround && !isDelta);
    this.group = hashOfKey(changetype<usize>(this.bytes), this.length);
    this.kind = this.kindOfDelta();
  }

  private kindOfDelta(): TextKind {
    if (this.has(REASONING)) return TextKind.Reasoning;
    if (this.has(REFUSAL)) return TextKind.Refusal;
    for (let i = 0; i < TOOL_WORDS.length; i++) {
      if (this.has(unchecked(TOOL_WORDS[i]))) return TextKind.ToolInput;
    }
    return TextKind.Content;
  }

  private is(word: ByteString): bool {
    return this.length == word.length && this.isAt(0, word);
  }

  private startsWith(word: ByteString): bool {
    return this.isAt(0, word);
  }

  private endsWith(word: ByteString): bool {
    return this.isAt(this.length - word.length, word);
  }

  private has(word: ByteString): bool {
    for (let at = this.length - word.length; at >= 0; at--) if (this.isAt(at, word)) return true;
    return false;
  }

  private isAt(start: i32, word: ByteString): bool {
    if (start < 0 || start + word.length > this.length) return false;
    return isSame(changetype<usize>(this.bytes) + start, word.pointer, word.length);
  }
}
