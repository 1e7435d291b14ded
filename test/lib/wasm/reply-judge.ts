import { Budget } from "../../../assembly/bytes/budget";
import { ByteBuffer } from "../../../assembly/bytes/buffer";
import { Bytes } from "../../../assembly/bytes/view";
import { MaskSpans } from "../../../assembly/llm/reply/masks";
import { MaskPlace, ReplyJudge, ReplyScanner, ReplySeams, TextKind } from "../../../assembly/llm/reply/scanner";

const MAX_WORDS: i32 = 16;

/** The words that are looked for, byte by byte, each with its mask. */
class Words {
  count: i32 = 0;
  readonly bytes: ByteBuffer = new ByteBuffer(new Budget(1 << 16));
  /** For each: where it begins, its length, and those of its masks; then whether it is rejected. */
  readonly table: StaticArray<i32> = new StaticArray<i32>(MAX_WORDS * 5);

  clear(): void {
    this.count = 0;
    this.bytes.clear();
  }

  add(pointer: usize, length: i32, once: i32, twice: i32, isRejected: bool): void {
    const at = this.count++ * 5;
    this.table[at] = this.bytes.length;
    this.table[at + 1] = length;
    this.table[at + 2] = once;
    this.table[at + 3] = twice;
    this.table[at + 4] = <i32>isRejected;
    this.bytes.append(pointer, length + once + twice);
  }

  pointer(id: i32): usize {
    return this.bytes.pointer + this.table[id * 5];
  }

  length(id: i32): i32 {
    return this.table[id * 5 + 1];
  }
}

export const WORDS = new Words();

class WordScanner extends ReplyScanner {
  private readonly text: ByteBuffer = new ByteBuffer(new Budget(1 << 23));
  private kind: TextKind = TextKind.Content;
  /** A word that goes on to the next full stop has begun, and its id. */
  private isInRun: bool = false;
  private runId: i32 = 0;

  constructor(private readonly judge: WordJudge) {
    super();
  }

  begin(kind: TextKind): void {
    this.kind = kind;
    this.settled = 0;
    this.masks.reset();
    this.isInRun = false;
    this.text.clear();
  }

  feed(pointer: usize, length: i32): void {
    if (this.judge.isSilent) {
      this.settled += length;
      return;
    }
    this.text.append(pointer, length);
    this.look(false);
  }

  finish(): void {
    if (this.judge.isSilent) return;
    this.look(true);
    const heard = this.judge.heard;
    heard.appendByte(<u8>(0x30 + this.kind));
    heard.append(this.text.pointer, this.text.length);
    heard.appendByte(0xff);
  }

  private look(isLast: bool): void {
    const end = this.text.length;
    for (; this.settled < end; this.settled++) {
      if (this.isInRun && this.goOn()) continue;
      let isPending = false;
      for (let id = 0; id < WORDS.count; id++) {
        const length = WORDS.length(id);
        const shared = min(length, end - this.settled);
        if (memory.compare(WORDS.pointer(id), this.text.pointer + this.settled, shared) != 0) continue;
        if (shared < length && !isLast) isPending = true;
      }
      if (isPending) return;
      for (let id = 0; id < WORDS.count; id++) {
        const length = WORDS.length(id);
        if (length > end - this.settled) continue;
        if (memory.compare(WORDS.pointer(id), this.text.pointer + this.settled, length) != 0) continue;
        if (WORDS.table[id * 5 + 4]) {
          this.judge.isRejected = true;
        } else {
          this.masks.add(this.settled, this.settled + length, id, false);
          if (!this.judge.hasRuns) continue;
          this.isInRun = true;
          this.runId = id;
          this.settled += length - 1;
          break;
        }
      }
    }
  }

  /** Tells one more byte of what has begun, unless that is over. */
  private goOn(): bool {
    this.isInRun = load<u8>(this.text.pointer + this.settled) != 0x2e;
    if (this.isInRun) this.masks.add(this.settled, this.settled + 1, this.runId, true);
    return this.isInRun;
  }
}

/** Words are looked for in each text by itself. */
class NoSeams extends ReplySeams {
  begin(_kind: TextKind, _start: i32): void {}

  feed(_pointer: usize, _length: i32): void {}

  end(): void {}

  finish(): void {}

  reset(): void {}
}

export class WordJudge extends ReplyJudge {
  readonly heard: ByteBuffer = new ByteBuffer(new Budget(1 << 24));
  /** Nothing is looked for, nor noted. */
  isSilent: bool = false;
  /** Words go on to the next full stop, and are told byte by byte. */
  hasRuns: bool = false;
  private readonly mask: Bytes = new Bytes();

  reset(): void {
    this.isRejected = false;
    this.isSilent = WORDS.count == 0;
    this.heard.clear();
  }

  newScanner(): ReplyScanner {
    return new WordScanner(this);
  }

  newSeams(_masks: MaskSpans): ReplySeams {
    return new NoSeams();
  }

  maskOf(id: i32, place: MaskPlace): Bytes {
    const once = WORDS.table[id * 5 + 2];
    const start = WORDS.pointer(id) + WORDS.length(id);
    return place == MaskPlace.Nested
      ? this.mask.set(start + once, WORDS.table[id * 5 + 3])
      : this.mask.set(start, once);
  }
}
