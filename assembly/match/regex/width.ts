import { isInner, nextOf, NOWHERE, Op, opOf, Program, target, edgesAt, nextOfEdge } from "./program";
import { markBounds, Reach } from "./reach";

const LEADS_FROM: u32 = 0xc2;
const LEADS_TO: u32 = 0xf4;
const FIRST_CONTINUATION: u32 = 0x80;
const CONTINUATIONS: i32 = 64;

/** Rows of `behindAscii`: one for each ASCII byte that stands before, one for every other character. */
const ROWS: i32 = 129;
const OTHER_CHARACTER: i32 = 128;

/**
 * How many nodes of the patterns so far can be alive at once, and so how long a byte can take.
 *
 * All that are alive have taken the same bytes, so it is counted what could be alive behind each two ASCII bytes, and behind
 * each two bytes that another character begins with, if everything was before.
 */
@final
export class Width {
  /** The most nodes that can be alive. */
  alive: i32 = 0;
  /** The most nodes that can be looked at to see which patterns begin. */
  private started: i32 = 0;
  /** By the character before and the byte. */
  private readonly behindAscii: StaticArray<i32> = new StaticArray<i32>(ROWS * 128);
  /** By lead byte and the first continuation byte. */
  private readonly behindLead: StaticArray<i32> = new StaticArray<i32>(
    CONTINUATIONS * <i32>(LEADS_TO - LEADS_FROM + 1),
  );
  /** By byte: what is looked at to see which patterns begin with it. */
  private readonly starts: StaticArray<i32> = new StaticArray<i32>(256);
  private readonly bounds: StaticArray<bool> = new StaticArray<bool>(257);
  private readonly roots: u32[] = [];
  private readonly inner: u32[] = [];
  /** By ASCII byte or continuation byte, what the pattern that is being added has behind the character or lead byte. */
  private readonly counts: StaticArray<i32> = new StaticArray<i32>(128);

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
    this.addAscii(program, reach, start);
    this.addLeads(program, reach);
    this.addStarts(program, reach, start);
  }

  /** The most nodes that can be looked at for a byte. */
  looked(): i32 {
    return this.alive + this.started;
  }

  private addAscii(program: Program, reach: Reach, start: u32): void {
    const before = new Reach(program);
    for (let first = 0; first < ROWS; first++) {
      if (first == 0 || first == OTHER_CHARACTER || this.bounds[first]) {
        before.clear();
        for (let i = 0; i < this.roots.length; i++) {
          if (first != OTHER_CHARACTER) this.step(program, before, this.roots[i], first);
          else this.stepFar(program, before, this.roots[i]);
        }
        before.add(start);
        this.countBehindBoth(program, reach, before);
      }
      this.addCounts(changetype<usize>(this.behindAscii) + ((<usize>first) << 9), 128);
    }
  }

  private countBehindBoth(program: Program, reach: Reach, before: Reach): void {
    let count = 0;
    for (let byte = 0; byte < 128; byte++) {
      if (byte == 0 || this.bounds[byte]) {
        reach.clear();
        for (let i = 0; i < before.found.length; i++) {
          const number = before.found[i];
          if (opOf(program.nodes[number]) <= Op.Edges) this.step(program, reach, number, byte);
        }
        count = reach.found.length;
      }
      this.counts[byte] = count;
    }
  }

  private addLeads(program: Program, reach: Reach): void {
    for (let lead = LEADS_FROM; lead <= LEADS_TO; lead++) {
      if (lead == LEADS_FROM || this.bounds[lead]) this.countBehind(program, reach, lead);
      this.addCounts(changetype<usize>(this.behindLead) + ((<usize>(lead - LEADS_FROM)) << 8), CONTINUATIONS);
    }
  }

  /** Adds the first `count` of the counts to those at `row`. */
  private addCounts(row: usize, count: i32): void {
    let counts = changetype<usize>(this.counts);
    for (const end = row + ((<usize>count) << 2); row < end; row += 4, counts += 4) {
      const sum = load<i32>(row) + load<i32>(counts);
      store<i32>(row, sum);
      this.alive = max(this.alive, sum);
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

  /** Takes a character beyond ASCII, whichever. */
  private stepFar(program: Program, reach: Reach, node: u32): void {
    for (let lead = LEADS_FROM; lead <= LEADS_TO; lead++) {
      if (lead == LEADS_FROM || this.bounds[lead]) this.step(program, reach, node, lead);
    }
  }

  private addStarts(program: Program, reach: Reach, start: u32): void {
    reach.clear();
    reach.add(start);
    for (let byte: u32 = 0; byte < 256; byte++) {
      for (let i = 0; i < reach.found.length; i++) {
        const node = program.nodes[reach.found[i]];
        if (opOf(node) <= Op.Edges && target(node, program.edges.dataStart, byte) != NOWHERE) {
          this.starts[byte] += reach.found.length;
          this.started = max(this.started, this.starts[byte]);
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
