import { Assertion } from "./syntax-tree";
import {
  countOf,
  edgesAt,
  highOf,
  highOfEdge,
  isKept,
  lowOf,
  lowOfEdge,
  nextOf,
  Op,
  opOf,
  otherOf,
  Program,
} from "./program";

/** Which nodes can be reached from others without a byte, whatever the assertions say. */
@final
export class Reach {
  /** The nodes reached since `clear` that can be in a list, and matches. */
  readonly found: u32[] = [];
  private readonly seen: u32[] = [];
  private mark: u32 = 0;
  private readonly stack: u32[] = [];

  constructor(private readonly program: Program) {}

  clear(): void {
    this.mark++;
    this.found.length = 0;
    while (this.seen.length < this.program.nodes.length) this.seen.push(0);
  }

  add(start: u32): void {
    const stack = this.stack;
    stack.push(start);
    while (stack.length > 0) {
      const number = stack.pop();
      if (this.seen[number] == this.mark) continue;
      this.seen[number] = this.mark;
      const node = this.program.nodes[number];
      switch (opOf(node)) {
        case Op.Split:
          if (isKept(node)) this.found.push(number);
          stack.push(otherOf(node));
          stack.push(nextOf(node));
          break;
        case Op.Assert:
          if (looksAhead(lowOf(node))) this.found.push(number);
          stack.push(nextOf(node));
          break;
        default:
          this.found.push(number);
      }
    }
  }
}

/** Whether an assertion needs to know what comes next. */
export function looksAhead(assertion: Assertion): bool {
  return assertion >= Assertion.End;
}

/** Sets a bit at the low byte of each range that a node takes, and one behind its high byte. */
export function markBounds(program: Program, number: u32, bounds: StaticArray<bool>): void {
  const node = program.nodes[number];
  if (opOf(node) == Op.Range) {
    bounds[lowOf(node)] = true;
    bounds[highOf(node) + 1] = true;
  } else if (opOf(node) == Op.Edges) {
    for (let i = edgesAt(node); i < edgesAt(node) + countOf(node); i++) {
      bounds[lowOfEdge(program.edges[i])] = true;
      bounds[highOfEdge(program.edges[i]) + 1] = true;
    }
  }
}

/** Notes which bytes a node takes. */
export function markTaken(program: Program, number: u32, isTaken: StaticArray<bool>): void {
  const node = program.nodes[number];
  if (opOf(node) == Op.Range) {
    for (let byte = lowOf(node); byte <= highOf(node); byte++) isTaken[byte] = true;
  } else if (opOf(node) == Op.Edges) {
    for (let i = edgesAt(node); i < edgesAt(node) + countOf(node); i++) {
      const edge = program.edges[i];
      for (let byte = lowOfEdge(edge); byte <= highOfEdge(edge); byte++) isTaken[byte] = true;
    }
  }
}
