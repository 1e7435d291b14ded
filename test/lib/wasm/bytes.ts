import { Budget } from "../../../assembly/bytes/budget";
import { ByteBuffer } from "../../../assembly/bytes/buffer";

export function fill(limit: i32, bytes: ArrayBuffer, times: i32): i32 {
  const buffer = new ByteBuffer(new Budget(limit));
  for (let i = 0; i < times; i++) {
    if (!buffer.append(changetype<usize>(bytes), bytes.byteLength)) break;
  }
  return buffer.length;
}
