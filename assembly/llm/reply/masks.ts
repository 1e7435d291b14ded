import { Budget } from "../../bytes/budget";
import { ByteBuffer } from "../../bytes/buffer";

/** What the spans of one text may take, in bytes. */
const MOST_BYTES: i32 = 1 << 20;
const MOST_DROPPED_BYTES: i32 = 4096;

/** The bytes [start, end) of a text, to be replaced by one mask. It lies in the list's own memory. */
@final
@unmanaged
export class MaskSpan {
  start: i32;
  end: i32;
  /** Which mask. */
  id: i32;
  /** The mask is out already: the span only takes more away. */
  isContinued: i32;
}

export const SPAN_BYTES: usize = 16;

/**
 * The spans of a text that are to be replaced, in order and apart from each other. Those that overlap are one; the mask is that
 * of the one that begins first, or of the lowest id.
 */
@final
export class MaskSpans {
  /** A span had no room, and is not there. */
  isFull: bool = false;
  private readonly spans: ByteBuffer = new ByteBuffer(new Budget(MOST_BYTES));
  /** Bytes at the beginning that are dropped. */
  private head: i32 = 0;


  @inline
  get count(): i32 {
    return (this.spans.length - this.head) / <i32>SPAN_BYTES;
  }


  @inline
  get pointer(): usize {
    return this.spans.pointer + this.head;
  }

  reset(): void {
    this.spans.clear();
    this.head = 0;
    this.isFull = false;
  }

  /** In any order. With `isContinued` it is more of the span that ended at `start`. */
  add(start: i32, end: i32, id: i32, isContinued: bool): void {
    if (end <= start) return;
    let to = this.count;
    while (to > 0 && this.at(to - 1).start >= end) to--;
    // What ends exactly where this begins is another hit, unless this is more of it.
    const reach = start + <i32>!isContinued;
    let from = to;
    while (from > 0 && this.at(from - 1).end >= reach) from--;
    if (from == to) {
      this.insert(from, start, end, id, isContinued);
      return;
    }
    const span = this.at(from);
    if (start < span.start || (start == span.start && !isContinued && id < span.id)) {
      span.id = id;
      span.isContinued = <i32>isContinued;
    }
    span.start = min(start, span.start);
    span.end = max(end, this.at(to - 1).end);
    this.remove(from + 1, to);
  }

  /** Whether [start, end) is part of one span of this id. */
  covers(start: i32, end: i32, id: i32): bool {
    for (let i = this.count - 1; i >= 0 && this.at(i).end > start; i--) {
      const span = this.at(i);
      if (span.id == id && span.start <= start && span.end >= end) return true;
    }
    return false;
  }

  /** Forgets what ends at this offset or before. */
  dropTo(offset: i32): void {
    const count = this.count;
    let i = 0;
    while (i < count && this.at(i).end <= offset) i++;
    if (i == count) {
      this.spans.clear();
      this.head = 0;
    } else {
      this.head += i * <i32>SPAN_BYTES;
      if (this.head >= MOST_DROPPED_BYTES) this.compact();
    }
  }


  @inline
  at(index: i32): MaskSpan {
    return changetype<MaskSpan>(this.pointer + <usize>index * SPAN_BYTES);
  }

  private insert(index: i32, start: i32, end: i32, id: i32, isContinued: bool): void {
    const spans = this.spans;
    const last = spans.length;
    if (!spans.append(changetype<usize>(EMPTY), <i32>SPAN_BYTES)) {
      this.isFull = true;
      return;
    }
    const at = this.head + index * <i32>SPAN_BYTES;
    memory.copy(spans.pointer + <usize>at + SPAN_BYTES, spans.pointer + at, last - at);
    const span = this.at(index);
    span.start = start;
    span.end = end;
    span.id = id;
    span.isContinued = <i32>isContinued;
  }

  private compact(): void {
    const spans = this.spans;
    const left = spans.length - this.head;
    memory.copy(spans.pointer, this.pointer, left);
    spans.length = left;
    this.head = 0;
  }

  private remove(from: i32, to: i32): void {
    const spans = this.spans;
    const start = this.head + from * <i32>SPAN_BYTES;
    const end = this.head + to * <i32>SPAN_BYTES;
    memory.copy(spans.pointer + start, spans.pointer + end, spans.length - end);
    spans.length -= end - start;
  }
}

const EMPTY = new StaticArray<u8>(<i32>SPAN_BYTES);
