import { Budget } from "../bytes/budget";
import { ByteBuffer } from "../bytes/buffer";
import { Bytes } from "../bytes/view";
import { MaskSpans } from "../llm/reply/masks";
import { MaskPlace, ReplyJudge, ReplyScanner, ReplySeams, TextKind } from "../llm/reply/scanner";
import { TextScope } from "../llm/text-scope";
import { HitListener } from "../match/detector";
import { TextScanner } from "../match/text-scanner";
import { GuardSettings } from "./guard-settings";
import { GuardReplySeams } from "./reply-seams";
import { Rule, RuleAction } from "./rule";
import { TextCollector } from "./text-collector";
import { Verdict } from "./verdict";

/** Looks at every text of an answer, keeps which rules fire, and says what is to be masked. */
@final
export class GuardReplyJudge extends ReplyJudge {
  readonly verdict: Verdict;
  /** What services are to see; null where none is asked. */
  texts: TextCollector | null = null;
  /** Whether what the rules find has consequences. */
  enforces: bool = false;
  private readonly mask: Bytes = new Bytes();

  constructor(readonly settings: GuardSettings) {
    super();
    this.verdict = new Verdict(settings.rules.rules);
  }

  reset(enforces: bool): void {
    this.enforces = enforces;
    this.isRejected = false;
    this.verdict.reset();
    const isAsked = this.settings.rules.serviceRules.length > 0;
    this.texts = isAsked ? new TextCollector(new ByteBuffer(new Budget(this.settings.common.maxHeldBytes))) : null;
  }

  newScanner(): ReplyScanner {
    return new GuardReplyScanner(this);
  }

  /** A rule has something in a text of these scopes, and acts where it is for them. True: what it has is to be masked. */
  masks(rule: Rule, scopes: i32): bool {
    if ((rule.scopes & scopes) == 0) return false;
    this.verdict.fire(rule, scopes);
    if (!this.enforces) return false;
    if (rule.action == RuleAction.Reject) this.isRejected = true;
    return rule.action == RuleAction.Mask;
  }

  newSeams(masks: MaskSpans): ReplySeams {
    return new GuardReplySeams(this, masks);
  }

  maskOf(id: i32, place: MaskPlace): Bytes {
    return this.settings.maskOf(id, place, this.mask);
  }
}


@final
class GuardReplyScanner extends ReplyScanner {
  private readonly scanner: TextScanner;
  private scopes: i32 = 0;
  /** Its latest part in `judge.texts`. */
  private part: i32 = 0;

  constructor(private readonly judge: GuardReplyJudge) {
    super();
    const rules = judge.settings.rules;
    const hits = new Hits();
    this.scanner = new TextScanner(rules.matcher, rules.maxHoldBytes, hits);
    hits.scanner = this;
  }

  begin(kind: TextKind): void {
    this.settled = 0;
    this.masks.reset();
    this.scanner.reset();
    this.scopes = kind == TextKind.ToolInput ? TextScope.ToolInput : TextScope.Assistant;
    const texts = this.judge.texts;
    if (texts != null) this.part = texts.begin(0, this.scopes);
  }

  feed(pointer: usize, length: i32): void {
    this.scanner.feed(pointer, length);
    this.settled = this.scanner.settled;
    const texts = this.judge.texts;
    if (texts != null) this.part = texts.add(this.part, pointer, length);
  }

  finish(): void {
    this.scanner.finish();
    this.settled = this.scanner.settled;
  }

  hit(id: i32, start: i32, end: i32, isContinued: bool): void {
    const judge = this.judge;
    const rules = judge.settings.rules.rulesOf(id);
    for (let i = 0; i < rules.length; i++) {
      const rule = unchecked(rules[i]);
      if (judge.masks(rule, this.scopes)) this.masks.add(start, end, rule.index, isContinued);
    }
  }
}


@final
class Hits extends HitListener {
  scanner: GuardReplyScanner | null = null;

  onHit(id: i32, start: i32, end: i32, isContinued: bool): void {
    this.scanner!.hit(id, start, end, isContinued);
  }
}
