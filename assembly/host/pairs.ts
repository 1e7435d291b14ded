import { encodeUtf8, joined } from "../bytes/text";
import { ByteString, Bytes, isSame } from "../bytes/view";

/** So that the first map makes room for as many as Envoy lets by, unless it is told otherwise: 100. */
const SPARE_ROOM: i32 = 127;

/**
 * A view of a serialised header map: a count, then for each pair the two lengths, then for each pair name, NUL, value, NUL
 * (little-endian, 32 bits). Source: proxy-wasm/spec, "proxy_get_header_map_pairs".
 */
@final
export class HeaderPairs {
  count: i32 = 0;
  private base: usize = 0;
  /** A byte for each name, by `markOf`, of which 16 are compared at once; behind them where each name is, in 32 bits. */
  private marks: usize = 0;
  private room: i32 = 0;
  private readonly found: Bytes = new Bytes();

  /** False, and empty, when `source` isn't such a map. */
  parse(source: Bytes): bool {
    this.count = 0;
    this.base = source.pointer;
    if (source.length < 4) return false;
    const count = load<u32>(source.pointer);
    if (<u64>count * 8 + 4 > <u64>source.length) return false;
    if (<i32>count > this.room) this.makeRoom(count);
    const end = <u64>source.pointer + source.length;
    let data: u64 = source.pointer + 4 + count * 8;
    for (let i: u32 = 0; i < count; i++) {
      const sizes = source.pointer + i * 8;
      const nameLength = load<u32>(sizes, 4);
      const next = data + nameLength + load<u32>(sizes, 8) + 2;
      if (next > end) return false;
      store<u8>(this.marks + i, markOf(<usize>data, nameLength));
      store<u32>(this.names + i * 4, <u32>data);
      data = next;
    }
    this.count = <i32>count;
    return true;
  }

  /** The first value of `name`; null when there is none. `occurrences` says how many there are. */
  get(name: ByteString): Bytes | null {
    this.occurrences = 0;
    let first: Bytes | null = null;
    const wanted = name.pointer;
    const wantedLength = name.length;
    const mark = i8x16.splat(markOf(wanted, wantedLength));
    for (let i = 0; i < this.count; i += 16) {
      for (let hits = i8x16.bitmask(i8x16.eq(v128.load(this.marks + i), mark)); hits != 0; hits &= hits - 1) {
        const at = i + ctz(hits);
        if (at >= this.count) break;
        const sizes = this.base + at * 8;
        const data = load<u32>(this.names + at * 4);
        if (load<i32>(sizes, 4) != wantedLength || !isSame(data, wanted, wantedLength)) continue;
        if (this.occurrences++ == 0) first = this.found.set(data + wantedLength + 1, load<i32>(sizes, 8));
      }
    }
    return first;
  }

  /** Points `view` at the name of the pair at `index`. */
  nameAt(index: i32, view: Bytes): Bytes {
    return view.set(load<u32>(this.names + index * 4), load<i32>(this.base + index * 8, 4));
  }

  valueLengthAt(index: i32): i32 {
    return load<i32>(this.base + index * 8, 8);
  }


  @inline
  private get names(): usize {
    return this.marks + this.room;
  }

  private makeRoom(count: i32): void {
    if (this.room > 0) heap.free(this.marks);
    this.room = (count + SPARE_ROOM) & ~15;
    this.marks = heap.alloc(this.room * 5);
  }

  /** How many values the last `get` saw. */
  occurrences: i32 = 0;

  /** Forgets the map: the memory under it belongs to somebody else now. */
  clear(): void {
    this.count = 0;
    this.occurrences = 0;
  }
}

/** By the length of a name and the byte in its middle; an empty one has its NUL there. */
// @ts-ignore: decorator
@inline
function markOf(name: usize, length: u32): u8 {
  return <u8>(length * 5 + load<u8>(name + (length >> 1)));
}

/** Writes a header map in the form that host calls take. A cold path: local replies and callouts. */
export function serialisePairs(pairs: string[]): ArrayBuffer {
  const texts = encodeUtf8(pairs.length == 0 ? "" : joined(pairs, "\0") + "\0");
  const out = new ArrayBuffer(4 + pairs.length * 4 + texts.byteLength);
  let at = changetype<usize>(out);
  store<u32>(at, pairs.length >> 1);
  for (let i = 0; i < pairs.length; i++) store<u32>((at += 4), encodeUtf8(pairs[i]).byteLength);
  memory.copy(at + 4, changetype<usize>(texts), texts.byteLength);
  return out;
}
