import { Bytes } from "../../bytes/view";
import { MaskSpans } from "./masks";

/** Which of a model's texts one is. */
export const enum TextKind {
  /** What it says to the user. */
  Content,
  Reasoning,
  Refusal,
  /** What it gives a tool: arguments, code, a name. */
  ToolInput,
  /** What the provider's own tools have printed. */
  ToolOutput,
}

/** Looks at one text at a time, as it grows. */
export abstract class ReplyScanner {
  /** What of the text is to be replaced: what begins before `settled` is all there. */
  readonly masks: MaskSpans = new MaskSpans();
  /** Up to this offset the text, in bytes of UTF-8, may go out. Never less than before. */
  settled: i32 = 0;

  /** Another text begins: `settled` is 0 and `masks` is empty. */
  abstract begin(kind: TextKind): void;

  /** More of the text, split anywhere; gone when the call returns. */
  abstract feed(pointer: usize, length: i32): void;

  /** The text is over: `settled` becomes its length. */
  abstract finish(): void;
}

/** Where a mask stands. */
export const enum MaskPlace {
  /** In bytes that are no JSON. */
  Plain,
  /** Inside a JSON string. */
  Inside,
  /** In a JSON text inside a JSON string. */
  Nested,
}

/** Decides about the texts of one answer. */
export abstract class ReplyJudge {
  /** Nothing that isn't out yet may go out. */
  isRejected: bool = false;

  /** Called a few times an answer at most: scanners are used again. */
  abstract newScanner(): ReplyScanner;

  /** What stands in place of a mask's span, escaped for its place. Gone with the next call. */
  abstract maskOf(id: i32, place: MaskPlace): Bytes;
}
