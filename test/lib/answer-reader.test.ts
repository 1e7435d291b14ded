import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { CASES, chunk, eventStream, lines, sse } from "./answer-cases.ts";
import { AnswerModule } from "./answer-module.ts";
import { SEED } from "./seeded.ts";

let answers: AnswerModule;

beforeAll(async () => {
  answers = await AnswerModule.load();
});

describe("an answer", () => {
  test.each(CASES)("is read: $name", ({ answer, usage, text, model }) => {
    expect(answers.read(answer)).toMatchObject({ usage, text, model });
    expect(answers.read(answer).usage).toEqual(usage);
  });

  test.each(CASES)("means the same in whatever two pieces it comes: $name", ({ answer }) => {
    const whole = answers.read(answer);
    for (let cut = 0; cut <= answer.length; cut++) expect(answers.read(answer, [cut]), `cut at ${cut}`).toEqual(whole);
    expect(answers.read(answer, [...answer.keys()])).toEqual(whole);
  });

  test("means the same after another one", () => {
    for (const one of CASES) {
      for (const { answer, usage, text, model } of CASES.slice(0, 12)) {
        answers.read(one.answer, [one.answer.length >> 1]);
        expect(answers.read(answer)).toMatchObject({ usage, text, model });
      }
    }
  });

  test("is not read when it is encoded", () => {
    for (const { answer } of CASES) {
      expect(answers.read(answer, [], { isEncoded: true })).toEqual({ usage: {}, text: "", model: "", usageOnly: [] });
    }
  });
});

const good = { usage: { prompt_tokens: 7, completion_tokens: 8 } };
const GOOD = { input: 7, output: 8, total: 15 };
const goodText = JSON.stringify(good);

/** Of SageMaker's streams, split anywhere. */
function parts(...payloads: string[]): [string, Buffer][] {
  return payloads.map((payload) => ["PayloadPart", Buffer.from(payload)]);
}

const ODD: [why: string, answer: Buffer | string, usage: object][] = [
  ["no bytes", "", {}],
  ["white space", " \r\n\t ", {}],
  ["plain text", "upstream connect error", {}],
  ["white space and a byte order mark before JSON", `\u{feff}\n  ${goodText}`, GOOD],
  ["line ends before the first event", `\n\r\n\ndata: ${goodText}\n\n`, GOOD],
  ["a comment first", `: hello\n\ndata: ${goodText}\n\n`, GOOD],
  ["another field first", `retry: 5\ndata: ${goodText}\n\n`, GOOD],
  ["an event that the end cuts off after its data", `data: ${goodText}`, GOOD],
  ["an object that the end cuts off within usage", goodText.slice(0, -3), {}],
  ["an object that the end cuts off after usage", goodText.slice(0, -1), GOOD],
  ["data in several lines", 'data: {"usage":\ndata: {"prompt_tokens":7,\ndata: "completion_tokens":8}}\n\n', GOOD],
  ["several objects in one event", `data: {}\ndata: ${goodText}\n\n`, GOOD],
  ["events without blank lines between them", `data: {"a":1}\ndata: ${goodText}\ndata: [DONE]\n`, GOOD],
  ["a malformed event before", `data: {"usage": x}\n\ndata: {"usage"\n\ndata: ${goodText}\n\n`, GOOD],
  ["a malformed event behind", `data: ${goodText}\n\ndata: {"usage":{"prompt_tokens":\n\n`, GOOD],
  ["an event that isn't UTF-8", Buffer.from(`data: {"a":"\xff"}\n\ndata: ${goodText}\n\n`, "latin1"), GOOD],
  [
    "an event that is too deep",
    `data: ${"[".repeat(600)}\n\ndata: ${'{"a":'.repeat(600)}\n\ndata: ${goodText}\n\n`,
    GOOD,
  ],
  ["a malformed line before", `{"usage": x}\n{"a\n${goodText}\n`, GOOD],
  ["a line that breaks off before the next", `{"a":1\n${goodText}\n`, GOOD],
  ["objects without anything between them", `{}${goodText}{}`, GOOD],
  ["an array with garbage", `[1, "a", ${goodText}, null`, {}],
  ["an array with a broken element", `[{"a":x},\n${goodText}]`, GOOD],
  ["usage in a text", sse({ choices: [{ delta: { content: goodText } }] }), {}],
  ["usage in a tool's arguments", JSON.stringify({ content: [{ type: "tool_use", input: good }] }), {}],
  ["usage in an error", JSON.stringify({ error: good }), {}],
  ["usage in a failed answer", JSON.stringify({ error: { message: "x" }, ...good }), GOOD],
  ["escaped keys", '{"us\\u0061ge":{"prompt\\u005ftokens":7,"completion_tokens":8}}', GOOD],
  ["usage that is no object", '{"usage":7}\n{"usage":null}\n{"usage":[{"prompt_tokens":7}]}\n{"usage":"x"}', {}],
  ["an empty usage", '{"usage":{}}', {}],
  ["a message of a length that can't be", Buffer.from("00000004000000000000000000", "hex"), {}],
  ["a message of a huge length", Buffer.from("01ffffff000000000000000000", "hex"), {}],
  ["headers longer than their message", Buffer.from("00000020000000200000000000", "hex"), {}],
  [
    "a message without headers",
    Buffer.concat([Buffer.from("000000440000000000000000", "hex"), Buffer.from(goodText.padEnd(52)), Buffer.alloc(4)]),
    GOOD,
  ],
  [
    "messages without a payload",
    Buffer.concat([Buffer.from("00000010000000000000000000000000", "hex"), eventStream(["x", good])]),
    GOOD,
  ],
  ["base64 that isn't JSON", eventStream(["chunk", { bytes: "!!!!" }], chunk(good)), GOOD],
  ["base64 in base64", eventStream(chunk({ bytes: Buffer.from(goodText).toString("base64") })), {}],
  ["a part of white space before the first object", eventStream(...parts("\r\n", goodText)), GOOD],
  ["a list of objects in parts", eventStream(...parts(`[{},${goodText.slice(0, 9)}`, `${goodText.slice(9)}]`)), GOOD],
  ["a part of white space before the first event", eventStream(...parts("\n", "data:", ` ${goodText}`)), GOOD],
  [
    "base64 of the other alphabet, in lines",
    lines({ bytes: Buffer.from(`${goodText}\u{3fffe}`).toString("base64url") }, {}),
    GOOD,
  ],
];

describe("an odd answer", () => {
  test.each(ODD)("is read as far as it goes: %s", (_, answer, usage) => {
    const bytes = Buffer.from(answer);
    const whole = answers.read(bytes);
    expect(whole.usage).toEqual(usage);
    for (let cut = 0; cut <= bytes.length; cut += bytes.length > 2000 ? 37 : 1) {
      expect(answers.read(bytes, [cut]), `cut at ${cut}`).toEqual(whole);
    }
  });

  test("never harms, whatever its bytes, and means the same in any pieces", () => {
    const anyCase = fc.constantFrom(...CASES.map(({ answer }) => answer));
    const anyEdit = fc.tuple(fc.nat(), fc.nat(4), fc.uint8Array({ maxLength: 4 }));
    const anyCuts = fc.array(fc.nat(), { maxLength: 5 });
    fc.assert(
      fc.property(anyCase, anyCase, fc.array(anyEdit, { maxLength: 4 }), anyCuts, (one, other, edits, places) => {
        let answer = Buffer.concat([one, other]);
        for (const [place, removed, added] of edits) {
          const at = place % (answer.length + 1);
          answer = Buffer.concat([answer.subarray(0, at), added, answer.subarray(at + removed)]);
        }
        const cuts = places.map((place) => place % (answer.length + 1)).sort((a, b) => a - b);
        expect(answers.read(answer, cuts)).toEqual(answers.read(answer));
      }),
      { numRuns: 3000, seed: SEED },
    );
  });
});

/** What the events below have in common. */
interface Spoken {
  text?: string;
  type?: string;
  choices?: [{ delta: { content: string } }];
  delta: string | { text: string };
}

describe("text", () => {
  test("is the same however alike the events of a stream begin", () => {
    const id = fc.constantFrom("a".repeat(40), "b".repeat(40), "a".repeat(39));
    const event = fc.oneof(
      fc.record({ id, choices: fc.tuple(fc.record({ delta: fc.record({ content: fc.string() }) })) }),
      fc.record({ id, type: fc.constantFrom("response.x.delta", "response.x.done"), delta: fc.string() }),
      fc.record({ id, delta: fc.record({ text: fc.string() }), usage: fc.record({ output_tokens: fc.nat() }) }),
      fc.record({ id, usage: fc.record({ output_tokens: fc.nat() }), delta: fc.record({ text: fc.string() }) }),
      fc.record({ id, text: fc.string(), delta: fc.record({ text: fc.string() }) }),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), (events) => {
        const answer = sse(...events);
        // Cut before its last byte, no event is whole, so that each is read from its beginning.
        const ends = [...answer.keys()].filter((at) => answer.subarray(at, at + 3).toString() === "}\n\n");
        expect(answers.read(answer, ends)).toEqual(answers.read(answer));
        const texts = events.map((one) => {
          const { text = "", type = "", choices, delta } = one as unknown as Spoken;
          if (choices) return choices[0].delta.content;
          if (typeof delta === "object") return text + delta.text;
          return text + (type === "response.x.done" ? "" : delta);
        });
        expect(answers.read(answer).text).toBe(Buffer.from(texts.join("")).toString());
      }),
      { numRuns: 1500, seed: SEED },
    );
  });

  test("comes decoded, whatever is escaped", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.nat(), (text, place) => {
        const answer = Buffer.from(JSON.stringify({ choices: [{ message: { content: text, name: "x" } }] }));
        expect(answers.read(answer, [place % answer.length]).text).toBe(`${Buffer.from(text).toString()}x`);
      }),
      { numRuns: 1500, seed: SEED },
    );
  });
});

describe("a model's name", () => {
  test("is the first one", () => {
    expect(answers.read('{"model":"a"}\n{"model":"b"}').model).toBe("a");
  });
  test("is nothing but a string", () => {
    expect(answers.read('{"model":1,"message":{"model":["b"]},"response":{"model":"c"}}').model).toBe("c");
  });
  test("is cut at 256 bytes", () => {
    expect(answers.read(JSON.stringify({ model: "m".repeat(300) })).model).toBe("m".repeat(256));
  });
});

test("the ids of the paths in usage objects follow those of all others", () => {
  expect(answers.firstPathInUsage).toBe(answers.pathCount);
});
