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
  Other,
  Zero,
  Digit,
  Point,
  E,
  Sign,
  Count,
}

/** RFC 8259, section 6: the digit of what has been read with one more byte, by what was read before and by the byte's kind. */
// prettier-ignore
const NEXT = new ByteString(
  "912999" + // Minus
  "888358" + // Zero
  "822358" + // Integer
  "944999" + // Point
  "844858" + // Fraction
  "977996" + // Exponent
  "977999" + // ExponentSign
  "877888", // ExponentDigits
);

const KINDS = kinds();

function kinds(): StaticArray<u8> {
  const all = new StaticArray<u8>(256);
  all[0x30] = <u8>Kind.Zero;
  for (let digit = 0x31; digit <= 0x39; digit++) all[digit] = <u8>Kind.Digit;
  all[0x2e /* . */] = <u8>Kind.Point;
  all[0x45 /* E */] = all[0x65 /* e */] = <u8>Kind.E;
  all[0x2b /* + */] = all[0x2d /* - */] = <u8>Kind.Sign;
  return all;
}

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

// @ts-ignore: decorator
@inline
function kindOf(byte: u32): Kind {
  return <Kind>load<u8>(changetype<usize>(KINDS) + byte);
}
