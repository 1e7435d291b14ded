import { decodeUtf8, encodeUtf8 } from "./text";

/**
 * A run of bytes in linear memory that somebody else owns.
 *
 * A view is valid only until its owner moves on: one handed to a callback ends with the callback, one returned by a host
 * read ends with the next host read of the same kind. Keep what is needed in a `ByteBuffer`.
 */
@final
export class Bytes {
  pointer: usize = 0;
  length: i32 = 0;

  /** Points this view elsewhere; returns it, so that one view can serve a whole loop without allocation. */
  @inline
  set(pointer: usize, length: i32): this {
    this.pointer = pointer;
    this.length = length;
    return this;
  }


  @inline
  at(index: i32): u8 {
    return load<u8>(this.pointer + index);
  }

  equals(other: Bytes): bool {
    return this.length == other.length && isSame(this.pointer, other.pointer, this.length);
  }

  startsWith(prefix: Bytes): bool {
    return this.length >= prefix.length && isSame(this.pointer, prefix.pointer, prefix.length);
  }

  /** The text of a short value that is kept. Never on a path that runs for each event. */
  toString(): string {
    return decodeUtf8(this.pointer, this.length);
  }
}

/**
 * The UTF-8 bytes of a constant. For names that are needed on every request: make it once, at module level or at load.
 *
 * Laid out as the buffer of its bytes, so that one costs no more than a string does.
 */
@final
export class ByteString {
  constructor(text: string) {
    return changetype<ByteString>(encodeUtf8(text));
  }


  @inline
  get pointer(): usize {
    return changetype<usize>(this);
  }


  @inline
  get length(): i32 {
    return changetype<ArrayBuffer>(this).byteLength;
  }

  equals(pointer: usize, length: i32): bool {
    return length == this.length && isSame(pointer, this.pointer, length);
  }

  toString(): string {
    return decodeUtf8(this.pointer, this.length);
  }
}

/** Whether the `length` bytes at `a` and at `b` are the same. */
export function isSame(a: usize, b: usize, length: i32): bool {
  if (length >= WORD) {
    // The last word overlaps the one before it.
    const last = length - WORD;
    for (let i = 0; i < last; i += WORD) if (load<u32>(a + i) != load<u32>(b + i)) return false;
    return load<u32>(a + last) == load<u32>(b + last);
  }
  for (let i = 0; i < length; i++) if (load<u8>(a + i) != load<u8>(b + i)) return false;
  return true;
}

/** Most of what is compared is a key or a header's name, not much longer. */
const WORD: i32 = 4;
