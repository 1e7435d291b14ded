/**
 * Where the host writes what we read.
 *
 * The host asks `proxy_on_memory_allocate` for room in the middle of a host call. Handing out fixed windows keeps the VM's
 * memory flat and makes a read free of allocation; the price is that a window's content lasts only until the next read
 * into the same window.
 */
import { Bytes } from "../bytes/view";

/** The largest part of a body that is read at once, in bytes. */
export const BODY_WINDOW_BYTES: i32 = 65536;

const VALUE_WINDOW_BYTES: i32 = 8192;
const HEAD_WINDOW_BYTES: i32 = 16384;


@final
class ReadWindow {
  private base: usize = 0;
  /** Room for values larger than the window. */
  private overflow: usize = 0;
  private overflowBytes: usize = 0;

  constructor(private readonly capacity: i32) {}

  /** The next host allocations go here. */
  open(): void {
    if (this.base == 0) this.base = heap.alloc(this.capacity);
    current = this;
    next = this.base;
    left = this.capacity;
  }

  /** Room for a value larger than the window; it lasts as long as the window's content does. Kept, and grown by doubling. */
  exceed(size: usize): usize {
    if (this.overflowBytes < size) {
      if (this.overflow != 0) heap.free(this.overflow);
      this.overflowBytes = max(size, this.overflowBytes * 2);
      this.overflow = heap.alloc(this.overflowBytes);
    }
    return this.overflow;
  }
}

export const bodyWindow = new ReadWindow(BODY_WINDOW_BYTES);
export const headWindow = new ReadWindow(HEAD_WINDOW_BYTES);
export const valueWindow = new ReadWindow(VALUE_WINDOW_BYTES);

let current: ReadWindow = valueWindow;
let next: usize = 0;
let left: i32 = 0;

/** Serves the host's allocations. Several within one host call get room beside each other; only one may be larger than the window. */
export function allocateForHost(size: usize): usize {
  if (<usize>left >= size) {
    const pointer = next;
    const taken = <i32>((size + 15) & ~15);
    next += taken;
    left = max(0, left - taken);
    return pointer;
  }
  return current.exceed(size);
}

/** Static slots for the out-parameters of host calls. */
export const OUT_POINTER: usize = memory.data(8, 8);
export const OUT_LENGTH: usize = memory.data(8, 8);
export const OUT_NUMBER: usize = memory.data(8, 8);

/** Opens `window` and clears the slots: to be called right before a host call that returns bytes. */
export function beginRead(window: ReadWindow): void {
  window.open();
  store<usize>(OUT_POINTER, 0);
  store<usize>(OUT_LENGTH, 0);
}

/** The same where the host is to write at most `capacity` bytes to `pointer`. It may write elsewhere all the same. */
export function beginReadTo(pointer: usize, capacity: i32): void {
  beginRead(valueWindow);
  next = pointer;
  left = capacity;
}

/** Points `view` at what the last host call returned; empty when it returned nothing. */
export function takeRead(view: Bytes): Bytes {
  const pointer = load<usize>(OUT_POINTER);
  return view.set(pointer, pointer == 0 ? 0 : <i32>load<usize>(OUT_LENGTH));
}
