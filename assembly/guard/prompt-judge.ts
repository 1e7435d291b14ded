import { Budget } from "../bytes/budget";
import { ByteBuffer } from "../bytes/buffer";
import { Bytes, isSame } from "../bytes/view";
import { appendJsonText } from "../json/quote";
import { Nesting, nestingOf } from "../json/nesting";
import { skipSpace } from "../json/space";
import { PromptListener, TextPlace } from "../llm/prompt/listener";
import { TextScope } from "../llm/text-scope";
import { HitListener } from "../match/detector";
import { TextScanner } from "../match/text-scanner";
import { BodyMasks, ofNumber, ofService, POSITION } from "./body-masks";
import { Classifier } from "./classifier-factory";
import { GuardSettings } from "./guard-settings";
import { MaskRewriter } from "./mask-rewriter";
import { MaskedTexts } from "./masked-texts";
import { Rule, RuleAction } from "./rule";
import { RuleSet } from "./rule-set";
import { ServiceReply } from "./service-reply";
import { SeamListener, SeamScanner } from "./seam-scanner";
import { TextCollector } from "./text-collector";
import { TextList } from "./text-list";
import { Verdict } from "./verdict";

const NO_TEXT: i32 = -1;
/** No match has more bytes than texts. */
const MOST_PARTS: i32 = 512;
const PART_FIELDS: i32 = 3;
/** Short pieces of a text are looked at together: each look has a beginning and an end that cost more a byte. */
const GATHERED_BYTES: i32 = 2048;

/** Looks at every text of a request and keeps which rules fire, and what is to be masked. */
@final
export class PromptJudge extends PromptListener {
  readonly verdict: Verdict;
  readonly masks: BodyMasks;
  /** The parts of the hit over several texts that is being told: text, start, end. */
  private readonly parts: StaticArray<i32> = new StaticArray<i32>(MOST_PARTS * PART_FIELDS);
  private partCount: i32 = 0;
  private readonly scanner: TextScanner;
  /** Over the borders of what is said, and of what stands beside that. */
  private readonly wordSeams: SeamScanner;
  private readonly asideSeams: SeamScanner;
  /** That of the text in hand. */
  private seams: SeamScanner;
  /** Where the text in hand begins in the body. */
  private text: i32 = NO_TEXT;
  private isBegun: bool = false;
  /** How many nested texts have a scope. */
  private scopedNested: i32 = 0;
  /** Texts that are a file's bytes. */
  private readonly bytes: TextList = new TextList();
  /** Of a number: how long it is, in bytes; else 0. */
  private numberBytes: i32 = 0;
  /** By rule: whether it has a hit in a text whose scope isn't known yet. */
  private readonly found: StaticArray<bool>;
  private hasFound: bool = false;
  /** The first span whose scope isn't known yet. */
  private unscopedSpans: i32 = 0;

  private readonly classifier: Classifier | null;
  private readonly rules: RuleSet;
  /** What services are to see; null where none is asked. */
  private collector: TextCollector | null = null;
  /** The text in hand there. */
  private collected: i32 = 0;
  /** What services have made of texts. */
  private serviceTexts: string[] = [];
  private readonly gathered: StaticArray<u8> = new StaticArray<u8>(GATHERED_BYTES);
  private gatheredBytes: i32 = 0;

  constructor(private readonly settings: GuardSettings) {
    super();
    const rules = settings.rules;
    this.rules = rules;
    this.verdict = new Verdict(rules.rules);
    this.masks = new BodyMasks(rules.rules.length);
    this.found = new StaticArray<bool>(rules.rules.length);
    const factory = rules.classifier;
    const textHits = new TextHits();
    const seamHits = new SeamHits();
    this.scanner = new TextScanner(rules.textMatcher, rules.maxHoldBytes, textHits);
    this.classifier = factory == null ? null : factory.latest;
    const seams = new SeamScanner(rules.seamMatcher, rules.maxHoldBytes, seamHits);
    this.wordSeams = seams;
    this.asideSeams = new SeamScanner(rules.seamMatcher, rules.maxHoldBytes, seamHits);
    this.seams = seams;
    textHits.judge = this;
    seamHits.judge = this;
  }

  reset(): void {
    this.gatheredBytes = 0;
    this.verdict.reset();
    this.masks.reset();
    this.wordSeams.reset();
    this.asideSeams.reset();
    this.scopedNested = 0;
    this.bytes.reset();
    this.unscopedSpans = 0;
    this.serviceTexts = [];
    const isAsked = this.rules.serviceRules.length > 0;
    this.collector = isAsked ? new TextCollector(new ByteBuffer(new Budget(this.settings.common.maxHeldBytes))) : null;
    this.forgetFound();
    const classifier = this.classifier;
    if (classifier != null) classifier.beginMessage();
  }

  onText(start: u64, place: TextPlace): void {
    this.text = <i32>start;
    this.isBegun = false;
    this.scanner.reset();
    if (place == TextPlace.Bytes) {
      this.bytes.add(this.text);
      this.scanner.beginFile();
    }
    this.seams = place == TextPlace.Words ? this.wordSeams : this.asideSeams;
    this.seams.begin(this.text);
    const collector = this.collector;
    if (collector != null) this.collected = collector.begin(this.text, 0);
  }

  onTextBytes(pointer: usize, length: i32): void {
    if (this.gatheredBytes + length > GATHERED_BYTES) this.lookAtGathered();
    if (length > GATHERED_BYTES) return this.look(pointer, length);
    memory.copy(changetype<usize>(this.gathered) + <usize>this.gatheredBytes, pointer, length);
    this.gatheredBytes += length;
  }

  onTextEnd(_end: u64): void {
    this.lookAtGathered();
    this.scanner.finish();
    this.seams.end();
  }

  onScope(scopes: TextScope): void {
    this.masks.keepInScope(this.unscopedSpans, scopes, this.rules.scopes);
    if (this.hasFound) this.fireFound(scopes);
    this.wordSeams.scope(scopes);
    this.asideSeams.scope(scopes);
    const nested = this.masks.nested;
    if ((scopes & TextScope.ToolInput) == 0) nested.keep(this.scopedNested);
    this.scopedNested = nested.count;
    this.unscopedSpans = this.masks.count;
    const classifier = this.classifier;
    if (classifier != null) this.classify(classifier, scopes);
    const collector = this.collector;
    if (collector != null) collector.scope(scopes);
  }

  onNumber(start: u64, end: u64, pointer: usize, length: i32): void {
    this.text = <i32>start;
    this.numberBytes = <i32>(end - start);
    this.scanner.reset();
    this.scanner.feed(pointer, length);
    this.scanner.finish();
    this.numberBytes = 0;
  }

  /** The texts for services to judge, as they go on so far, after `finish`; null where none is asked. */
  get texts(): TextCollector | null {
    return this.collector;
  }

  /** A service's texts take the place of those that it was asked about, where it has changed them. False when they can't, and then none does. */
  replaceTexts(rule: Rule, reply: ServiceReply): bool {
    const masks = this.masks;
    const maskCount = masks.count;
    const textCount = this.serviceTexts.length;
    if (!this.addReplacements(rule, reply) || masks.isOverflown) {
      masks.keep(maskCount);
      this.serviceTexts.length = textCount;
      return false;
    }
    if (this.serviceTexts.length > textCount) this.verdict.fire(rule, rule.scopes);
    this.settle();
    return true;
  }

  /** False when there are not as many as the texts, or no room for them. */
  private addReplacements(rule: Rule, reply: ServiceReply): bool {
    const texts = this.collector!;
    if (texts.countOf(rule.scopes) != reply.textCount) return false;
    const asked = new ByteBuffer(new Budget(this.mostTextBytes));
    const answered = new ByteBuffer(new Budget(this.mostTextBytes));
    const text = new Bytes();
    let index = 0;
    for (let isThere = texts.first(rule.scopes); isThere; isThere = texts.advance(rule.scopes)) {
      reply.textAt(index++, text);
      asked.clear();
      answered.clear();
      if (!texts.append(asked) || !appendJsonText(answered, text.pointer, text.length)) return false;
      // What is empty has no bytes that could be replaced.
      if (texts.length == 0) continue;
      if (asked.length == answered.length && isSame(asked.pointer, answered.pointer, asked.length)) continue;
      if (this.serviceTexts.length > POSITION) return false;
      this.masks.add(texts.name, 0, texts.length, ofService(this.serviceTexts.push(text.toString()) - 1));
    }
    return true;
  }

  /** Writes the body with what is to be masked masked; with `isPlain` its texts have no escapes. */
  rewriter(isPlain: bool): MaskRewriter {
    return new MaskRewriter(this.masks, this.settings.replacements(this.serviceTexts, isPlain), isPlain);
  }

  /** The body is over. */
  finish(): void {
    this.wordSeams.finish();
    this.asideSeams.finish();
    this.settle();
  }

  /** Whether something in a file's bytes is to be masked: that would leave no file. */
  get masksBytes(): bool {
    for (let i = 0; i < this.masks.count; i++) if (this.bytes.has(this.masks.textOf(i))) return true;
    return false;
  }

  /** Whether there is more than is kept of what is to be masked, or of the texts that a mask would break. */
  get masksTooMuch(): bool {
    const masks = this.masks;
    return masks.isOverflown || (masks.count > 0 && (masks.nested.isOverflown || this.bytes.isOverflown));
  }

  /** Services see what goes on: what is masked they can't give back. */
  private settle(): void {
    this.masks.settle();
    const collector = this.collector;
    if (collector == null || this.masks.count == 0) return;
    const replacements = this.settings.replacements(this.serviceTexts, false);
    collector.edited = new MaskedTexts(this.masks, replacements, this.mostTextBytes);
  }

  /** What a text may have, escaped and with its masks. */
  private get mostTextBytes(): i32 {
    return 2 * this.settings.common.maxHeldBytes;
  }

  private lookAtGathered(): void {
    const length = this.gatheredBytes;
    this.gatheredBytes = 0;
    if (length > 0) this.look(changetype<usize>(this.gathered), length);
  }

  private look(pointer: usize, length: i32): void {
    if (!this.isBegun) this.begin(pointer, length);
    this.scanner.feed(pointer, length);
    this.seams.add(pointer, length);
    const collector = this.collector;
    if (collector != null) this.collected = collector.add(this.collected, pointer, length);
  }

  /** What the text begins with, behind white space, tells whether it is JSON itself. */
  private begin(pointer: usize, length: i32): void {
    const first = skipSpace(pointer, pointer + length);
    if (first == pointer + length) return;
    this.isBegun = true;
    if (nestingOf(load<u8>(first)) != Nesting.None) this.masks.nested.add(this.text);
  }

  hitInText(id: i32, start: i32, end: i32): void {
    const rules = this.rules.rulesOf(id);
    for (let i = 0; i < rules.length; i++) {
      const rule = unchecked(rules[i]);
      this.found[rule.index] = true;
      this.hasFound = true;
      if (rule.action != RuleAction.Mask) continue;
      const number = this.numberBytes;
      if (number > 0) this.masks.add(this.text, 0, number, ofNumber(rule.index));
      else this.masks.add(this.text, start, end, rule.index);
    }
  }

  /** A part of a hit over several texts. */
  partOfSeam(text: i32, start: i32, end: i32): void {
    if (this.partCount == MOST_PARTS) return;
    const at = PART_FIELDS * this.partCount++;
    this.parts[at] = text;
    this.parts[at + 1] = start;
    this.parts[at + 2] = end;
  }

  /** Its parts have been told. Whether they are part of it. */
  hitOverSeam(id: i32, scopes: i32): bool {
    const rules = this.rules.rulesOf(id);
    let counts = true;
    for (let i = 0; i < rules.length; i++) {
      const rule = unchecked(rules[i]);
      if ((rule.scopes & scopes) == 0) continue;
      if (rule.action == RuleAction.Mask && !this.maskParts(rule.index)) counts = false;
      else this.verdict.fire(rule, rule.scopes & scopes);
    }
    this.partCount = 0;
    return counts;
  }

  /** False when one of the texts has all of its part masked by itself: then what follows is only what follows. */
  private maskParts(rule: i32): bool {
    for (let at = 0; at < PART_FIELDS * this.partCount; at += PART_FIELDS) {
      if (this.masks.covers(this.parts[at], this.parts[at + 1], this.parts[at + 2], rule)) return false;
    }
    for (let at = 0; at < PART_FIELDS * this.partCount; at += PART_FIELDS) {
      this.masks.add(this.parts[at], this.parts[at + 1], this.parts[at + 2], rule);
    }
    return true;
  }

  private fireFound(scopes: i32): void {
    const rules = this.rules.rules;
    for (let i = 0; i < rules.length; i++) {
      const rule = unchecked(rules[i]);
      if (this.found[i] && (rule.scopes & scopes) != 0) this.verdict.fire(rule, rule.scopes & scopes);
    }
    this.forgetFound();
  }

  private forgetFound(): void {
    memory.fill(changetype<usize>(this.found), 0, this.found.length);
    this.hasFound = false;
  }

  private classify(classifier: Classifier, scopes: i32): void {
    const score = classifier.endMessage();
    classifier.beginMessage();
    const rules = this.rules.classifierRules;
    for (let i = 0; i < rules.length; i++) {
      const rule = rules[i];
      if ((rule.scopes & scopes) != 0 && score >= rule.threshold) this.verdict.fire(rule, rule.scopes & scopes, score);
    }
  }
}


@final
class TextHits extends HitListener {
  judge: PromptJudge | null = null;

  onHit(id: i32, start: i32, end: i32, _isContinued: bool): void {
    this.judge!.hitInText(id, start, end);
  }
}


@final
class SeamHits extends SeamListener {
  judge: PromptJudge | null = null;

  onSeamPart(text: i32, start: i32, end: i32): void {
    this.judge!.partOfSeam(text, start, end);
  }

  onSeamHit(id: i32, scopes: i32): bool {
    return this.judge!.hitOverSeam(id, scopes);
  }
}
