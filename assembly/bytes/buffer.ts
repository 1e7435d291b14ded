import { Budget } from "./budget";

/** Bytes that growable buffers have allocated since the last collection; the host binding collects by it. */
export let bufferBytesAllocated: i32 = 0;

/** Counts objects that are dropped soon, where many of them could come in a row. */
export function countDropped(bytes: i32): void {
  bufferBytesAllocated += bytes;
}

/** Called after a garbage collection. */
export function resetBufferBytesAllocated(): void {
  bufferBytesAllocated = 0;
}

const EMPTY = new StaticArray<u8>(0);
const SMALLEST: i32 = 64;

/** Bytes that are kept and can grow, as far as the exchange's budget allows. */
@final
export class ByteBuffer {
  private data: StaticArray<u8> = EMPTY;
  length: i32 = 0;

  constructor(private readonly budget: Budget) {}


  @inline
  get pointer(): usize {
    return changetype<usize>(this.data);
  }

  /** How many bytes it can take without growing. */
  get capacity(): i32 {
    return this.data.length;
  }

  /** False when the budget has no room; what was there stays. */
  append(pointer: usize, length: i32): bool {
    const needed = this.length + length;
    if (needed > this.data.length && !this.grow(needed)) return false;
    memory.copy(this.pointer + this.length, pointer, length);
    this.length = needed;
    return true;
  }

  appendByte(byte: u8): bool {
    if (this.length == this.data.length && !this.grow(this.length + 1)) return false;
    store<u8>(this.pointer + this.length, byte);
    this.length++;
    return true;
  }

  /** Empties it; the memory stays for the next value. */
  clear(): void {
    this.length = 0;
  }

  /** Empties it and gives its memory back to the budget. */
  release(): void {
    this.budget.give(this.data.length);
    this.data = EMPTY;
    this.length = 0;
  }

  private grow(needed: i32): bool {
    const before = this.data.length;
    let capacity = max(before * 2, max(needed, SMALLEST));
    if (!this.budget.take(capacity - before)) {
      capacity = needed;
      if (!this.budget.take(capacity - before)) return false;
    }
    const grown = new StaticArray<u8>(capacity);
    memory.copy(changetype<usize>(grown), this.pointer, this.length);
    this.data = grown;
    bufferBytesAllocated += capacity;
    return true;
  }
}
