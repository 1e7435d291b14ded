/** Percent-encoding (RFC 3986, 2.1). */
import { Ascii, isAscii } from "./ascii";
import { ByteBuffer } from "./buffer";

const PERCENT: u8 = 0x25;

/** Appends bytes, all but RFC 3986's unreserved characters percent-encoded: one segment of a path, or one value. False: no room. */
export function appendEncoded(out: ByteBuffer, pointer: usize, length: i32): bool {
  for (let i = 0; i < length; i++) {
    if (!appendEncodedByte(out, load<u8>(pointer + i))) return false;
  }
  return true;
}

export function appendEncodedByte(out: ByteBuffer, byte: u8): bool {
  if (isAscii(byte, Ascii.Unreserved)) return out.appendByte(byte);
  return out.appendByte(PERCENT) && out.appendByte(digit(byte >> 4)) && out.appendByte(digit(byte & 15));
}

function digit(value: u8): u8 {
  return value < 10 ? 0x30 + value : 0x37 + value;
}

/** What a hexadecimal digit stands for, be it a byte or a code point; below 0 for anything else. */
export function hexDigit(byte: u32): i32 {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
