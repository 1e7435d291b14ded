import { PatternSet, PatternSetBuilder } from "./pattern-set";
import { Regex } from "./regex";

/**
 * Puts patterns together to as many sets as are good for their speed, with the bounds of one set on all of them. What begins
 * seldom is in a set of its own, whose filter passes over most of a text, and what may begin anywhere in another one.
 */
@final
export class PatternSetsBuilder {
  private all: PatternSetBuilder = new PatternSetBuilder();
  private readonly seldom: PatternSetBuilder = new PatternSetBuilder();
  private readonly often: PatternSetBuilder = new PatternSetBuilder();

  /** See `PatternSetBuilder.add`; but after an error others can be added, to hear of theirs. */
  add(regex: Regex, id: i32): string | null {
    const error = this.all.add(regex, id);
    if (error != null) {
      this.all = new PatternSetBuilder();
      return error;
    }
    const alone = new PatternSetBuilder();
    alone.add(regex, id);
    return (alone.beginsSeldom() ? this.seldom : this.often).add(regex, id);
  }

  build(): PatternSet[] {
    if (this.all.isEmpty) return [];
    if (this.seldom.isEmpty || this.often.isEmpty || !this.seldom.beginsSeldom()) return [this.all.build()];
    return [this.seldom.build(), this.often.build()];
  }
}
