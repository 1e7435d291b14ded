const SMALLEST: i32 = 16;
const NO_ID: u32 = 0;

/**
 * Objects by context id, in open addressing with linear probing. Streams come and go by the thousand, so a deletion closes
 * its gap at once: there are no tombstones to sweep, and nothing is allocated as long as the number alive doesn't grow.
 */
@final
export class IdTable<T extends object> {
  private ids: StaticArray<u32> = new StaticArray<u32>(SMALLEST);
  private values: StaticArray<T | null> = new StaticArray<T | null>(SMALLEST);
  private count: i32 = 0;

  /** The object of `id`; null when there is none. */
  get(id: u32): T | null {
    const slot = this.slotOf(id);
    return unchecked(this.ids[slot]) == id ? unchecked(this.values[slot]) : null;
  }

  /** Ids are above 0, as the host gives them. */
  set(id: u32, value: T): void {
    if (this.count * 2 >= this.ids.length) this.grow();
    const slot = this.slotOf(id);
    if (unchecked(this.ids[slot]) == NO_ID) this.count++;
    unchecked((this.ids[slot] = id));
    unchecked((this.values[slot] = value));
  }

  delete(id: u32): void {
    let gap = this.slotOf(id);
    if (unchecked(this.ids[gap]) != id) return;
    const mask = this.ids.length - 1;
    for (let slot = (gap + 1) & mask; unchecked(this.ids[slot]) != NO_ID; slot = (slot + 1) & mask) {
      const home = this.homeOf(unchecked(this.ids[slot]));
      if (((slot - home) & mask) < ((slot - gap) & mask)) continue;
      unchecked((this.ids[gap] = this.ids[slot]));
      unchecked((this.values[gap] = this.values[slot]));
      gap = slot;
    }
    unchecked((this.ids[gap] = NO_ID));
    unchecked((this.values[gap] = null));
    this.count--;
  }

  /** Where `id` is, or the free slot where it would be. */
  private slotOf(id: u32): i32 {
    const mask = this.ids.length - 1;
    let slot = this.homeOf(id);
    while (unchecked(this.ids[slot]) != NO_ID && unchecked(this.ids[slot]) != id) slot = (slot + 1) & mask;
    return slot;
  }


  @inline
  private homeOf(id: u32): i32 {
    return <i32>(id & (this.ids.length - 1));
  }

  private grow(): void {
    const ids = this.ids;
    const values = this.values;
    this.ids = new StaticArray<u32>(ids.length * 2);
    this.values = new StaticArray<T | null>(ids.length * 2);
    for (let i = 0; i < ids.length; i++) {
      if (ids[i] == NO_ID) continue;
      const slot = this.slotOf(ids[i]);
      unchecked((this.ids[slot] = ids[i]));
      unchecked((this.values[slot] = values[i]));
    }
  }
}
