import { ByteBuffer } from "../bytes/buffer";
import { HostBuffer } from "../host/body";

/**
 * Bytes [start, end) of a held body, to be replaced; every other byte stays as it is.
 *
 * Envoy can't splice a buffer in its middle: a body is replaced whole, so it is in this VM once, for the length of `apply`.
 * What may be held bounds it.
 */
@final
export class BodyEdit {
  constructor(
    private readonly start: u64,
    private readonly end: u64,
    private readonly replacement: ByteBuffer,
  ) {}

  /** By how many bytes the body grows. */
  get growth(): i32 {
    return this.replacement.length - <i32>(this.end - this.start);
  }

  /** Edits a body of which the host holds `size` bytes. False, and the body as it was, when the host doesn't let us. */
  apply(body: HostBuffer, size: i32): bool {
    if (this.end > <u64>size || this.start > this.end) return false;
    const head = <i32>this.start;
    const tail = size - <i32>this.end;
    const inserted = this.replacement.length;
    const all = heap.alloc(head + inserted + tail);
    memory.copy(all + head, this.replacement.pointer, inserted);
    const done =
      copyOut(body, 0, head, all) &&
      copyOut(body, <i32>this.end, tail, all + head + inserted) &&
      body.replaceAll(size, all, head + inserted + tail);
    heap.free(all);
    return done;
  }
}

function copyOut(body: HostBuffer, start: i32, length: i32, to: usize): bool {
  let done = 0;
  while (done < length) {
    const piece = body.read(start + done, length - done);
    if (piece == null || piece.length == 0) return false;
    const taken = min(piece.length, length - done);
    memory.copy(to + done, piece.pointer, taken);
    done += taken;
  }
  return true;
}
