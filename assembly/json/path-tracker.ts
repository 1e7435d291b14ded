import { MAX_DEPTH } from "./depth";
import { JsonKind, JsonListener } from "./listener";
import { HEARD_KEY_BYTES, JsonPaths, MAX_PATH_LEVELS, NONE } from "./paths";
import { ScanMark } from "./scan-mark";
import { StringDecoder } from "./string-decoder";

/** Gathers a decoded key, or the beginning of one that is longer than any that could match. */
@final
class KeyBuffer extends JsonListener {
  length: i32 = 0;
  private readonly bytes: StaticArray<u8>;

  constructor(
    longestKey: i32,
    private readonly listener: JsonListener,
  ) {
    super();
    this.bytes = new StaticArray<u8>(longestKey);
  }

  get pointer(): usize {
    return changetype<usize>(this.bytes);
  }

  /** Past the longest key only the length goes on growing, so that nothing matches. */
  override onBytes(path: i32, pointer: usize, length: i32): void {
    const room = this.bytes.length - this.length;
    if (room > 0) memory.copy(this.pointer + this.length, pointer, min(length, room));
    this.length += length;
    this.listener.onKeyBytes(pointer, length);
  }
}

/**
 * Knows where in its paths a scanner is, and reports the captured values to the listener.
 *
 * Containers on some path's way are the outermost ones without a gap, so one number says whether the innermost container
 * is one of them. Inside any other the scanner need not call.
 */
@final
export class PathTracker {
  /** How many of the open containers are on some path's way. */
  depth: i32 = 0;
  /** The node of the value that comes next, or `NONE` when no path leads there. */
  next: i32;
  /** The path of the string, number or literal that is being read, or `NONE`. */
  captured: i32 = NONE;
  private kind: JsonKind = JsonKind.Null;
  private keyStart: u64 = 0;
  private readonly containers: StaticArray<i32>;
  private readonly seen: StaticArray<u64>;
  private readonly key: KeyBuffer;
  private readonly decoder: StringDecoder = new StringDecoder();

  constructor(
    private readonly paths: JsonPaths,
    private readonly listener: JsonListener,
  ) {
    const levels = paths.others == NONE ? MAX_PATH_LEVELS + 1 : MAX_DEPTH;
    this.containers = new StaticArray<i32>(levels);
    this.seen = new StaticArray<u64>(levels);
    this.key = new KeyBuffer(paths.longestKey, listener);
    this.next = paths.root;
  }

  reset(): void {
    this.depth = 0;
    this.next = this.paths.root;
    this.captured = NONE;
    this.key.length = 0;
    this.decoder.reset();
  }

  mark(mark: ScanMark): void {
    const depth = this.depth;
    mark.trackedDepth = depth;
    mark.next = this.next;
    memory.copy(changetype<usize>(mark.containers), changetype<usize>(this.containers), depth << 2);
    memory.copy(changetype<usize>(mark.seen), changetype<usize>(this.seen), depth << 3);
  }

  resetTo(mark: ScanMark): void {
    const depth = mark.trackedDepth;
    this.depth = depth;
    this.next = mark.next;
    memory.copy(changetype<usize>(this.containers), changetype<usize>(mark.containers), depth << 2);
    memory.copy(changetype<usize>(this.seen), changetype<usize>(mark.seen), depth << 3);
  }

  /** A string, number or literal begins where `next` says. */
  beginScalar(kind: JsonKind, start: u64): void {
    const path = this.paths.node(this.next).path;
    this.captured = path;
    if (path == NONE) return;
    this.kind = kind;
    this.listener.onValue(path, kind, start);
  }

  /** More of the captured string, as it is in the text, escapes and all. */
  addText(pointer: usize, length: i32): void {
    this.decoder.decode(this.listener, this.captured, pointer, length);
  }

  /** More of the captured number or literal, or of a string without escapes. */
  addRaw(pointer: usize, length: i32): void {
    if (length > 0) this.listener.onBytes(this.captured, pointer, length);
  }

  endScalar(end: u64): void {
    const path = this.captured;
    this.captured = NONE;
    if (this.kind == JsonKind.String) this.decoder.finish(this.listener, path);
    this.listener.onValueEnd(path, this.kind, end);
  }

  /** An object or array begins where `next` says. */
  open(kind: JsonKind, start: u64): void {
    const id = this.next;
    const node = this.paths.node(id);
    unchecked((this.containers[this.depth] = id));
    unchecked((this.seen[this.depth] = 0));
    this.depth++;
    this.next = kind == JsonKind.Array ? node.elements : NONE;
    if (node.path != NONE) this.listener.onValue(node.path, kind, start);
  }

  /** The innermost container, which is on some path's way, has ended. */
  close(kind: JsonKind, end: u64): void {
    this.depth--;
    this.next = NONE;
    const node = this.paths.node(unchecked(this.containers[this.depth]));
    if (node.path != NONE) this.listener.onValueEnd(node.path, kind, end);
  }

  /** Another element of the innermost array comes. */
  nextElement(): void {
    this.next = this.paths.node(unchecked(this.containers[this.depth - 1])).elements;
  }

  beginKey(start: u64): void {
    this.keyStart = start;
    this.listener.onKeyStart(start);
  }

  /** More of a key that this piece does not hold as a whole. */
  addKey(pointer: usize, length: i32): void {
    this.decoder.decode(this.key, NONE, pointer, length);
  }

  /** The rest of a key, up to its closing quote before `end`; when it `isPlain` this is all of it, without escapes. */
  endKey(pointer: usize, length: i32, isPlain: bool, end: u64): void {
    if (isPlain) {
      this.listener.onKeyBytes(pointer, length);
      this.match(pointer, length);
    } else {
      const key = this.key;
      this.decoder.decode(key, NONE, pointer, length);
      this.decoder.finish(key, NONE);
      this.match(key.pointer, key.length);
      key.length = 0;
    }
    this.listener.onKeyEnd(end);
  }

  private match(key: usize, length: i32): void {
    const level = this.depth - 1;
    const paths = this.paths;
    const node = paths.node(unchecked(this.containers[level]));
    if (paths.others != NONE) this.listener.onKey(key, min(length, HEARD_KEY_BYTES));
    const index = paths.indexOf(node, key, length);
    if (index == NONE) {
      this.next = paths.others;
      return;
    }
    this.next = node.firstChild + index;
    const seen = unchecked(this.seen[level]);
    const bit = (<u64>1) << index;
    unchecked((this.seen[level] = seen | bit));
    if (seen & bit) {
      const child = paths.node(this.next);
      this.listener.onDuplicate(child.path != NONE ? child.path : child.firstPath, this.keyStart);
    }
  }
}
