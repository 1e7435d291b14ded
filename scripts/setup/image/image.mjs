/** An object of the runtime: mmInfo, two words of the collector's list, class, size; then its bytes (`~lib/rt/common`). */
const HEADER_BYTES = 20;
const NEXT = 4;
const PREVIOUS = 8;
const CLASS = 12;
const SIZE = 16;
const COLOR_MASK = 3;
const OBJECT_ALIGNMENT = 16;
/** Of a class in the table of shapes. */
const SHAPE_BYTES = 8;

const COLLECTOR = "~lib/rt/tcms/";
const ALLOCATOR_ROOT = "~lib/rt/tlsf/ROOT";

/**
 * The memory of a module right after its start-up code and a collection, turned into static data.
 *
 * The runtime tells static objects by their address, below the base of the heap, and takes them into the collector's lists
 * when it first meets them. So the base moves above all live objects, their links are cleared, and collector and allocator
 * begin anew.
 */
export class Image {
  /** Memory from `begin` on, up to the last byte that isn't 0. */
  bytes;
  /** Where the static data begins and ends, which is where the heap begins now. */
  begin;
  end;
  /** Where the table of shapes begins. */
  shapesBegin;
  /** The globals' values, by name. */
  globals;
  #memory;
  #words;
  #starts;
  #classes;

  /**
   * @param {{ memory: Uint8Array, globals: Map<string, number | bigint> }} module after a collection
   * @param {number[]} segments where the compiler's data segments start: one a static object
   * @param {string} heapBase the global's name
   * @param {Uint8Array} shapes put behind all objects
   */
  constructor({ memory, globals }, segments, heapBase, shapes) {
    const base = globals.get(heapBase);
    this.#classes = shapes.length / SHAPE_BYTES;
    this.globals = new Map(globals);
    this.#memory = new Uint8Array(memory.length + shapes.length);
    this.#memory.set(memory.subarray(0, base));
    this.#words = new DataView(this.#memory.buffer);
    const source = new DataView(memory.buffer);
    const live = objectsOf(source, globals.get(`${COLLECTOR}fromSpace`));
    let end = base;
    for (const object of live) {
      const objectEnd = object + HEADER_BYTES + source.getUint32(object + SIZE, true);
      this.#memory.set(memory.subarray(object + CLASS, objectEnd), object + CLASS);
      this.#words.setUint32(object + NEXT, 0, true);
      this.#words.setUint32(object + PREVIOUS, 0, true);
      end = Math.max(end, objectEnd);
    }
    for (const name of ["fromSpace", "toSpace", "pinSpace"]) {
      const space = globals.get(COLLECTOR + name);
      this.#words.setUint32(space + NEXT, space, true);
      this.#words.setUint32(space + PREVIOUS, space, true);
    }
    this.shapesBegin = (end + 15) & ~15;
    this.#memory.set(shapes, this.shapesBegin);
    this.end = (this.shapesBegin + shapes.length + 15) & ~15;
    this.globals.set(heapBase, this.end);
    for (const name of [`${COLLECTOR}white`, `${COLLECTOR}total`, ALLOCATOR_ROOT]) this.globals.set(name, 0);
    this.#starts = [...segments, ...live.filter((object) => object >= base), this.shapesBegin].sort((a, b) => a - b);
    this.begin = this.#starts[0] & ~15;
    this.#trim();
  }

  /** Clears every object that nothing leads to from `roots`: the numbers in the module's code, and its globals' values. */
  keepOnly(roots) {
    const kept = new Set();
    const found = roots.map((value) => this.#objectAt(Number(value)));
    while (found.length > 0) {
      const index = found.pop();
      if (index < 0 || kept.has(index)) continue;
      kept.add(index);
      const end = this.#endOf(index);
      for (let at = (this.#starts[index] + 3) & ~3; at + 4 <= end; at += 4)
        found.push(this.#objectAt(this.#words.getUint32(at, true)));
    }
    this.#starts.forEach((start, index) => {
      if (!kept.has(index)) this.#memory.fill(0, start, this.#endOf(index));
    });
    this.#trim();
  }

  /** The class of the object that a global, by its name, or an address leads to; undefined where there is none. */
  classOf(root) {
    const address = typeof root === "string" ? this.globals.get(root) : root;
    return address < this.begin ? undefined : this.#words.getUint32(address - HEADER_BYTES + CLASS, true);
  }

  #trim() {
    let last = this.end;
    while (last > this.begin && this.#memory[last - 1] === 0) last--;
    this.bytes = this.#memory.subarray(this.begin, last);
  }

  #endOf(index) {
    return this.#starts[index + 1] ?? this.end;
  }

  /** The index of the object or of the raw data that a number leads to, or -1. References to objects lead to their first byte. */
  #objectAt(address) {
    if (address < this.begin || address >= this.end) return -1;
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#starts[middle] <= address) low = middle + 1;
      else high = middle;
    }
    const index = low - 1;
    const start = this.#starts[index];
    return address === start + HEADER_BYTES || !this.#isObject(start, this.#endOf(index)) ? index : -1;
  }

  #isObject(start, end) {
    if ((start + HEADER_BYTES) % OBJECT_ALIGNMENT !== 0 || start + HEADER_BYTES > end) return false;
    const size = this.#words.getUint32(start + SIZE, true);
    return this.#words.getUint32(start + CLASS, true) < this.#classes && start + HEADER_BYTES + size <= end;
  }
}

/** The addresses of the objects in one of the collector's lists. */
function objectsOf(words, space) {
  const objects = [];
  for (
    let object = words.getUint32(space + NEXT, true) & ~COLOR_MASK;
    object !== space;
    object = words.getUint32(object + NEXT, true) & ~COLOR_MASK
  )
    objects.push(object);
  return objects;
}
