import { ANY_BYTE, BUCKETS, FIRST_BYTES, FirstBytes, halvesOf } from "../first-bytes";
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

/** A filter that stops more often than once in so many bytes of usual text costs more than it saves. */
const LEAST_DISTANCE: f32 = 6;

/** Finds where a pattern could begin, by what its first three bytes can be. */
@final
export class StartFilter {
  /** Whether it is worth its while. */
  readonly isUseful: bool;
  private readonly heads: FirstBytes = new FirstBytes();

  /** `starts` has the node that each pattern begins with. */
  constructor(program: Program, starts: u32[]) {
    /** For each bucket and byte: the lower halves that can be in its lower 16 bits, the upper ones in its upper. */
    const buckets = new StaticArray<u32>(BUCKETS * FIRST_BYTES);
    const rates = new StaticArray<f32>(BUCKETS);
    const heads = new Heads(program);
    for (let pattern = 0; pattern < starts.length; pattern++) {
      heads.collect(starts[pattern]);
      let best = 0;
      let least = f32.MAX_VALUE;
      for (let bucket = 0; bucket < BUCKETS; bucket++) {
        const more = rate(buckets, bucket, heads.halves) - rates[bucket];
        if (more < least) {
          least = more;
          best = bucket;
        }
      }
      for (let i = 0; i < FIRST_BYTES; i++) buckets[best * FIRST_BYTES + i] |= heads.halves[i];
      rates[best] += least;
    }
    let stops: f32 = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      stops += rates[bucket];
      for (let i = 0; i < FIRST_BYTES; i++) this.heads.add(i, bucket, buckets[bucket * FIRST_BYTES + i]);
    }
    this.isUseful = stops * LEAST_DISTANCE < 1;
  }

  /** The first place from `pointer` on where a pattern could begin; a place less than 18 before `end` where none was found. */
  @inline
  find(pointer: usize, end: usize): usize {
    return this.heads.find(pointer, end);
  }
}

/** How often a bucket with more halves would stop in usual text, a byte. */
function rate(buckets: StaticArray<u32>, bucket: i32, more: StaticArray<u32>): f32 {
  let rate: f32 = 1;
  for (let i = 0; i < FIRST_BYTES; i++) {
    const halves = buckets[bucket * FIRST_BYTES + i] | more[i];
    let weight = 0;
    let total = 0;
    for (let byte = 0; byte < 256; byte++) {
      const usual = usualWeight(byte);
      total += usual;
      if ((halves >> (byte & 15)) & (halves >> (16 + (byte >> 4))) & 1) weight += usual;
    }
    rate *= <f32>weight / <f32>total;
  }
  return rate;
}

/** Roughly how often a byte is met. */
function usualWeight(byte: i32): i32 {
  if (byte == 0x20) return 80;
  if (byte >= 0x61 && byte <= 0x7a) return 20;
  if (byte >= 0x30 && byte <= 0x39) return 4;
  return byte < 0x80 ? 2 : 1;
}

/** What the first bytes of a pattern can be. */
@final
class Heads {
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
