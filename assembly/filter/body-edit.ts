import { ByteBuffer } from "../bytes/buffer";
import { HostBuffer } from "../host/body";

/** A change to a body that the host holds whole. */
export abstract class BodyChange {
  /** By how many bytes the body grows; what it says before `apply` need not be right. */
  abstract get growth(): i32;

  /** Changes a body of which the host holds `size` bytes. False when the host doesn't let us. */
  abstract apply(body: HostBuffer, size: i32): bool;
}

/**
 * Bytes [start, end) of a held body, to be replaced; every other byte stays as it is.
 *
 * Envoy replaces only the head of a buffer, so what stands before `start` is in this VM once, for the length of `apply`; what
 * may be held bounds it.
 */
@final
export class BodyEdit extends BodyChange {
  constructor(
    private readonly start: u64,
    private readonly end: u64,
    private readonly replacement: ByteBuffer,
  ) {
    super();
  }

  get growth(): i32 {
    return this.replacement.length - <i32>(this.end - this.start);
  }

  /** The body stays as it was when the host doesn't let us. */
  apply(body: HostBuffer, size: i32): bool {
    if (this.end > <u64>size || this.start > this.end) return false;
    const kept = <i32>this.start;
    const length = kept + this.replacement.length;
    const head = heap.alloc(length);
    memory.copy(head + kept, this.replacement.pointer, this.replacement.length);
    const done = copyOut(body, kept, head) && body.replaceHead(<i32>this.end, head, length);
    heap.free(head);
    return done;
  }
}

/** Copies the first `length` bytes of the body. */
function copyOut(body: HostBuffer, length: i32, to: usize): bool {
  let done = 0;
  while (done < length) {
    const piece = body.read(done, length - done);
    if (piece == null || piece.length == 0) return false;
    const taken = min(piece.length, length - done);
    memory.copy(to + done, piece.pointer, taken);
    done += taken;
  }
  return true;
}
