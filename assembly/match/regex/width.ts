import { isInner, nextOf, NOWHERE, Op, opOf, Program, target, edgesAt, nextOfEdge } from "./program";
import { markBounds, Reach } from "./reach";

const LEADS_FROM: u32 = 0xc2;
const LEADS_TO: u32 = 0xf4;
const FIRST_CONTINUATION: u32 = 0x80;
const CONTINUATIONS: i32 = 64;

/**
 * How many nodes of the patterns so far can be alive at once, and so how long a byte can take.
 *
 * All that are alive have taken the same bytes of the character that is being read, so it is counted what could be alive
 * behind each ASCII byte and behind each two bytes that another character begins with, if everything was before.
 */
@final
export class Width {
  /** By byte. */
  private readonly behindAscii: StaticArray<i32> = new StaticArray<i32>(128);
  /** By lead byte and the first continuation byte. */
  private readonly behindLead: StaticArray<i32> = new StaticArray<i32>(
    CONTINUATIONS * <i32>(LEADS_TO - LEADS_FROM + 1),
  );
  /** By byte: what is looked at to see which patterns begin with it. */
  private readonly starts: StaticArray<i32> = new StaticArray<i32>(256);
  private readonly bounds: StaticArray<bool> = new StaticArray<bool>(257);
  private readonly roots: u32[] = [];
  private readonly inner: u32[] = [];
  /** By continuation byte, what the pattern that is being added has behind the lead byte. */
  private readonly counts: StaticArray<i32> = new StaticArray<i32>(CONTINUATIONS);

  /** Adds the pattern whose nodes are those from `first` on, and that begins with `start`. */
  add(program: Program, first: i32, start: u32): void {
    const reach = new Reach(program);
    this.bounds.fill(false);
    this.roots.length = 0;
    for (let i = first; i < program.nodes.length; i++) {
      markBounds(program, i, this.bounds);
      const node = program.nodes[i];
      if (opOf(node) <= Op.Edges && !isInner(node)) this.roots.push(i);
    }
    this.addAscii(program, reach);
    this.addLeads(program, reach);
    this.addStarts(program, reach, start);
  }

  /** The most nodes that can be alive. */
  alive(): i32 {
    return max(largest(this.behindAscii), largest(this.behindLead));
  }

  /** The most nodes that can be looked at for a byte. */
  looked(): i32 {
    return this.alive() + largest(this.starts);
  }

  private addAscii(program: Program, reach: Reach): void {
    let count = 0;
    for (let byte: u32 = 0; byte < 0x80; byte++) {
      if (byte == 0 || this.bounds[byte]) {
        reach.clear();
        for (let i = 0; i < this.roots.length; i++) this.step(program, reach, this.roots[i], byte);
        count = reach.found.length;
      }
      this.behindAscii[byte] += count;
    }
  }

  private addLeads(program: Program, reach: Reach): void {
    for (let lead = LEADS_FROM; lead <= LEADS_TO; lead++) {
      if (lead == LEADS_FROM || this.bounds[lead]) this.countBehind(program, reach, lead);
      const at = <i32>(lead - LEADS_FROM) * CONTINUATIONS;
      for (let i = 0; i < CONTINUATIONS; i++) this.behindLead[at + i] += this.counts[i];
    }
  }

  private countBehind(program: Program, reach: Reach, lead: u32): void {
    this.inner.length = 0;
    for (let i = 0; i < this.roots.length; i++) {
      const next = target(program.nodes[this.roots[i]], program.edges.dataStart, lead);
      if (next != NOWHERE) this.inner.push(next);
    }
    let count = 0;
    for (let i = 0; i < CONTINUATIONS; i++) {
      const byte = FIRST_CONTINUATION + i;
      if (i == 0 || this.bounds[byte]) {
        reach.clear();
        for (let j = 0; j < this.inner.length; j++) this.step(program, reach, this.inner[j], byte);
        count = max(this.inner.length, reach.found.length);
      }
      this.counts[i] = count;
    }
  }

  private step(program: Program, reach: Reach, node: u32, byte: u32): void {
    const next = target(program.nodes[node], program.edges.dataStart, byte);
    if (next != NOWHERE) reach.add(behindCharacter(program, next));
  }

  private addStarts(program: Program, reach: Reach, start: u32): void {
    reach.clear();
    reach.add(start);
    for (let byte: u32 = 0; byte < 256; byte++) {
      for (let i = 0; i < reach.found.length; i++) {
        const node = program.nodes[reach.found[i]];
        if (opOf(node) <= Op.Edges && target(node, program.edges.dataStart, byte) != NOWHERE) {
          this.starts[byte] += reach.found.length;
          break;
        }
      }
    }
  }
}

/** Where a node inside a character comes to at its end; all ways through one lead to the same. */
function behindCharacter(program: Program, number: u32): u32 {
  let node = program.nodes[number];
  while (isInner(node)) {
    number = opOf(node) == Op.Range ? nextOf(node) : nextOfEdge(program.edges[edgesAt(node)]);
    node = program.nodes[number];
  }
  return number;
}

function largest(values: StaticArray<i32>): i32 {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = max(largest, values[i]);
  return largest;
}
