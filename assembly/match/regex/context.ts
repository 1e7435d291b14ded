import { Assertion } from "./syntax-tree";

/** What stands before the next byte, as far as the assertions of a set tell it apart. */
export const enum Context {
  Other,
  /** The text begins here. */
  Begin,
  /** A line feed. */
  Newline,
  /** A letter, a digit or `_`. */
  Word,
}

/** Instead of the next byte where the text ends. */
export const END_OF_TEXT: u32 = 256;

const NEWLINE: u32 = 0x0a;

/** Whether an assertion holds between `context` and the next byte. */
export function holds(assertion: Assertion, context: Context, next: u32): bool {
  switch (assertion) {
    case Assertion.Begin:
      return context == Context.Begin;
    case Assertion.LineBegin:
      return context == Context.Begin || context == Context.Newline;
    case Assertion.End:
      return next == END_OF_TEXT;
    case Assertion.LineEnd:
      return next == END_OF_TEXT || next == NEWLINE;
    case Assertion.WordBoundary:
      return (context == Context.Word) != isWord(next);
    default:
      return (context == Context.Word) == isWord(next);
  }
}

export function isWord(byte: u32): bool {
  return byte - 0x30 < 10 || byte == 0x5f || (byte < 0x80 && (byte | 0x20) - 0x61 < 26);
}

/** Which contexts a set of patterns has to tell apart; `add` each assertion in it. */
@final
export class Contexts {
  private tellsLines: bool = false;
  private tellsBegin: bool = false;
  tellsWords: bool = false;

  add(assertion: Assertion): void {
    if (assertion == Assertion.Begin) this.tellsBegin = true;
    else if (assertion == Assertion.LineBegin) this.tellsLines = true;
    else if (assertion >= Assertion.WordBoundary) this.tellsWords = true;
  }

  begin(): Context {
    return this.tellsBegin || this.tellsLines ? Context.Begin : Context.Other;
  }

  behind(byte: u32): Context {
    if (this.tellsLines && byte == NEWLINE) return Context.Newline;
    return this.tellsWords && isWord(byte) ? Context.Word : Context.Other;
  }
}
