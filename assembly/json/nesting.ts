const QUOTE: u32 = 0x22;
const BACKSLASH: u32 = 0x5c;

/** Where a text that is JSON itself, such as a tool's arguments, is: what is masked there must leave JSON behind. */
export const enum Nesting {
  /** It is no JSON, or nothing of it has come. */
  None,
  /** Between strings. */
  Outside,
  Inside,
  AfterBackslash,
}

/** How a text begins that may be JSON. */
export function nestingOf(first: u32): Nesting {
  return first == 0x7b || first == 0x5b ? Nesting.Outside : Nesting.None;
}

/** The state after one more byte of the text. */
// @ts-ignore: decorator
@inline
export function nestingAfter(state: Nesting, byte: u32): Nesting {
  switch (state) {
    case Nesting.Outside:
      return byte == QUOTE ? Nesting.Inside : Nesting.Outside;
    case Nesting.Inside:
      return byte == QUOTE ? Nesting.Outside : byte == BACKSLASH ? Nesting.AfterBackslash : Nesting.Inside;
    case Nesting.AfterBackslash:
      return Nesting.Inside;
    default:
      return Nesting.None;
  }
}
