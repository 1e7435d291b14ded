import { toText } from "./bytes.ts";

/** A pointer or size from the module that leaves its memory; the host call answers InvalidMemoryAccess. */
export class OutOfBounds extends Error {
  override name = "OutOfBounds";
}

/** The module's memory, looked up anew at each access: it moves when it grows. */
export class GuestMemory {
  constructor(
    readonly memory: WebAssembly.Memory,
    /** The module's own allocator; the host takes from it at the time of the call. */
    readonly allocate: (size: number) => number,
  ) {}

  /** A copy of `size` bytes. */
  read(pointer: number, size: number): Uint8Array {
    return this.#window(pointer, size).slice();
  }

  text(pointer: number, size: number): string {
    return toText(this.#window(pointer, size));
  }

  write(pointer: number, bytes: Uint8Array): void {
    this.#window(pointer, bytes.length).set(bytes);
  }

  u32(pointer: number): number {
    return this.#view(pointer, 4).getUint32(0, true);
  }

  writeU32(pointer: number, value: number): void {
    this.#view(pointer, 4).setUint32(0, value, true);
  }

  writeU64(pointer: number, value: bigint): void {
    this.#view(pointer, 8).setBigUint64(0, BigInt.asUintN(64, value), true);
  }

  /** Allocates for `bytes` in the module and writes where and how many they are; nothing is allocated for none. */
  give(bytes: Uint8Array, pointerAt: number, sizeAt: number): void {
    const pointer = bytes.length > 0 ? this.allocate(bytes.length) >>> 0 : 0;
    if (bytes.length > 0 && pointer === 0) throw new OutOfBounds("the module's allocator gave 0");
    this.write(pointer, bytes);
    this.writeU32(pointerAt, pointer);
    this.writeU32(sizeAt, bytes.length);
  }

  #window(pointer: number, size: number): Uint8Array {
    const [start, length] = [pointer >>> 0, size >>> 0];
    const { buffer } = this.memory;
    if (start + length > buffer.byteLength)
      throw new OutOfBounds(`${length} bytes at ${start} of ${buffer.byteLength}`);
    return new Uint8Array(buffer, start, length);
  }

  #view(pointer: number, size: number): DataView {
    const window = this.#window(pointer, size);
    return new DataView(window.buffer, window.byteOffset, size);
  }
}
