import { Bytes } from "../../assembly/bytes/view";
import { ConsumerEntry, entryBytes } from "./consumer-entry";

/** Names the layout of a table; one of another is read as an empty one. */
const LAYOUT: u32 = 0x5745_0101;
const HEAD_BYTES: i32 = 8;
const SMALLEST: i32 = 4096;

/**
 * Entries of consumers one after the other, behind 8 bytes of head (layout, how many): what a VM has yet to hand over, or a copy
 * of what one value of shared data holds. Grows to the largest it ever was, and keeps that.
 */
@final
export class ConsumerTable {
  private data: StaticArray<u8> = new StaticArray<u8>(SMALLEST);
  count: i32 = 0;
  length: i32 = HEAD_BYTES;
  /** The entry that was found, added or come to last; valid until the table changes. */
  readonly entry: ConsumerEntry = new ConsumerEntry();

  get pointer(): usize {
    store<u32>(changetype<usize>(this.data), LAYOUT);
    store<u32>(changetype<usize>(this.data), this.count, 4);
    return changetype<usize>(this.data);
  }

  clear(): void {
    this.count = 0;
    this.length = HEAD_BYTES;
  }

  /** Takes the entries of a record; null is one that is not there yet. */
  open(record: Bytes | null): void {
    this.clear();
    if (record == null || record.length < HEAD_BYTES || load<u32>(record.pointer) != LAYOUT) return;
    const entries = load<u32>(record.pointer, 4);
    this.makeRoom(record.length);
    memory.copy(changetype<usize>(this.data), record.pointer, record.length);
    for (let i: u32 = 0; i < entries; i++) {
      this.entry.at = changetype<usize>(this.data) + this.length;
      if (!this.entry.fits(record.length - this.length)) return;
      this.length += this.entry.length;
      this.count++;
    }
  }

  /** Goes to the first entry; false when there is none. */
  first(): bool {
    this.entry.at = changetype<usize>(this.data) + HEAD_BYTES;
    return this.count > 0;
  }

  /** Goes to the next entry; false when that was the last. */
  next(): bool {
    this.entry.at += this.entry.length;
    return this.entry.at < changetype<usize>(this.data) + this.length;
  }

  /** Goes to the entry of that name; false when there is none. */
  find(name: Bytes): bool {
    for (let isThere = this.first(); isThere; isThere = this.next()) {
      if (this.entry.name.equals(name)) return true;
    }
    return false;
  }

  /** Goes to a new entry at the end. `name` is not in this table's memory. */
  add(name: Bytes): void {
    const start = this.length;
    this.length += entryBytes(name.length);
    this.makeRoom(this.length);
    this.entry.create(changetype<usize>(this.data) + start, name);
    this.count++;
  }

  /** Takes out the entry whose interval is the lowest; false when that is `since` or later. */
  removeOldest(since: i64): bool {
    let oldest = since;
    let found: usize = 0;
    for (let isThere = this.first(); isThere; isThere = this.next()) {
      if (this.entry.interval >= oldest) continue;
      oldest = this.entry.interval;
      found = this.entry.at;
    }
    if (found == 0) return false;
    this.entry.at = found;
    const size = this.entry.length;
    const rest = changetype<usize>(this.data) + this.length - found - size;
    memory.copy(found, found + size, rest);
    this.length -= size;
    this.count--;
    return true;
  }

  private makeRoom(length: i32): void {
    if (length <= this.data.length) return;
    const grown = new StaticArray<u8>(max(length, this.data.length * 2));
    memory.copy(changetype<usize>(grown), changetype<usize>(this.data), this.data.length);
    this.data = grown;
  }
}
