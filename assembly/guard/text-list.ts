/** Most texts that one list has. */
const MOST_TEXTS: i32 = 4096;
const FIRST_CAPACITY: i32 = 16;

/** Texts of one message, by where they begin in its body; added in their order. Those beyond the first 4,096 are not in it. */
@final
export class TextList {
  count: i32 = 0;
  /** There were more: what isn't in it may be one of them. */
  isOverflown: bool = false;
  private texts: StaticArray<i32> = new StaticArray<i32>(FIRST_CAPACITY);

  reset(): void {
    this.count = 0;
    this.isOverflown = false;
  }

  /** Forgets all but the first ones. */
  keep(count: i32): void {
    this.count = count;
    this.isOverflown = this.isOverflown && count == MOST_TEXTS;
  }

  add(text: i32): void {
    if (this.count == MOST_TEXTS) {
      this.isOverflown = true;
      return;
    }
    if (this.count == this.texts.length) {
      const grown = new StaticArray<i32>(this.count * 2);
      memory.copy(changetype<usize>(grown), changetype<usize>(this.texts), this.count << 2);
      this.texts = grown;
    }
    this.texts[this.count++] = text;
  }

  has(text: i32): bool {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.texts[middle] < text) low = middle + 1;
      else high = middle;
    }
    return low < this.count && this.texts[low] == text;
  }
}
