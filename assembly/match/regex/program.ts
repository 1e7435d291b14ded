/** What a node of an automaton does. */
export const enum Op {
  /** Takes one byte in [low, high], goes to `next`. */
  Range,
  /** Takes one byte by `count` edges from `edgesAt` on, sorted and apart. None of them: takes nothing. */
  Edges,
  /** Goes to `next` and, less rather, to `other`; takes no byte. */
  Split,
  /** Goes to `next` where the assertion `low` holds; takes no byte. */
  Assert,
  Match,
}

/** No node. */
export const NOWHERE: u32 = 0xffff;

/** Set in a node that stands inside a character. */
const INNER: u64 = 1 << 24;
/** Set in a split on a way that leads back to it without a byte and through an assertion that waits for the next byte. */
const KEPT: u64 = 1 << 25;

/**
 * The automaton of patterns over bytes: each consumes whole characters of valid UTF-8.
 *
 * A node is 8 bytes: the op, `low`, `high`, a flag, then `next` and `other` of two bytes each. With edges, `low` and `high`
 * are `count`, and `next` and `other` are `edgesAt`. An edge is its lowest and highest byte and two bytes of the node behind.
 */
@final
export class Program {
  readonly nodes: u64[] = [];
  readonly edges: u32[] = [];

  /** Adds a node; returns its number. */
  add(op: Op, low: u32, high: u32, next: u32, other: u32 = NOWHERE): u32 {
    this.nodes.push(encode(op, low, high, next, other));
    return this.nodes.length - 1;
  }

  /** Points a split at what was not there yet. */
  setSplit(node: u32, next: u32, other: u32): void {
    this.nodes[node] = encode(Op.Split, 0, 0, next, other);
  }

  /** Adds a node with the latest edges, from `from` on. */
  addEdges(from: i32): u32 {
    const count: u64 = this.edges.length - from;
    this.nodes.push(Op.Edges | (count << 8) | ((<u64>from) << 32));
    return this.nodes.length - 1;
  }

  /** Says that the nodes from `from` on stand inside a character. */
  markInner(from: i32): void {
    for (let i = from; i < this.nodes.length; i++) this.nodes[i] |= INNER;
  }

  /** Says that the splits from `from` on are on such a way: see `isKept`. */
  keepSplits(from: i32): void {
    for (let i = from; i < this.nodes.length; i++) {
      if (opOf(this.nodes[i]) == Op.Split) this.nodes[i] |= KEPT;
    }
  }
}

function encode(op: Op, low: u32, high: u32, next: u32, other: u32): u64 {
  return (<u64>op) | ((<u64>low) << 8) | ((<u64>high) << 16) | ((<u64>next) << 32) | ((<u64>other) << 48);
}

// @ts-ignore: decorator
@inline
export function opOf(node: u64): Op {
  return <Op>((<u32>node) & 0xff);
}

// @ts-ignore: decorator
@inline
export function lowOf(node: u64): u32 {
  return ((<u32>node) >> 8) & 0xff;
}

// @ts-ignore: decorator
@inline
export function highOf(node: u64): u32 {
  return ((<u32>node) >> 16) & 0xff;
}

// @ts-ignore: decorator
@inline
export function isInner(node: u64): bool {
  return (node & INNER) != 0;
}

/** Whether it must be known of a split that it has been passed, when an assertion behind it is decided. */
// @ts-ignore: decorator
@inline
export function isKept(node: u64): bool {
  return (node & KEPT) != 0;
}

// @ts-ignore: decorator
@inline
export function nextOf(node: u64): u32 {
  return (<u32>(node >> 32)) & 0xffff;
}

// @ts-ignore: decorator
@inline
export function otherOf(node: u64): u32 {
  return <u32>(node >> 48);
}

// @ts-ignore: decorator
@inline
export function countOf(node: u64): i32 {
  return ((<u32>node) >> 8) & 0xffff;
}

// @ts-ignore: decorator
@inline
export function edgesAt(node: u64): i32 {
  return <i32>(node >> 32);
}

// @ts-ignore: decorator
@inline
export function lowOfEdge(edge: u32): u32 {
  return edge & 0xff;
}

// @ts-ignore: decorator
@inline
export function highOfEdge(edge: u32): u32 {
  return (edge >> 8) & 0xff;
}

// @ts-ignore: decorator
@inline
export function nextOfEdge(edge: u32): u32 {
  return edge >> 16;
}

/** Where a node goes that takes bytes, by one byte; NOWHERE when it does not take that. A split takes nothing. */
// @ts-ignore: decorator
@inline
export function target(node: u64, edges: usize, byte: u32): u32 {
  if (opOf(node) == Op.Range) return byte - lowOf(node) <= highOf(node) - lowOf(node) ? nextOf(node) : NOWHERE;
  return targetByEdges(node, edges, byte);
}

function targetByEdges(node: u64, edges: usize, byte: u32): u32 {
  let from = edgesAt(node);
  let to = from + countOf(node);
  while (from < to) {
    const middle = (from + to) >> 1;
    const edge = load<u32>(edges + ((<usize>middle) << 2));
    if (byte < lowOfEdge(edge)) to = middle;
    else if (byte > highOfEdge(edge)) from = middle + 1;
    else return nextOfEdge(edge);
  }
  return NOWHERE;
}
