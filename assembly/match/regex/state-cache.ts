import { Automaton } from "./automaton";
import { Context } from "./context";
import { Effects } from "./effects";
import { ThreadList } from "./thread-list";

/** How many states are kept at most. */
const MOST_STATES: i32 = 512;
const LEAST_STATES: i32 = 32;
/** How much memory the transitions take at most. */
const MOST_TRANSITION_BYTES: i32 = 256 * 1024;
/** How many words of two bytes there are for lists and effects: for each state, and beside them at least. */
const WORDS_A_STATE: i32 = 64;
/** There is room for at least so many states as large as they can be. */
const LARGEST_STATES: i32 = 8;

/**
 * In a transition: it has effects, and the rest is where they lie, or is not known, and the rest is 0. Without, it is the row
 * of the next state.
 */
export const SLOW: u32 = 1;
export const UNKNOWN: u32 = SLOW;
/** No room is left. */
export const FULL: u32 = 0xffffffff;

/** The column of the first class in a row. */
export const FIRST_CLASS: i32 = 1;
const SLOW_SHIFT: u32 = 1;
const CONTEXTS: i32 = 4;
const EFFECT_HEADER: i32 = 4;
const STATE_HEADER: i32 = 3;
const IS_OPEN: u16 = 8;
const NO_STATE: u16 = 0xffff;

/**
 * The states of a set that have been met and what is known of the transitions between them, so that a byte costs a look
 * into a table. Bounded; when it is full it is cleared.
 *
 * A state is known by its row: where its transitions lie in `transitions`, in bytes, one by each class of bytes and before
 * them where its list lies in `words`. The first rows are those of the states in which nothing is alive, by context.
 */
@final
export class StateCache {
  /** Grows when rows mean something else than before. */
  generation: i32 = 0;
  readonly transitions: StaticArray<u32>;
  readonly rowBytes: i32;
  /** The rows before this one are those of the states in which nothing is alive. */
  readonly quietEnd: u32;
  private readonly mostStates: i32;
  private states: i32 = 0;
  /** Open addressing, at most half full: numbers of states by the hash of their lists. */
  private readonly table: StaticArray<u16>;
  private readonly words: StaticArray<u16>;
  private used: i32 = 1;
  private readonly quiet: ThreadList = new ThreadList();
  /** Effects have found no room. */
  private isFull: bool = false;

  constructor(automaton: Automaton) {
    const columns = automaton.classCount + FIRST_CLASS;
    let most = LEAST_STATES;
    while (most < MOST_STATES && most < automaton.nodes.length * 4) most *= 2;
    most = min(most, MOST_TRANSITION_BYTES / (columns * 4));
    let slots = 1;
    while (slots < most * 2) slots *= 2;
    this.rowBytes = columns * 4;
    this.quietEnd = CONTEXTS * columns * 4;
    this.mostStates = most;
    this.transitions = new StaticArray<u32>(most * columns);
    this.table = new StaticArray<u16>(slots).fill(NO_STATE);
    const words = max(most * WORDS_A_STATE, LARGEST_STATES * (STATE_HEADER + automaton.mostAlive * 2));
    this.words = new StaticArray<u16>(words);
    this.addQuiet();
  }

  /** Forgets all states. */
  clear(): void {
    this.generation++;
    this.states = 0;
    this.used = 1;
    this.isFull = false;
    this.table.fill(NO_STATE);
    this.addQuiet();
  }

  quietRow(context: Context): u32 {
    return context * this.rowBytes;
  }

  /** The row of the state that a list is, or FULL. */
  find(list: ThreadList): u32 {
    if (list.count == 0) return this.quietRow(list.context);
    const mask = this.table.length - 1;
    let slot = hash(list) & mask;
    while (true) {
      const state = unchecked(this.table[slot]);
      if (state == NO_STATE) break;
      const row = <u32>state * this.rowBytes;
      if (this.isSame(row, list)) return row;
      slot = (slot + 1) & mask;
    }
    const needed = STATE_HEADER + list.count + list.groups;
    if (this.isFull || this.states == this.mostStates || this.used + needed > this.words.length) return FULL;
    this.table[slot] = <u16>this.states;
    return this.add(list);
  }

  private addQuiet(): void {
    const list = this.quiet;
    for (let context = 0; context < CONTEXTS; context++) {
      list.clear(<Context>context);
      this.add(list);
    }
  }

  /** Adds a state, for which there is room. */
  private add(list: ThreadList): u32 {
    const at = this.used;
    const row = <u32>(this.states++ * this.rowBytes);
    this.used += STATE_HEADER + list.count + list.groups;
    this.words[at] = <u16>list.count;
    this.words[at + 1] = <u16>list.groups;
    this.words[at + 2] = stateFlags(list);
    const items = this.wordsAt(at + STATE_HEADER);
    memory.copy(items, list.items, (<usize>list.count) << 1);
    memory.copy(items + ((<usize>list.count) << 1), list.codes, (<usize>list.groups) << 1);
    const first = row >> 2;
    this.transitions.fill(UNKNOWN, first, first + (this.rowBytes >> 2));
    this.transitions[first] = at;
    return row;
  }

  /** Points `list` to what is alive in a state. */
  read(row: u32, list: ThreadList): void {
    const at = unchecked(this.transitions[row >> 2]);
    const flags = unchecked(this.words[at + 2]);
    list.count = unchecked(this.words[at]);
    list.groups = unchecked(this.words[at + 1]);
    list.context = <Context>(flags & ~IS_OPEN);
    list.isOpen = (flags & IS_OPEN) != 0;
    list.items = this.wordsAt(at + STATE_HEADER);
    list.codes = list.items + ((<usize>list.count) << 1);
  }

  /** Keeps a transition. Without room for its effects it stays unknown, and the cache is full. */
  connect(row: u32, byteClass: u32, next: u32, effects: Effects): void {
    const transition = (row >> 2) + FIRST_CLASS + byteClass;
    if (effects.isNothing()) {
      this.transitions[transition] = next;
      return;
    }
    const at = this.used;
    const eventWords = effects.eventWords();
    const moves = max(effects.moveCount, 0);
    if (at + EFFECT_HEADER + eventWords + moves > this.words.length) {
      this.isFull = true;
      return;
    }
    this.used += EFFECT_HEADER + eventWords + moves;
    store<u32>(this.wordsAt(at), next);
    this.words[at + 2] = <u16>effects.eventCount;
    this.words[at + 3] = <u16>effects.moveCount;
    memory.copy(this.wordsAt(at + EFFECT_HEADER), effects.events, (<usize>eventWords) << 1);
    memory.copy(this.wordsAt(at + EFFECT_HEADER + eventWords), effects.moves, (<usize>moves) << 1);
    this.transitions[transition] = (at << SLOW_SHIFT) | SLOW;
  }

  /** Points `effects` to those of a slow transition; returns the row behind it. */
  readEffects(transition: u32, effects: Effects): u32 {
    const at = transition >> SLOW_SHIFT;
    effects.eventCount = unchecked(this.words[at + 2]);
    effects.moveCount = <i16>unchecked(this.words[at + 3]);
    effects.events = this.wordsAt(at + EFFECT_HEADER);
    effects.moves = this.wordsAt(at + EFFECT_HEADER + effects.eventWords());
    return load<u32>(this.wordsAt(at));
  }


  @inline
  private wordsAt(index: i32): usize {
    return changetype<usize>(this.words) + ((<usize>index) << 1);
  }

  private isSame(row: u32, list: ThreadList): bool {
    const at = unchecked(this.transitions[row >> 2]);
    if (unchecked(this.words[at]) != list.count || unchecked(this.words[at + 2]) != stateFlags(list)) return false;
    return memory.compare(this.wordsAt(at + STATE_HEADER), list.items, (<usize>list.count) << 1) == 0;
  }
}

function stateFlags(list: ThreadList): u16 {
  return (<u16>list.context) | (list.isOpen ? IS_OPEN : 0);
}

/** FNV-1a over the items, two bytes at once. */
function hash(list: ThreadList): i32 {
  let hash: u32 = 0x811c9dc5 ^ (<u32>list.context);
  for (let i = 0; i < list.count; i++) hash = (hash ^ list.item(i)) * 0x01000193;
  return hash ^ (hash >> 15);
}
