import { TextScope } from "../text-scope";

/** What a text is among those around it. */
export const enum TextPlace {
  /** What is said: of a message or one of its parts, a prompt, a tool's output. A model reads the next one right after it. */
  Words,
  /** What stands beside that: names, titles, keys, settings, arguments. */
  Aside,
  /** The bytes of a file, in base64. */
  Bytes,
}

/**
 * Hears every text of a request that a model may read, in the order of the body. All offsets count the body's bytes.
 *
 * What was heard before a body turns out bad stays heard; its last texts may then have no scope.
 */
export abstract class PromptListener {
  /** A text begins; the raw bytes of its JSON string begin at offset `start` of the body (after the quote). */
  abstract onText(start: u64, place: TextPlace): void;

  /** More of it, decoded UTF-8, split anywhere; never empty, gone when the call returns. */
  abstract onTextBytes(pointer: usize, length: i32): void;

  /** The text is over; its raw bytes end before offset `end` (the closing quote). */
  abstract onTextEnd(end: u64): void;

  /**
   * All texts since the last call have this scope, or one of these: a role may stand after its content in JSON, and the same
   * message may have two.
   */
  abstract onScope(scope: TextScope): void;

  /**
   * A number stands where a text could: its raw bytes, without quotes, are [start, end) of the body, and the first
   * `MAX_NUMBER_BYTES` (`prompt-value.ts`) of them at `pointer`. Its scope comes like a text's.
   */
  onNumber(start: u64, end: u64, pointer: usize, length: i32): void {}
}
