import { concat, EMPTY } from "./bytes.ts";
import { Status } from "./status.ts";

/** Bytes of a body on their way: one piece, or all that is held. */
export class BodyBuffer {
  #parts: Uint8Array[] = [];
  #size = 0;
  #over = false;

  /** `onOverflow` runs when the size grows past `limit` bytes, once until it is below again. */
  constructor(
    readonly limit = Infinity,
    readonly onOverflow: () => void = () => undefined,
  ) {}

  get size(): number {
    return this.#size;
  }

  append(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#parts.push(bytes);
    this.#grow(bytes.length);
  }

  /** A copy of `length` bytes from `start`; fewer where the buffer ends. */
  read(start: number, length: number): Uint8Array {
    const parts: Uint8Array[] = [];
    let offset = 0;
    for (const part of this.#parts) {
      if (offset >= start + length) break;
      if (offset + part.length > start) parts.push(part.subarray(Math.max(0, start - offset), start + length - offset));
      offset += part.length;
    }
    return concat(parts);
  }

  /** All bytes, leaving the buffer empty. */
  take(): Uint8Array {
    const bytes = this.#flat();
    this.#parts = [];
    this.#size = 0;
    this.#over = false;
    return bytes;
  }

  /** `proxy_set_buffer_bytes` as Envoy 1.40 does it: (0, n) replaces the first n bytes, (n >= size, ...) appends. */
  splice(start: number, length: number, bytes: Uint8Array): number {
    if (start === 0) {
      const rest = length >= this.#size ? EMPTY : this.#flat().subarray(length);
      this.#parts = [bytes, rest];
      this.#size = rest.length;
      this.#grow(bytes.length);
    } else if (start >= this.#size) {
      this.append(bytes);
    } else {
      return Status.BadArgument;
    }
    return Status.Ok;
  }

  #flat(): Uint8Array {
    if (this.#parts.length !== 1) this.#parts = this.#parts.length === 0 ? [] : [concat(this.#parts)];
    return this.#parts[0] ?? EMPTY;
  }

  #grow(by: number): void {
    this.#size += by;
    const wasOver = this.#over;
    this.#over = this.#size > this.limit;
    if (this.#over && !wasOver) this.onOverflow();
  }
}
