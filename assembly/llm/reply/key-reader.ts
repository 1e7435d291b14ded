import { findByte } from "../../bytes/find";
import { JsonListener } from "../../json/listener";
import { NONE } from "../../json/paths";
import { StringDecoder } from "../../json/string-decoder";
import { hashOfKey, ReplyKey, roleOfKey } from "./keys";

const BACKSLASH: u8 = 0x5c;
/** A longer key is none that is known. */
const MAX_KEY: i32 = 64;

/** Reads a key that may arrive in pieces, with escapes. */
@final
export class ReplyKeyReader extends JsonListener {
  /** Of the last key. */
  role: ReplyKey = ReplyKey.Unknown;
  hash: u32 = 0;
  private length: i32 = 0;
  private isWhole: bool = true;
  private readonly bytes: StaticArray<u8> = new StaticArray<u8>(MAX_KEY);
  private readonly decoder: StringDecoder = new StringDecoder();

  begin(): void {
    this.length = 0;
    this.isWhole = true;
    this.decoder.reset();
  }

  /** A part of the key that isn't the last. */
  add(pointer: usize, length: i32): void {
    this.isWhole = false;
    this.decoder.decode(this, NONE, pointer, length);
  }

  /** The rest of the key, or all of it. */
  end(pointer: usize, length: i32): void {
    if (!this.isWhole || findByte(pointer, pointer + length, BACKSLASH) < pointer + length) {
      this.decoder.decode(this, NONE, pointer, length);
      this.decoder.finish(this, NONE);
      pointer = changetype<usize>(this.bytes);
      length = this.length > MAX_KEY ? 0 : this.length;
    }
    this.hash = hashOfKey(pointer, length);
    this.role = roleOfKey(this.hash, pointer, length);
  }

  override onBytes(path: i32, pointer: usize, length: i32): void {
    const room = MAX_KEY - this.length;
    if (room > 0) memory.copy(changetype<usize>(this.bytes) + this.length, pointer, min(length, room));
    this.length += length;
  }
}
