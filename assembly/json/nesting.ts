import { ByteBuffer } from "../bytes/buffer";
import { ByteString } from "../bytes/view";

const QUOTE: u32 = 0x22;
const BACKSLASH: u32 = 0x5c;
const LETTER_U: u32 = 0x75;

/** Of an escape none of whose digits has gone out: U+FFFD. */
const ALL_DIGITS = new ByteString("fffd");
const ZEROS = new ByteString("000");

/** A longer number, in bytes, is not taken as a whole. */
export const MOST_NUMBER_BYTES: i32 = 64;

/** Where a text that is JSON itself, such as a tool's arguments, is: what is masked there must leave JSON behind. */
export const enum Nesting {
  /** It is no JSON, or nothing of it has come. */
  None,
  /** Between strings. */
  Outside,
  Inside,
  AfterBackslash,
  /** So many of an escape's digits are to come. */
  FourDigits,
  ThreeDigits,
  TwoDigits,
  OneDigit,
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
      return byte == LETTER_U ? Nesting.FourDigits : Nesting.Inside;
    case Nesting.FourDigits:
    case Nesting.ThreeDigits:
    case Nesting.TwoDigits:
      return state + 1;
    case Nesting.OneDigit:
      return Nesting.Inside;
    default:
      return Nesting.None;
  }
}

/** Appends the digits that an escape lacks in which a mask begins; false when `out` has no room. */
export function appendDigits(state: Nesting, out: ByteBuffer): bool {
  if (state < Nesting.FourDigits) return true;
  if (state == Nesting.FourDigits) return out.append(ALL_DIGITS.pointer, ALL_DIGITS.length);
  return out.append(ZEROS.pointer, Nesting.OneDigit + 1 - state);
}

/** Whether a number can begin with a byte: a digit or a minus. */
// @ts-ignore: decorator
@inline
export function beginsNumber(byte: u32): bool {
  return byte - 0x30 < 10 || byte == 0x2d;
}

/** Whether a byte can be part of a number. */
// @ts-ignore: decorator
@inline
export function isOfNumber(byte: u32): bool {
  // Behind its beginning a plus, a point or an exponent, too.
  return beginsNumber(byte) || byte == 0x2b || byte == 0x2e || (byte | 0x20) == 0x65;
}
