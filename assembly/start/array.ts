import { allocate, reallocate } from "./heap";

/** Of an array: where its buffer is, where its elements begin, and how many bytes there are. */
const BUFFER: usize = 0;
const ELEMENTS: usize = 4;
const BYTES: usize = 8;
const FEWEST: usize = 8;

/** Makes room in an array for `length` elements, twice what it has at least. The build puts this in place of the runtime's own, which is thrice the code. */
export function ensureCapacity(array: usize, length: usize, alignLog2: usize): void {
  const before: usize = load<u32>(array, BYTES);
  if (length << alignLog2 <= before) return;
  const bytes = max(before << 1, max(length, FEWEST) << alignLog2);
  const old = load<usize>(array, BUFFER);
  const buffer = old == 0 ? allocate(bytes, idof<ArrayBuffer>()) : reallocate(old, bytes);
  store<usize>(array, buffer, BUFFER);
  store<usize>(array, buffer, ELEMENTS);
  store<usize>(array, bytes, BYTES);
}
