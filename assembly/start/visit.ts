/**
 * Shows the collector what an object leads to. The build (`scripts/setup/image/shapes.mjs`) puts this in place of what the
 * compiler writes, a branch for each class with a call for each field: that is 1 kB more of a plugin.
 */
const WORD: usize = 4;
/** All words are references. */
const ELEMENTS: i64 = -1;
/** An array that can grow: its words are a buffer, where its references begin, a size, how many they are. */
const LIST: i64 = -2;

/** `shapes` has 8 bytes for each class, by its id: bit n says that the nth word of its objects is a reference. */
export function visitMembers(object: usize, shapes: usize): void {
  let shape = load<i64>(shapes + ((<usize>load<u32>(object - 8)) << 3));
  let at = object;
  let end = object + load<u32>(object - 4);
  if (shape == LIST) {
    __visit(load<usize>(object), 0);
    at = load<usize>(object, WORD);
    end = at + <usize>load<u32>(object, 3 * WORD) * WORD;
    shape = ELEMENTS;
  }
  for (; at < end && shape != 0; at += WORD) {
    if (shape & 1) __visit(load<usize>(at), 0);
    shape >>= 1;
  }
}
