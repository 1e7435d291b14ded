import { Automaton, NO_DEPTH } from "./automaton";
import { Context, END_OF_TEXT, holds } from "./context";
import { Closure, nextMark } from "./closure";
import { Decision, NO_PATTERN } from "./decision";
import { BEHIND, FINAL, OwnEffects } from "./effects";
import { isKept, lowOf, nextOf, NOWHERE, Op, opOf, otherOf, target } from "./program";
import { looksAhead } from "./reach";
import { Assertion } from "./syntax-tree";
import { GROUP_LEFT_QUIET, GROUP_START, LEFT_QUIET, NODE_MASK, OwnThreadList, ThreadList } from "./thread-list";

/** The code of what begins with the byte that is taken. */
const FRESH: i32 = -1;

/**
 * Computes what is alive behind a byte from what was alive before it: Pike's simulation, for a whole set.
 *
 * In a pattern the earlier beginning wins, and from the same beginning what comes first in the pattern. A node that is alive
 * already is not entered again: what came first has the same future. Where a pattern matches, everything of it that would
 * lose against the match is dropped, but for what begins behind. An empty match is none; it only drops what would lose.
 */
@final
export class Stepper {
  /** What is alive behind the byte. */
  readonly list: ThreadList;
  readonly effects: OwnEffects;
  private taken: i64 = 0;
  private readonly nodes: usize;
  private readonly edges: usize;
  private readonly own: OwnThreadList;
  private readonly closure: Closure;
  private readonly decision: Decision;
  /**
   * Of each group of the list: in two bytes each, its first item, the code of where it comes from, and how far it is behind
   * its beginning.
   */
  private readonly groups: StaticArray<u64>;
  /** When each node was last entered behind the byte. */
  private readonly entered: StaticArray<u32>;
  private mark: u32 = 0;
  private readonly stack: StaticArray<u16>;
  private byte: u32 = 0;
  /** Where what is being entered comes from, and whether its group has an item yet. */
  private source: i32 = 0;
  private isInGroup: bool = false;
  /** Where the next item and the next group's code lie of what was alive. */
  private item: usize = 0;
  private code: usize = 0;

  constructor(private readonly automaton: Automaton) {
    const most = automaton.mostAlive;
    const nodes = automaton.nodes.length;
    const patterns = automaton.starts.length;
    const own = new OwnThreadList(most);
    this.own = own;
    this.list = own.list;
    this.nodes = changetype<usize>(automaton.nodes);
    this.edges = changetype<usize>(automaton.edges);
    this.effects = new OwnEffects(patterns * 2, most);
    const closure = new Closure(automaton);
    this.closure = closure;
    this.decision = new Decision(automaton, closure);
    this.groups = new StaticArray<u64>(most);
    this.entered = new StaticArray<u32>(nodes);
    this.stack = new StaticArray<u16>(nodes * 2 + 1);
  }

  /** How many nodes have been looked at so far. */
  steps(): i64 {
    return this.taken + this.closure.steps;
  }

  /** Takes a byte, or END_OF_TEXT; `before` is what was alive. */
  step(before: ThreadList, byte: u32): void {
    const automaton = this.automaton;
    this.byte = byte;
    this.effects.clear();
    this.mark = nextMark(this.mark, this.entered);
    const context = before.context;
    const wasQuiet = before.count == 0;
    const decision = this.decision;
    decision.count = 0;
    if (before.isOpen) {
      decision.decide(before, byte);
      before = decision.list;
    }
    let start: u32 = 0;
    let startsEnd: u32 = 0;
    if (byte == END_OF_TEXT) {
      this.list.clear(Context.Other);
    } else {
      this.list.clear(<Context>unchecked(automaton.contexts[byte]));
      const byteClass = unchecked(automaton.classes[byte]);
      start = unchecked(automaton.startLists[byteClass]);
      startsEnd = unchecked(automaton.startLists[byteClass + 1]);
    }
    this.item = before.items;
    this.code = before.codes;
    const end = before.items + ((<usize>before.count) << 1);
    let early = 0;
    while (true) {
      const alive = this.item < end ? this.ownerOf(load<u16>(this.item)) : NO_PATTERN;
      const fresh = start < startsEnd ? unchecked(automaton.startLists[start]) : NO_PATTERN;
      const waiting = decision.pattern(early);
      const pattern = min(min(alive, fresh), waiting);
      if (pattern == NO_PATTERN) break;
      const listed = this.list.count;
      let isMatched = false;
      if (alive == pattern) {
        isMatched = this.takeAlive(pattern, end);
        if (isMatched) {
          this.addMatch(pattern, BEHIND, listed);
          this.skip(pattern, end);
        }
      }
      if (waiting == pattern) {
        this.source = decision.code(early++);
        // What was listed before it and matches behind the byte wins.
        if (!isMatched) this.addMatch(pattern, 0, listed);
      }
      if (fresh == pattern) {
        start++;
        this.source = FRESH;
        this.isInGroup = false;
        if (!isMatched && this.begin(pattern, context)) this.addMatch(pattern, BEHIND, listed);
      }
    }
    this.taken += before.count;
    this.giveCodes(wasQuiet);
  }


  @inline
  private ownerOf(item: u32): u32 {
    return load<u16>(changetype<usize>(this.automaton.owners) + ((<usize>(item & NODE_MASK)) << 1));
  }


  @inline
  private nodeAt(number: u32): u64 {
    return load<u64>(this.nodes + ((<usize>number) << 3));
  }

  /** `listed` is how many items there were before those of the pattern. */
  private addMatch(pattern: u32, flags: u32, listed: i32): void {
    this.effects.addMatch(pattern, this.list.count == listed ? flags | FINAL : flags, this.source);
  }

  /** Lets a pattern's items take the byte, up to one that leads to a match. Returns whether there is one. */
  private takeAlive(pattern: u32, end: usize): bool {
    const nodes = this.nodes;
    const edges = this.edges;
    const byte = this.byte;
    let at = this.item;
    let isMatched = false;
    do {
      const item: u32 = load<u16>(at);
      if (item & GROUP_START) {
        if (this.ownerOf(item) != pattern) break;
        this.source = load<i16>(this.code);
        this.code += 2;
        this.isInGroup = false;
      }
      at += 2;
      const next = target(load<u64>(nodes + ((<usize>(item & NODE_MASK)) << 3)), edges, byte);
      if (next == NOWHERE) continue;
      if (opOf(load<u64>(nodes + ((<usize>next) << 3))) > Op.Edges) isMatched = this.enterBehind(next);
      else if (this.isNewBehind(next)) this.append(next);
    } while (!isMatched && at < end);
    this.item = at;
    return isMatched;
  }

  /** Passes over what is left of a pattern's items. */
  private skip(pattern: u32, end: usize): void {
    for (; this.item < end; this.item += 2) {
      const item: u32 = load<u16>(this.item);
      if (!(item & GROUP_START)) continue;
      if (this.ownerOf(item) != pattern) return;
      this.code += 2;
    }
  }

  /** Lets a node take the byte. Returns whether that leads to a match. */
  private take(number: u32): bool {
    const next = target(this.nodeAt(number), this.edges, this.byte);
    if (next == NOWHERE) return false;
    if (opOf(this.nodeAt(next)) > Op.Edges) return this.enterBehind(next);
    if (this.isNewBehind(next)) this.append(next);
    return false;
  }

  /** Notes that a node is entered behind the byte. Returns whether it was not before. */
  @inline
  private isNewBehind(number: u32): bool {
    const entered = changetype<usize>(this.entered) + ((<usize>number) << 2);
    if (load<u32>(entered) == this.mark) return false;
    store<u32>(entered, this.mark);
    return true;
  }

  /** Enters a node behind the byte, and all that is reached without another byte. Returns whether a match is. */
  private enterBehind(first: u32): bool {
    const stack = changetype<usize>(this.stack);
    let top = stack;
    store<u16>(top, <u16>first);
    while (top >= stack) {
      const number: u32 = load<u16>(top);
      top -= 2;
      if (!this.isNewBehind(number)) continue;
      this.taken++;
      const node = this.nodeAt(number);
      switch (opOf(node)) {
        case Op.Split:
          if (isKept(node)) this.append(number);
          store<u16>(top, <u16>otherOf(node), 2);
          store<u16>(top, <u16>nextOf(node), 4);
          top += 4;
          break;
        case Op.Assert: {
          const assertion = <Assertion>lowOf(node);
          if (looksAhead(assertion)) {
            this.append(number);
            this.list.isOpen = true;
          } else if (holds(assertion, this.list.context, END_OF_TEXT)) {
            top += 2;
            store<u16>(top, <u16>nextOf(node));
          }
          break;
        }
        case Op.Match:
          return true;
        default:
          this.append(number);
      }
    }
    return false;
  }


  @inline
  private append(number: u32): void {
    const list = this.list;
    const depth = load<u8>(changetype<usize>(this.automaton.depths) + number);
    const count = list.count;
    let item = number;
    if (!this.isInGroup) {
      const groups = list.groups;
      const group = changetype<usize>(this.groups) + ((<usize>groups) << 3);
      store<u64>(group, (<u64>((<u32>count) | ((<u32>this.source) << 16))) | ((<u64>depth) << 32));
      list.groups = groups + 1;
      this.isInGroup = true;
      item |= GROUP_START;
    } else if (depth != NO_DEPTH) {
      store<u8>(changetype<usize>(this.groups) + ((<usize>list.groups) << 3) - 4, depth);
    }
    store<u16>(list.items + ((<usize>count) << 1), <u16>item);
    list.count = count + 1;
  }

  /** Puts the groups with no depth into registers, but for those that began when nothing was alive. */
  private giveCodes(wasQuiet: bool): void {
    const list = this.list;
    let registers = 0;
    for (let group = 0; group < list.groups; group++) {
      const record = changetype<usize>(this.groups) + ((<usize>group) << 3);
      const source: i32 = load<i16>(record, 2);
      const depth = load<u8>(record, 4);
      let code = -1 - <i32>depth;
      if (depth == NO_DEPTH) {
        if (wasQuiet || source == LEFT_QUIET) {
          code = LEFT_QUIET;
          const first = list.items + ((<usize>load<u16>(record)) << 1);
          store<u16>(first, load<u16>(first) | (<u16>GROUP_LEFT_QUIET));
        } else {
          this.effects.setMove(registers, source);
          code = registers++;
        }
      }
      store<i16>(list.codes + ((<usize>group) << 1), <i16>code);
    }
    this.effects.endMoves(registers);
  }

  /** Enters a pattern before the byte and lets it take that. Returns whether a match is reached behind it. */
  private begin(pattern: u32, context: Context): bool {
    const closure = this.closure;
    closure.clear(context, this.byte);
    closure.begin(unchecked(this.automaton.starts[pattern]));
    for (let number = closure.next(); number != NOWHERE; number = closure.next()) {
      if (this.take(number)) return true;
    }
    return false;
  }
}
