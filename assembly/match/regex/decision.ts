import { Automaton } from "./automaton";
import { Closure } from "./closure";
import { NOWHERE, Op, opOf } from "./program";
import { GROUP_START, NODE_MASK, OwnThreadList, ThreadList } from "./thread-list";

/** No more matches. */
export const NO_PATTERN: u32 = 0xffff;

/** What is alive, and which patterns have matched, once the next byte has decided the assertions that wait for it. */
@final
export class Decision {
  readonly list: ThreadList;
  /** How many patterns have matched. */
  count: i32 = 0;
  private readonly own: OwnThreadList;
  private readonly patterns: StaticArray<u32>;
  private readonly codes: StaticArray<i32>;

  constructor(
    private readonly automaton: Automaton,
    private readonly closure: Closure,
  ) {
    const own = new OwnThreadList(automaton.nodes.length);
    this.own = own;
    this.list = own.list;
    this.patterns = new StaticArray<u32>(automaton.starts.length);
    this.codes = new StaticArray<i32>(automaton.starts.length);
  }

  /** The `index`th pattern that has matched, by number; NO_PATTERN behind the last one. */
  pattern(index: i32): u32 {
    return index < this.count ? unchecked(this.patterns[index]) : NO_PATTERN;
  }

  /** The code of where its match began. */
  code(index: i32): i32 {
    return unchecked(this.codes[index]);
  }

  decide(before: ThreadList, byte: u32): void {
    const closure = this.closure;
    closure.clear(before.context, byte);
    this.list.clear(before.context);
    this.count = 0;
    let matched = NO_PATTERN;
    let code = 0;
    let isInGroup = false;
    for (let i = 0, group = 0; i < before.count; i++) {
      const item = before.item(i);
      const pattern: u32 = unchecked(this.automaton.owners[item & NODE_MASK]);
      if (item & GROUP_START) {
        code = before.code(group++);
        isInGroup = false;
      }
      if (pattern == matched) continue;
      if (opOf(unchecked(this.automaton.nodes[item & NODE_MASK])) == Op.Split) {
        // The ways from it are in the list, too.
        closure.pass(item & NODE_MASK);
        continue;
      }
      closure.begin(item & NODE_MASK);
      for (let number = closure.next(); number != NOWHERE; number = closure.next()) {
        this.append(number, isInGroup, code);
        isInGroup = true;
      }
      if (!closure.isMatched) continue;
      unchecked((this.patterns[this.count] = pattern));
      unchecked((this.codes[this.count] = code));
      this.count++;
      matched = pattern;
    }
  }

  private append(number: u32, isInGroup: bool, code: i32): void {
    const list = this.list;
    let item = number;
    if (!isInGroup) {
      item |= GROUP_START;
      store<i16>(list.codes + ((<usize>list.groups) << 1), <i16>code);
      list.groups++;
    }
    store<u16>(list.items + ((<usize>list.count) << 1), <u16>item);
    list.count++;
  }
}
