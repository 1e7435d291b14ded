import { Budget } from "../../bytes/budget";
import { ByteBuffer } from "../../bytes/buffer";
import { AnswerReader } from "./reader";

/** Most bytes of one event that are withheld; of a longer one they are let through, and then it is never removed. */
export const MAX_WITHHELD_BYTES: u64 = 16384;

export const enum CutResult {
  /** The piece goes to the client as it is. */
  Unchanged,
  /** What goes to the client instead of the piece is in `out`. */
  Changed,
  /** `out` has no room for that; its content is cut short. */
  NoRoom,
}

/**
 * Takes the events that have nothing but usage out of an answer that arrives in pieces, for a client that didn't ask for
 * them; every other byte passes as it is, and splitting the answer anywhere lets the same bytes through.
 *
 * An event is withheld until the reader knows that it is another one, or until its end: at most `MAX_WITHHELD_BYTES`.
 */
@final
export class AnswerUsageCut {
  private readonly withheld: ByteBuffer = new ByteBuffer(new Budget(2 * <i32>MAX_WITHHELD_BYTES));
  /** The piece in hand, and its offset in the answer. */
  private piece: usize = 0;
  private pieceStart: u64 = 0;
  /** What is let through or removed so far: all before this offset. */
  private done: u64 = 0;
  private result: CutResult = CutResult.Unchanged;
  private out: ByteBuffer | null = null;

  /** Begins another answer. */
  reset(): void {
    this.withheld.clear();
    this.done = 0;
  }

  /** Before which byte of the answer the client has seen everything that it is to see. */
  get shownTo(): u64 {
    return this.done;
  }

  /**
   * Reads a piece and decides what of it, and of what was withheld, the client sees. `isLast` ends the answer.
   *
   * The reader's listener must tell `remove` the events with usage only.
   */
  feed(reader: AnswerReader, pointer: usize, length: i32, isLast: bool, out: ByteBuffer): CutResult {
    this.piece = pointer;
    this.pieceStart = reader.offset;
    this.out = out;
    this.result = this.withheld.length > 0 ? CutResult.Changed : CutResult.Unchanged;
    reader.feed(pointer, length);
    if (isLast) reader.finish();

    const end = reader.offset;
    let from = isLast ? end : reader.undecidedFrom;
    // An event that is too long, or whose head is through.
    if (from < this.done || end - from > MAX_WITHHELD_BYTES) from = end;
    if (from < end) this.result = max(this.result, CutResult.Changed);
    if (this.result == CutResult.Unchanged) {
      this.done = end;
      return CutResult.Unchanged;
    }
    this.letThrough(from);
    this.withhold(from, end);
    return this.result;
  }

  /** An event, [start, end) of the answer, has usage only. */
  remove(start: u64, end: u64): void {
    if (start < this.done || end - start > MAX_WITHHELD_BYTES) return;
    this.result = max(this.result, CutResult.Changed);
    this.letThrough(start);
    this.done = end;
  }

  /** The client sees everything up to this offset. */
  private letThrough(end: u64): void {
    this.copy(this.done, end, this.out!);
    this.done = max(this.done, end);
  }

  private withhold(start: u64, end: u64): void {
    const withheld = this.withheld;
    const kept = <i32>(this.pieceStart - min(start, this.pieceStart));
    memory.copy(withheld.pointer, withheld.pointer + withheld.length - kept, kept);
    withheld.length = kept;
    this.copy(max(start, this.pieceStart), end, withheld);
  }

  /** Appends [start, end) of the answer, which is in `withheld` and in the piece. */
  private copy(start: u64, end: u64, to: ByteBuffer): void {
    if (start < this.pieceStart) {
      const before = <i32>(min(end, this.pieceStart) - start);
      const from = this.withheld.pointer + this.withheld.length - <usize>(this.pieceStart - start);
      if (!to.append(from, before)) this.result = CutResult.NoRoom;
      start += before;
    }
    if (start >= end) return;
    const from = this.piece + <usize>(start - this.pieceStart);
    if (!to.append(from, <i32>(end - start))) this.result = CutResult.NoRoom;
  }
}
