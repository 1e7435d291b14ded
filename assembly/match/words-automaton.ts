import { WordList } from "./words-list";

/** No words have anything in common. */
export const ROOT: u32 = 0;
/** No word ends in a state. */
export const NONE: u32 = 0;

/** How much memory the states nearest to the root may take to be looked up at once. */
const DENSE_BYTES: i32 = 1 << 17;
const SYMBOLS: i32 = 256;

/**
 * Aho and Corasick's automaton (1975) of the words of a list. Immutable; a word of n new bytes takes 14 n bytes, and
 * building it takes about as much again.
 *
 * States are numbered by depth, so the children of a state are in a row, in the order of their symbols, after those of the
 * states before it: `firsts[s]` to `firsts[s + 1]`. The first states, which a text is in most of the time, have their
 * transitions in a table.
 */
@final
export class WordAutomaton {
  /** How many kinds of symbols there are, the one that no word has among them. */
  readonly classes: i32;
  readonly states: i32;
  /** The kind of a symbol, 0 for those of no word. */
  readonly classOf: StaticArray<u8>;
  private readonly firsts: StaticArray<u32>;
  /** The kind of the symbol that leads to a state. */
  private readonly labels: StaticArray<u8>;
  /** The state of the longest beginning of a word that a state ends with. */
  private readonly failures: StaticArray<u32>;
  /** The first of the words that end in a state, `NONE` where none does. */
  readonly endings: StaticArray<u32>;
  /** By word that ends: its id, its length, whether no letter may follow, and the next one. */
  readonly endingIds: StaticArray<i32>;
  readonly endingLengths: StaticArray<u8>;
  readonly endingIsLetter: StaticArray<bool>;
  readonly endingNexts: StaticArray<u32>;
  /** How many bytes of the text a state has read. */
  private readonly depths: StaticArray<u8>;
  private readonly dense: StaticArray<u32>;
  private readonly denseStates: u32;
  /** The longest word. */
  readonly mostBytes: i32;

  constructor(list: WordList) {
    const order = sorted(list);
    const states = countStates(list, order);
    const most = longest(list, order);
    const classOf = new StaticArray<u8>(SYMBOLS);
    const classes = classify(list, classOf);
    const denseStates = min(states, DENSE_BYTES / 4 / classes);
    this.states = states;
    this.mostBytes = most;
    this.classOf = classOf;
    this.classes = classes;
    this.denseStates = denseStates;
    this.dense = new StaticArray<u32>(denseStates * classes);
    this.firsts = new StaticArray<u32>(states + 1);
    this.labels = new StaticArray<u8>(states);
    this.failures = new StaticArray<u32>(states);
    this.endings = new StaticArray<u32>(states);
    this.endingIds = new StaticArray<i32>(order.length + 1);
    this.endingLengths = new StaticArray<u8>(order.length + 1);
    this.endingIsLetter = new StaticArray<bool>(order.length + 1);
    this.endingNexts = new StaticArray<u32>(order.length + 1);
    this.depths = new StaticArray<u8>(states);
    this.build(list, order);
  }

  /** The state after one more symbol of a kind. */
  @inline
  next(state: u32, kind: u32): u32 {
    return state < this.denseStates
      ? load<u32>(changetype<usize>(this.dense) + <usize>((state * this.classes + kind) * 4))
      : this.nextSparse(state, kind);
  }


  @inline
  hasChildren(state: u32): bool {
    return unchecked(this.firsts[state]) != unchecked(this.firsts[state + 1]);
  }


  @inline
  failure(state: u32): u32 {
    return unchecked(this.failures[state]);
  }


  @inline
  depth(state: u32): i32 {
    return unchecked(this.depths[state]);
  }

  /** The child of a state by a kind of symbol, or `ROOT`. */
  child(state: u32, kind: u32): u32 {
    const next = this.next(state, kind);
    return this.depth(next) == this.depth(state) + 1 ? next : ROOT;
  }

  private childOf(state: u32, kind: u32): u32 {
    const last = unchecked(this.firsts[state + 1]);
    for (let child = unchecked(this.firsts[state]); child < last; child++) {
      if (unchecked(this.labels[child]) == kind) return child;
    }
    return ROOT;
  }

  private nextSparse(state: u32, kind: u32): u32 {
    if (kind == 0) return ROOT;
    while (state >= this.denseStates) {
      const child = this.childOf(state, kind);
      if (child != ROOT) return child;
      state = unchecked(this.failures[state]);
    }
    return load<u32>(changetype<usize>(this.dense) + <usize>((state * this.classes + kind) * 4));
  }

  /** By breadth: a state is the words [from, to) in order, which have their first symbols in common. */
  private build(list: WordList, order: StaticArray<i32>): void {
    const from = new StaticArray<i32>(this.states);
    const to = new StaticArray<i32>(this.states);
    to[0] = order.length;
    let count: u32 = 1;
    let depth = 0;
    let depthEnd: u32 = 1;
    let ending: u32 = 1;
    for (let state: u32 = 0; state < <u32>this.states; state++) {
      if (state == depthEnd) {
        depth++;
        depthEnd = count;
      }
      this.firsts[state] = count;
      this.depths[state] = <u8>depth;
      const failure = this.failures[state];
      let at = from[state];
      let last = this.endings[failure];
      for (; at < to[state] && list.lengths[order[at]] == depth; at++) {
        this.endingIds[ending] = list.ids[order[at]];
        this.endingLengths[ending] = <u8>depth;
        this.endingIsLetter[ending] = list.endsInLetter[order[at]];
        this.endingNexts[ending] = last;
        last = ending++;
      }
      this.endings[state] = last;
      while (at < to[state]) {
        const symbol = list.symbols[list.starts[order[at]] + depth];
        const kind = this.classOf[symbol];
        this.labels[count] = kind;
        from[count] = at;
        while (at < to[state] && list.symbols[list.starts[order[at]] + depth] == symbol) at++;
        to[count] = at;
        // The states that a state's failures lead to come before it, with all their children.
        this.failures[count] = state == ROOT ? ROOT : this.next(failure, kind);
        count++;
      }
      this.firsts[state + 1] = count;
      if (state < this.denseStates) this.fillDense(state);
    }
  }

  private fillDense(state: u32): void {
    const row = state * this.classes;
    if (state != ROOT) {
      const failure = this.failures[state] * this.classes;
      for (let kind = 0; kind < this.classes; kind++) this.dense[row + kind] = this.dense[failure + kind];
    }
    for (let child = this.firsts[state]; child < this.firsts[state + 1]; child++) {
      this.dense[row + this.labels[child]] = child;
    }
  }
}

/** Numbers the symbols that words have, from 1; returns how many numbers there are. */
function classify(list: WordList, classOf: StaticArray<u8>): i32 {
  let classes = 1;
  for (let i = 0; i < list.length; i++) {
    const symbol = list.symbols[i];
    if (classOf[symbol] != 0) continue;
    classOf[symbol] = <u8>classes;
    classes++;
  }
  return classes;
}

function longest(list: WordList, order: StaticArray<i32>): i32 {
  let most = 0;
  for (let i = 0; i < order.length; i++) most = max(most, list.lengths[order[i]]);
  return most;
}

let sortedList: WordList | null = null;

/** The words in the order of their symbols, then of their ids; each pair of word and id once. */
function sorted(list: WordList): StaticArray<i32> {
  const all = new Array<i32>(list.ids.length);
  for (let i = 0; i < all.length; i++) all[i] = i;
  sortedList = list;
  all.sort((a, b) => compare(a, b));
  let count = 0;
  for (let i = 0; i < all.length; i++) {
    if (i == 0 || compare(all[i], all[i - 1]) != 0) all[count++] = all[i];
  }
  sortedList = null;
  all.length = count;
  return StaticArray.fromArray(all);
}

function compare(a: i32, b: i32): i32 {
  const list = sortedList!;
  const shorter = min(list.lengths[a], list.lengths[b]);
  const symbols = changetype<usize>(list.symbols);
  const order = memory.compare(symbols + list.starts[a], symbols + list.starts[b], shorter);
  if (order != 0) return order;
  const byLength = list.lengths[a] - list.lengths[b];
  return byLength != 0 ? byLength : list.ids[a] - list.ids[b];
}

/** One for each different beginning of a word, and the root. */
function countStates(list: WordList, order: StaticArray<i32>): i32 {
  let count = 1;
  for (let i = 0; i < order.length; i++) {
    const length = list.lengths[order[i]];
    let common = 0;
    if (i > 0) {
      const most = min(length, list.lengths[order[i - 1]]);
      const start = list.starts[order[i]];
      const before = list.starts[order[i - 1]];
      while (common < most && list.symbols[start + common] == list.symbols[before + common]) common++;
    }
    count += length - common;
  }
  return count;
}
