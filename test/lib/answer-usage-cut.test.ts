import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { CASES } from "./answer-cases.ts";
import { AnswerModule } from "./answer-module.ts";
import { SEED } from "./seeded.ts";

let answers: AnswerModule;

beforeAll(async () => {
  answers = await AnswerModule.load();
});

const MAX_WITHHELD_BYTES = 16384;
const CHUNK = 'data: {"id":"1","choices":[{"index":0,"delta":{"content":"a"}}],"usage":null}\n\n';
const LAST = 'data: {"id":"1","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}\n\n';
const DONE = "data: [DONE]\n\n";
const long = (size: number): string => LAST.replace('"1"', `"${"x".repeat(size - LAST.length + 1)}"`);

const STREAMS: [why: string, stream: string, seen: string][] = [
  ["the usage event goes", CHUNK + LAST + DONE, CHUNK + DONE],
  ["several go", LAST + CHUNK + LAST + LAST + DONE, CHUNK + DONE],
  ["with CRLF", (CHUNK + LAST + DONE).replaceAll("\n", "\r\n"), (CHUNK + DONE).replaceAll("\n", "\r\n")],
  ["with CR", (CHUNK + LAST + DONE).replaceAll("\n", "\r"), (CHUNK + DONE).replaceAll("\n", "\r")],
  ["with a comment of its own", `${CHUNK}: ping\n${LAST}${DONE}`, CHUNK + DONE],
  ["as the last event without a blank line", CHUNK + LAST.slice(0, -2), CHUNK],
  ["with usage before the choices", `${CHUNK}data: {"usage":{},"choices":[]}\n\n`, CHUNK],
  ["with a null for its error", `${CHUNK}data: {"choices":[],"usage":{},"error":null}\n\n`, CHUNK],
  ["over several data lines", `${CHUNK}data: {"usage":{},\ndata: "choices":[]}\n\n`, CHUNK],
  ["as long as it may be", CHUNK + long(MAX_WITHHELD_BYTES) + DONE, CHUNK + DONE],
];

const KEPT: [why: string, stream: string][] = [
  ["chunks", CHUNK + CHUNK + DONE],
  ["usage with a choice", 'data: {"choices":[{}],"usage":{"prompt_tokens":1}}\n\n'],
  ["usage with an error", 'data: {"choices":[],"usage":{},"error":{"message":"overloaded","code":502}}\n\n'],
  ["usage after an error", 'data: {"error":"overloaded","choices":[],"usage":{}}\n\n'],
  ["no choices without usage", 'data: {"choices":[],"prompt_filter_results":[]}\n\n'],
  ["no choices with a null usage", 'data: {"choices":[],"usage":null}\n\n'],
  ["choices that are no array", 'data: {"choices":{},"usage":{}}\n\n'],
  ["two lists of choices, one of them not empty", 'data: {"choices":[{}],"choices":[],"usage":{}}\n\n'],
  ["two objects in an event", 'data: {"choices":[],"usage":{}}\ndata: {}\n\n'],
  ["an array around it", 'data: [{"choices":[],"usage":{}}]\n\n'],
  ["a usage event that is malformed", 'data: {"choices":[],"usage":{}\n\n'],
  ["a usage event of another kind", 'data: {"type":"message_delta","usage":{"output_tokens":5}}\n\n'],
  ["a usage event that is too long", long(MAX_WITHHELD_BYTES + 1)],
  ["comments and blank lines", ": ping\n\n\n\n: ping\n"],
  ["an end within an event", `${CHUNK}data: {"choices":[],"us`],
  ["JSON", '{"choices":[],"usage":{}}'],
  ["objects by line", '{"choices":[],"usage":{}}\n{"choices":[],"usage":{}}\n'],
  ["nothing", ""],
];

describe("what a client sees that didn't ask for usage", () => {
  test.each(STREAMS)("%s", (_, stream, seen) => {
    expect(answers.cut(stream).seen).toBe(seen);
    const step = stream.length > 2000 ? 61 : 1;
    for (let cut = 0; cut <= stream.length; cut += step) {
      const split = answers.cut(stream, [cut]);
      expect(split.seen, `cut at ${cut}`).toBe(seen);
      expect(seen.startsWith(split.seen.slice(0, split.after[0]))).toBe(true);
    }
    expect(answers.cut(stream, stream.length > 2000 ? [] : [...Buffer.from(stream).keys()]).seen).toBe(seen);
  });

  test.each(KEPT)("everything else passes byte for byte: %s", (_, stream) => {
    const whole = answers.cut(stream);
    expect(whole.seen).toBe(stream);
    expect(whole.changed).toEqual([false]);
    const step = stream.length > 2000 ? 61 : 1;
    for (let cut = 0; cut <= stream.length; cut += step) expect(answers.cut(stream, [cut]).seen).toBe(stream);
  });

  test("answers of every dialect pass, but for OpenAI's usage events", () => {
    for (const { answer } of CASES) {
      const [event] = answers.read(answer).usageOnly;
      const [start, end] = event ?? [0, 0];
      const seen = Buffer.concat([answer.subarray(0, start), answer.subarray(end)]).toString("latin1");
      for (let cut = 0; cut <= answer.length; cut += 7) expect(answers.cut(answer, [cut]).seen).toBe(seen);
    }
  });

  test("a chunk is let through as soon as it has a choice", () => {
    const cut = CHUNK.indexOf("{", 10) + 1;
    const { after, changed } = answers.cut(CHUNK, [cut - 1, cut]);
    expect(after).toEqual([0, cut, CHUNK.length]);
    expect(changed).toEqual([true, true, false]);
  });

  test("a long event is let through when too much of it is withheld", () => {
    const { after, seen } = answers.cut(long(3 * MAX_WITHHELD_BYTES), [MAX_WITHHELD_BYTES, MAX_WITHHELD_BYTES + 1]);
    expect(after.slice(0, 2)).toEqual([0, MAX_WITHHELD_BYTES + 1]);
    expect(seen).toHaveLength(3 * MAX_WITHHELD_BYTES);
  });

  test("is the same in whatever pieces the answer comes", () => {
    const event = fc.constantFrom(
      CHUNK,
      LAST,
      DONE,
      ": x\n\n",
      ": x\n",
      "\n",
      "data: {}\n\n",
      LAST.replaceAll("\n", "\r\n"),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), fc.array(fc.nat(), { maxLength: 8 }), (events, places) => {
        const stream = events.join("");
        const cuts = places.map((place) => place % (stream.length + 1)).sort((a, b) => a - b);
        expect(answers.cut(stream, cuts).seen).toBe(answers.cut(stream).seen);
      }),
      { numRuns: 3000, seed: SEED },
    );
  });
});
