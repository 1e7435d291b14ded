import { Automaton } from "./automaton";
import { Context, holds } from "./context";
import { lowOf, nextOf, NOWHERE, Op, opOf, otherOf } from "./program";
import { Assertion } from "./syntax-tree";

/** Walks what is reached from nodes without a byte, in order, when the bytes before and behind are known. */
@final
export class Closure {
  /** Whether the walk has come to a match; it ends there. */
  isMatched: bool = false;
  /** How many nodes have been looked at so far. */
  steps: i64 = 0;
  private readonly nodes: usize;
  /** When each node was last entered. */
  private readonly entered: StaticArray<u32>;
  private mark: u32 = 0;
  private readonly stack: StaticArray<u16>;
  private height: i32 = 0;
  private context: Context = Context.Other;
  private byte: u32 = 0;

  constructor(automaton: Automaton) {
    const count = automaton.nodes.length;
    this.nodes = changetype<usize>(automaton.nodes);
    this.entered = new StaticArray<u32>(count);
    this.stack = new StaticArray<u16>(count * 2 + 1);
  }

  /** Forgets which nodes have been entered. */
  clear(context: Context, byte: u32): void {
    this.mark = nextMark(this.mark, this.entered);
    this.context = context;
    this.byte = byte;
  }

  /** Notes that a node has been entered. */
  pass(number: u32): void {
    unchecked((this.entered[number] = this.mark));
  }

  /** Begins a walk at a node. */
  begin(first: u32): void {
    this.isMatched = false;
    this.height = 1;
    unchecked((this.stack[0] = <u16>first));
  }

  /** The next node that takes a byte and has not been entered since `clear`; NOWHERE at the end of the walk. */
  next(): u32 {
    const stack = this.stack;
    while (this.height > 0) {
      const number: u32 = unchecked(stack[--this.height]);
      if (unchecked(this.entered[number]) == this.mark) continue;
      unchecked((this.entered[number] = this.mark));
      this.steps++;
      const node = load<u64>(this.nodes + ((<usize>number) << 3));
      switch (opOf(node)) {
        case Op.Split:
          unchecked((stack[this.height++] = <u16>otherOf(node)));
          unchecked((stack[this.height++] = <u16>nextOf(node)));
          break;
        case Op.Assert:
          if (holds(<Assertion>lowOf(node), this.context, this.byte)) {
            unchecked((stack[this.height++] = <u16>nextOf(node)));
          }
          break;
        case Op.Match:
          this.isMatched = true;
          return NOWHERE;
        default:
          return number;
      }
    }
    return NOWHERE;
  }
}

/** The next mark for `entered`, which has none as large. */
export function nextMark(mark: u32, entered: StaticArray<u32>): u32 {
  if (mark < u32.MAX_VALUE) return mark + 1;
  entered.fill(0);
  return 1;
}
