import { Context, Contexts, isWord } from "./context";
import { countOf, edgesAt, lowOf, nextOf, nextOfEdge, NOWHERE, Op, opOf, otherOf, Program, target } from "./program";
import { markBounds, Reach } from "./reach";
import { Assertion } from "./syntax-tree";

/** How far from its beginning a pattern's node may be for the distance to be kept by node; more is no fixed distance. */
export const MAX_DEPTH: u8 = 31;
/** Where the distance from the pattern's beginning is not always the same. */
export const NO_DEPTH: u8 = 255;
const UNKNOWN_DEPTH: u8 = 254;

const NEWLINE: i32 = 0x0a;

/** A program ready to run: its nodes and all that can be told beforehand about them. Patterns are numbered from 0. */
@final
export class Automaton {
  readonly nodes: StaticArray<u64>;
  readonly edges: StaticArray<u32>;
  /** The node that each pattern begins with. */
  readonly starts: StaticArray<u16>;
  /** The pattern of each node. */
  readonly owners: StaticArray<u16>;
  /** For each node how many bytes behind its pattern's beginning it is, or NO_DEPTH. */
  readonly depths: StaticArray<u8>;
  /** Bytes that all nodes and assertions treat alike are one class. */
  readonly classes: StaticArray<u8>;
  readonly classCount: i32;
  /** The patterns that can begin with a byte of class c: `startLists` from `startLists[c]` to before `startLists[c + 1]`. */
  readonly startLists: StaticArray<u32>;
  /** What stands before the text, and behind each byte. */
  readonly begin: Context;
  readonly contexts: StaticArray<u8>;

  /** For each pattern, the node that it begins with, and how many nodes there were when it had been added. */
  constructor(
    program: Program,
    starts: u32[],
    ends: u32[],
    /** How many nodes can be alive at most. */
    readonly mostAlive: i32,
  ) {
    const contexts = contextsOf(program);
    const classes = classesOf(program, contexts);
    this.nodes = StaticArray.fromArray(program.nodes);
    this.edges = StaticArray.fromArray(program.edges);
    this.starts = narrow(starts);
    this.owners = ownersOf(program, ends);
    this.depths = depthsOf(program, starts);
    this.classes = classes;
    this.classCount = <i32>classes[255] + 1;
    this.startLists = startListsOf(program, starts, classes);
    this.begin = contexts.begin();
    this.contexts = new StaticArray<u8>(256);
    for (let i = 0; i < 256; i++) this.contexts[i] = <u8>contexts.behind(i);
  }
}

function narrow(values: u32[]): StaticArray<u16> {
  const narrow = new StaticArray<u16>(values.length);
  for (let i = 0; i < values.length; i++) narrow[i] = <u16>values[i];
  return narrow;
}

function contextsOf(program: Program): Contexts {
  const contexts = new Contexts();
  for (let i = 0; i < program.nodes.length; i++) {
    const node = program.nodes[i];
    if (opOf(node) == Op.Assert) contexts.add(<Assertion>lowOf(node));
  }
  return contexts;
}

function ownersOf(program: Program, ends: u32[]): StaticArray<u16> {
  const owners = new StaticArray<u16>(program.nodes.length);
  for (let node = 0, owner = 0; node < owners.length; node++) {
    while (node >= <i32>ends[owner]) owner++;
    owners[node] = <u16>owner;
  }
  return owners;
}

function classesOf(program: Program, contexts: Contexts): StaticArray<u8> {
  const bounds = new StaticArray<bool>(257);
  for (let i = 0; i < program.nodes.length; i++) markBounds(program, i, bounds);
  bounds[NEWLINE] = true;
  bounds[NEWLINE + 1] = true;
  const classes = new StaticArray<u8>(256);
  let last: u8 = 0;
  for (let i = 1; i < 256; i++) {
    if (bounds[i] || (contexts.tellsWords && isWord(i) != isWord(i - 1))) last++;
    classes[i] = last;
  }
  return classes;
}

function depthsOf(program: Program, starts: u32[]): StaticArray<u8> {
  const depths = new StaticArray<u8>(program.nodes.length).fill(UNKNOWN_DEPTH);
  const stack: u32[] = [];
  for (let i = 0; i < starts.length; i++) meet(depths, stack, starts[i], 0);
  while (stack.length > 0) {
    const number = stack.pop();
    const node = program.nodes[number];
    const depth = depths[number];
    const behind: u8 = depth >= MAX_DEPTH ? NO_DEPTH : depth + 1;
    switch (opOf(node)) {
      case Op.Range:
        meet(depths, stack, nextOf(node), behind);
        break;
      case Op.Edges:
        for (let i = edgesAt(node); i < edgesAt(node) + countOf(node); i++) {
          meet(depths, stack, nextOfEdge(program.edges[i]), behind);
        }
        break;
      case Op.Split:
        meet(depths, stack, otherOf(node), depth);
        meet(depths, stack, nextOf(node), depth);
        break;
      case Op.Assert:
        meet(depths, stack, nextOf(node), depth);
        break;
    }
  }
  return depths;
}

/** Notes that a node is met at a depth; what is met at several has none. */
function meet(depths: StaticArray<u8>, stack: u32[], number: u32, depth: u8): void {
  const known = depths[number];
  if (known == depth || known == NO_DEPTH) return;
  depths[number] = known == UNKNOWN_DEPTH ? depth : NO_DEPTH;
  stack.push(number);
}

function startListsOf(program: Program, starts: u32[], classes: StaticArray<u8>): StaticArray<u32> {
  const count = <i32>classes[255] + 1;
  const begins = new StaticArray<bool>(starts.length * count);
  const reach = new Reach(program);
  for (let pattern = 0; pattern < starts.length; pattern++) {
    reach.clear();
    reach.add(starts[pattern]);
    for (let i = 0; i < reach.found.length; i++) {
      const node = program.nodes[reach.found[i]];
      for (let byte: u32 = 0; opOf(node) <= Op.Edges && byte < 256; byte++) {
        if (target(node, program.edges.dataStart, byte) != NOWHERE) begins[pattern * count + classes[byte]] = true;
      }
    }
  }
  const lists = new Array<u32>(count + 1);
  for (let c = 0; c < count; c++) {
    lists[c] = lists.length;
    for (let pattern = 0; pattern < starts.length; pattern++) {
      if (begins[pattern * count + c]) lists.push(pattern);
    }
  }
  lists[count] = lists.length;
  return StaticArray.fromArray(lists);
}
