/** Objects on the heap of a built plugin, held by slots or by each other. */
@final
class Held {
  constructor(
    readonly value: i32,
    readonly below: Held | null,
    readonly bytes: StaticArray<u8>,
  ) {}
}

const slots = new Array<Held | null>(32).fill(null);

/** Puts an object of `size` bytes on top of what the slot has. */
export function push(slot: i32, value: i32, size: i32): void {
  const held = new Held(value, slots[slot], new StaticArray<u8>(size));
  for (let i = 0; i < size; i++) held.bytes[i] = <u8>(value + i);
  slots[slot] = held;
}

export function clear(slot: i32): void {
  slots[slot] = null;
}

/** The value that many steps down in a slot; -1 when there is none, -2 when its bytes are not those it was made with. */
export function valueAt(slot: i32, steps: i32): i32 {
  let held = slots[slot];
  while (held != null && steps-- > 0) held = held.below;
  if (held == null) return -1;
  for (let i = 0; i < held.bytes.length; i++) if (held.bytes[i] != <u8>(held.value + i)) return -2;
  return held.value;
}

/** Whether a new object of `size` bytes is all 0. */
export function isClear(size: i32): bool {
  const bytes = new StaticArray<u8>(size);
  for (let i = 0; i < size; i++) if (bytes[i] != 0) return false;
  return true;
}

/** Takes memory by hand and gives it back, as a rewritten body does. */
export function borrow(size: i32): void {
  const bytes = heap.alloc(size);
  memory.fill(bytes, 0xff, size);
  heap.free(bytes);
}

export function collectNow(): void {
  __collect();
}

export function pages(): i32 {
  return memory.size();
}
