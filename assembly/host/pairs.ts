import { encodeUtf8, joined } from "../bytes/text";
import { ByteString, Bytes, isSame } from "../bytes/view";

/**
 * A view of a serialised header map: a count, then for each pair the two lengths, then for each pair name, NUL, value, NUL
 * (little-endian, 32 bits). Source: proxy-wasm/spec, "proxy_get_header_map_pairs".
 */
@final
export class HeaderPairs {
  count: i32 = 0;
  private base: usize = 0;
  /** A bit for each name, by `markOf`: most names that are looked up are absent, and need no walk. */
  private marks: u64 = 0;
  private readonly found: Bytes = new Bytes();

  /** False, and empty, when `source` isn't such a map. */
  parse(source: Bytes): bool {
    this.count = 0;
    this.base = source.pointer;
    if (source.length < 4) return false;
    const count = load<u32>(source.pointer);
    if (<u64>count * 8 + 4 > <u64>source.length) return false;
    const end = <u64>source.pointer + source.length;
    let marks: u64 = 0;
    let data: u64 = source.pointer + 4 + count * 8;
    for (let i: u32 = 0; i < count; i++) {
      const sizes = source.pointer + 4 + i * 8;
      const nameLength = load<u32>(sizes);
      const next = data + nameLength + load<u32>(sizes, 4) + 2;
      if (next > end) return false;
      marks |= markOf(<usize>data, nameLength);
      data = next;
    }
    this.count = <i32>count;
    this.marks = marks;
    return true;
  }

  /** The first value of `name`; null when there is none. `occurrences` says how many there are. */
  get(name: ByteString): Bytes | null {
    this.occurrences = 0;
    const wanted = name.pointer;
    const wantedLength = name.length;
    if ((this.marks & markOf(wanted, wantedLength)) == 0) return null;
    let data = this.base + 4 + this.count * 8;
    for (let i = 0; i < this.count; i++) {
      const sizes = this.base + 4 + i * 8;
      const nameLength = <i32>load<u32>(sizes);
      const valueLength = <i32>load<u32>(sizes, 4);
      if (nameLength == wantedLength && isSame(data, wanted, wantedLength)) {
        if (this.occurrences == 0) this.found.set(data + nameLength + 1, valueLength);
        this.occurrences++;
      }
      data += nameLength + valueLength + 2;
    }
    return this.occurrences == 0 ? null : this.found;
  }

  /** Points `view` at the name of the pair at `index`. */
  nameAt(index: i32, view: Bytes): Bytes {
    let data = this.base + 4 + this.count * 8;
    for (let i = 0; i < index; i++) {
      const sizes = this.base + 4 + i * 8;
      data += load<u32>(sizes) + load<u32>(sizes, 4) + 2;
    }
    return view.set(data, <i32>load<u32>(this.base + 4 + index * 8));
  }

  valueLengthAt(index: i32): i32 {
    return <i32>load<u32>(this.base + 4 + index * 8, 4);
  }

  /** How many values the last `get` saw. */
  occurrences: i32 = 0;

  /** Forgets the map: the memory under it belongs to somebody else now. */
  clear(): void {
    this.count = 0;
    this.occurrences = 0;
  }
}

/** One of 64 bits, by the length of a name and the byte in its middle; an empty one has its NUL there. */
// @ts-ignore: decorator
@inline
function markOf(name: usize, length: u32): u64 {
  return (<u64>1) << (length * 5 + load<u8>(name + (length >> 1)));
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
