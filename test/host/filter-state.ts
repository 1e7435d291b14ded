import { toBytes, toText, type Bytes } from "./bytes.ts";

/** Filter state of one request; the streams of a chain share one. Wasm sees the names that start with `wasm.` without it. */
export class FilterState {
  readonly #entries = new Map<string, Uint8Array>();

  /** Everything that was set from wasm, its `wasm.` left out, as text. */
  get all(): Record<string, string> {
    return Object.fromEntries(
      [...this.#entries]
        .filter(([name]) => name.startsWith("wasm."))
        .map(([name, value]) => [name.slice(5), toText(value)]),
    );
  }

  /** What wasm set as property `name`, as text. */
  get(name: string): string | undefined {
    const value = this.#entries.get(`wasm.${name}`);
    return value && toText(value);
  }

  /** Sets what wasm reads as property `name`. */
  set(name: string, value: Bytes): void {
    this.#entries.set(`wasm.${name}`, toBytes(value));
  }

  /** The bytes under a full name, such as `wasm.weir.model`. */
  raw(fullName: string): Uint8Array | undefined {
    return this.#entries.get(fullName);
  }
}
