import { BuiltinDetector } from "../match/builtins/builtin-detector";
import { BUILTIN_NAMES, Builtin } from "../match/builtins/builtin";
import { Detector } from "../match/detector";
import { DetectorFactory, Matcher, View } from "../match/matcher";
import { PatternDetector } from "../match/regex/pattern-detector";
import { PatternSet } from "../match/regex/pattern-set";
import { PatternSetsBuilder } from "../match/regex/pattern-sets";
import { Regex } from "../match/regex/regex";
import { WordList } from "../match/words-list";
import { WordSet } from "../match/words";
import { ClassifierFactory } from "./classifier-factory";
import { NO_THRESHOLD, Rule, RuleAction } from "./rule";
import { RuleSet } from "./rule-set";

const ALL_READABLE: i32 = (1 << View.Plain) | (1 << View.Original) | (1 << View.Spaced) | (1 << View.Decoded);
/** What any text could be a part of: not looked for over the borders of texts, where it would join what doesn't belong together. */
const AMBIGUOUS: u32 = (1 << Builtin.Email) | (1 << Builtin.PhoneNumber) | (1 << Builtin.IpAddress);
const PLAIN_AND_DECODED: i32 = (1 << View.Plain) | (1 << View.Spaced) | (1 << View.Decoded);


@final
class PatternFactory extends DetectorFactory {
  constructor(private readonly set: PatternSet) {
    super(ALL_READABLE);
  }

  create(_view: View, maxHoldBytes: i32): Detector {
    return new PatternDetector(this.set, maxHoldBytes);
  }
}


@final
class BuiltinFactory extends DetectorFactory {
  constructor(private readonly kinds: u32) {
    super(PLAIN_AND_DECODED);
  }

  create(_view: View, maxHoldBytes: i32): Detector {
    return new BuiltinDetector(this.kinds, maxHoldBytes);
  }
}

/** Puts rules together with what looks for what they name. */
@final
export class RuleSetBuilder {
  private readonly rules: Rule[] = [];
  private readonly byId: Rule[][] = [];
  private readonly words: WordList = new WordList();
  private readonly patterns: PatternSetsBuilder = new PatternSetsBuilder();
  private hasWords: bool = false;
  private builtins: u32 = 0;

  /** Hits of rules have the rule's position as id, hits of builtins stand behind all of them. */
  constructor(
    private readonly ruleCount: i32,
    readonly maxHoldBytes: i32,
  ) {
    for (let i = 0; i < ruleCount + BUILTIN_NAMES.length; i++) this.byId.push([]);
  }

  addRule(rule: Rule): void {
    this.rules.push(rule);
    this.byId[rule.index].push(rule);
  }

  /** False when nothing is left of the word as a reader reads it. */
  addWord(rule: Rule, word: string): bool {
    this.hasWords = true;
    return this.words.add(word, rule.index);
  }

  addBuiltin(rule: Rule, builtin: i32): void {
    this.builtins |= 1 << builtin;
    const rules = this.byId[this.ruleCount + builtin];
    if (!rules.includes(rule)) rules.push(rule);
  }

  /** Why the pattern can't be looked for together with those before it, or null. */
  addPattern(rule: Rule, pattern: Regex): string | null {
    return this.patterns.add(pattern, rule.index);
  }

  /** After an issue of any rule the result is of no use but to be read. */
  build(classifier: ClassifierFactory | null): RuleSet {
    const classifies: Rule[] = [];
    const asks: Rule[] = [];
    let masks = false;
    for (let i = 0; i < this.rules.length; i++) {
      const rule = this.rules[i];
      masks = masks || rule.action == RuleAction.Mask;
      if (rule.threshold != NO_THRESHOLD) classifies.push(rule);
      if (rule.service != null) asks.push(rule);
    }
    const used = classifies.length > 0 ? classifier : null;
    const factories: DetectorFactory[] = [];
    if (this.hasWords) factories.push(new WordSet(this.words));
    const sets = this.patterns.build();
    for (let i = 0; i < sets.length; i++) factories.push(new PatternFactory(sets[i]));
    const matcher = this.match(factories, this.builtins);
    const textMatcher = this.match(factories, this.builtins);
    const seamMatcher = this.match(factories, this.builtins & ~AMBIGUOUS);
    if (used != null) textMatcher.add(used, 0);
    return new RuleSet(
      this.rules,
      matcher,
      textMatcher,
      seamMatcher,
      used,
      this.byId,
      classifies,
      asks,
      this.maxHoldBytes,
      masks,
    );
  }

  private match(factories: DetectorFactory[], builtins: u32): Matcher {
    const matcher = new Matcher();
    for (let i = 0; i < factories.length; i++) matcher.add(factories[i], 0);
    if (builtins != 0) matcher.add(new BuiltinFactory(builtins), this.ruleCount);
    return matcher;
  }
}
