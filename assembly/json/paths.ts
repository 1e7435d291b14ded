import { encodeUtf8 } from "../bytes/text";
import { isSame } from "../bytes/view";

/** How many paths one `JsonPaths` holds. */
export const MAX_PATHS: i32 = 64;
/** How many keys and `[*]` one path has. */
export const MAX_PATH_LEVELS: i32 = 16;
/** The path of every value that no other path is at. */
export const ALL_OTHERS: string = "**";
/** With `ALL_OTHERS`: how many bytes of each key are heard. */
export const HEARD_KEY_BYTES: i32 = 64;

/** No node, or no path. */
export const NONE: i32 = -1;

const ELEMENTS: string = "[*]";

/** One place that a path ends at or leads through. */
@final
export class PathNode {
  /** The path that ends here. */
  path: i32 = NONE;
  /** The first path in the list that ends here or leads through. */
  firstPath: i32 = NONE;
  /** The node of an array's elements. */
  elements: i32 = NONE;
  /** Where the children by key begin in `JsonPaths.keyed`; they lie in one run. */
  firstKeyed: i32 = 0;
  keyedCount: i32 = 0;
  /** The key that leads here, as UTF-8; empty for the root and for elements. */
  key: ArrayBuffer = new ArrayBuffer(0);
}

/**
 * The places in a JSON text that somebody wants to hear about. Made once, at load; never changes; shared by scanners.
 *
 * A path is keys with dots between them, and `[*]` for the elements of an array: `model`, `messages[*].content[*].text`,
 * `[*].id`. The empty path is the whole text. A key with a dot in it, or with `[*]` at its end, cannot be said. A path's
 * id is its position in the list. `**` is every value at no other path, whatever its depth; with it every key is heard, too
 * (see `JsonListener.onKey`). What exceeds `MAX_PATHS` or `MAX_PATH_LEVELS`, or repeats an earlier path, is never
 * heard about.
 */
@final
export class JsonPaths {
  readonly count: i32;
  /** How many bytes of a key must be kept to tell it. */
  readonly longestKey: i32;
  /** The node of every value that no path leads to, or `NONE`. */
  readonly others: i32;
  /** The first is the root. */
  readonly nodes: PathNode[] = [new PathNode()];
  private readonly keyed: i32[] = [];
  /** For each child by key, near `slotOf`, its position in `keyed` plus one; at least as many are free. */
  private slots: StaticArray<u16> = new StaticArray<u16>(1);

  constructor(paths: string[]) {
    this.count = paths.length;
    const parents: i32[] = [NONE];
    let longestKey = 0;
    let others = NONE;
    for (let path = 0; path < min(paths.length, MAX_PATHS); path++) {
      if (paths[path] == ALL_OTHERS) {
        if (others == NONE) others = this.addOthers(path, parents);
        continue;
      }
      const steps = stepsOf(paths[path]);
      if (steps.length > MAX_PATH_LEVELS) continue;
      let at = 0;
      for (let i = 0; i < steps.length; i++) {
        at = this.childFor(at, steps[i], parents);
      }
      if (this.nodes[at].path == NONE) this.nodes[at].path = path;
      for (; at != NONE; at = parents[at]) {
        if (this.nodes[at].firstPath == NONE) this.nodes[at].firstPath = path;
      }
    }
    for (let parent = 0; parent < this.nodes.length; parent++) {
      const node = this.nodes[parent];
      node.firstKeyed = this.keyed.length;
      for (let child = 1; child < this.nodes.length; child++) {
        if (parents[child] != parent || child == node.elements) continue;
        this.keyed.push(child);
        longestKey = max(longestKey, this.nodes[child].key.byteLength);
      }
      node.keyedCount = this.keyed.length - node.firstKeyed;
      if (node.elements == NONE) node.elements = others;
    }
    const slots = new StaticArray<u16>(1 << (33 - clz(this.keyed.length)));
    for (let parent = 0; parent < this.nodes.length; parent++) {
      const node = this.nodes[parent];
      for (let index = node.firstKeyed; index < node.firstKeyed + node.keyedCount; index++) {
        const key = changetype<usize>(this.nodes[this.keyed[index]].key);
        let slot = slotOf(node, key, lengthOf(key));
        while (slots[slot & (slots.length - 1)] != 0) slot++;
        slots[slot & (slots.length - 1)] = <u16>(index + 1);
      }
    }
    this.slots = slots;
    this.others = others;
    this.longestKey = others == NONE ? longestKey : max(longestKey, HEARD_KEY_BYTES);
  }

  /** Which of `node`'s children by key has this one, counted from 0; or `NONE`. */
  indexOf(node: PathNode, key: usize, length: i32): i32 {
    if (node.keyedCount == 0) return NONE;
    const slots = this.slots;
    const last = slots.length - 1;
    let slot = slotOf(node, key, length);
    while (true) {
      slot &= last;
      const index = <i32>unchecked(slots[slot]) - 1;
      if (index < 0) return NONE;
      slot++;
      const child = index - node.firstKeyed;
      if (<u32>child >= <u32>node.keyedCount) continue;
      const candidate = changetype<usize>(unchecked(this.nodes[unchecked(this.keyed[index])]).key);
      if (lengthOf(candidate) == length && isSame(candidate, key, length)) return child;
    }
  }

  /** The node of `node`'s child by key at `index`. */
  @inline
  keyedChild(node: PathNode, index: i32): i32 {
    return unchecked(this.keyed[node.firstKeyed + index]);
  }

  /** A node that nothing leads to. */
  private addOthers(path: i32, parents: i32[]): i32 {
    const node = new PathNode();
    node.path = path;
    node.firstPath = path;
    this.nodes.push(node);
    return parents.push(NONE) - 1;
  }

  private childFor(parent: i32, step: string, parents: i32[]): i32 {
    const isElements = step == ELEMENTS;
    const known = this.nodes[parent].elements;
    if (isElements && known != NONE) return known;
    const key = encodeUtf8(isElements ? "" : step);
    if (!isElements) {
      for (let child = 1; child < this.nodes.length; child++) {
        if (parents[child] != parent || child == known) continue;
        const other = this.nodes[child].key;
        if (other.byteLength != key.byteLength) continue;
        if (isSame(changetype<usize>(other), changetype<usize>(key), key.byteLength)) return child;
      }
    }
    const child = this.nodes.length;
    const node = new PathNode();
    node.key = key;
    this.nodes.push(node);
    parents.push(parent);
    if (isElements) this.nodes[parent].elements = child;
    return child;
  }
}

// @ts-ignore: decorator
@inline
function lengthOf(key: usize): i32 {
  return changetype<ArrayBuffer>(key).byteLength;
}

/** Where in a table of slots, modulo its length, a child by this key is looked for. */
function slotOf(node: PathNode, key: usize, length: i32): i32 {
  if (length == 0) return node.firstKeyed;
  return node.firstKeyed * 7 + length * 5 + <i32>load<u8>(key) * 3 + <i32>load<u8>(key + length - 1);
}

/** The keys and `[*]` that a path is made of. */
function stepsOf(path: string): string[] {
  const steps: string[] = [];
  let at = 0;
  while (at < path.length) {
    if (path.startsWith(ELEMENTS, at)) {
      steps.push(ELEMENTS);
      at += ELEMENTS.length;
    } else {
      const dot = path.indexOf(".", at);
      const bracket = path.indexOf(ELEMENTS, at);
      let end = path.length;
      if (dot >= 0) end = dot;
      if (bracket >= 0 && bracket < end) end = bracket;
      steps.push(path.substring(at, end));
      at = end;
    }
    if (at < path.length && path.charAt(at) == ".") at++;
  }
  return steps;
}
