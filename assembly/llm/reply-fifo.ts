import { Budget } from "../bytes/budget";
import { ByteBuffer } from "../bytes/buffer";

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
    const bytes = this.bytes;
    if (!bytes.append(changetype<usize>(NO_BYTES), size)) return 0;
    return bytes.pointer + bytes.length - size;
  }

  /** Adds `length` bytes of records; false when there is no room. */
  append(pointer: usize, length: i32): bool {
    return this.bytes.append(pointer, length);
  }

  drop(size: i32): void {
    const bytes = this.bytes;
    this.head += size;
    const left = bytes.length - this.head;
    if (left == 0) {
      this.reset();
    } else if (this.head >= MANY_DROPPED && this.head >= left) {
      memory.copy(bytes.pointer, bytes.pointer + this.head, left);
      bytes.length = left;
      this.head = 0;
    }
  }
}
