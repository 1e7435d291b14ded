import { ANSWERS } from "../contract/support/answers.ts";
import { bodyOf, REQUESTS, RESPONSES } from "../contract/support/traffic.ts";
import { examplesOf } from "../contract/support/plugins.ts";
import { CASES as RECORDED } from "../lib/answer-cases.ts";
import { DIALECTS, HOSTILE } from "../lib/prompt-cases.ts";
import { CASES as REPLIES } from "../lib/reply-cases.ts";
import { sent } from "../lib/reply-marks.ts";
import { mutateBytes } from "./byte-mutator.ts";
import { type ConfigurationCase, type ExchangeCase, type FuzzCase, type Message } from "./case.ts";
import { Dice, seedOf } from "./dice.ts";
import { KEYS } from "./dictionary.ts";
import { binaryEvents, eventText, linesOf, listOf } from "./event-text.ts";
import { formOf } from "./form-text.ts";
import { oddHeader, requestHead, responseHead } from "./head.ts";
import { mutateTree, PLAIN, print, styleOf, treeOf, type Tree } from "./json-tree.ts";
import { settingsOf, wordsOf } from "./settings.ts";

const JSON_TYPES = ["application/json", "application/json", "application/json; charset=utf-8", "text/plain"];
const CONFIGURATIONS_IN = 8;
/** What pads a body over a window of the plugins, seldom. */
const PADDING = { oneIn: 400, sizes: [5000, 65_000, 70_000, 140_000] };

const PROMPTS: Tree[] = DIALECTS.flatMap(([, cases]) => cases.map(([, body]) => treeOf(body)));
const DOCUMENTS: Tree[][] = REPLIES.map(({ documents }) => documents.map((one) => treeOf(sent(one))));
const BODIES: Uint8Array[] = [
  ...Object.values(REQUESTS).map(bodyOf),
  ...HOSTILE.map(([, body]) => Buffer.from(body)),
  ...RECORDED.map(({ answer }) => answer),
  ...Object.values(ANSWERS).map(bodyOf),
  ...RESPONSES.filter(({ body }) => typeof body === "string").map(bodyOf),
];
const DONE = ["[DONE]", "[DONE]", " [DONE]", "", "{}"];

/** What a callout is answered when nothing is wrong with it: a guard, a moderation, two token services, a rate limit service. */
const CALLOUT_ANSWERS: readonly Uint8Array[] = [
  '{"action":{}}',
  '{"action":{"body":"why","status_code":403}}',
  '{"action":{"body":{"messages":[{"content":"masked"}]}}}',
  '{"results":[{"flagged":false}]}',
  '{"results":[{"flagged":true,"categories":{"hate":true}}]}',
  '{"access_token":"t-1","expires_in":3600,"token_type":"Bearer"}',
  "<AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>A</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2026-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult>",
  "\x08\x01",
  "\x08\x02",
].map((text) => Buffer.from(text));

/** Makes the cases of one plugin: equal seeds and indexes, equal cases. */
export class Generator {
  readonly settings: readonly string[];
  readonly #configurations: readonly Tree[];
  readonly #words: { keys: string[]; values: string[] };

  constructor(
    readonly plugin: string,
    readonly seed: number,
  ) {
    this.settings = settingsOf(plugin);
    this.#configurations = [...examplesOf(plugin, true), ...examplesOf(plugin, false)].map(({ config }) =>
      treeOf(config),
    );
    this.#words = wordsOf(plugin);
  }

  make(index: number): FuzzCase {
    const dice = new Dice(seedOf(this.seed, this.plugin, index));
    return dice.chance(CONFIGURATIONS_IN) ? this.#configuration(dice) : this.#exchange(dice, index);
  }

  #configuration(dice: Dice): ConfigurationCase {
    const { keys, values } = this.#words;
    const word = (): Tree => ({ kind: "string", text: dice.pick(values) });
    const other = (): Tree => (dice.chance(2) ? word() : structuredClone(dice.pick(this.#configurations)));
    const start = dice.pick(this.#configurations);
    const tree = dice.chance(5) ? start : mutateTree(start, dice, keys, other);
    const plain = print(tree, PLAIN, dice);
    const settings = Buffer.from(print(tree, styleOf(dice), dice));
    if (!dice.chance(5)) return { kind: "configuration", plugin: this.plugin, settings, plain };
    const others = this.settings.map((text) => Buffer.from(text));
    return { kind: "configuration", plugin: this.plugin, settings: mutateBytes(settings, dice, others) };
  }

  #exchange(dice: Dice, index: number): ExchangeCase {
    const { contentType, body } = requestBody(dice);
    const [answerType, answer] = responseBody(dice);
    const request = message(dice, requestHead(dice, index, contentType), dice.chance(30) ? undefined : body);
    const response = message(dice, responseHead(dice, answerType), dice.chance(30) ? undefined : answer);
    const settings = dice.pick(this.settings);
    return { kind: "exchange", plugin: this.plugin, settings, request, response, callout: calloutAnswer(dice) };
  }
}

function message(dice: Dice, headers: Message["headers"], body: Uint8Array | undefined): Message {
  const cuts = dice.cuts(body?.length ?? 0, dice.pick([1, 2, 3, 8, 40]));
  const trailers = dice.chance(12) ? [oddHeader(dice)] : [];
  return { headers, body, cuts, endsWithPiece: dice.chance(2), trailers };
}

function requestBody(dice: Dice): { contentType: string | undefined; body: Buffer } {
  const jsonType = dice.chance(20) ? undefined : dice.pick(JSON_TYPES);
  switch (dice.below(8)) {
    case 0: {
      const lines = Array.from({ length: dice.between(0, 4) }, () => jsonText(dice, batchLine(dice)));
      const { contentType, body } = formOf(lines, dice);
      return { contentType, body: spoilt(body, dice) };
    }
    case 1: {
      const requests = [0, 1].map(() => ({ kind: "object", entries: [["params", dice.pick(PROMPTS)]] }) as Tree);
      const batch: Tree = { kind: "object", entries: [["requests", { kind: "array", elements: requests }]] };
      return { contentType: jsonType, body: spoilt(Buffer.from(jsonText(dice, batch)), dice) };
    }
    case 2:
      return { contentType: jsonType, body: mutateBytes(dice.pick(BODIES), dice, BODIES) };
    default:
      return {
        contentType: jsonType,
        body: spoilt(Buffer.from(jsonText(dice, withModel(dice.pick(PROMPTS), dice))), dice),
      };
  }
}

/** A prompt with a model, first or last, that the examples know or not. */
function withModel(prompt: Tree, dice: Dice): Tree {
  if (prompt.kind !== "object" || dice.chance(8)) return prompt;
  const model: [string, Tree] = [
    "model",
    { kind: "string", text: dice.pick(["gpt-4o", "fast", "internal-7b", "claude-haiku", "nobody"]) },
  ];
  const others = prompt.entries.filter(([key]) => key !== "model");
  const stream: [string, Tree][] = dice.chance(3) ? [["stream", { kind: "literal", text: "true" }]] : [];
  return { kind: "object", entries: dice.chance(2) ? [model, ...others, ...stream] : [...stream, ...others, model] };
}

function batchLine(dice: Dice): Tree {
  const body = withModel(dice.pick(PROMPTS), dice);
  const id: [string, Tree] = ["custom_id", { kind: "string", text: "1" }];
  return { kind: "object", entries: dice.chance(2) ? [id, ["body", body]] : [["body", body], id] };
}

function responseBody(dice: Dice): [contentType: string, body: Buffer] {
  const documents = dice.pick(DOCUMENTS);
  const data = (): string[] => documents.map((one) => (dice.chance(3) ? jsonText(dice, one) : print(one, PLAIN, dice)));
  switch (dice.below(8)) {
    case 0:
      return ["application/vnd.amazon.eventstream", spoilt(binaryEvents(data(), dice), dice)];
    case 1:
      return [
        dice.pick(["application/x-ndjson", "application/json"]),
        spoilt(Buffer.from(linesOf(data(), dice)), dice),
      ];
    case 2:
      return ["application/json", spoilt(Buffer.from(listOf(data(), dice)), dice)];
    case 3:
    case 4:
      return [dice.pick(JSON_TYPES), spoilt(Buffer.from(jsonText(dice, dice.pick(documents))), dice)];
    case 5:
      return [dice.pick(["text/event-stream", "application/json"]), mutateBytes(dice.pick(BODIES), dice, BODIES)];
    default:
      return ["text/event-stream", spoilt(Buffer.from(eventText([...data(), dice.pick(DONE)], dice)), dice)];
  }
}

function jsonText(dice: Dice, tree: Tree): string {
  const changed = dice.chance(4) ? tree : mutateTree(tree, dice, KEYS, () => structuredClone(dice.pick(PROMPTS)));
  const text = print(changed, styleOf(dice), dice);
  if (!dice.chance(PADDING.oneIn)) return text;
  const size = dice.pick(PADDING.sizes);
  return dice.chance(2) ? `${" ".repeat(size)}${text}` : text.replace("{", `{"padding":"${"x".repeat(size)}",`);
}

function spoilt(bytes: Buffer, dice: Dice): Buffer {
  return dice.chance(5) ? mutateBytes(bytes, dice, BODIES) : bytes;
}

function calloutAnswer(dice: Dice): ExchangeCase["callout"] {
  if (dice.chance(6)) return undefined;
  const body = dice.pick(CALLOUT_ANSWERS);
  const status = dice.chance(8) ? dice.pick([204, 400, 401, 403, 429, 500, 503]) : 200;
  return { status, body: dice.chance(3) ? mutateBytes(body, dice, CALLOUT_ANSWERS) : body };
}
