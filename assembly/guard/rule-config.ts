import { quote } from "../config/json-value";
import { ConfigReader } from "../config/reader";
import { HttpService } from "../filter/http-service";
import { readServicePlace } from "../filter/service-place";
import { SCOPE_NAMES } from "./scopes";
import { BUILTIN_NAMES } from "../match/builtins/builtin";
import { Regex } from "../match/regex/regex";
import { takesText } from "../match/regex/takes-text";
import { MAX_WORD_BYTES } from "../match/words-list";
import { ClassifierFactory } from "./classifier-factory";
import { GuardService, NO_THRESHOLD, RULE_ACTIONS, Rule, RuleAction, SERVICE_PROTOCOLS, ServiceProtocol } from "./rule";
import { RuleSet } from "./rule-set";
import { RuleSetBuilder } from "./rule-set-builder";

const MOST_RULES: i32 = 64;
const LONGEST_ID: i32 = 64;
const MOST_WORDS: i32 = 20_000;
const LONGEST_PATTERN: i32 = 1024;
const LONGEST_PATH: i32 = 1024;
const DEFAULT_THRESHOLD: f64 = 0.9;
const MILLION: f64 = 1_000_000;
const DEFAULT_TIMEOUT_MS: i64 = 300;
const LONGEST_TIMEOUT_MS: i64 = 30_000;
const CLASSIFIERS: string[] = ["PromptInjection"];
const KINDS: string[] = ["builtin", "words", "pattern", "classifier", "service"];

/** What the rules of one guard may say. */
@final
export class RuleScope {
  constructor(
    /** The scopes of the texts that the guard reads: bits of `TextScope`. */
    readonly scopes: i32,
    /** Null where it has none. */
    readonly classifier: ClassifierFactory | null,
  ) {}
}

/** Reads `rules`; what is wrong becomes issues of the reader. */
export function readRules(config: ConfigReader, allowed: RuleScope, maxHoldBytes: i32): RuleSet {
  const entries = config.objects("rules", 0, MOST_RULES);
  const builder = new RuleSetBuilder(entries.length, maxHoldBytes);
  const ids: string[] = [];
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i];
    const id = entry.headerValue("id", "", LONGEST_ID);
    if (!entry.has("id")) entry.reject("id", "is required");
    else if (!isName(id)) entry.reject("id", "must have letters, digits, _ and - only");
    else if (ids.includes(id)) entry.reject("id", "is the name of an earlier rule");
    ids.push(id);
    readRule(entry, i, id, allowed, builder);
  }
  return builder.build(allowed.classifier);
}

function readRule(entry: ConfigReader, index: i32, id: string, allowed: RuleScope, builder: RuleSetBuilder): void {
  const scopes = readScopes(entry, allowed.scopes);
  if (!entry.has("action")) entry.reject("action", "is required");
  const action = <RuleAction>entry.enumValue("action", RULE_ACTIONS, RuleAction.Reject);
  const detect = entry.object("detect");
  if (detect == null) {
    if (!entry.has("detect")) entry.reject("detect", "is required");
    builder.addRule(new Rule(index, id, scopes, action, NO_THRESHOLD, null));
    return;
  }
  let kinds = 0;
  for (let i = 0; i < KINDS.length; i++) kinds += i32(detect.has(KINDS[i]));
  if (kinds != 1) detect.rejectAll(`must have exactly one of ${KINDS.join(", ")}`);
  const isClassifier = detect.has("classifier");
  const threshold = isClassifier ? readThreshold(detect, allowed, entry, action) : NO_THRESHOLD;
  if (!isClassifier) detect.refuseUnasked(["threshold"], "is for a classifier only");
  const service = detect.has("service") ? readService(detect, entry, action) : null;
  const rule = new Rule(index, id, scopes, action, threshold, service);
  builder.addRule(rule);
  readBuiltins(detect, rule, builder);
  readWords(detect, rule, builder);
  readPattern(detect, rule, builder);
}

function readScopes(entry: ConfigReader, allowed: i32): i32 {
  const scopes: i32 = entry.enumValues("scopes", SCOPE_NAMES, allowed);
  return scopes == 0 ? allowed : scopes;
}

function readBuiltins(detect: ConfigReader, rule: Rule, builder: RuleSetBuilder): void {
  const builtins = detect.enumValues("builtin", BUILTIN_NAMES, (1 << BUILTIN_NAMES.length) - 1);
  for (let i = 0; i < BUILTIN_NAMES.length; i++) if ((builtins >> i) & 1) builder.addBuiltin(rule, i);
}

function readWords(detect: ConfigReader, rule: Rule, builder: RuleSetBuilder): void {
  if (!detect.has("words")) return detect.refuseUnasked(["wordsFile"], "is for words only, which stand in words");
  const words = detect.strings("words", 1, MOST_WORDS, MAX_WORD_BYTES);
  for (let i = 0; i < words.length; i++) {
    if (builder.addWord(rule, words[i])) continue;
    const limit = MAX_WORD_BYTES.toString();
    detect.reject(
      "words",
      `has a word that is empty or blank as it is looked for, or longer than ${limit} bytes: ${quote(words[i])}`,
    );
  }
  if (detect.has("wordsFile") && !detect.isNull("wordsFile")) {
    detect.reject("wordsFile", "must be null: a filter can't read files, so the words stand in words");
  }
}

function readPattern(detect: ConfigReader, rule: Rule, builder: RuleSetBuilder): void {
  if (!detect.has("pattern")) return;
  const pattern = Regex.parse(detect.string("pattern", "", 1, LONGEST_PATTERN));
  let error = pattern.error;
  if (error == null && !takesText(pattern.tree, pattern.tree.root)) error = "no text with a character in it matches";
  if (error == null) error = builder.addPattern(rule, pattern);
  if (error != null) detect.reject("pattern", `can't be used: ${error}`);
}

function readThreshold(detect: ConfigReader, allowed: RuleScope, entry: ConfigReader, action: RuleAction): i32 {
  detect.enumValue("classifier", CLASSIFIERS, 0);
  if (allowed.classifier == null) detect.reject("classifier", "is for prompt-guard only");
  if (action == RuleAction.Mask) entry.reject("action", "of a classifier can't be Mask: it judges whole texts");
  return <i32>Math.round(detect.number("threshold", DEFAULT_THRESHOLD, 0, 1) * MILLION);
}

function readService(detect: ConfigReader, entry: ConfigReader, action: RuleAction): GuardService {
  const service = detect.section("service");
  const place = readServicePlace(service);
  const path = service.requestPath("path", "/", LONGEST_PATH);
  const timeoutMs = <u32>service.durationMs("timeout", DEFAULT_TIMEOUT_MS, 1, LONGEST_TIMEOUT_MS);
  const protocol = <ServiceProtocol>service.enumValue("protocol", SERVICE_PROTOCOLS, 0);
  if (action == RuleAction.Mask && protocol != ServiceProtocol.Webhook) {
    entry.reject("action", "of a moderation can't be Mask: it says that something is there, not where");
  }
  return new GuardService(new HttpService(place, path, timeoutMs), protocol);
}

/** What can stand in a metric's name and in a list. */
function isName(text: string): bool {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    const isLetter = <u32>((unit | 0x20) - 0x61) < 26;
    if (!isLetter && <u32>(unit - 0x30) >= 10 && unit != 0x5f && unit != 0x2d) return false;
  }
  return true;
}
