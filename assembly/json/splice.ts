import { ByteBuffer } from "../bytes/buffer";

/**
 * Replaces the bytes [start, end) of a text that comes in pieces; every other byte passes as it is.
 *
 * The replacement is written as soon as the text has reached `start`, whatever of the text arrives later. For one text.
 */
@final
export class Splice {
  private offset: u64 = 0;
  private isReplaced: bool = false;

  constructor(
    private readonly start: u64,
    private readonly end: u64,
    private readonly replacement: ByteBuffer,
  ) {}

  /** Appends to `out` what this piece becomes. False when `out` has no room: its content is then cut short. */
  feed(pointer: usize, length: i32, out: ByteBuffer): bool {
    const before = this.offset;
    const after = before + length;
    this.offset = after;
    const head = <i32>(min(max(this.start, before), after) - before);
    if (!out.append(pointer, head)) return false;
    if (after >= this.start && !this.isReplaced) {
      this.isReplaced = true;
      if (!out.append(this.replacement.pointer, this.replacement.length)) return false;
    }
    const tail = <i32>(after - min(max(this.end, before), after));
    return out.append(pointer + length - tail, tail);
  }
}
