import { PatternSet, PatternSetBuilder } from "./pattern-set";
import { Regex } from "./regex";
import { SetFilter } from "./set-filter";

/** What can pass over most of a text where patterns are looked for. */
const enum Passing {
  /** They begin seldom. */
  ByBeginning,
  /** What every match has in it is met seldom. */
  ByMiddle,
  Nothing,
}

const KINDS: i32 = 3;

/**
 * Puts patterns together to as many sets as are good for their speed, with the bounds of one set on all of them: those of each
 * kind of `Passing` in one of their own.
 */
@final
export class PatternSetsBuilder {
  private all: PatternSetBuilder = new PatternSetBuilder();
  private readonly regexes: Regex[] = [];
  private readonly ids: i32[] = [];
  private readonly kinds: Passing[] = [];

  /** See `PatternSetBuilder.add`; but after an error others can be added, to hear of theirs. */
  add(regex: Regex, id: i32): string | null {
    const error = this.all.add(regex, id);
    if (error != null) {
      this.all = new PatternSetBuilder();
      return error;
    }
    const alone = new PatternSetBuilder();
    alone.add(regex, id);
    this.regexes.push(regex);
    this.ids.push(id);
    this.kinds.push(passingOf(alone.filter()));
    return null;
  }

  build(): PatternSet[] {
    const sets: PatternSet[] = [];
    for (let kind = Passing.ByBeginning; kind < KINDS; kind++) {
      const builder = this.of(kind);
      if (builder.isEmpty) continue;
      const filter = builder.filter();
      const passing = passingOf(filter);
      if (passing == kind) sets.push(builder.build(filter));
      else this.move(kind, passing);
    }
    return sets;
  }

  private of(kind: Passing): PatternSetBuilder {
    const builder = new PatternSetBuilder();
    for (let i = 0; i < this.kinds.length; i++) {
      if (this.kinds[i] == kind) builder.add(this.regexes[i], this.ids[i]);
    }
    return builder;
  }

  /** Many that are met seldom are met often together. */
  private move(from: Passing, to: Passing): void {
    for (let i = 0; i < this.kinds.length; i++) {
      if (this.kinds[i] == from) this.kinds[i] = to;
    }
  }
}

function passingOf(filter: SetFilter): Passing {
  if (!filter.isUseful) return Passing.Nothing;
  return filter.findsBeginnings ? Passing.ByBeginning : Passing.ByMiddle;
}
