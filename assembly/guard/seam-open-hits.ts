import { LEAST_BEGINNING_BYTES } from "../match/detector";

const MOST_HITS: i32 = 16;
const ID: i32 = 0;
const START: i32 = 1;
const END: i32 = 2;
const STATE: i32 = 3;
const FIELDS: i32 = 4;

/** States of a hit; 0 or more is where it waits for its scopes. */
export const IN_ONE_TEXT: i32 = -1;
export const COUNTS: i32 = -2;
export const COUNTS_NOT: i32 = -3;

/**
 * The last hits of a stream of texts that may go on, each up to where it has been told. Keeps 16; those are forgotten first of
 * which no more would be told, then those that end first.
 */
@final
export class OpenHits {
  private readonly fields: StaticArray<i32> = new StaticArray<i32>(MOST_HITS * FIELDS);
  private count: i32 = 0;

  reset(): void {
    this.count = 0;
  }

  /** A hit [start, end) has begun. Shorter ones than go on are left out. */
  add(id: i32, start: i32, end: i32, state: i32): void {
    if (end - start < LEAST_BEGINNING_BYTES) return;
    const index = this.count < MOST_HITS ? this.count++ : this.least();
    this.put(index, ID, id);
    this.put(index, START, start);
    this.put(index, END, end);
    this.put(index, STATE, state);
  }

  /** The hit that has been told up to an offset, or -1. */
  find(id: i32, end: i32): i32 {
    for (let i = this.count - 1; i >= 0; i--) if (this.get(i, ID) == id && this.get(i, END) == end) return i;
    return -1;
  }

  startOf(index: i32): i32 {
    return this.get(index, START);
  }

  stateOf(index: i32): i32 {
    return this.get(index, STATE);
  }

  /** More of it has been told. */
  goOn(index: i32, end: i32, state: i32): void {
    this.put(index, END, end);
    this.put(index, STATE, state);
  }

  /** What waited at a place waits no more. */
  settle(place: i32, state: i32): void {
    for (let i = this.count - 1; i >= 0; i--) if (this.get(i, STATE) == place) this.put(i, STATE, state);
  }

  private least(): i32 {
    let least = 0;
    for (let i = 1; i < MOST_HITS; i++) {
      const tells = this.tells(i);
      if (tells != this.tells(least) ? !tells : this.get(i, END) < this.get(least, END)) least = i;
    }
    return least;
  }

  private tells(index: i32): bool {
    const state = this.get(index, STATE);
    return state >= 0 || state == COUNTS;
  }

  private get(index: i32, field: i32): i32 {
    return unchecked(this.fields[index * FIELDS + field]);
  }

  private put(index: i32, field: i32, value: i32): void {
    unchecked((this.fields[index * FIELDS + field] = value));
  }
}
