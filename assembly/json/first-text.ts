import { Budget } from "../bytes/budget";
import { ByteBuffer } from "../bytes/buffer";
import { Bytes } from "../bytes/view";
import { JsonKind, JsonListener } from "./listener";

/** Keeps the first string at the one path of a `JsonPaths`, up to `maxBytes` or to what the budget has room for. */
@final
export class FirstText extends JsonListener {
  /** How often a value has begun. */
  count: i32 = 0;
  /** Whether the first value is a string. */
  isText: bool = false;
  /** Whether the first value has ended. */
  isComplete: bool = false;
  /** It is longer than what is kept. */
  isTruncated: bool = false;
  /** A key that leads to it has come twice. */
  hasDuplicate: bool = false;
  private readonly bytes: ByteBuffer;
  private readonly view: Bytes = new Bytes();

  constructor(
    budget: Budget,
    private readonly maxBytes: i32,
  ) {
    super();
    this.bytes = new ByteBuffer(budget);
  }

  /** Forgets it, for the next text; the memory stays. */
  reset(): void {
    this.count = 0;
    this.isComplete = false;
    this.isTruncated = false;
    this.hasDuplicate = false;
    this.bytes.clear();
  }

  /** Forgets it and gives the memory back to the budget. */
  release(): void {
    this.reset();
    this.bytes.release();
  }

  /** The decoded bytes so far; the view lasts until the next call or the next byte fed. */
  get value(): Bytes {
    return this.view.set(this.bytes.pointer, this.bytes.length);
  }

  override onValue(_path: i32, kind: JsonKind, _start: u64): void {
    if (this.count++ == 0) this.isText = kind == JsonKind.String;
  }

  override onBytes(_path: i32, pointer: usize, length: i32): void {
    if (this.count > 1) return;
    const kept = min(length, this.maxBytes - this.bytes.length);
    if (!this.bytes.append(pointer, kept) || kept < length) this.isTruncated = true;
  }

  override onValueEnd(_path: i32, _kind: JsonKind, _end: u64): void {
    this.isComplete = true;
  }

  override onDuplicate(_path: i32, _start: u64): void {
    this.hasDuplicate = true;
  }
}
