import { concat, toBytes, toText } from "./bytes.ts";

export type Pair = [name: string, value: string];

/** The ABI's serialization of pairs: u32 count, u32 sizes two by two, then names and values, each followed by a NUL. */
export function serializePairs(pairs: readonly Pair[]): Uint8Array {
  const flat = pairs.flat().map(toBytes);
  const head = new DataView(new ArrayBuffer(4 + 4 * flat.length));
  head.setUint32(0, pairs.length, true);
  flat.forEach((part, index) => head.setUint32(4 + 4 * index, part.length, true));
  const NUL = new Uint8Array(1);
  return concat([new Uint8Array(head.buffer), ...flat.flatMap((part) => [part, NUL])]);
}

/** The inverse; nothing when the bytes are too few for what they announce, as in Envoy. */
export function parsePairs(bytes: Uint8Array): Pair[] {
  if (bytes.length < 4) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getUint32(0, true);
  let offset = 4 + 8 * count;
  if (offset > bytes.length) return [];
  const next = (size: number): string => {
    const text = toText(bytes.subarray(offset, offset + size));
    offset += size + 1;
    return text;
  };
  return Array.from({ length: count }, (_, index): Pair => {
    const [name, value] = [view.getUint32(4 + 8 * index, true), view.getUint32(8 + 8 * index, true)];
    return [next(name), next(value)];
  });
}
