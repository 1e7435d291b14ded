import { Class, CODE_BITS, GROUP, codeOf } from "./classes";
import { TokenPieces, isLetter } from "./pieces";
import { ASCII_CODES, UNIT } from "./weights";

const REPLACEMENT: u32 = 0xfffd;

/**
 * Estimates how many o200k tokens a text has, without the tokenizer's tables.
 *
 * Cuts the text nearly where the tokenizer does before it merges bytes, and adds up what each piece costs by its letters,
 * its length and its script (`token-weights.ts`). The mean absolute error is about 5 % for texts of 200 bytes or more.
 *
 * Feed UTF-8 in pieces of any size; splitting the text anywhere, also inside a character, gives the same result. Bytes that
 * are no UTF-8 do no harm. Fixed memory, never allocates after construction.
 */
@final
export class TokenEstimator {
  private readonly pieces: TokenPieces = new TokenPieces();
  /** The bits so far of a character that goes on, and how many bytes of it are due. */
  private codePoint: u32 = 0;
  private due: i32 = 0;

  /** Ready for another text. */
  reset(): void {
    this.pieces.reset();
    this.due = 0;
  }

  /** Consumes `length` bytes at `pointer`. */
  feed(pointer: usize, length: i32): void {
    const pieces = this.pieces;
    const end = pointer + length;
    while (pointer < end) {
      const byte: u32 = load<u8>(pointer);
      if (byte >= 0x80) {
        this.addByte(byte);
        pointer++;
        continue;
      }
      if (this.due > 0) this.cutOff();
      if (isLetter(byte)) {
        pointer = pieces.addWords(pointer, end);
        continue;
      }
      pointer++;
      const code: u32 = load<u8>(ASCII_CODES + byte);
      switch (code >> CODE_BITS) {
        case Class.Digit:
          pieces.addDigit(false);
          break;
        case Class.Space:
          pieces.addBlank(byte);
          break;
        case Class.Symbol:
          pieces.addPunctuation(byte, code & GROUP);
          break;
        default:
          pieces.addControl();
      }
    }
  }

  /** The estimate for all that was fed since `reset`, as if the text ended here; more may be fed afterwards. */
  tokens(): i64 {
    return (this.pieces.units + UNIT / 2) / UNIT;
  }

  /** Takes a byte of a character beyond ASCII. */
  private addByte(byte: u32): void {
    if (byte < 0xc0) {
      if (this.due == 0) return this.addCharacter(REPLACEMENT);
      this.codePoint = (this.codePoint << 6) | (byte & 0x3f);
      if (--this.due == 0) this.addCharacter(this.codePoint);
      return;
    }
    if (this.due > 0) this.cutOff();
    if (byte >= 0xf8) return this.addCharacter(REPLACEMENT);
    this.due = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    this.codePoint = byte & (0x3f >> this.due);
  }

  /** A character has not got all its bytes. */
  private cutOff(): void {
    this.due = 0;
    this.addCharacter(REPLACEMENT);
  }

  private addCharacter(codePoint: u32): void {
    const code = codeOf(codePoint);
    const kind = <Class>(code >> CODE_BITS);
    const group = code & GROUP;
    const pieces = this.pieces;
    if (kind == Class.Symbol) pieces.addSymbol(codePoint, group);
    else if (kind == Class.Space) pieces.addBlank(codePoint);
    else if (kind == Class.Digit) pieces.addDigit(true);
    else if (kind != Class.Alternating) pieces.addLetter(codePoint, kind, group);
    else pieces.addLetter(codePoint, codePoint & 1 ? Class.Lower : Class.Upper, group);
  }
}
