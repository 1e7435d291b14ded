import { Utf8State, utf8Next } from "../bytes/utf8";
import { TextWindow } from "./detector";

/** The most characters that are read at once. */
export const MOST_GROUP_CHARACTERS: i32 = 32;

const OUTSIDE: u8 = 0xff;
const LINE_FEED: u32 = 0x0a;
const CARRIAGE_RETURN: u32 = 0x0d;

/** By byte: its value in either alphabet of base64, or OUTSIDE; 16 above that as a hexadecimal digit. */
const SEXTETS = makeSextets();

export const enum GroupEnd {
  /** As many characters as were asked for. */
  Full,
  /** The run is over. */
  RunEnd,
  /** The window is over. */
  WindowEnd,
}

/**
 * Some characters in a row of a run, which line breaks may be between: one LF or CR LF at a time. Reads them from a window,
 * decodes them, and judges what comes out.
 */
@final
export class Group {
  length: i32 = 0;
  /** Where the first character is; the others follow it at once, or are where `places` says. */
  private first: i32 = 0;
  private isStraight: bool = false;
  private readonly places: StaticArray<i32> = new StaticArray<i32>(MOST_GROUP_CHARACTERS);
  private readonly characters: StaticArray<u8> = new StaticArray<u8>(MOST_GROUP_CHARACTERS);
  readonly decoded: StaticArray<u8> = new StaticArray<u8>((MOST_GROUP_CHARACTERS / 4) * 3);
  decodedBytes: i32 = 0;
  /** Where it stopped: after the last character, or at what is no more of the run. */
  end: i32 = 0;

  /** Reads up to `most` characters from `at` on, where a line break may be. */
  read(window: TextWindow, at: i32, most: i32): GroupEnd {
    if (at + most > window.end || !this.readStraight(window, at, most)) return this.readByCharacter(window, at, most);
    this.end = at + most;
    return GroupEnd.Full;
  }

  /** Where a character is. */
  placeOf(index: i32): i32 {
    return this.isStraight ? this.first + index : unchecked(this.places[index]);
  }

  private readStraight(window: TextWindow, at: i32, most: i32): bool {
    const from = window.pointer + <usize>(at - window.start);
    for (let i = 0; i < most; i++) if (!isEncoded(load<u8>(from + i))) return false;
    memory.copy(changetype<usize>(this.characters), from, most);
    this.length = most;
    this.first = at;
    this.isStraight = true;
    return true;
  }

  private readByCharacter(window: TextWindow, at: i32, most: i32): GroupEnd {
    this.isStraight = false;
    this.length = 0;
    this.end = at;
    while (this.length < most) {
      const place = skipBreak(window, at);
      if (place >= window.end) return window.isLast ? GroupEnd.RunEnd : GroupEnd.WindowEnd;
      const byte = window.at(place);
      if (!isEncoded(byte)) return GroupEnd.RunEnd;
      unchecked((this.places[this.length] = place));
      unchecked((this.characters[this.length] = <u8>byte));
      this.length++;
      at = place + 1;
      this.end = at;
    }
    return GroupEnd.Full;
  }

  get isHex(): bool {
    for (let i = 0; i < this.length; i++) if (hexOf(unchecked(this.characters[i])) > 15) return false;
    return true;
  }

  /** Whether it begins as numbers in hexadecimal do in many languages: with 0x. */
  get isHexNumber(): bool {
    return unchecked(this.characters[0]) == 0x30 && (unchecked(this.characters[1]) | 0x20) == 0x78;
  }

  /** Decodes from base64, or from hexadecimal digits; what is left of a byte in the end counts for nothing. */
  decode(isHex: bool): void {
    const characters = changetype<usize>(this.characters);
    let bits: u32 = 0;
    let bitCount = 0;
    let bytes = 0;
    for (let i = 0; i < this.length; i++) {
      const character = load<u8>(characters + i);
      bits = isHex ? (bits << 4) | hexOf(character) : (bits << 6) | load<u8>(changetype<usize>(SEXTETS) + character);
      bitCount += isHex ? 4 : 6;
      if (bitCount < 8) continue;
      bitCount -= 8;
      unchecked((this.decoded[bytes++] = <u8>(bits >> bitCount)));
    }
    this.decodedBytes = bytes;
  }
}

/** Whether bytes are text, as they come: UTF-8 without control characters. UTF-16's zeros are none. */
@final
export class TextJudge {
  private state: Utf8State = Utf8State.Boundary;

  reset(): void {
    this.state = Utf8State.Boundary;
  }

  /** Whether no more than `most` of the bytes have no place in a text. */
  isText(bytes: StaticArray<u8>, length: i32, most: i32): bool {
    let state = this.state;
    let wrong = 0;
    for (let i = 0; i < length && wrong <= most; i++) {
      const byte: u32 = unchecked(bytes[i]);
      if (state != Utf8State.Boundary || byte >= 0x80) {
        state = utf8Next(state, byte);
        if (state != Utf8State.Invalid) continue;
        wrong++;
        state = byte < 0x80 ? Utf8State.Boundary : utf8Next(Utf8State.Boundary, byte);
        if (state == Utf8State.Invalid) state = Utf8State.Boundary;
      }
      if (isControl(byte)) wrong++;
    }
    this.state = state;
    return wrong <= most;
  }
}

/** Whether a byte is in one of the alphabets of base64. */
// @ts-ignore: decorator
@inline
export function isEncoded(byte: u32): bool {
  return load<u8>(changetype<usize>(SEXTETS) + byte) != OUTSIDE;
}

/** The value of a byte in either alphabet of base64; 64 or more for one in neither. */
// @ts-ignore: decorator
@inline
export function sextetOf(byte: u32): u32 {
  return load<u8>(changetype<usize>(SEXTETS) + byte);
}

/** Decoding may begin anew after these: what is in paths and names, and between the parts of tokens. */
// @ts-ignore: decorator
@inline
export function isJoint(byte: u32): bool {
  return <u32>load<u8>(changetype<usize>(SEXTETS) + byte) - 62 < 2;
}

/** Behind one line break, or where that may be. */
function skipBreak(window: TextWindow, at: i32): i32 {
  if (at < window.end && window.at(at) == CARRIAGE_RETURN) {
    if (at + 1 >= window.end) return at + (window.isLast ? 0 : 1);
    return window.at(at + 1) == LINE_FEED ? at + 2 : at;
  }
  return at < window.end && window.at(at) == LINE_FEED ? at + 1 : at;
}

function isControl(byte: u32): bool {
  return byte < 0x20 ? byte != 0x00 && byte != 0x09 && byte != LINE_FEED && byte != CARRIAGE_RETURN : byte == 0x7f;
}

function hexOf(byte: u32): u32 {
  return load<u8>(changetype<usize>(SEXTETS) + byte, 256);
}

function makeSextets(): StaticArray<u8> {
  const all = new StaticArray<u8>(512);
  for (let byte: u32 = 0; byte < 256; byte++) {
    const letter = (byte | 0x20) - 0x61;
    const digit = byte - 0x30;
    let sextet = OUTSIDE;
    if (letter < 26) sextet = <u8>(byte < 0x60 ? letter : letter + 26);
    else if (digit < 10) sextet = <u8>(digit + 52);
    else if (byte == 0x2b || byte == 0x2d) sextet = 62;
    else if (byte == 0x2f || byte == 0x5f) sextet = 63;
    all[byte] = sextet;
    all[256 + byte] = letter < 6 ? <u8>(letter + 10) : digit < 10 ? <u8>digit : OUTSIDE;
  }
  return all;
}
