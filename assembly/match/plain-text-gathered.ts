import { LOOK_BEHIND_BYTES, TextWindow } from "./detector";

/**
 * A window of a text that is put together from parts of another one, with where in that one each byte comes from. Fixed
 * memory: 9 bytes for each byte of room.
 */
@final
export class GatheredText {
  readonly window: TextWindow = new TextWindow();
  private readonly bytes: StaticArray<u8>;
  private readonly starts: StaticArray<i32>;
  private readonly ends: StaticArray<i32>;

  constructor(roomBytes: i32) {
    this.bytes = new StaticArray<u8>(roomBytes);
    this.starts = new StaticArray<i32>(roomBytes);
    this.ends = new StaticArray<i32>(roomBytes);
    this.window.pointer = changetype<usize>(this.bytes);
  }

  reset(): void {
    this.window.start = 0;
    this.window.end = 0;
    this.window.isLast = false;
  }

  get room(): i32 {
    return this.bytes.length - (this.window.end - this.window.start);
  }

  /** Appends a byte that comes from [start, end) of the other text; there must be room. */
  append(byte: u8, start: i32, end: i32): void {
    const index = this.window.end - this.window.start;
    unchecked((this.bytes[index] = byte));
    unchecked((this.starts[index] = start));
    unchecked((this.ends[index] = end));
    this.window.end++;
  }

  /** Where the byte at an offset comes from; the first one that is known, where that one is gone. */
  startOf(offset: i32): i32 {
    return unchecked(this.starts[max(offset - this.window.start, 0)]);
  }

  endOf(offset: i32): i32 {
    return unchecked(this.ends[max(offset - this.window.start, 0)]);
  }

  /** Lets go of what is more than `LOOK_BEHIND_BYTES` before an offset; of more, when there is no room for `bytes` then. */
  slide(offset: i32, bytes: i32): void {
    const window = this.window;
    const start = max(offset - LOOK_BEHIND_BYTES, window.end + bytes - this.bytes.length);
    const gone = start - window.start;
    if (gone <= 0) return;
    const kept = window.end - start;
    moveDown(changetype<usize>(this.bytes), gone, kept);
    moveDown(changetype<usize>(this.starts), gone * 4, kept * 4);
    moveDown(changetype<usize>(this.ends), gone * 4, kept * 4);
    window.start = start;
  }
}

function moveDown(pointer: usize, gone: i32, kept: i32): void {
  memory.copy(pointer, pointer + <usize>gone, <usize>kept);
}
