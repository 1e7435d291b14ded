const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Text or bytes, as a test writes them. */
export type Bytes = string | Uint8Array;

export const EMPTY = new Uint8Array(0);

export function toBytes(value: Bytes): Uint8Array {
  return typeof value === "string" ? encoder.encode(value) : value;
}

/** UTF-8 to text; what is not UTF-8 becomes U+FFFD. */
export function toText(value: Uint8Array): string {
  return decoder.decode(value);
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    result.set(part, offset);
    offset += part.length;
  }
  return result;
}

/** Cuts `value` at the byte offsets `at`, which need not be sorted; those outside (0, length) cut nothing. */
export function splitAt(value: Uint8Array, at: readonly number[]): Uint8Array[] {
  const cuts = [...new Set(at)].filter((cut) => cut > 0 && cut < value.length).sort((a, b) => a - b);
  return [0, ...cuts].map((start, index) => value.subarray(start, cuts[index] ?? value.length));
}
