/** What a JSON value is. */
export const enum JsonKind {
  Null,
  True,
  False,
  Number,
  String,
  Object,
  Array,
}

/**
 * Hears about the values at the captured paths of a text, in the order of the text, while it is scanned.
 *
 * `path` is a position in the list that `JsonPaths` was made from. `start` and `end` are offsets in bytes in the whole
 * text: [start, end) is the raw value, with a string's quotes. What was heard before a text turns out bad stays heard.
 */
export abstract class JsonListener {
  /** A value begins. */
  onValue(path: i32, kind: JsonKind, start: u64): void {}

  /**
   * A part of a string's decoded UTF-8 (escapes undone, surrogate pairs joined, U+FFFD for a lone surrogate), or of the
   * raw bytes of a number or literal. Parts are split anywhere, also inside a character; an empty string has none, and
   * neither have objects and arrays. The bytes are gone when the call returns.
   */
  onBytes(path: i32, pointer: usize, length: i32): void {}

  /** The value that began last at this path is complete. */
  onValueEnd(path: i32, kind: JsonKind, end: u64): void {}

  /**
   * The key of the next value, decoded, or the first `HEARD_KEY_BYTES` of it. Only with `ALL_OTHERS` among the paths. Gone
   * when the call returns.
   */
  onKey(pointer: usize, length: i32): void {}

  /**
   * A key begins, its quote at `start`, in an object on some path's way; with `ALL_OTHERS` that is every object. After the next
   * two comes what is said of its value.
   */
  onKeyStart(start: u64): void {}

  /** A part of the key, whatever its length; split like `onBytes`. */
  onKeyBytes(pointer: usize, length: i32): void {}

  /** The key is complete; `end` is behind its closing quote. */
  onKeyEnd(end: u64): void {}

  /**
   * A key leading to a captured path comes again in the same object; its value is reported next, like the first.
   *
   * @param path the path at that key, or else the first one in the list below it
   * @param start where the repeated key begins
   */
  onDuplicate(path: i32, start: u64): void {}
}
