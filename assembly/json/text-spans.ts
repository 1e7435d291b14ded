import { Budget } from "../bytes/budget";
import { ByteBuffer } from "../bytes/buffer";

/** A part of a text that is to be replaced. It lies in the memory of `TextSpans`. */
@unmanaged
export class TextSpan {
  /** Where the text's raw bytes begin, in the bytes that it is in. */
  text: u64;
  /** [start, end) of the text's decoded UTF-8, or with `isRaw` of its raw bytes. */
  start: i32;
  end: i32;
  /** Which of the replacements it becomes. */
  replacement: i32;
  /** The bytes are no JSON string's: there are no escapes in them. */
  isRaw: i32;
  /** The text is JSON itself. */
  isNested: i32;
}

/** Parts of texts that are to be replaced, in their order. */
@final
export class TextSpans {
  count: i32 = 0;
  private readonly bytes: ByteBuffer;
  private readonly made: StaticArray<u8> = new StaticArray<u8>(offsetof<TextSpan>());

  constructor(budget: Budget) {
    this.bytes = new ByteBuffer(budget);
  }


  @inline
  at(index: i32): TextSpan {
    return changetype<TextSpan>(this.bytes.pointer + <usize>index * offsetof<TextSpan>());
  }

  /**
   * Adds a part of a JSON string that begins at `text`, behind its quote. It must not begin before the one that was added last;
   * what overlaps that one is joined to it. With `isNested`, as all of the text's, it is in a text that is JSON itself. False when the
   * budget has no room.
   */
  add(text: u64, start: i32, end: i32, replacement: i32, isNested: bool = false): bool {
    const last = this.count - 1;
    if (last < 0 || this.at(last).text != text || this.at(last).end <= start) {
      return this.append(text, start, end, replacement, false, isNested);
    }
    this.at(last).end = max(this.at(last).end, end);
    return true;
  }

  /** Adds the bytes [start, end) as they are, such as a number or a part of a form's field; else like `add`. */
  addRaw(start: u64, end: u64, replacement: i32): bool {
    return this.append(start, 0, <i32>(end - start), replacement, true, false);
  }

  /** Forgets them; the memory stays. */
  clear(): void {
    this.count = 0;
    this.bytes.clear();
  }

  /** Forgets them and gives their memory back to the budget. */
  release(): void {
    this.count = 0;
    this.bytes.release();
  }

  private append(text: u64, start: i32, end: i32, replacement: i32, isRaw: bool, isNested: bool): bool {
    const span = changetype<TextSpan>(this.made);
    span.text = text;
    span.start = start;
    span.end = end;
    span.replacement = replacement;
    span.isRaw = isRaw;
    span.isNested = isNested;
    if (!this.bytes.append(changetype<usize>(this.made), offsetof<TextSpan>())) return false;
    this.count++;
    return true;
  }
}
