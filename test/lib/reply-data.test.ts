import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { ReplyStreamModule } from "./reply-module.ts";
import { readSse } from "./reply-wire.ts";
import { SEED, randomFrom } from "./seeded.ts";

/** A folder with recorded answers, `streams/index.jsonl` and the files it names; without it nothing here runs. */
const FOLDER = join(process.env.WEIR_DATA ?? "", "streams");
const INDEX = join(FOLDER, "index.jsonl");
const isThere = process.env.WEIR_DATA !== undefined && existsSync(INDEX);

const CUTS = 10;
const LARGEST = 1 << 21;

interface Recorded {
  file: string;
  framing: string;
}

const recorded = isThere
  ? readFileSync(INDEX, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Recorded)
      .filter(({ framing }) => framing !== "aws-eventstream")
  : [];

/** The JSON documents of an answer, and the bytes that each is in. */
function read({ framing }: Recorded, bytes: Buffer): { document: unknown; raw: string }[] {
  if (framing === "json") return [{ document: JSON.parse(bytes.toString()), raw: "" }];
  if (framing === "json-array") {
    return (JSON.parse(bytes.toString()) as unknown[]).map((document) => ({ document, raw: "" }));
  }
  return readSse(bytes.toString()).flatMap(({ data, raw }) => {
    try {
      return [{ document: JSON.parse(data) as unknown, raw }];
    } catch {
      return [{ document: data, raw }];
    }
  });
}

/** Whether one value is another with some strings replaced, numbers become strings, or lists and objects emptied. */
function isSameBut(before: unknown, after: unknown): boolean {
  if (typeof before === "string") return typeof after === "string";
  if (typeof before !== "object" || before === null) return before === after || typeof after === "string";
  if (after === null || JSON.stringify(after) === "[]") return true;
  if (typeof after !== "object") return false;
  const [old, now] = [Object.values(before), Object.values(after)];
  return old.length === now.length && old.every((one, index) => isSameBut(one, now[index]));
}

describe.skipIf(!isThere)("a recorded answer", () => {
  let replies: ReplyStreamModule;

  beforeAll(async () => {
    replies = await ReplyStreamModule.load();
    replies.setBudget(LARGEST);
  });

  test.each(recorded)("passes byte for byte, and is masked and nothing else: $file", (answer) => {
    const bytes = readFileSync(join(FOLDER, answer.file));
    const isEventStream = answer.framing.startsWith("sse");
    const random = randomFrom(SEED);
    const cutsOf = (): number[] => Array.from({ length: CUTS }, () => random(bytes.length)).sort((a, b) => a - b);
    const plain = replies.show(bytes, cutsOf(), { isEventStream });
    expect(plain.seen.equals(bytes)).toBe(true);
    expect(replies.show(bytes, cutsOf(), { isEventStream }).told, `seed ${SEED}`).toEqual(plain.told);

    const said = [...new Set(plain.told.flatMap(({ text }) => text.match(/[A-Za-z]{6,}/gu) ?? []))];
    if (said.length === 0) return;
    const words = [0, 1, 2].map((n) => ({ word: said[random(said.length)]!, mask: `[${n}]` }));
    const why = `seed ${SEED}, words ${words.map(({ word }) => word).join(" ")}`;
    const masked = replies.show(bytes, cutsOf(), { isEventStream, words });
    expect(replies.show(bytes, [], { isEventStream, words }).seen.equals(masked.seen), why).toBe(true);

    const after = read(answer, masked.seen);
    const before = read(answer, bytes);
    expect(after.length).toBe(before.length);
    before.forEach(({ document, raw }, index) => {
      const now = after[index]!;
      if (JSON.stringify(document) === JSON.stringify(now.document)) expect(now.raw).toBe(raw);
      else expect(isSameBut(document, now.document), `${why}, event ${index}`).toBe(true);
    });
    const left = replies.show(masked.seen, [], { isEventStream }).told.map(({ text }) => text);
    for (const { word } of words)
      expect(
        left.filter((text) => text.includes(word)),
        why,
      ).toEqual([]);
  });
});
