import { MaskSpans } from "../llm/reply/masks";
import { ReplySeams, TextKind } from "../llm/reply/scanner";
import { TextScope } from "../llm/text-scope";
import { GuardReplyJudge } from "./reply-judge";
import { SeamListener, SeamScanner } from "./seam-scanner";

/** No match has more bytes than texts. */
const MOST_PARTS: i32 = 512;
const PART_FIELDS: i32 = 2;

/**
 * Looks over the borders of what a model says in one answer, and over those of its reasoning. What a tool is called with has none.
 *
 * A mask stands in the text in which the hit begins; the rest of the hit is taken away from those that follow. Where it goes on
 * behind a text that ended within it, it is a hit of its own.
 */
@final
export class GuardReplySeams extends ReplySeams {
  private readonly content: SeamScanner;
  private readonly reasoning: SeamScanner;
  /** That of the text in hand. */
  private scanner: SeamScanner | null = null;
  /** The parts of the hit that is being told: start, end. */
  private readonly parts: StaticArray<i32> = new StaticArray<i32>(MOST_PARTS * PART_FIELDS);
  private partCount: i32 = 0;

  constructor(
    private readonly judge: GuardReplyJudge,
    private readonly masks: MaskSpans,
  ) {
    super();
    const rules = judge.settings.rules;
    const hits = new SeamHits();
    this.content = new SeamScanner(rules.seamMatcher, rules.maxHoldBytes, hits);
    this.reasoning = new SeamScanner(rules.seamMatcher, rules.maxHoldBytes, hits);
    hits.seams = this;
  }

  begin(kind: TextKind, start: i32): void {
    this.scanner = kind == TextKind.Content ? this.content : kind == TextKind.Reasoning ? this.reasoning : null;
    const scanner = this.scanner;
    if (scanner != null) scanner.begin(start);
  }

  feed(pointer: usize, length: i32): void {
    const scanner = this.scanner;
    if (scanner != null) scanner.add(pointer, length);
  }

  end(): void {
    const scanner = this.scanner;
    if (scanner == null) return;
    scanner.end();
    scanner.scope(TextScope.Assistant);
  }

  finish(): void {
    this.content.finish();
    this.reasoning.finish();
    this.reset();
  }

  reset(): void {
    this.content.reset();
    this.reasoning.reset();
    this.partCount = 0;
  }

  /** A part of a hit. */
  part(start: i32, end: i32): void {
    if (this.partCount == MOST_PARTS) return;
    const at = PART_FIELDS * this.partCount++;
    this.parts[at] = start;
    this.parts[at + 1] = end;
  }

  /** Its parts have been told. Whether they are part of it. */
  hit(id: i32): bool {
    const judge = this.judge;
    const rules = judge.settings.rules.rulesOf(id);
    let counts = true;
    for (let i = 0; i < rules.length; i++) {
      const rule = unchecked(rules[i]);
      if (judge.masks(rule, TextScope.Assistant) && !this.mask(rule.index)) counts = false;
    }
    this.partCount = 0;
    return counts;
  }

  /** Not when one of the texts has all of its part masked by itself: then what follows is only what follows. */
  private mask(rule: i32): bool {
    const end = PART_FIELDS * this.partCount;
    for (let at = 0; at < end; at += PART_FIELDS) {
      if (this.masks.covers(this.parts[at], this.parts[at + 1], rule)) return false;
    }
    for (let at = 0; at < end; at += PART_FIELDS) {
      const start = this.parts[at];
      // What goes on within a text has its mask there.
      const isContinued = at > 0 || this.masks.covers(start - 1, start, rule);
      this.masks.add(start, this.parts[at + 1], rule, isContinued);
    }
    return true;
  }
}


@final
class SeamHits extends SeamListener {
  seams: GuardReplySeams | null = null;

  onSeamPart(text: i32, start: i32, end: i32): void {
    this.seams!.part(text + start, text + end);
  }

  onSeamHit(id: i32, _scopes: i32): bool {
    return this.seams!.hit(id);
  }
}
