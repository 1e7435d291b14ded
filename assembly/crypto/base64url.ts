import { ByteBuffer } from "../bytes/buffer";

/** Appends base64 in the alphabet for URLs, without padding (RFC 4648, section 5; RFC 7515). False: no room. */
export function appendBase64Url(out: ByteBuffer, pointer: usize, length: i32): bool {
  return append(out, pointer, length, 0x2d, 0x5f);
}

/** Appends base64 in the usual alphabet, padded (RFC 4648, section 4). False: no room. */
export function appendBase64(out: ByteBuffer, pointer: usize, length: i32): bool {
  if (!append(out, pointer, length, 0x2b, 0x2f)) return false;
  for (let rest = length % 3; rest != 0 && rest < 3; rest++) if (!out.appendByte(0x3d)) return false;
  return true;
}

function append(out: ByteBuffer, pointer: usize, length: i32, digit62: u8, digit63: u8): bool {
  let bits: u32 = 0;
  let bitCount = 0;
  for (let i = 0; i < length; i++) {
    bits = (bits << 8) | load<u8>(pointer + i);
    bitCount += 8;
    while (bitCount >= 6) {
      bitCount -= 6;
      if (!out.appendByte(digit((bits >> bitCount) & 63, digit62, digit63))) return false;
    }
  }
  return bitCount == 0 || out.appendByte(digit((bits << (6 - bitCount)) & 63, digit62, digit63));
}

function digit(value: u32, digit62: u8, digit63: u8): u8 {
  if (value < 26) return <u8>(0x41 + value);
  if (value < 52) return <u8>(0x61 + value - 26);
  if (value < 62) return <u8>(0x30 + value - 52);
  return value == 62 ? digit62 : digit63;
}
