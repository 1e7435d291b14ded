import { CodePointSet } from "./code-point-set";
import { countOf, edgesAt, highOfEdge, lowOfEdge, nextOfEdge, NOWHERE, Op, opOf, Program } from "./program";

const CONTINUATION: u32 = 0x80;
const LAST_CONTINUATION: u32 = 0xbf;
const CONTINUATIONS: u32 = 64;
const MOST_TRAILING: i32 = 3;

/** The ranges of code points whose UTF-8 is one length each; surrogates have none. */
const FIRSTS: StaticArray<u32> = [0x0, 0x80, 0x800, 0xe000, 0x10000];
const LASTS: StaticArray<u32> = [0x7f, 0x7ff, 0xd7ff, 0xffff, 0x10ffff];

/** Compiles sets of code points to nodes that take their UTF-8, byte by byte: Table 3-7 of the Unicode Standard. */
@final
export class CharacterCompiler {
  /** The set without what is not valid, cut where the length of the UTF-8 changes. */
  private readonly firsts: u32[] = [];
  private readonly lasts: u32[] = [];
  /** The first range that has not been passed. */
  private current: i32 = 0;
  /** Edges of the nodes that are being made, by how many bytes follow them. */
  private readonly edges: Array<u32[]> = [[], [], [], []];
  /** Nodes that take so many continuation bytes, whichever. */
  private readonly anyTrail: StaticArray<u32> = new StaticArray<u32>(MOST_TRAILING + 1);
  private firstNode: i32 = 0;

  constructor(private readonly program: Program) {}

  /** Returns a node that takes one character of a normal set and goes to `next`. */
  compile(set: CodePointSet, next: u32): u32 {
    const edges = this.edges[0];
    edges.length = 0;
    this.clip(set);
    this.current = 0;
    this.firstNode = this.program.nodes.length;
    this.anyTrail.fill(NOWHERE);
    this.anyTrail[0] = next;
    for (; this.current < this.firsts.length && this.firsts[this.current] < 0x80; this.current++) {
      edges.push(edge(this.firsts[this.current], this.lasts[this.current], next));
    }
    this.addLeads(0xc2, 0xdf, 1);
    this.addLeads(0xe0, 0xef, 2);
    this.addLeads(0xf0, 0xf4, 3);
    this.program.markInner(this.firstNode);
    return this.add(edges);
  }

  private clip(set: CodePointSet): void {
    this.firsts.length = 0;
    this.lasts.length = 0;
    for (let i = 0; i < set.length; i++) {
      for (let part = 0; part < FIRSTS.length; part++) {
        const first = max(set.first(i), FIRSTS[part]);
        const last = min(set.last(i), LASTS[part]);
        if (first > last) continue;
        this.firsts.push(first);
        this.lasts.push(last);
      }
    }
  }

  private addLeads(from: u32, to: u32, trailing: i32): void {
    for (let lead = from; lead <= to && this.current < this.firsts.length; lead++) {
      const first = (lead & (0x3f >> trailing)) << (6 * trailing);
      this.addEdge(this.edges[0], lead, this.trail(first, trailing));
    }
  }

  /** A node for the code points from `first` on that differ in the last `trailing` bytes only; NOWHERE for none of them. */
  private trail(first: u32, trailing: i32): u32 {
    const last = first + (1 << (6 * trailing)) - 1;
    while (this.current < this.firsts.length && this.lasts[this.current] < first) this.current++;
    if (this.current == this.firsts.length || this.firsts[this.current] > last) return NOWHERE;
    if (this.firsts[this.current] <= first && this.lasts[this.current] >= last) return this.any(trailing);
    const edges = this.edges[trailing];
    edges.length = 0;
    for (let i: u32 = 0; i < CONTINUATIONS; i++) {
      this.addEdge(edges, CONTINUATION + i, this.trail(first + (i << (6 * (trailing - 1))), trailing - 1));
    }
    return this.find(edges);
  }

  private any(trailing: i32): u32 {
    if (this.anyTrail[trailing] == NOWHERE) {
      const next = this.any(trailing - 1);
      this.anyTrail[trailing] = this.program.add(Op.Range, CONTINUATION, LAST_CONTINUATION, next);
    }
    return this.anyTrail[trailing];
  }

  private addEdge(edges: u32[], byte: u32, next: u32): void {
    if (next == NOWHERE) return;
    const last = edges.length - 1;
    if (last >= 0 && nextOfEdge(edges[last]) == next && highOfEdge(edges[last]) == byte - 1) edges[last] += 1 << 8;
    else edges.push(edge(byte, byte, next));
  }

  /** A node of this character with these edges: the one that is there, or a new one. */
  private find(edges: u32[]): u32 {
    const nodes = this.program.nodes;
    const wanted = edges.length;
    const from = this.program.edges.length;
    const added = this.add(edges);
    for (let i = this.firstNode; i < <i32>added; i++) {
      if (wanted == 1 ? nodes[i] == nodes[added] : this.isSame(i, from, wanted)) {
        nodes.pop();
        this.program.edges.length = from;
        return i;
      }
    }
    return added;
  }

  private isSame(node: i32, from: i32, count: i32): bool {
    const bits = this.program.nodes[node];
    if (opOf(bits) != Op.Edges || countOf(bits) != count) return false;
    const edges = this.program.edges;
    const at = edgesAt(bits);
    for (let i = 0; i < count; i++) if (edges[at + i] != edges[from + i]) return false;
    return true;
  }

  private add(edges: u32[]): u32 {
    if (edges.length == 1) {
      const only = edges[0];
      return this.program.add(Op.Range, lowOfEdge(only), highOfEdge(only), nextOfEdge(only));
    }
    const from = this.program.edges.length;
    for (let i = 0; i < edges.length; i++) this.program.edges.push(edges[i]);
    return this.program.addEdges(from);
  }
}

function edge(low: u32, high: u32, next: u32): u32 {
  return low | (high << 8) | (next << 16);
}
