import { ANY_BYTE, FIRST_BYTES, halvesOf } from "../first-bytes";
import {
  countOf,
  edgesAt,
  highOf,
  highOfEdge,
  lowOf,
  lowOfEdge,
  nextOf,
  nextOfEdge,
  Op,
  opOf,
  Program,
} from "./program";
import { Reach } from "./reach";

/** What the first bytes can be of what begins at a node. */
@final
export class Heads {
  /** For each byte, the lower halves that can be in the lower 16 bits, the upper ones in the upper. */
  readonly halves: StaticArray<u32> = new StaticArray<u32>(FIRST_BYTES);
  private readonly reach: Reach;

  constructor(private readonly program: Program) {
    this.reach = new Reach(program);
  }

  collect(start: u32): void {
    let level: u32[] = [start];
    this.halves.fill(0);
    for (let byte = 0; byte < FIRST_BYTES; byte++) {
      this.reach.clear();
      for (let i = 0; i < level.length; i++) this.reach.add(level[i]);
      level = [];
      for (let i = 0; i < this.reach.found.length; i++) {
        const node = this.program.nodes[this.reach.found[i]];
        if (opOf(node) == Op.Match) {
          // Behind a match anything may follow.
          for (; byte < FIRST_BYTES; byte++) this.halves[byte] = ANY_BYTE;
          return;
        }
        this.addNode(node, byte, level);
      }
    }
  }

  private addNode(node: u64, byte: i32, level: u32[]): void {
    if (opOf(node) == Op.Range) {
      this.addRange(byte, lowOf(node), highOf(node));
      level.push(nextOf(node));
    } else if (opOf(node) == Op.Edges) {
      for (let i = edgesAt(node); i < edgesAt(node) + countOf(node); i++) {
        const edge = this.program.edges[i];
        this.addRange(byte, lowOfEdge(edge), highOfEdge(edge));
        level.push(nextOfEdge(edge));
      }
    }
  }

  private addRange(byte: i32, low: u32, high: u32): void {
    for (let value = low; value <= high; value++) this.halves[byte] |= halvesOf(value);
  }
}
