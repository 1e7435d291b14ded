import { Matcher } from "../match/matcher";
import { ClassifierFactory } from "./classifier-factory";
import { Rule } from "./rule";
import { ServiceCache } from "./service-cache";

/** The rules of a guard, and what looks for what they name. Immutable after load, but for what services have said. */
@final
export class RuleSet {
  /** By rule: bits of `TextScope`. */
  readonly scopes: StaticArray<i32>;
  readonly serviceCache: ServiceCache = new ServiceCache();

  constructor(
    readonly rules: Rule[],
    readonly matcher: Matcher,
    /** The same, and the classifier where a rule has one. */
    readonly textMatcher: Matcher,
    /** What is looked for over the borders of texts. */
    readonly seamMatcher: Matcher,
    /** Null where no rule has a classifier. */
    readonly classifier: ClassifierFactory | null,
    /** By id of the matcher: the rules that it is a hit of. */
    private readonly byId: Rule[][],
    readonly classifierRules: Rule[],
    readonly serviceRules: Rule[],
    /** How long a match may be, in bytes. */
    readonly maxHoldBytes: i32,
    /** Whether something may be masked. */
    readonly masks: bool,
  ) {
    const scopes = new StaticArray<i32>(rules.length);
    for (let i = 0; i < rules.length; i++) scopes[i] = rules[i].scopes;
    this.scopes = scopes;
  }

  /** The rules that a hit of the matcher belongs to. */
  rulesOf(id: i32): Rule[] {
    return unchecked(this.byId[id]);
  }
}
