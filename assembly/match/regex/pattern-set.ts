import { Automaton } from "./automaton";
import { Compiler } from "./compiler";
import { MAX_EDGES, MAX_LOOKED, MAX_NODES, MAX_PATTERNS } from "./limits";
import { NOWHERE, Program } from "./program";
import { Regex } from "./regex";
import { SetFilter } from "./set-filter";
import { StateCache } from "./state-cache";
import { Stepper } from "./stepper";
import { Width } from "./width";

/** Patterns that are looked for together. Any number of detectors share one. */
@final
export class PatternSet {
  readonly automaton: Automaton;
  readonly stepper: Stepper;
  readonly cache: StateCache;
  /** What each pattern's hits are called. */
  readonly ids: StaticArray<i32>;

  /** Use `PatternSetBuilder`. */
  constructor(
    program: Program,
    starts: u32[],
    ends: u32[],
    ids: i32[],
    mostAlive: i32,
    readonly filter: SetFilter,
  ) {
    const automaton = new Automaton(program, starts, ends, mostAlive);
    this.automaton = automaton;
    this.stepper = new Stepper(automaton);
    this.cache = new StateCache(automaton);
    this.ids = StaticArray.fromArray(ids);
  }
}

/**
 * Puts patterns together to a set, with bounds on its memory and on what a byte can cost at most: see `limits.ts`. Time and
 * memory at load are bounded too.
 */
@final
export class PatternSetBuilder {
  private readonly program: Program = new Program();
  private readonly width: Width = new Width();
  private readonly starts: u32[] = [];
  private readonly ends: u32[] = [];
  private readonly ids: i32[] = [];

  /**
   * Adds a regular expression without error, whose hits are told as those of `id`. Returns why it can't be, for whoever wrote
   * it, or null; with an error the builder is of no more use.
   */
  add(regex: Regex, id: i32): string | null {
    if (this.starts.length == MAX_PATTERNS) return `more than ${MAX_PATTERNS.toString()} patterns in one set`;
    const first = this.program.nodes.length;
    const start = new Compiler(this.program).compile(regex.tree);
    if (start == NOWHERE) {
      return `too large: with the patterns before it the set takes more than ${MAX_NODES.toString()} nodes or ${MAX_EDGES.toString()} ranges`;
    }
    this.width.add(this.program, first, start);
    if (this.width.looked() > MAX_LOOKED) {
      return `too costly: with the patterns before it a byte can lead to more than ${MAX_LOOKED.toString()} places in the set at once`;
    }
    this.starts.push(start);
    this.ends.push(this.program.nodes.length);
    this.ids.push(id);
    return null;
  }

  get isEmpty(): bool {
    return this.starts.length == 0;
  }

  /** What passes over that of a text which none of these patterns matches. */
  filter(): SetFilter {
    return new SetFilter(this.program, this.starts, this.ends);
  }

  /** With what `filter` has said. */
  build(filter: SetFilter): PatternSet {
    return new PatternSet(this.program, this.starts, this.ends, this.ids, this.width.alive, filter);
  }
}
