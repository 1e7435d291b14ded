import { moreOfBase64Name, BASE64_NAME_BYTES } from "../bytes/base64";
import { sextetOf } from "./base64-run-group";
import { DecodedText } from "./base64-run-text";
import { PlainText } from "./plain-text";

const COMMA: u32 = 0x2c;
const PADDING: u32 = 0x3d;
const GROUP: i32 = 4;
const NO_GROUP: i32 = -1;

/**
 * Decodes a file's bytes in base64, or a data URL with them, from the first character to the last, whatever comes out, and looks at
 * it.
 *
 * Servers differ in what they leave out: white space, or all that is in neither alphabet. So does this: leaving out too much loses
 * nothing that others read. Padding ends a group of characters, not the bytes.
 */
@final
export class EncodedFile {
  private at: i32 = 0;
  /** The group in hand: its characters' bits, how many they are, and where it begins and ends in the original so far. */
  private bits: u32 = 0;
  private count: u8 = 0;
  /** How much of "base64" the last characters are. */
  private named: u8 = 0;
  private start: i32 = NO_GROUP;
  private end: i32 = 0;

  constructor(private readonly text: DecodedText) {}

  begin(): void {
    this.at = 0;
    this.named = 0;
    this.beginBytes();
  }

  /** More of the plain text is there, or it is over. Keeps none of it. */
  scan(plain: PlainText): void {
    const window = plain.window;
    for (; this.at < window.end; this.at++) this.take(window.at(this.at), plain);
    this.text.look();
    if (window.isLast) this.endBytes();
  }

  /** The original offset before which every hit has been reported; `end` where nothing is pending. */
  settled(end: i32): i32 {
    const settled = this.text.settled(end);
    return this.count > 0 ? min(settled, this.start) : settled;
  }

  private take(byte: u32, plain: PlainText): void {
    const sextet = sextetOf(byte);
    if (sextet < 64) {
      if (this.count == 0) this.start = plain.originalStart(this.at);
      this.end = plain.originalEnd(this.at + 1);
      this.bits = (this.bits << 6) | sextet;
      this.named = moreOfBase64Name(this.named, <u8>byte);
      if (++this.count == GROUP) this.endGroup();
    } else if (byte == PADDING) {
      this.endGroup();
    } else if (byte == COMMA && this.named == BASE64_NAME_BYTES) {
      this.endBytes();
      this.beginBytes();
    }
  }

  /** What is left of a byte in the end counts for nothing. */
  private endGroup(): void {
    const count: i32 = this.count;
    if (count > 1) this.text.add(this.bits << (6 * (GROUP - count)), count - 1, this.start, this.end);
    this.bits = 0;
    this.count = 0;
  }

  private beginBytes(): void {
    this.bits = 0;
    this.count = 0;
    this.text.begin();
  }

  private endBytes(): void {
    this.endGroup();
    this.text.end();
  }
}
