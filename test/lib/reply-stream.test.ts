import { beforeAll, describe, expect, test } from "vitest";
import { type Case, CASES, WORDS } from "./reply-cases.ts";
import { masked, sent, told } from "./reply-marks.ts";
import { ReplyStreamModule } from "./reply-module.ts";
import { type Escapes, json, readSse, sse, type SseStyle } from "./reply-wire.ts";

let replies: ReplyStreamModule;

beforeAll(async () => {
  replies = await ReplyStreamModule.load();
});

/** A case's documents as they come over the wire. */
function wire({ framing, end }: Case, documents: unknown[], style: SseStyle = {}): string {
  const escapes = style.escapes ?? "least";
  switch (framing) {
    case "sse":
    case "named sse":
      return sse(documents, { named: framing === "named sse", end, ...style });
    case "lines":
      return documents.map((document) => `${json(document, escapes)}\n`).join("");
    case "array":
      return `[${documents.map((document) => json(document, escapes)).join("\n,\r\n")}\n]\n`;
    default:
      return json(documents[0], escapes);
  }
}

/** The documents of an answer. */
function read({ framing, end }: Case, answer: string): unknown[] {
  if (framing === "lines")
    return answer
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown);
  if (framing === "array") return JSON.parse(answer) as unknown[];
  if (framing === "json") return [JSON.parse(answer) as unknown];
  return readSse(answer)
    .filter(({ data }) => data !== end)
    .map(({ data }) => JSON.parse(data) as unknown);
}

const byText = (list: { kind: string; text: string }[]): string[] =>
  list.map(({ kind, text }) => `${kind}: ${text}`).sort();

const STYLES: [how: string, style: SseStyle][] = [
  ["plainly", {}],
  ["with CRLF, comments and ASCII only", { eol: "\r\n", before: ": ping\r\n\r\nretry: 5\r\n", escapes: "ascii" }],
  ["with CR", { eol: "\r" }],
  ["in several lines", { lines: true, before: ": x\n" }],
  ["with every character escaped", { escapes: "all", before: "id: 1\n" }],
];

describe.each(CASES)("an answer: $name", (one) => {
  const documents = one.documents.map(sent);

  test.each(STYLES)("is told as a whole, written %s", (_, style) => {
    const { told: heard, outcome } = replies.show(wire(one, documents, style));
    expect(byText(heard)).toEqual(byText(told(one.documents)));
    expect(outcome).toBe("Unchanged");
  });

  test.each(STYLES)("passes byte for byte where nothing is masked, written %s", (_, style) => {
    const answer = wire(one, documents, style);
    const step = Math.ceil(answer.length / 200);
    for (let cut = 0; cut <= answer.length; cut += step) {
      expect(replies.show(answer, [cut]).seen.toString(), `cut at ${cut}`).toBe(Buffer.from(answer).toString());
    }
  });

  test.each(STYLES)("is masked, written %s", (_, style) => {
    const answer = wire(one, documents, style);
    const { seen } = replies.show(answer, [], { words: WORDS });
    expect(read(one, seen.toString())).toEqual(masked(one.documents, WORDS));
  });

  test("keeps the bytes around what is masked", () => {
    const answer = wire(one, documents);
    const { seen } = replies.show(answer, [], { words: WORDS });
    expect(seen.toString()).toBe(wire(one, masked(one.documents, WORDS)));
  });

  test.each(["least", "all"] as Escapes[])(
    "is masked alike in whatever two pieces it comes, with %s escapes",
    (escapes) => {
      const answer = Buffer.from(wire(one, documents, { escapes }));
      const whole = replies.show(answer, [], { words: WORDS });
      const step = Math.ceil(answer.length / 1000);
      for (let cut = 0; cut <= answer.length; cut += step) {
        const split = replies.show(answer, [cut], { words: WORDS });
        expect(split.seen.equals(whole.seen), `cut at ${cut}`).toBe(true);
        expect(split.told, `cut at ${cut}`).toEqual(whole.told);
      }
      const each = replies.show(answer, [...answer.keys()], { words: WORDS });
      expect(each.seen.toString()).toBe(whole.seen.toString());
      expect(each.told).toEqual(whole.told);
    },
  );
});
