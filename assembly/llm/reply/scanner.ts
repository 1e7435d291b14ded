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

/** Looks at what stands over the borders of texts that follow each other, of which each is looked at by itself, too. */
export abstract class ReplySeams {
  /** A text begins; `start` is where it does in what the masks count. */
  abstract begin(kind: TextKind, start: i32): void;

  /** More of it, split anywhere; gone when the call returns. */
  abstract feed(pointer: usize, length: i32): void;

  abstract end(): void;

  /** What comes next doesn't follow what has come. */
  abstract finish(): void;

  /** What has come is of no interest any more. */
  abstract reset(): void;
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

  /** Likewise. What is found over borders is added to `masks`, which has what was found in each text. */
  abstract newSeams(masks: MaskSpans): ReplySeams;

  /** What stands in place of a mask's span, escaped for its place. Gone with the next call. */
  abstract maskOf(id: i32, place: MaskPlace): Bytes;
}
