import { encodeUtf8 } from "../bytes/text";
import { isSame } from "../bytes/view";

/** How many paths one `JsonPaths` holds, and how many shared ones. */
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
const NO_KEY = new ArrayBuffer(0);
/** Of a `PathNode`. */
const NODE_BYTES: i32 = 12;

/** One place that a path ends at or leads through. It lies in the `JsonPaths`' own memory. */
@final
@unmanaged
export class PathNode {
  /** The path that ends here. */
  path: i8;
  /** The first path in the list that ends here or leads through. */
  firstPath: i8;
  /** The node of an array's elements. */
  elements: i16;
  /** Where the children by key begin; they lie in one run. */
  firstChild: i16;
  childCount: u16;
  /** The key that leads here, as UTF-8, and where it is in the memory; empty for the root and for elements. */
  keyLength: u16;
  keyAt: u16;
}

/** A node while the paths are compiled. */
@final
class Draft {
  id: i32 = NONE;
  path: i32 = NONE;
  firstPath: i32 = NONE;
  elements: Draft | null = null;
  children: Draft[] = [];
  /** Itself and the others that the same place leads to by key; null for what no key leads to, and before it has a number. */
  siblings: Draft[] | null = null;

  constructor(readonly key: ArrayBuffer) {}

  /** The node that `step` leads to from here. */
  at(step: string): Draft {
    if (step == ELEMENTS) {
      const known = this.elements;
      if (known != null) return known;
      const made = new Draft(NO_KEY);
      this.elements = made;
      return made;
    }
    const key = encodeUtf8(step);
    for (let i = 0; i < this.children.length; i++) {
      const child = this.children[i];
      if (isKey(child.key, changetype<usize>(key), key.byteLength)) return child;
    }
    const child = new Draft(key);
    this.children.push(child);
    return child;
  }
}

/** Paths that begin at several places. Their ids follow those of the list that has the places. */
@final
export class SharedPaths {
  constructor(
    readonly paths: string[],
    /** The paths that these go on from, [first, end) of the list; none of it goes on from there by itself. */
    readonly first: i32,
    readonly end: i32,
  ) {}
}

/**
 * The places in a JSON text that somebody wants to hear about. Made once, at load; never changes; shared by scanners.
 *
 * A path is keys with dots between them, and `[*]` for the elements of an array: `model`, `messages[*].content[*].text`,
 * `[*].id`. The empty path is the whole text. A key with a dot in it, or with `[*]` at its end, cannot be said. A path's
 * id is its position in the list. `**` is every value at no other path, whatever its depth; with it every key is heard, too
 * (see `JsonListener.onKey`). `shared` are paths that go on from several of the list, and cost no more than from one; a
 * shared path has one id, wherever it is found: its position behind the list. What exceeds `MAX_PATHS` or
 * `MAX_PATH_LEVELS`, or repeats an earlier path, is never heard about.
 */
@final
export class JsonPaths {
  /** Without the shared ones. */
  readonly count: i32;
  /** How many bytes of a key must be kept to tell it. */
  readonly longestKey: i32;
  /** The node of every value that no path leads to, or `NONE`. */
  readonly others: i32;
  /** The node of the whole text. */
  readonly root: i32;
  /** The nodes, then their keys. */
  private readonly memory: StaticArray<u8>;
  private readonly lastSlot: i32;
  /** For each child by key, near `slotOf`, its node plus one; at least as many are free. */
  private readonly slots: StaticArray<u16>;

  constructor(paths: string[], shared: SharedPaths | null = null) {
    this.count = paths.length;
    const root = draftOf(paths, 0);
    const others = othersOf(paths);
    if (shared != null) {
      const below = draftOf(shared.paths, paths.length).children;
      for (let i = shared.first; i < shared.end; i++) endOf(paths[i], root).children = below;
    }
    const drafts = numbered(root, others);
    let keyBytes = 0;
    let keys = 0;
    let longestKey = others == null ? 0 : HEARD_KEY_BYTES;
    for (let i = 0; i < drafts.length; i++) {
      const length = drafts[i].key.byteLength;
      keyBytes += length;
      longestKey = max(longestKey, length);
      if (drafts[i].siblings != null) keys++;
    }
    this.root = root.id;
    this.others = others == null ? NONE : others.id;
    this.longestKey = longestKey;
    this.memory = new StaticArray<u8>(drafts.length * NODE_BYTES + keyBytes);
    const slotCount = 1 << (33 - clz(keys));
    this.slots = new StaticArray<u16>(slotCount);
    this.lastSlot = slotCount - 1;
    let keyAt = drafts.length * NODE_BYTES;
    for (let i = drafts.length - 1; i >= 0; i--) keyAt = this.write(drafts[i], keyAt);
  }


  @inline
  node(id: i32): PathNode {
    return changetype<PathNode>(changetype<usize>(this.memory) + <usize>id * NODE_BYTES);
  }

  /** Which of `node`'s children by key has this one, counted from 0; or `NONE`. */
  indexOf(node: PathNode, key: usize, length: i32): i32 {
    const count: u32 = node.childCount;
    if (count == 0) return NONE;
    const first: i32 = node.firstChild;
    const slots = this.slots;
    let slot = slotOf(first, key, length);
    while (true) {
      slot &= this.lastSlot;
      const id = <i32>unchecked(slots[slot]) - 1;
      if (id < 0) return NONE;
      slot++;
      if (<u32>(id - first) >= count) continue;
      const child = this.node(id);
      if (<i32>child.keyLength != length) continue;
      if (isSame(changetype<usize>(this.memory) + <usize>child.keyAt, key, length)) return id - first;
    }
  }

  /** Writes a node and its key at `keyAt`; returns where the next key goes. */
  private write(draft: Draft, keyAt: i32): i32 {
    const node = this.node(draft.id);
    const elements = draft.elements;
    const children = draft.children;
    const length = draft.key.byteLength;
    node.path = <i8>draft.path;
    node.firstPath = <i8>draft.firstPath;
    node.elements = <i16>(elements == null ? this.others : elements.id);
    node.childCount = <u16>children.length;
    node.keyLength = <u16>length;
    node.keyAt = <u16>keyAt;
    memory.copy(changetype<usize>(this.memory) + keyAt, changetype<usize>(draft.key), length);
    if (children.length > 0) node.firstChild = <i16>children[0].id;
    const siblings = draft.siblings;
    if (siblings == null) return keyAt + length;
    const slots = this.slots;
    let slot = slotOf(siblings[0].id, changetype<usize>(draft.key), length);
    while (slots[slot & this.lastSlot] != 0) slot++;
    slots[slot & this.lastSlot] = <u16>(draft.id + 1);
    return keyAt + length;
  }
}

/** The whole text, with all that these paths lead to. */
function draftOf(paths: string[], firstId: i32): Draft {
  const root = new Draft(NO_KEY);
  for (let i = 0; i < min(paths.length, MAX_PATHS); i++) {
    if (paths[i] == ALL_OTHERS) continue;
    const steps = stepsOf(paths[i]);
    if (steps.length > MAX_PATH_LEVELS) continue;
    const path = firstId + i;
    let at = root;
    for (let step = 0; step <= steps.length; step++) {
      if (at.firstPath == NONE) at.firstPath = path;
      if (step < steps.length) at = at.at(steps[step]);
    }
    if (at.path == NONE) at.path = path;
  }
  return root;
}

function othersOf(paths: string[]): Draft | null {
  const path = paths.indexOf(ALL_OTHERS);
  if (path < 0 || path >= MAX_PATHS) return null;
  const others = new Draft(NO_KEY);
  others.path = path;
  others.firstPath = path;
  return others;
}

function endOf(path: string, root: Draft): Draft {
  const steps = stepsOf(path);
  let at = root;
  for (let i = 0; i < steps.length; i++) at = at.at(steps[i]);
  return at;
}

/**
 * Gives each node its number and returns them all. The root has the highest, so that the same paths below another root get the
 * same numbers: their tables then differ little, and pack well.
 */
function numbered(root: Draft, others: Draft | null): Draft[] {
  const drafts = [root];
  if (others != null) drafts.push(others);
  const runs = [drafts.length];
  for (let i = 0; i < drafts.length; i++) {
    const elements = drafts[i].elements;
    const children = drafts[i].children;
    if (elements != null) {
      drafts.push(elements);
      runs.push(1);
    }
    if (children.length == 0 || children[0].siblings != null) continue;
    for (let child = 0; child < children.length; child++) {
      children[child].siblings = children;
      drafts.push(children[child]);
    }
    runs.push(children.length);
  }
  let id = drafts.length;
  for (let run = 0, at = 0; run < runs.length; run++) {
    id -= runs[run];
    for (let i = 0; i < runs[run]; i++) drafts[at++].id = id + i;
  }
  return drafts;
}

function isKey(key: ArrayBuffer, pointer: usize, length: i32): bool {
  return key.byteLength == length && isSame(changetype<usize>(key), pointer, length);
}

/** Where in a table of slots, modulo its length, a child by this key is looked for; `first` is the first child. */
function slotOf(first: i32, key: usize, length: i32): i32 {
  if (length == 0) return first;
  // Of many factors tried these spread the keys of this library's paths best, and those of answers that are in none.
  return first * 3 + length * 29 + <i32>load<u8>(key) * 34 + <i32>load<u8>(key + length - 1) * 47;
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
