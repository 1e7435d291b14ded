import { Budget } from "../bytes/budget";
import { ByteBuffer } from "../bytes/buffer";
import { Bytes } from "../bytes/view";
import { JsonKind, JsonListener } from "./listener";
import { JsonPaths } from "./paths";

const NO_DUPLICATE: i32 = -1;


@final
class Capture {
  count: i32 = 0;
  kind: JsonKind = JsonKind.Null;
  start: u64 = 0;
  end: u64 = 0;
  isComplete: bool = false;
  isTruncated: bool = false;
  readonly bytes: ByteBuffer;

  constructor(budget: Budget) {
    this.bytes = new ByteBuffer(budget);
  }

  reset(): void {
    this.count = 0;
    this.isComplete = false;
    this.isTruncated = false;
    this.bytes.clear();
  }
}

/**
 * Keeps the first value at each path: where it is, and the bytes of a string, number or literal.
 *
 * A value longer than `maxValueBytes`, or than the budget has room for, is kept up to there and marked truncated.
 * Before `count(path)` is 1, kind, start, end and value of a path mean nothing.
 */
@final
export class JsonCaptures extends JsonListener {
  /** The path of the first repeated key (see `JsonListener.onDuplicate`), or -1. */
  duplicate: i32 = NO_DUPLICATE;
  private readonly captures: StaticArray<Capture>;
  private readonly view: Bytes = new Bytes();

  constructor(
    paths: JsonPaths,
    budget: Budget,
    private readonly maxValueBytes: i32,
  ) {
    super();
    const captures = new StaticArray<Capture>(paths.count);
    for (let i = 0; i < paths.count; i++) captures[i] = new Capture(budget);
    this.captures = captures;
  }

  /** Forgets every value, for the next text; the memory stays. */
  reset(): void {
    this.duplicate = NO_DUPLICATE;
    for (let i = 0; i < this.captures.length; i++) unchecked(this.captures[i]).reset();
  }

  /** Forgets every value and gives the memory back to the budget. */
  release(): void {
    this.reset();
    for (let i = 0; i < this.captures.length; i++) unchecked(this.captures[i]).bytes.release();
  }

  /** How often a value at this path has begun. */
  count(path: i32): i32 {
    return this.captures[path].count;
  }

  /** Whether the first value has ended. */
  isComplete(path: i32): bool {
    return this.captures[path].isComplete;
  }

  kind(path: i32): JsonKind {
    return this.captures[path].kind;
  }

  start(path: i32): u64 {
    return this.captures[path].start;
  }

  end(path: i32): u64 {
    return this.captures[path].end;
  }

  /** The decoded bytes so far; the view lasts until the next call or the next byte fed. */
  value(path: i32): Bytes {
    const bytes = this.captures[path].bytes;
    return this.view.set(bytes.pointer, bytes.length);
  }

  isTruncated(path: i32): bool {
    return this.captures[path].isTruncated;
  }

  override onValue(path: i32, kind: JsonKind, start: u64): void {
    const capture = unchecked(this.captures[path]);
    if (capture.count++ > 0) return;
    capture.kind = kind;
    capture.start = start;
  }

  override onBytes(path: i32, pointer: usize, length: i32): void {
    const capture = unchecked(this.captures[path]);
    if (capture.count > 1 || capture.isTruncated) return;
    const room = this.maxValueBytes - capture.bytes.length;
    capture.isTruncated = length > room || !capture.bytes.append(pointer, length);
    if (length > room) capture.bytes.append(pointer, room);
  }

  override onValueEnd(path: i32, kind: JsonKind, end: u64): void {
    const capture = unchecked(this.captures[path]);
    if (capture.isComplete) return;
    capture.isComplete = true;
    capture.end = end;
  }

  override onDuplicate(path: i32, start: u64): void {
    if (this.duplicate < 0) this.duplicate = path;
  }
}
