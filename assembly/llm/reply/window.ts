import { Budget } from "../../bytes/budget";
import { ByteBuffer } from "../../bytes/buffer";

/**
 * The bytes of an answer that comes in pieces: where they are while they are looked at, which of them may go out, and which must be
 * held for the next piece, at most `maxHeldBytes`. What may go out is appended to the piece's `out`, but when that is the piece.
 */
@final
export class ReplyWindow {
  /** Behind the last byte that can be looked at. */
  offset: u64 = 0;
  /** All before this offset may go out. */
  done: u64 = 0;
  /** All before this offset has been written, or went out as it was. */
  written: u64 = 0;
  /** There was no room in `out`. */
  isFull: bool = false;
  /** What of the piece can't be looked at yet. */
  private rest: usize = 0;
  private restLength: i32 = 0;
  private pieceStart: u64 = 0;
  /** Bytes from before the piece are held, and the piece is appended to them. */
  private isHeld: bool = false;
  /** Where the bytes are, and the offset of the first. */
  private region: usize = 0;
  private regionStart: u64 = 0;
  private output: ByteBuffer | null = null;
  private readonly held: ByteBuffer;

  constructor(readonly maxHeldBytes: i32) {
    this.held = new ByteBuffer(new Budget(maxHeldBytes));
  }

  /** Begins another answer. */
  reset(): void {
    this.offset = 0;
    this.done = 0;
    this.written = 0;
    this.isFull = false;
    this.restLength = 0;
    this.held.clear();
  }

  /** How much memory it keeps for what is held. */
  get capacity(): i32 {
    return this.held.capacity;
  }

  /** A piece is here, which lasts until the next one. */
  begin(pointer: usize, length: i32, out: ByteBuffer): void {
    this.rest = pointer;
    this.restLength = length;
    this.pieceStart = this.offset;
    this.isHeld = this.held.length > 0;
    this.output = out;
  }

  /** Some of the piece can't be looked at yet. */
  get hasRest(): bool {
    return this.restLength > 0;
  }

  /** As much of the piece as there is room for can be looked at now; false when there is none. */
  advance(): bool {
    let taken = this.restLength;
    if (this.isHeld) {
      const held = this.held;
      this.region = held.pointer;
      this.regionStart = this.offset - held.length;
      taken = min(taken, this.maxHeldBytes - held.length);
      if (taken == 0 && this.restLength > 0) return false;
      held.append(this.rest, taken);
      this.region = held.pointer;
    } else {
      this.region = this.rest;
      this.regionStart = this.offset;
    }
    this.rest += taken;
    this.restLength -= taken;
    this.offset += taken;
    return true;
  }

  /** Whether all that the piece has may go out, and nothing else was written. It counts as written then. */
  passesPiece(): bool {
    if (this.isHeld || this.written != this.pieceStart || this.done != this.offset) return false;
    this.written = this.done;
    return true;
  }

  /**
   * Whether what is held up to `end`, which is known to be complete, had room to wait for that: the CR that ends an event is known
   * to when the byte after it has come.
   */
  holds(end: u64): bool {
    return end - this.done < <u64>this.maxHeldBytes;
  }

  /** Writes what may go out, as it is. */
  write(): void {
    const length = <i32>(this.done - this.written);
    if (length > 0 && !this.out.append(this.addressOf(this.written), length)) this.isFull = true;
    this.written = this.done;
  }

  /** Instead of the bytes before `offset` others have been written. */
  skip(offset: u64): void {
    this.written = offset;
    this.done = offset;
  }

  /** Writes what may go out and holds the rest; false when that is more than may be held: then it stays where it is. */
  keep(): bool {
    this.write();
    const held = this.held;
    const left = <i32>(this.offset - this.done);
    if (left > this.maxHeldBytes) return false;
    if (!this.isHeld) held.append(this.addressOf(this.done), left);
    else if (this.done > this.regionStart) memory.copy(held.pointer, this.addressOf(this.done), left);
    held.length = left;
    this.region = held.pointer;
    this.regionStart = this.done;
    return true;
  }

  /** Writes all that is held, and all of the piece. */
  release(): void {
    this.done = this.offset;
    this.write();
    if (!this.out.append(this.rest, this.restLength)) this.isFull = true;
  }


  @inline
  get out(): ByteBuffer {
    return changetype<ByteBuffer>(this.output);
  }

  set out(out: ByteBuffer) {
    this.output = out;
  }


  @inline
  addressOf(offset: u64): usize {
    return this.region + <usize>(offset - this.regionStart);
  }
}
