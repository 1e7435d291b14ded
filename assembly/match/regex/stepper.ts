import { Automaton, NO_DEPTH } from "./automaton";
import { Context, END_OF_TEXT, holds } from "./context";
import { BEHIND, FINAL, OwnEffects } from "./effects";
import { lowOf, nextOf, NOWHERE, Op, opOf, otherOf, target } from "./program";
import { looksAhead } from "./reach";
import { Assertion } from "./syntax-tree";
import { GROUP_LEFT_QUIET, GROUP_START, LEFT_QUIET, NODE_MASK, OwnThreadList, ThreadList } from "./thread-list";

/** The code of what begins with the byte that is taken. */
const FRESH: i32 = -1;
const NO_PATTERN: u32 = 0xffff;

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
  /** How many nodes have been looked at so far. */
  steps: i64 = 0;
  private readonly own: OwnThreadList;
  /** What is alive before the byte, once its assertions are decided, and the matches among that by pattern. */
  private readonly decided: OwnThreadList;
  private readonly earlyPatterns: StaticArray<u32>;
  private readonly earlyCodes: StaticArray<i32>;
  private earlyCount: i32 = 0;
  /** Of each group of the list: its first item, where it comes from, and how far behind its beginning it is. */
  private readonly firsts: StaticArray<u16>;
  private readonly sources: StaticArray<i16>;
  private readonly depths: StaticArray<u8>;
  /** When each node was last entered: before the byte, and behind it. */
  private readonly enteredBefore: StaticArray<u32>;
  private readonly enteredBehind: StaticArray<u32>;
  private beforeMark: u32 = 0;
  private behindMark: u32 = 0;
  private readonly stackBefore: StaticArray<u16>;
  private readonly stackBehind: StaticArray<u16>;
  private byte: u32 = 0;
  /** Where what is being entered comes from, and whether its group has an item yet. */
  private source: i32 = 0;
  private isInGroup: bool = false;

  constructor(private readonly automaton: Automaton) {
    const most = automaton.mostAlive;
    const nodes = automaton.nodes.length;
    const patterns = automaton.starts.length;
    const own = new OwnThreadList(most);
    this.own = own;
    this.list = own.list;
    this.effects = new OwnEffects(patterns * 2, most);
    this.decided = new OwnThreadList(nodes);
    this.earlyPatterns = new StaticArray<u32>(patterns);
    this.earlyCodes = new StaticArray<i32>(patterns);
    this.firsts = new StaticArray<u16>(most);
    this.sources = new StaticArray<i16>(most);
    this.depths = new StaticArray<u8>(most);
    this.enteredBefore = new StaticArray<u32>(nodes);
    this.enteredBehind = new StaticArray<u32>(nodes);
    this.stackBefore = new StaticArray<u16>(nodes * 2 + 1);
    this.stackBehind = new StaticArray<u16>(nodes * 2 + 1);
  }

  /** Takes a byte, or END_OF_TEXT; `before` is what was alive. */
  step(before: ThreadList, byte: u32): void {
    const automaton = this.automaton;
    this.byte = byte;
    this.effects.clear();
    this.earlyCount = 0;
    this.behindMark = nextMark(this.behindMark, this.enteredBehind);
    const context = before.context;
    const wasQuiet = before.count == 0;
    if (before.isOpen) before = this.decide(before);
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
    let index = 0;
    let group = 0;
    let early = 0;
    while (true) {
      const alive = index < before.count ? this.ownerOf(before.item(index)) : NO_PATTERN;
      const fresh = start < startsEnd ? unchecked(automaton.startLists[start]) : NO_PATTERN;
      const waiting = early < this.earlyCount ? unchecked(this.earlyPatterns[early]) : NO_PATTERN;
      const pattern = min(min(alive, fresh), waiting);
      if (pattern == NO_PATTERN) break;
      const listed = this.list.count;
      let isMatched = false;
      while (index < before.count) {
        const item = before.item(index);
        if (item & GROUP_START) {
          if (this.ownerOf(item) != pattern) break;
          this.source = before.code(group++);
          this.isInGroup = false;
        }
        index++;
        if (!isMatched && this.take(item & NODE_MASK)) {
          this.addMatch(pattern, BEHIND, listed);
          isMatched = true;
        }
      }
      if (waiting == pattern) {
        this.source = unchecked(this.earlyCodes[early++]);
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
    this.giveCodes(wasQuiet);
  }


  @inline
  private ownerOf(item: u32): u32 {
    return unchecked(this.automaton.owners[item & NODE_MASK]);
  }

  /** `listed` is how many items there were before those of the pattern. */
  private addMatch(pattern: u32, flags: u32, listed: i32): void {
    this.effects.addMatch(pattern, this.list.count == listed ? flags | FINAL : flags, this.source);
  }

  /** Lets a node take the byte. Returns whether that leads to a match. */
  private take(number: u32): bool {
    this.steps++;
    const automaton = this.automaton;
    const next = target(unchecked(automaton.nodes[number]), changetype<usize>(automaton.edges), this.byte);
    if (next == NOWHERE) return false;
    if (opOf(unchecked(automaton.nodes[next])) > Op.Edges) return this.enterBehind(next);
    if (unchecked(this.enteredBehind[next]) != this.behindMark) {
      unchecked((this.enteredBehind[next] = this.behindMark));
      this.append(next);
    }
    return false;
  }

  /** Enters a node behind the byte, and all that is reached without another byte. Returns whether a match is. */
  private enterBehind(first: u32): bool {
    const entered = this.enteredBehind;
    const stack = this.stackBehind;
    unchecked((stack[0] = <u16>first));
    let height = 1;
    while (height > 0) {
      const number: u32 = unchecked(stack[--height]);
      if (unchecked(entered[number]) == this.behindMark) continue;
      unchecked((entered[number] = this.behindMark));
      this.steps++;
      const node = unchecked(this.automaton.nodes[number]);
      switch (opOf(node)) {
        case Op.Split:
          unchecked((stack[height++] = <u16>otherOf(node)));
          unchecked((stack[height++] = <u16>nextOf(node)));
          break;
        case Op.Assert: {
          const assertion = <Assertion>lowOf(node);
          if (looksAhead(assertion)) {
            this.append(number);
            this.list.isOpen = true;
          } else if (holds(assertion, this.list.context, END_OF_TEXT)) {
            unchecked((stack[height++] = <u16>nextOf(node)));
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

  private append(number: u32): void {
    const list = this.list;
    const depth = unchecked(this.automaton.depths[number]);
    let item = number;
    if (!this.isInGroup) {
      this.isInGroup = true;
      unchecked((this.firsts[list.groups] = <u16>list.count));
      unchecked((this.sources[list.groups] = <i16>this.source));
      unchecked((this.depths[list.groups] = depth));
      list.groups++;
      item |= GROUP_START;
    } else if (depth != NO_DEPTH) {
      unchecked((this.depths[list.groups - 1] = depth));
    }
    store<u16>(list.items + (<usize>list.count << 1), <u16>item);
    list.count++;
  }

  /** Puts the groups with no depth into registers, but for those that began when nothing was alive. */
  private giveCodes(wasQuiet: bool): void {
    const list = this.list;
    let registers = 0;
    for (let group = 0; group < list.groups; group++) {
      const source: i32 = unchecked(this.sources[group]);
      const depth = unchecked(this.depths[group]);
      let code = -1 - <i32>depth;
      if (depth == NO_DEPTH) {
        if (wasQuiet || source == LEFT_QUIET) {
          code = LEFT_QUIET;
          const first = list.items + (<usize>unchecked(this.firsts[group]) << 1);
          store<u16>(first, load<u16>(first) | <u16>GROUP_LEFT_QUIET);
        } else {
          this.effects.setMove(registers, source);
          code = registers++;
        }
      }
      store<i16>(list.codes + (<usize>group << 1), <i16>code);
    }
    this.effects.endMoves(registers);
  }

  /** What is alive in place of `before` when the next byte decides its assertions. */
  private decide(before: ThreadList): ThreadList {
    const decided = this.decided.list;
    decided.clear(before.context);
    this.beforeMark = nextMark(this.beforeMark, this.enteredBefore);
    let matched = NO_PATTERN;
    let group = -1;
    for (let i = 0; i < before.count; i++) {
      const item = before.item(i);
      if (item & GROUP_START) {
        group++;
        this.isInGroup = false;
      }
      const pattern = this.ownerOf(item);
      if (pattern == matched) continue;
      if (this.enterBefore(item & NODE_MASK, before.context, before.code(group))) {
        unchecked((this.earlyPatterns[this.earlyCount] = pattern));
        unchecked((this.earlyCodes[this.earlyCount] = before.code(group)));
        this.earlyCount++;
        matched = pattern;
      }
    }
    return decided;
  }

  /** Enters a node before the byte, into `decided`. Returns whether a match is reached. */
  private enterBefore(first: u32, context: Context, code: i32): bool {
    const decided = this.decided.list;
    unchecked((this.stackBefore[0] = <u16>first));
    let height = 1;
    while (height > 0) {
      const number: u32 = unchecked(this.stackBefore[--height]);
      if (unchecked(this.enteredBefore[number]) == this.beforeMark) continue;
      unchecked((this.enteredBefore[number] = this.beforeMark));
      const node = unchecked(this.automaton.nodes[number]);
      if (opOf(node) == Op.Match) return true;
      if (opOf(node) > Op.Edges) {
        height = this.follow(node, context, height);
        continue;
      }
      let item = number;
      if (!this.isInGroup) {
        this.isInGroup = true;
        store<i16>(decided.codes + (<usize>decided.groups << 1), <i16>code);
        decided.groups++;
        item |= GROUP_START;
      }
      store<u16>(decided.items + (<usize>decided.count << 1), <u16>item);
      decided.count++;
    }
    return false;
  }

  /** Enters a pattern before the byte and lets it take that. Returns whether a match is reached behind it. */
  private begin(pattern: u32, context: Context): bool {
    this.beforeMark = nextMark(this.beforeMark, this.enteredBefore);
    unchecked((this.stackBefore[0] = this.automaton.starts[pattern]));
    let height = 1;
    while (height > 0) {
      const number: u32 = unchecked(this.stackBefore[--height]);
      if (unchecked(this.enteredBefore[number]) == this.beforeMark) continue;
      unchecked((this.enteredBefore[number] = this.beforeMark));
      const node = unchecked(this.automaton.nodes[number]);
      if (opOf(node) == Op.Match) return false;
      if (opOf(node) > Op.Edges) height = this.follow(node, context, height);
      else if (this.take(number)) return true;
    }
    return false;
  }

  /** Puts on the stack what comes behind a node that takes no byte; returns the stack's height. */
  private follow(node: u64, context: Context, height: i32): i32 {
    const stack = this.stackBefore;
    this.steps++;
    if (opOf(node) == Op.Split) {
      unchecked((stack[height++] = <u16>otherOf(node)));
      unchecked((stack[height++] = <u16>nextOf(node)));
    } else if (holds(<Assertion>lowOf(node), context, this.byte)) {
      unchecked((stack[height++] = <u16>nextOf(node)));
    }
    return height;
  }
}

/** The next mark for `entered`, which has none as large. */
function nextMark(mark: u32, entered: StaticArray<u32>): u32 {
  if (mark < u32.MAX_VALUE) return mark + 1;
  entered.fill(0);
  return 1;
}
