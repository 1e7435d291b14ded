import { rateOf } from "./head-buckets";
import { Heads } from "./heads";
import { countOf, edgesAt, nextOf, nextOfEdge, Op, opOf, otherOf, Program } from "./program";

/** Larger patterns have none, since looking for them takes time that grows with the square. */
const MOST_NODES: i32 = 256;

/** Finds what every match of a pattern has in it. */
@final
export class Landmarks {
  private readonly stack: u32[] = [];
  private readonly seen: u32[] = [];
  private mark: u32 = 0;

  constructor(
    private readonly program: Program,
    private readonly heads: Heads,
  ) {
    while (this.seen.length < program.nodes.length) this.seen.push(0);
  }

  /**
   * Finds, of the nodes that each match of a pattern goes through, the one where the rarest bytes begin, which are in `heads` then.
   * The pattern begins at `start`, and its nodes are those from `first` to before `end`. False when it has none.
   */
  find(start: u32, first: u32, end: u32): bool {
    if (end - first > <u32>MOST_NODES) return false;
    let best = end;
    let least: f32 = 1;
    for (let node = first; node < end; node++) {
      if (opOf(this.program.nodes[node]) > Op.Edges) continue;
      this.heads.collect(node);
      const rate = rateOf(this.heads);
      if (rate >= least || this.matchesWithout(node, start)) continue;
      least = rate;
      best = node;
    }
    if (best == end) return false;
    this.heads.collect(best);
    return true;
  }

  /** Whether a match can be reached from `start` on another way than through `avoided`. */
  private matchesWithout(avoided: u32, start: u32): bool {
    const stack = this.stack;
    stack.length = 0;
    this.mark++;
    this.seen[avoided] = this.mark;
    this.push(start);
    while (stack.length > 0) {
      const node = this.program.nodes[stack.pop()];
      switch (opOf(node)) {
        case Op.Match:
          return true;
        case Op.Edges:
          for (let i = edgesAt(node); i < edgesAt(node) + countOf(node); i++) {
            this.push(nextOfEdge(this.program.edges[i]));
          }
          break;
        case Op.Split:
          this.push(otherOf(node));
          this.push(nextOf(node));
          break;
        default:
          this.push(nextOf(node));
      }
    }
    return false;
  }

  private push(node: u32): void {
    if (this.seen[node] == this.mark) return;
    this.seen[node] = this.mark;
    this.stack.push(node);
  }
}
