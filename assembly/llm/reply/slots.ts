/** How many objects of one document are told apart; those beyond share the last slot. */
const MAX_SLOTS: i32 = 64;

export const NO_POSITION: i32 = -1;
/** What `placeOf` tells of what has no indexes. */
export const NO_PART: u32 = 0;

const INDEX_FACTOR: u32 = 0x9e3779b1;


@final
@unmanaged
class Slot {
  parent: i32;
  /** What tells the object from the others of its list, or `NO_POSITION`. */
  position: i32;
  /** What its other indexes are, as a hash. */
  other: u32;
  /** Bits of `SlotFact`. */
  facts: i32;
}

const enum SlotFact {
  /** The texts in it are over. */
  Ended = 1,
  /** The texts in it are reasoning. */
  Thought = 2,
  /** It says what is added to the texts in it. */
  Added = 4,
}

const SLOT_BYTES: i32 = 16;

/**
 * Which choice, block or part of an answer the objects of one document belong to: the document is the first slot, and each object
 * in a list has one of its own below the one around it. An index may stand after the text that it tells the place of; so texts
 * note their slot, and what it means is asked at the document's end.
 */
@final
export class ReplySlots {
  count: i32 = 1;
  /** Objects have had to share the last slot. */
  isFull: bool = false;
  private readonly slots: StaticArray<u8> = new StaticArray<u8>(MAX_SLOTS * SLOT_BYTES);

  reset(): void {
    this.count = 0;
    this.isFull = false;
    this.add(0, NO_POSITION);
  }

  /** A slot below `parent`; `position` is the place in a list in which places tell. */
  add(parent: i32, position: i32): i32 {
    const id = min(this.count, MAX_SLOTS - 1);
    if (this.count < MAX_SLOTS) this.count++;
    else this.isFull = true;
    const slot = this.at(id);
    slot.parent = parent < id ? parent : 0;
    slot.position = position;
    slot.other = 0;
    slot.facts = 0;
    return id;
  }

  /** Whether the slot is that of one object only. */
  isOfOne(id: i32): bool {
    return !this.isFull || id < MAX_SLOTS - 1;
  }

  setPosition(id: i32, position: i32): void {
    this.at(id).position = position;
  }

  /** Another index, or whatever tells it apart, under this key. */
  tellApart(id: i32, key: u32, value: u32): void {
    const slot = this.at(id);
    slot.other ^= mix(key, value);
  }

  setEnded(id: i32): void {
    this.at(id).facts |= SlotFact.Ended;
  }

  setThought(id: i32): void {
    this.at(id).facts |= SlotFact.Thought;
  }

  setAdded(id: i32): void {
    this.at(id).facts |= SlotFact.Added;
  }

  /** Whether it is in an object that says what is added. */
  isAdded(id: i32): bool {
    while (true) {
      const slot = this.at(id);
      if (slot.facts & SlotFact.Added) return true;
      if (id == 0) return false;
      id = slot.parent;
    }
  }

  isEnded(id: i32): bool {
    return (this.at(id).facts & SlotFact.Ended) != 0;
  }

  isThought(id: i32): bool {
    return (this.at(id).facts & SlotFact.Thought) != 0;
  }

  /** Whether other indexes than its position tell it apart. */
  isPart(id: i32): bool {
    return this.at(id).other != 0;
  }

  /** Equal for the same place in other documents. */
  placeOf(id: i32): u32 {
    let place: u32 = NO_PART;
    while (true) {
      const slot = this.at(id);
      if (slot.position != NO_POSITION || slot.other != 0) place = mix(place, mix(slot.other, slot.position));
      if (id == 0) return place;
      id = slot.parent;
    }
  }

  /** The outermost position: the choice, or the block; `NO_POSITION` when nothing tells it. */
  topOf(id: i32): i32 {
    let top = NO_POSITION;
    while (true) {
      const slot = this.at(id);
      if (slot.position != NO_POSITION) top = slot.position;
      if (id == 0) return top;
      id = slot.parent;
    }
  }


  @inline
  private at(id: i32): Slot {
    return changetype<Slot>(changetype<usize>(this.slots) + <usize>id * SLOT_BYTES);
  }
}

/** Each next one depends on all before it. */
export function mix(a: u32, b: u32): u32 {
  const mixed = (rotl<u32>(a, 7) ^ b) * INDEX_FACTOR;
  return mixed ^ (mixed >> 15);
}
