import { LOOK_BEHIND_BYTES, TextWindow } from "./detector";
import { MOST_PLAIN_BYTES } from "./fold-character";

/** Texts are shorter than this, as memory is. */
export const OFFSET_BITS: u32 = 30;
const PLAIN_SHIFT: u64 = 34;
const ORIGINAL_SHIFT: u64 = 4;
const OFFSET_MASK: u64 = (1 << OFFSET_BITS) - 1;
const LENGTH_MASK: u64 = 15;
const ENTRY_BYTES: usize = 8;

/**
 * A window of a text's plain form, and where in the original its bytes come from. Fixed memory: about 9 bytes for each of
 * hold and step.
 *
 * The map has an entry where bytes begin that are as they were in the original (length 0), and one for each character that
 * reads as something else (its length in the original):
 *
 *     63          34 33            4 3      0
 *     | plain offset | original offset | length |
 */
@final
export class PlainText {
  readonly window: TextWindow = new TextWindow();
  private readonly bytes: StaticArray<u8>;
  private readonly map: StaticArray<u64>;
  private readonly keptBytes: i32;
  private readonly roomBytes: i32;
  private readonly mostEntries: i32;
  private entries: i32 = 0;

  /** The last `holdBytes` can always be kept; `stepBytes` more are written before it must slide. */
  constructor(holdBytes: i32, stepBytes: i32) {
    const keptBytes = holdBytes + LOOK_BEHIND_BYTES;
    const mostEntries = keptBytes + min(stepBytes, MOST_ENTRIES_OF_STEP);
    this.keptBytes = keptBytes;
    this.roomBytes = keptBytes + stepBytes;
    this.mostEntries = mostEntries;
    this.bytes = new StaticArray<u8>(keptBytes + stepBytes + MOST_PLAIN_BYTES);
    this.map = new StaticArray<u64>(mostEntries + 2);
    this.window.pointer = changetype<usize>(this.bytes);
  }

  reset(): void {
    this.window.start = 0;
    this.window.end = 0;
    this.window.isLast = false;
    this.entries = 0;
  }

  /** Where the next byte is written. */
  @inline
  get to(): usize {
    return this.window.pointer + <usize>(this.window.end - this.window.start);
  }

  /** No byte is written from here on, but for those of a character that begins before. */
  @inline
  get full(): usize {
    return this.window.pointer + <usize>this.roomBytes;
  }

  /** It should slide before more is written. */
  get isCrowded(): bool {
    return this.window.end - this.window.start > this.keptBytes || this.entries > this.mostEntries >> 1;
  }


  @inline
  get isMapFull(): bool {
    return this.entries >= this.mostEntries;
  }

  /** Adds an entry on condition, without a branch. */
  @inline
  noteIf(condition: bool, plain: i32, original: i32, length: i32): void {
    const entry = ((<u64>plain) << PLAIN_SHIFT) | ((<u64>original) << ORIGINAL_SHIFT) | length;
    store<u64>(changetype<usize>(this.map) + <usize>this.entries * ENTRY_BYTES, entry);
    this.entries += <i32>condition;
  }

  /** How far the original is ahead of the plain text where the last run of unchanged bytes is; -1 where none is. */
  get distance(): i32 {
    if (this.entries == 0) return NO_DISTANCE;
    const entry = this.entryAt(this.entries - 1);
    return (entry & LENGTH_MASK) == 0 ? originalOf(entry) - plainOf(entry) : NO_DISTANCE;
  }

  /** Where the character in the original begins that the byte at a plain offset comes from. */
  originalStart(plain: i32): i32 {
    const entry = this.entryOf(plain);
    return (entry & LENGTH_MASK) == 0 ? originalOf(entry) + plain - plainOf(entry) : originalOf(entry);
  }

  /** Where the character in the original ends that the byte before a plain offset comes from. */
  originalEnd(plain: i32): i32 {
    const entry = this.entryOf(plain - 1);
    const length = <i32>(entry & LENGTH_MASK);
    return originalOf(entry) + (length == 0 ? plain - plainOf(entry) : length);
  }

  /** Lets go of what is before `LOOK_BEHIND_BYTES` before a plain offset, and of what is too much to keep. */
  slide(plain: i32): void {
    const window = this.window;
    const start = max(plain - LOOK_BEHIND_BYTES, window.end - this.keptBytes);
    const gone = start - window.start;
    if (gone <= 0) return;
    memory.copy(window.pointer, window.pointer + <usize>gone, window.end - start);
    window.start = start;
    const first = this.indexOf(start);
    if (first <= 0) return;
    const map = changetype<usize>(this.map);
    memory.copy(map, map + <usize>first * ENTRY_BYTES, <usize>(this.entries - first) * ENTRY_BYTES);
    this.entries -= first;
  }


  @inline
  private entryAt(index: i32): u64 {
    return load<u64>(changetype<usize>(this.map) + <usize>index * ENTRY_BYTES);
  }

  /** The entry that tells of the byte at a plain offset; a text without entries is its original. */
  private entryOf(plain: i32): u64 {
    const index = this.indexOf(plain);
    return index < 0 ? 0 : this.entryAt(index);
  }

  private indexOf(plain: i32): i32 {
    const after = (<u64>(plain + 1)) << PLAIN_SHIFT;
    let low = 0;
    let high = this.entries;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.entryAt(middle) < after) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

const MOST_ENTRIES_OF_STEP: i32 = 128;
export const NO_DISTANCE: i32 = -0x80000000;

// @ts-ignore: decorator
@inline
function plainOf(entry: u64): i32 {
  return <i32>(entry >> PLAIN_SHIFT);
}

// @ts-ignore: decorator
@inline
function originalOf(entry: u64): i32 {
  return <i32>((entry >> ORIGINAL_SHIFT) & OFFSET_MASK);
}
