/** Before an object's bytes: mark and link of the collector, class, size (`assembly/start/heap.ts`). */
const HEADER_BYTES = 16;
/** What the compiler puts before those of a static object: one word more. */
const STATIC_HEADER_BYTES = 20;
const CLASS = -8;
const SIZE = -4;
const OBJECT_ALIGNMENT = 16;
const WORD_BYTES = 4;
/** Of a class in the table of shapes. */
const SHAPE_BYTES = 8;
/** The lowest address that the shipped data may have: the optimiser takes those below for unused, and a null reference leads to 0s. */
export const LOWEST = 1024;
const RAW = -1;
/** Addresses below take two bytes in the code. */
const SMALL_ADDRESSES = 8192;

/**
 * An object, or raw data of the module, in the memory after its start-up code.
 *
 * @typedef {object} Item
 * @property {number} start where it begins; a static object does with its header
 * @property {number} at where its bytes begin
 * @property {number} end where the next item starts
 * @property {boolean} isObject
 * @property {number} id its class, or RAW
 * @property {number} uses how often the code names it
 * @property {number} to where its bytes go; -1: nowhere
 */

/**
 * The memory of a module right after its start-up code and a collection, turned into static data.
 *
 * The module is compiled for a place in memory so high that no number is taken for an address (`isAddress`). So what nothing
 * leads to can be left out, and the rest be laid out anew from a low address on: what the code names often comes first,
 * because a small address takes fewer bytes in the code.
 */
export class Image {
  /** Where the static data ends, which is where the heap begins. */
  end;
  /** The static data from `begin` on, up to the last byte that isn't 0. */
  bytes = new Uint8Array(0);
  begin;
  #memory;
  #words;
  #base;
  #classes;
  #isPlain;
  /** By address. */
  #items;

  /**
   * @param {{ memory: Uint8Array }} module after a collection
   * @param {number[]} segments where the compiler's data segments start: one a static object
   * @param {number} base the lowest address of the module's data
   * @param {number} begin where it begins in the end, at least `LOWEST`
   * @param {number} heapStart where the row of the heap's blocks begins
   * @param {number} heapEnd where it ends
   * @param {(id: number) => boolean} isPlain whether objects of a class are bytes or text, which no number in them makes an address
   * @param {Uint8Array} shapes more data, which begins at `shapesAt`
   */
  constructor({ memory }, { segments, base, begin, heapStart, heapEnd, isPlain, shapes }) {
    this.begin = begin;
    this.end = begin;
    this.#base = base;
    this.#classes = shapes.length / SHAPE_BYTES;
    this.#isPlain = isPlain;
    this.shapesAt = heapEnd + OBJECT_ALIGNMENT;
    this.#memory = new Uint8Array(this.shapesAt - base + shapes.length + OBJECT_ALIGNMENT);
    this.#memory.set(memory.subarray(base, heapEnd));
    this.#memory.set(shapes, this.shapesAt - base);
    this.#words = new DataView(this.#memory.buffer);
    this.#items = [
      ...segments.map((start, i) => this.#staticItem(start, segments[i + 1] ?? heapStart)),
      ...this.#heapItems(heapStart, heapEnd),
      rawItem(this.shapesAt, this.shapesAt + shapes.length),
    ];
  }

  /** Whether a number of the code, or the value of a global, is an address of the module's data. */
  isAddress(number) {
    return number >= this.#base && number < this.#base + this.#memory.length;
  }

  /** The class of the object that an address leads to; undefined where there is none. */
  classOf(address) {
    return this.isAddress(address) ? this.#word(address + CLASS) : undefined;
  }

  /**
   * Lays out what the module leads to.
   *
   * @param {number[]} constants the addresses in the code
   * @param {number[]} values those in globals, one for each time that the code names the global
   */
  layOut(constants, values) {
    for (const address of constants) {
      const item = this.#itemAt(address);
      // Nobody but the runtime names an object's header: what looks like one is raw data.
      if (address < item.at) Object.assign(item, { at: item.start, isObject: false, id: RAW });
      if (item.isObject && address !== item.at)
        throw new Error(`${address} in the code looks like an address, but leads into the middle of an object`);
    }
    const found = [...constants, ...values].map((address) => this.#itemAt(address));
    for (const item of found) item.uses++;
    const kept = new Set();
    while (found.length > 0) {
      const item = found.pop();
      if (kept.has(item)) continue;
      kept.add(item);
      for (const address of this.#addressesIn(item)) found.push(this.#itemAt(this.#word(address)));
    }
    for (const item of inOrder([...kept])) {
      if (item.isObject) item.to = align(this.end + HEADER_BYTES, WORD_BYTES);
      else item.to = align(this.end, OBJECT_ALIGNMENT);
      this.end = item.to + this.#sizeOf(item);
    }
    this.end = align(this.end, OBJECT_ALIGNMENT);
    this.bytes = this.#write(kept);
  }

  /** Where what was at `address` is now. */
  moved(address) {
    const item = this.#itemAt(address);
    if (item.to < 0) throw new Error(`nothing was laid out for address ${address}`);
    return item.to + address - item.at;
  }

  #write(kept) {
    const image = new Uint8Array(this.end);
    const words = new DataView(image.buffer);
    for (const item of kept) {
      const from = item.at - this.#base;
      image.set(this.#memory.subarray(from, from + this.#sizeOf(item)), item.to);
      if (item.isObject) {
        words.setUint32(item.to + CLASS, this.#word(item.at + CLASS), true);
        words.setUint32(item.to + SIZE, this.#word(item.at + SIZE), true);
      }
      for (const address of this.#addressesIn(item))
        words.setUint32(item.to + address - item.at, this.moved(this.#word(address)), true);
    }
    return image.subarray(this.begin, image.findLastIndex((byte) => byte !== 0) + 1);
  }

  #word(address) {
    return this.#words.getUint32(address - this.#base, true);
  }

  #sizeOf(item) {
    return item.isObject ? this.#word(item.at + SIZE) : item.end - item.at;
  }

  /** Where in an item there are addresses. */
  #addressesIn(item) {
    const places = [];
    if (this.#isPlain(item.id)) return places;
    const end = item.at + this.#sizeOf(item);
    for (let at = align(item.at, WORD_BYTES); at + WORD_BYTES <= end; at += WORD_BYTES)
      if (this.isAddress(this.#word(at))) places.push(at);
    return places;
  }

  #staticItem(start, end) {
    const at = start + STATIC_HEADER_BYTES;
    const isObject =
      at % OBJECT_ALIGNMENT === 0 &&
      at <= end &&
      this.#word(at + CLASS) < this.#classes &&
      at + this.#word(at + SIZE) <= end;
    return isObject ? this.#objectItem(start, at, end) : rawItem(start, end);
  }

  #heapItems(start, end) {
    const items = [];
    for (let block = start; block < end;) {
      const at = block + HEADER_BYTES;
      const next = align(at + this.#word(at + SIZE), OBJECT_ALIGNMENT);
      // Behind an empty object the next block starts where its bytes would be.
      items.push(this.#objectItem(at, at, next));
      block = next;
    }
    return items;
  }

  #objectItem(start, at, end) {
    return { ...rawItem(start, end), at, isObject: true, id: this.#word(at + CLASS) };
  }

  /** What an address leads to or into. */
  #itemAt(address) {
    let low = 0;
    let high = this.#items.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#items[middle].start <= address) low = middle + 1;
      else high = middle;
    }
    return this.#items[low - 1];
  }
}

/** What the code names most for its size comes first, as far as addresses are small; besides, like goes with like, which packs best. */
function inOrder(items) {
  const roomOf = (item) => item.end - item.at + HEADER_BYTES;
  const weight = (item) => item.uses / roomOf(item);
  const near = [];
  const far = [];
  let left = SMALL_ADDRESSES - LOWEST;
  for (const item of items.sort((a, b) => weight(b) - weight(a) || a.at - b.at)) {
    left -= roomOf(item);
    (left >= 0 ? near : far).push(item);
  }
  const alike = (a, b) => a.id - b.id || a.at - b.at;
  return [...near.sort(alike), ...far.sort(alike)];
}

/** @returns {Item} */
function rawItem(start, end) {
  return { start, at: start, end, isObject: false, id: RAW, uses: 0, to: -1 };
}

function align(address, alignment) {
  return Math.ceil(address / alignment) * alignment;
}
