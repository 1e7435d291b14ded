import { ByteString } from "../bytes/view";

/** What has been read of a number. */
const enum Read {
  Minus,
  Zero,
  Integer,
  Point,
  Fraction,
  Exponent,
  ExponentSign,
  ExponentDigits,
  /** The number ended before this byte. */
  End,
  /** The number can neither contain this byte nor end before it. */
  Bad,
}

/** What a byte is to a number. */
const enum Kind {
  Zero,
  Digit,
  Point,
  E,
  Sign,
  Other,
  Count,
}

/** RFC 8259, section 6: the digit of what has been read with one more byte, by what was read before and by the byte's kind. */
// prettier-ignore
const NEXT = new ByteString(
  "129999" + // Minus
  "883588" + // Zero
  "223588" + // Integer
  "449999" + // Point
  "448588" + // Fraction
  "779969" + // Exponent
  "779999" + // ExponentSign
  "778888", // ExponentDigits
);

/** Finds the end of a JSON number that may arrive in pieces, and validates it. */
@final
export class NumberScanner {
  /** Whether a byte came that the number can neither contain nor end before. */
  isBad: bool = false;
  private read: Read = Read.Minus;

  /** A number begins with this byte, a minus or a digit. */
  begin(first: u32): void {
    this.isBad = false;
    this.read = first == 0x2d ? Read.Minus : nextOf(Read.Minus, kindOf(first));
  }

  /** Whether the number could end here. */
  get isWhole(): bool {
    return nextOf(this.read, Kind.Other) == Read.End;
  }

  /** Scans to the first byte that is not of the number, or to `end`; returns where it stopped. */
  scan(position: usize, end: usize): usize {
    let read = this.read;
    for (; position < end; position++) {
      const next = nextOf(read, kindOf(load<u8>(position)));
      if (next >= Read.End) {
        this.isBad = next == Read.Bad;
        break;
      }
      read = next;
    }
    this.read = read;
    return position;
  }
}

// @ts-ignore: decorator
@inline
function nextOf(read: Read, kind: Kind): Read {
  return <Read>(load<u8>(NEXT.pointer + read * Kind.Count + kind) - 0x30);
}

function kindOf(byte: u32): Kind {
  if (byte - 0x30 < 10) return byte == 0x30 ? Kind.Zero : Kind.Digit;
  if (byte == 0x2e /* . */) return Kind.Point;
  if ((byte | 0x20) == 0x65 /* e */) return Kind.E;
  return byte == 0x2b /* + */ || byte == 0x2d /* - */ ? Kind.Sign : Kind.Other;
}
