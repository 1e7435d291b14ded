import { encodeUtf8 } from "../bytes/text";
import { isSame } from "../bytes/view";
import { OUT_LENGTH, OUT_NUMBER } from "./memory";

// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "environ_sizes_get")
declare function environ_sizes_get(count: usize, bytes: usize): u32;

// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "environ_get")
declare function environ_get(pointers: usize, bytes: usize): u32;

const EQUALS: u8 = 0x3d;

/**
 * The value of a variable that the host gives this VM (Envoy: `environment_variables`), kept; null when there is none. They
 * never change while a VM lives. For reading a configuration only: it copies the whole environment.
 */
export function environmentVariable(name: string): ArrayBuffer | null {
  store<u32>(OUT_NUMBER, 0);
  store<u32>(OUT_LENGTH, 0);
  if (environ_sizes_get(OUT_NUMBER, OUT_LENGTH) != 0) return null;
  const count = load<u32>(OUT_NUMBER);
  const size = load<u32>(OUT_LENGTH);
  if (count == 0) return null;
  const pointers = heap.alloc(count * 4);
  const bytes = heap.alloc(size);
  let value: ArrayBuffer | null = null;
  if (environ_get(pointers, bytes) == 0) {
    const wanted = encodeUtf8(name);
    for (let i: u32 = 0; i < count && value == null; i++) value = valueOf(load<u32>(pointers + i * 4), wanted);
  }
  memory.fill(bytes, 0, size);
  heap.free(bytes);
  heap.free(pointers);
  return value;
}

/** What follows `name=` in the entry at `entry`, up to its NUL; null for another name. */
function valueOf(entry: usize, name: ArrayBuffer): ArrayBuffer | null {
  const length = name.byteLength;
  for (let i = 0; i < length; i++) if (load<u8>(entry + i) == 0) return null;
  if (!isSame(entry, changetype<usize>(name), length) || load<u8>(entry + length) != EQUALS) return null;
  const start = entry + length + 1;
  let end = start;
  while (load<u8>(end) != 0) end++;
  const value = new ArrayBuffer(<i32>(end - start));
  memory.copy(changetype<usize>(value), start, end - start);
  return value;
}
