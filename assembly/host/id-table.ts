const SMALLEST: i32 = 16;

/**
 * Objects by their own `id`, in open addressing with linear probing. Streams come and go by the thousand, so a deletion closes
 * its gap at once: there are no tombstones to sweep, and nothing is allocated as long as the number alive doesn't grow.
 */
@final
export class IdTable<T extends object> {
  private values: StaticArray<T | null> = new StaticArray<T | null>(SMALLEST);
  private count: i32 = 0;

  /** The object of `id`; null when there is none. */
  get(id: u32): T | null {
    return unchecked(this.values[this.slotOf(id)]);
  }

  /** Puts an object in, in place of one with the same id. */
  set(value: T): void {
    const before = this.values;
    if (this.count * 2 >= before.length) {
      this.values = new StaticArray<T | null>(before.length * 2);
      for (let i = 0; i < before.length; i++) this.put(unchecked(before[i]));
    }
    if (this.get(value.id) == null) this.count++;
    this.put(value);
  }

  delete(id: u32): void {
    let slot = this.slotOf(id);
    if (unchecked(this.values[slot]) == null) return;
    unchecked((this.values[slot] = null));
    this.count--;
    // What follows may have come past the gap.
    while (true) {
      slot = (slot + 1) & (this.values.length - 1);
      const value = unchecked(this.values[slot]);
      if (value == null) return;
      unchecked((this.values[slot] = null));
      this.put(value);
    }
  }

  private put(value: T | null): void {
    if (value != null) unchecked((this.values[this.slotOf(value.id)] = value));
  }

  /** Where `id` is, or the free slot where it would be. */
  private slotOf(id: u32): i32 {
    const mask = this.values.length - 1;
    let slot = (<i32>id) & mask;
    while (true) {
      const value = unchecked(this.values[slot]);
      if (value == null || value.id == id) return slot;
      slot = (slot + 1) & mask;
    }
  }
}
