import { Budget } from "../../bytes/budget";
import { ByteBuffer } from "../../bytes/buffer";
import { findByte } from "../../bytes/find";
import { Bytes } from "../../bytes/view";
import { MAX_MODEL_BYTES } from "./name";

/** One more byte than a model may have, so that one that is too long shows. */
const KEPT_BYTES: i32 = MAX_MODEL_BYTES + 1;
const LATER_BYTES: i32 = 4096;
const NUL: u8 = 0;

/** The models that a body names: the first with its place, and those that follow, which should not be there. */
@final
export class SeenModels {
  /** How many there are so far, complete or not. */
  count: i32 = 0;
  /** Whether the first has ended. */
  isKnown: bool = false;
  /** Where the first stands in the body: [start, end). */
  start: u64 = 0;
  end: u64 = 0;
  /** More followed than are kept. */
  isOverflown: bool = false;
  private readonly firstBytes: ByteBuffer = new ByteBuffer(new Budget(KEPT_BYTES));
  private readonly laterBytes: ByteBuffer = new ByteBuffer(new Budget(LATER_BYTES));
  private laterRead: i32 = 0;
  private laterStart: i32 = 0;
  private readonly view: Bytes = new Bytes();

  /** Ready for another body. */
  reset(): void {
    this.count = 0;
    this.isKnown = false;
    this.isOverflown = false;
    this.firstBytes.clear();
    this.laterBytes.clear();
    this.laterRead = 0;
  }

  begin(start: u64): void {
    if (this.count++ == 0) this.start = start;
    this.laterStart = this.laterBytes.length;
  }

  /** A model under another key, that only some servers take for this one: as bad as two, whatever it says. */
  addAlias(): void {
    this.count += 2;
    this.isKnown = true;
    this.isOverflown = true;
  }

  append(pointer: usize, length: i32): void {
    const isFirst = this.count == 1;
    const bytes = isFirst ? this.firstBytes : this.laterBytes;
    const kept = isFirst ? bytes.length : bytes.length - this.laterStart;
    const taken = min(length, KEPT_BYTES - kept);
    if (!bytes.append(pointer, taken)) this.isOverflown = true;
  }

  finish(end: u64): void {
    if (this.count > 1) {
      if (!this.laterBytes.appendByte(NUL)) this.isOverflown = true;
      return;
    }
    this.end = end;
    this.isKnown = true;
  }

  /** The first; cut after `MAX_MODEL_BYTES` + 1 bytes. */
  get first(): Bytes {
    return this.view.set(this.firstBytes.pointer, this.firstBytes.length);
  }

  /** The next of those that followed and have ended; null when all were asked for. */
  nextLater(): Bytes | null {
    const start = this.laterBytes.pointer + this.laterRead;
    const end = this.laterBytes.pointer + this.laterBytes.length;
    const stop = findByte(start, end, NUL);
    if (stop == end) return null;
    const length = <i32>(stop - start);
    this.laterRead += length + 1;
    return this.view.set(start, length);
  }
}
