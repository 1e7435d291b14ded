/**
 * Memory for objects, and the collector. The build (`scripts/setup/image/begin.mjs`) puts these functions in place of the
 * runtime's TLSF allocator and its collector's lists: they are a quarter of that code, and allocate in a few steps.
 *
 * The heap is a row of blocks, each a header and what it holds, in steps of 16 bytes. What is free is kept as linked runs, after
 * a collection in the order of their addresses. An object is cut off a run's end, from the run that served the last one on (next fit); behind
 * the last run memory grows. A collection marks what can be reached, then walks the row and joins all that is not marked into runs.
 *
 * The header, whose last two words are the compiler's: mark, link, class, size. A block is marked when its mark is not below
 * the number of the last collection.
 */
const HEADER_BYTES: usize = 16;
const LINK: usize = 4;
const CLASS: usize = 8;
const SIZE: usize = 12;
const PAGE_BITS: u32 = 16;
/** The mark of what is freed by hand. */
const ALWAYS: u32 = u32.MAX_VALUE;

/** Leads to the first run; its other words are not used. */
const HEAD: usize = memory.data(16, 16);

let collection: u32 = 0;
/** What was reached, but not looked into; by payload, linked. */
let reached: usize = 0;
/** The block before the run that served the last allocation. */
let before: usize = HEAD;
/** The build makes it `heapStart` at first. */
let heapEnd: usize = 0;

/** An object of `size` bytes, all 0. A memory that can't grow is a trap. */
export function allocate(size: usize, id: u32): usize {
  const object = take(size);
  memory.fill(object - HEADER_BYTES, 0, size + HEADER_BYTES);
  store<u32>(object - HEADER_BYTES, id, CLASS);
  store<usize>(object - HEADER_BYTES, size, SIZE);
  return object;
}

/** An object like `old`, of another size, with what fits of its bytes. The runtime's own would first try to grow it in place. */
export function reallocate(old: usize, size: usize): usize {
  const object = allocate(size, load<u32>(old - HEADER_BYTES, CLASS));
  memory.copy(object, old, min(size, load<usize>(old - HEADER_BYTES, SIZE)));
  return object;
}

/** `size` bytes of whatever content, until `free`. */
export function allocateRaw(size: usize): usize {
  const bytes = take(size);
  store<u32>(bytes - HEADER_BYTES, ALWAYS);
  store<usize>(bytes - HEADER_BYTES, size, SIZE);
  return bytes;
}

/** Gives back what `allocateRaw` gave: to the run that it was cut off, or else to the next collection. */
export function free(bytes: usize): void {
  const block = bytes - HEADER_BYTES;
  const run = load<usize>(before, LINK);
  if (run + roomOf(run) == block) {
    store<usize>(run, roomOf(run) + roomOf(block) - HEADER_BYTES, SIZE);
  } else {
    store<u32>(block, 0);
  }
}

/** Marks an object, and those that it leads to before the collection ends. */
export function visit(object: usize): void {
  if (object == 0 || load<u32>(object - HEADER_BYTES) >= collection) return;
  store<u32>(object - HEADER_BYTES, collection);
  store<usize>(object - HEADER_BYTES, reached, LINK);
  reached = object;
}

/** Frees every object that neither a global nor another reachable object leads to. */
export function collect(): void {
  collection++;
  __visit_globals(0);
  while (reached != 0) {
    const object = reached;
    reached = load<usize>(object - HEADER_BYTES, LINK);
    __visit_members(object, 0);
  }
  sweep();
}

function sweep(): void {
  let last = HEAD;
  for (let block = heapStart(); block < heapEnd;) {
    const room = roomOf(block);
    if (load<u32>(block) < collection) {
      if (last + roomOf(last) == block) {
        store<usize>(last, roomOf(last) + room - HEADER_BYTES, SIZE);
      } else {
        store<usize>(last, block, LINK);
        last = block;
      }
    }
    block += room;
  }
  store<usize>(last, 0, LINK);
  before = HEAD;
}

/** Room for a header and `size` bytes; returns where the bytes begin. */
function take(size: usize): usize {
  const needed = roomFor(size);
  let run = load<usize>(before, LINK);
  while (run == 0 || roomOf(run) < needed) {
    before = run == 0 ? grow(needed) : run;
    run = load<usize>(before, LINK);
  }
  const left = roomOf(run) - needed;
  if (left == 0) store<usize>(before, load<usize>(run, LINK), LINK);
  else store<usize>(run, left - HEADER_BYTES, SIZE);
  return run + left + HEADER_BYTES;
}

/** Makes a first run of all memory behind the heap, at least `needed` bytes; returns what leads to it. */
function grow(needed: usize): usize {
  const start = heapEnd;
  const end = start + needed;
  const pages = <i32>((end + (1 << PAGE_BITS) - 1) >>> PAGE_BITS) - memory.size();
  if (pages > 0 && memory.grow(pages) < 0) unreachable();
  heapEnd = (<usize>memory.size()) << PAGE_BITS;
  store<u32>(start, 0);
  store<usize>(start, load<usize>(HEAD, LINK), LINK);
  store<usize>(start, heapEnd - start - HEADER_BYTES, SIZE);
  store<usize>(HEAD, start, LINK);
  return HEAD;
}


@inline
function heapStart(): usize {
  return (__heap_base + (HEADER_BYTES - 1)) & ~(HEADER_BYTES - 1);
}


@inline
function roomOf(block: usize): usize {
  return roomFor(load<usize>(block, SIZE));
}

/** A run's size is a multiple of 16, so it is its own room less the header. */
function roomFor(size: usize): usize {
  return (size + 2 * HEADER_BYTES - 1) & ~(HEADER_BYTES - 1);
}
