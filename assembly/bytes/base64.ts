import { lowerCase } from "./ascii";
import { ByteString } from "./view";

const CHUNK_BYTES: i32 = 768;
const NOT_BASE64: u32 = 0xff;
/** What a data URL has before the comma that its bytes stand behind (RFC 2397), in whatever case. */
const NAME = new ByteString("base64");
export const BASE64_NAME_BYTES: u8 = 6;

/**
 * Undoes base64 (RFC 4648, both alphabets) that arrives in pieces; splitting it anywhere gives the same bytes.
 *
 * Lenient: padding and whatever is in neither alphabet is skipped. Takes what comes in parts of at most `CHUNK_BYTES`
 * decoded bytes.
 */
@final
export class Base64Decoder {
  /** Where the bytes that the last `decode` gave are; gone with the next one. */
  readonly output: StaticArray<u8> = new StaticArray<u8>(CHUNK_BYTES);
  /** How many they are. */
  length: i32 = 0;
  private bits: u32 = 0;
  private bitCount: i32 = 0;

  reset(): void {
    this.length = 0;
    this.bits = 0;
    this.bitCount = 0;
  }

  /** Decodes from [pointer, end) as much as there is room for; returns where it stopped. */
  decode(pointer: usize, end: usize): usize {
    const output = changetype<usize>(this.output);
    let bits = this.bits;
    let bitCount = this.bitCount;
    let length = 0;
    while (pointer < end && length < CHUNK_BYTES) {
      const value = sextet(load<u8>(pointer++));
      if (value == NOT_BASE64) continue;
      bits = (bits << 6) | value;
      bitCount += 6;
      if (bitCount < 8) continue;
      bitCount -= 8;
      store<u8>(output + length++, <u8>(bits >> bitCount));
    }
    this.bits = bits;
    this.bitCount = bitCount;
    this.length = length;
    return pointer;
  }
}

function sextet(byte: u32): u32 {
  if ((byte | 0x20) - 0x61 < 26) return byte < 0x61 ? byte - 0x41 : byte - 0x61 + 26;
  if (byte - 0x30 < 10) return byte - 0x30 + 52;
  if (byte == 0x2b || byte == 0x2d) return 62;
  if (byte == 0x2f || byte == 0x5f) return 63;
  return NOT_BASE64;
}

/** How much of "base64" the last bytes are when `byte` comes behind ones that were `named` bytes of it. */
export function moreOfBase64Name(named: u8, byte: u8): u8 {
  const lower = lowerCase(byte);
  if (named < BASE64_NAME_BYTES && lower == load<u8>(NAME.pointer + <usize>named)) return named + 1;
  // No later letter is the first one.
  return <u8>(lower == load<u8>(NAME.pointer));
}
