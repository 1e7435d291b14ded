import { ByteBuffer } from "../bytes/buffer";
import { encodeUtf8 } from "../bytes/text";
import { RULE_ACTIONS, Rule, RuleAction } from "./rule";

const NO_SCORE: i32 = -1;
const MILLION: i32 = 1_000_000;
const SCORE_DIGITS: i32 = 6;
const ZERO: i32 = 0x30;
const COLON: u8 = 0x3a;
const COMMA: u8 = 0x2c;
const POINT: u8 = 0x2e;

/** Which rules have fired in one exchange. */
@final
export class Verdict {
  /** The first rule in the configuration that refuses; null while none does. */
  rejectedBy: Rule | null = null;
  /** What was to be masked went on as it was: such a rule has only recorded. */
  isUnmasked: bool = false;
  private readonly scopes: StaticArray<u8>;
  private readonly scores: StaticArray<i32>;

  constructor(private readonly rules: Rule[]) {
    this.scopes = new StaticArray<u8>(rules.length);
    this.scores = new StaticArray<i32>(rules.length);
    this.reset();
  }

  reset(): void {
    this.rejectedBy = null;
    this.isUnmasked = false;
    for (let i = 0; i < this.scopes.length; i++) {
      this.scopes[i] = 0;
      this.scores[i] = NO_SCORE;
    }
  }

  /** Bits of `TextScope`: where the rule has fired. */
  scopesOf(rule: Rule): i32 {
    return this.scopes[rule.index];
  }

  /** Says whether this is new: the first time that the rule fires in one of these scopes. */
  fire(rule: Rule, scopes: i32, score: i32 = NO_SCORE): bool {
    const before: i32 = this.scopes[rule.index];
    this.scopes[rule.index] = <u8>(before | scopes);
    this.scores[rule.index] = max(this.scores[rule.index], score);
    if (rule.action == RuleAction.Reject) this.rejectBy(rule);
    return (before | scopes) != before;
  }

  /** Likewise of a rule whose service refuses, or wants what can't be done: unless it only records, that refuses. */
  fireRefusing(rule: Rule, scopes: i32): void {
    this.fire(rule, scopes);
    if (rule.action == RuleAction.Mask) this.rejectBy(rule);
  }

  /** What the rule has done. */
  actionOf(rule: Rule): RuleAction {
    return this.isUnmasked && rule.action == RuleAction.Mask ? RuleAction.Audit : rule.action;
  }

  /** The highest score that the rule has fired with; negative when it has none. */
  scoreOf(rule: Rule): i32 {
    return this.scores[rule.index];
  }

  /** Appends `rule:action[:score]` of each rule that has fired, in the configuration's order, separated by commas. */
  append(out: ByteBuffer): void {
    for (let i = 0; i < this.rules.length; i++) {
      if (this.scopes[i] == 0) continue;
      if (out.length > 0) out.appendByte(COMMA);
      const rule = this.rules[i];
      appendText(out, rule.id);
      out.appendByte(COLON);
      appendText(out, RULE_ACTIONS[this.actionOf(rule)]);
      if (this.scores[i] != NO_SCORE) appendScore(out, this.scores[i]);
    }
  }

  private rejectBy(rule: Rule): void {
    const earlier = this.rejectedBy;
    if (earlier == null || rule.index < earlier.index) this.rejectedBy = rule;
  }
}

function appendText(out: ByteBuffer, text: string): void {
  const bytes = encodeUtf8(text);
  out.append(changetype<usize>(bytes), bytes.byteLength);
}

/** `:0.931482`. */
function appendScore(out: ByteBuffer, millionths: i32): void {
  out.appendByte(COLON);
  out.appendByte(<u8>(ZERO + millionths / MILLION));
  out.appendByte(POINT);
  let divisor = MILLION / 10;
  for (let i = 0; i < SCORE_DIGITS; i++) {
    out.appendByte(<u8>(ZERO + ((millionths / divisor) % 10)));
    divisor /= 10;
  }
}
