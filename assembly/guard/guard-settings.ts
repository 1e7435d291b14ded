import { Budget } from "../bytes/budget";
import { ByteBuffer } from "../bytes/buffer";
import { decodeUtf8, encodeUtf8, joined } from "../bytes/text";
import { ByteString, Bytes } from "../bytes/view";
import { ConfigReader } from "../config/reader";
import { CommonSettings, Settings } from "../filter/settings";
import { appendJsonText } from "../json/quote";
import { MaskPlace } from "../llm/reply/scanner";
import { GuardReport } from "./guard-report";
import { Rule } from "./rule";
import { RuleSet } from "./rule-set";

const LEAST_HOLD_BACK: i32 = 128;
const MOST_HOLD_BACK: i32 = 4096;
const DEFAULT_HOLD_BACK: i32 = 256;
const LONGEST_MASK: i32 = 256;
const LONGEST_MESSAGE: i32 = 2048;
const FIRST_REFUSAL: i32 = 400;
const LAST_REFUSAL: i32 = 599;
const DEFAULT_STATUS: i32 = 403;
const DEFAULT_MESSAGE = "This request was declined by policy.";
const STYLES: string[] = ["Error", "Completion"];
const RULE_PLACE = "{rule}";

export const enum RefusalStyle {
  /** The dialect's error. */
  Error,
  /** An answer as the model would have written it, which says that there is none. */
  Completion,
}

/** What a client is told that a rule refuses. */
@final
export class RefusalSettings {
  constructor(
    readonly status: i32,
    readonly message: string,
    readonly style: RefusalStyle,
  ) {}
}

/** What both guards share of what the operator wrote, ready for use. Immutable. */
export class GuardSettings extends Settings {
  constructor(
    common: CommonSettings,
    readonly rules: RuleSet,
    readonly refusal: RefusalSettings,
    private readonly masks: Masks,
    readonly report: GuardReport,
  ) {
    super(common);
  }

  tick(): void {
    this.report.flush();
  }

  end(): void {
    this.report.flush();
  }

  /** What a span that this rule masks becomes in an answer. */
  maskOf(rule: i32, place: MaskPlace, view: Bytes): Bytes {
    const masks = this.masks;
    const all = place == MaskPlace.Plain ? masks.plain : place == MaskPlace.Nested ? masks.nested : masks.inside;
    const mask = all[rule];
    return view.set(mask.pointer, mask.length);
  }

  /** What spans of a body become, see `BodyMasks.replacementOf`: `texts` are those of services. */
  replacements(texts: string[], isPlain: bool): StaticArray<ByteString> {
    const masks = this.masks;
    const all = (isPlain ? masks.plain : masks.inside).concat(masks.quoted).concat(masks.nested);
    for (let i = 0; i < texts.length; i++) all.push(new ByteString(isPlain ? texts[i] : inside(texts[i])));
    return StaticArray.fromArray(all);
  }
}

/** How long a match may be, and so how much of a stream may be held back, in bytes. */
export function readHoldBack(config: ConfigReader): i32 {
  return <i32>config.integer("maxHoldBack", DEFAULT_HOLD_BACK, LEAST_HOLD_BACK, MOST_HOLD_BACK);
}

export function readRefusal(config: ConfigReader): RefusalSettings {
  const refusal = config.section("refusal");
  return new RefusalSettings(
    <i32>refusal.integer("status", DEFAULT_STATUS, FIRST_REFUSAL, LAST_REFUSAL),
    refusal.string("message", DEFAULT_MESSAGE, 1, LONGEST_MESSAGE),
    <RefusalStyle>refusal.enumValue("style", STYLES, 0),
  );
}

/** What each rule's spans become. */
@final
export class Masks {
  /** As it is. */
  readonly plain: ByteString[] = [];
  /** Inside a JSON string. */
  readonly inside: ByteString[] = [];
  /** In a JSON text inside a JSON string. */
  readonly nested: ByteString[] = [];
  /** As a JSON string. */
  readonly quoted: ByteString[] = [];
}

export function readMasks(config: ConfigReader, rules: Rule[]): Masks {
  const template = config.string("mask", "[{rule}]", 0, LONGEST_MASK);
  const pieces = template.split(RULE_PLACE);
  const masks = new Masks();
  for (let i = 0; i < rules.length; i++) {
    const text = joined(pieces, rules[i].id);
    masks.plain.push(new ByteString(text));
    masks.inside.push(new ByteString(inside(text)));
    masks.nested.push(new ByteString(inside(inside(text))));
    masks.quoted.push(new ByteString(`"${inside(text)}"`));
  }
  return masks;
}

/** As it stands inside a JSON string. */
function inside(text: string): string {
  const bytes = encodeUtf8(text);
  const escaped = new ByteBuffer(new Budget(i32.MAX_VALUE));
  appendJsonText(escaped, changetype<usize>(bytes), bytes.byteLength);
  return decodeUtf8(escaped.pointer, escaped.length);
}
