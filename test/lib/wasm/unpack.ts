import { unpack } from "../../../assembly/start/unpack";

const SCRATCH = heap.alloc(4096);

/** The `length` bytes that were packed into `packed`. */
export function unpacked(packed: ArrayBuffer, length: i32): ArrayBuffer {
  const bytes = new ArrayBuffer(length);
  memory.fill(SCRATCH, 0, 4096);
  unpack(changetype<usize>(packed), changetype<usize>(bytes), length, SCRATCH);
  return bytes;
}
