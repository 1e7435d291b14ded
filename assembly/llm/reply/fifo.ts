import { Budget } from "../../bytes/budget";
import { ByteBuffer } from "../../bytes/buffer";

/** Dropped bytes are reused when there are as many, and at least as many as there are left. */
const MANY_DROPPED: i32 = 4096;
const LARGEST_RECORD: i32 = 64;

const NO_BYTES = new StaticArray<u8>(LARGEST_RECORD);

/** Records that are added at the end and dropped at the beginning; at most `maxBytes` of them. */
@final
export class ReplyFifo {
  private readonly bytes: ByteBuffer;
  private head: i32 = 0;

  constructor(maxBytes: i32) {
    this.bytes = new ByteBuffer(new Budget(maxBytes));
  }

  /** Where the first record is, until the next `push` or `drop`. */
  @inline
  get pointer(): usize {
    return this.bytes.pointer + this.head;
  }

  /** How many bytes all records have. */
  @inline
  get length(): i32 {
    return this.bytes.length - this.head;
  }

  reset(): void {
    this.bytes.clear();
    this.head = 0;
  }

  /** Adds a record of `size` bytes, at most `LARGEST_RECORD`, with anything in it; returns where it is, 0 when there is no room. */
  push(size: i32): usize {
    return this.append(changetype<usize>(NO_BYTES), size) ? this.bytes.pointer + this.bytes.length - size : 0;
  }

  /** Adds `length` bytes of records; false when there is no room. */
  append(pointer: usize, length: i32): bool {
    if (this.bytes.append(pointer, length)) return true;
    if (this.head == 0) return false;
    this.compact();
    return this.bytes.append(pointer, length);
  }

  drop(size: i32): void {
    this.head += size;
    if (this.length == 0) this.reset();
    else if (this.head >= MANY_DROPPED && this.head >= this.length) this.compact();
  }

  private compact(): void {
    const bytes = this.bytes;
    const left = this.length;
    memory.copy(bytes.pointer, this.pointer, left);
    bytes.length = left;
    this.head = 0;
  }
}
