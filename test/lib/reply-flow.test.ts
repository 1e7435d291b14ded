import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { eventStream } from "./answer-cases.ts";
import { masked, part, type Part, sent, told, type Word } from "./reply-marks.ts";
import { ReplyStreamModule } from "./reply-module.ts";
import { type Escapes, json, readSse, sse } from "./reply-wire.ts";
import { SEED } from "./seeded.ts";

let replies: ReplyStreamModule;

beforeAll(async () => {
  replies = await ReplyStreamModule.load();
});

const BUDGET = 1 << 18;
const WORDS: Word[] = [{ word: "SECRET-42", mask: "[gone]" }];
const say = (delta: object, index = 0, more: object = {}): string =>
  `data: ${JSON.stringify({ id: "chatcmpl-7", model: "gpt-x", choices: [{ index, delta, finish_reason: null, ...more }] })}\n\n`;
const text = (content: string, index = 0): string => say({ content }, index);
const DONE = "data: [DONE]\n\n";
const PING = ": ping\n\n";

/** What the client has after each piece, piece by piece. */
function shown(pieces: string[], words: Word[] = WORDS): string[] {
  const ends: number[] = [];
  for (const piece of pieces) ends.push((ends.at(-1) ?? 0) + piece.length);
  const { seen, after } = replies.show(pieces.join(""), ends.slice(0, -1), { words });
  return after.map((end, index) => seen.toString().slice(after[index - 1] ?? 0, end));
}

describe("an event", () => {
  test("goes out at once where nothing of it could become a hit", () => {
    const pieces = [text("It"), PING, text(" is"), say({ reasoning: "Hm" }), text("."), DONE];
    expect(shown(pieces)).toEqual(pieces);
  });

  test("is held while it could, and so is what comes behind it", () => {
    const [first, ping, second, third] = [text("A SEC"), PING, text("RET"), text("URE")];
    expect(shown([first, ping, second, third, DONE])).toEqual(["", "", "", first + ping + second + third, DONE]);
  });

  test("goes out masked as soon as the hit is there", () => {
    expect(shown([text("A SEC"), PING, text("RET-42 b"), DONE])).toEqual([
      "",
      "",
      text("A [gone]") + PING + text(" b"),
      DONE,
    ]);
  });

  test.each([
    ["its choice is finished", text("x", 1), say({}, 0, { finish_reason: "stop" })],
    ["the stream says that it is done", text("x", 1), DONE],
    ["a stop comes", PING, 'data: {"type":"message_stop"}\n\n'],
    ["its block stops", PING, 'event: content_block_stop\ndata: {"type":"content_block_stop","index":0}\n\n'],
    ["all is repeated", PING, 'data: {"type":"response.completed","response":{"output":[]}}\n\n'],
    ["the model is done", PING, '{"done":true}\n'],
  ])("goes out when no more can come: %s", (_, between, end) => {
    const isLine = !end.startsWith("data") && !end.startsWith("event");
    const first = isLine ? '{"response":"SEC","done":false}\n' : text("SEC");
    const second = isLine ? '{"x":1}\n' : between;
    expect(shown([first, second, end, ""])).toEqual(["", "", first + second + end, ""]);
  });

  const response = (type: string, more: object): string =>
    `data: ${JSON.stringify({ type: `response.${type}`, output_index: 0, ...more })}\n\n`;

  test.each([
    ["its part is done", "output_text.done", { content_index: 1, text: "SEC" }, true],
    ["its part is done as a whole", "content_part.done", { content_index: 1, part: { text: "SEC" } }, true],
    ["its item is done", "output_item.done", { item: {} }, true],
    ["another part of its item is done", "output_text.done", { content_index: 0, text: "a" }, false],
    ["the same part of another item is done", "output_text.done", { output_index: 1, content_index: 1 }, false],
  ])("of OpenAI's responses goes out when no more can come: %s", (_, type, more, isOver) => {
    const pieces = [response("output_text.delta", { content_index: 1, delta: "SEC" }), response(type, more)];
    expect(shown([...pieces, PING])[1]).toBe(isOver ? pieces.join("") : "");
  });

  test("goes out when its choice has gone on to other texts for long", () => {
    const first = say({ reasoning_content: "SECRET" });
    const rest = Array.from({ length: 10 }, (_, i) => text(`word ${i} `));
    const after = shown([first, ...rest]);
    expect(after.findIndex((bytes) => bytes !== "")).toBe(8);
    expect(after.join("")).toBe(first + rest.join(""));
  });

  const half = (escaped: string): string => text("@").replace("@", escaped);

  test("that ends with half a pair of surrogates is held for the other half", () => {
    const words = [{ word: "\u{1f600}b", mask: "[face]" }];
    const [first, second] = [half("a\\ud83d"), half("\\ude00b")];
    expect(shown([first, second], words)).toEqual(["", half("a[face]") + half("")]);
    expect(shown([first, half("\\ude00c"), DONE], words)).toEqual(["", first + half("\\ude00c"), DONE]);
    expect(shown([first, text("b"), DONE], words)).toEqual(["", first + text("b"), DONE]);
    expect(shown([first, DONE], words)).toEqual(["", first + DONE]);
  });

  test.each([
    ["half a pair, then none", ["a\\ud83d", "SECRET-42"], ["a\\ud83d", "[gone]"]],
    ["half a pair, and another first half", ["\\ud83d", "\\ud83dSECRET-42"], ["\\ud83d", "\\ud83d[gone]"]],
    [
      "a second half, then a first",
      ["SECRET-42\\ude00", "\\ud83d", "SECRET-42"],
      ["[gone]\\ude00", "\\ud83d", "[gone]"],
    ],
    [
      "an escaped backslash before what looks like half",
      ["\\\\ud83d", "\\ude00SECRET-42"],
      ["\\\\ud83d", "\\ude00[gone]"],
    ],
    ["half a pair within a word", ["SEC\\ud83d", "RET-42"], ["SEC\\ud83d", "RET-42"]],
  ])("with %s is masked around it", (_, contents, expected) => {
    expect(shown([...contents.map(half), DONE]).join("")).toBe(expected.map(half).join("") + DONE);
  });

  test("is not let go for what other choices say", () => {
    const pieces = [text("SEC"), ...Array.from({ length: 50 }, () => text("other ", 1)), text("RET-42")];
    const after = shown(pieces);
    expect(after.slice(0, -1).join("")).toBe("");
    expect(after.at(-1)).toBe(text("[gone]") + pieces.slice(1, -1).join("") + text(""));
  });

  test("is masked where texts of a choice take turns", () => {
    const turns = ["SE", "CR", "ET", "-4", "2"].flatMap((content) => [text(content), say({ reasoning: "x" })]);
    const seen = shown(turns).join("");
    expect(seen).toBe(
      turns
        .join("")
        .replace('"SE"', '"[gone]"')
        .replaceAll(/"(?:CR|ET|-4|2)"/gu, '""'),
    );
  });

  test("is masked where each of its parts says to be the last one", () => {
    const last = (content: string, index = 0): string => say({ content }, index, { finish_reason: "stop" });
    const pieces = [last("A SEC"), PING, last("RET"), last("-42 b"), say({}, 0, { finish_reason: "stop" })];
    const masked = [last("A [gone]"), PING, last(""), last(" b"), pieces[4]!];
    expect(shown(pieces)).toEqual(["", "", "", masked.slice(0, 4).join(""), masked[4]]);
    for (const other of [text("x", 1), DONE, say({})])
      expect(shown([last("SEC"), other])).toEqual(["", last("SEC") + other]);
  });

  test("is masked in as many choices as there may be at a time", () => {
    const pieces = Array.from({ length: 60 }, (_, index) => text("SECRET", index));
    const ends = Array.from({ length: 60 }, (_, index) => text("-42", index));
    expect(shown([...pieces, ...ends]).join("")).toBe(
      pieces.join("").replaceAll("SECRET", "[gone]") + ends.join("").replaceAll("-42", ""),
    );
  });
});

describe("a message in a stream, which may be more of a text or all of it so far", () => {
  const message = (content: unknown, more: object = {}): string =>
    `data: ${JSON.stringify({ choices: [{ index: 0, message: { role: "assistant", content }, ...more }] })}\n\n`;
  const call = (args: string): string =>
    `data: ${JSON.stringify({ choices: [{ index: 0, message: { tool_calls: [{ function: { arguments: args } }] } }] })}\n\n`;

  test.each<[what: string, before: string[], after: string[]]>([
    ["more", [message("A SEC"), message("RET-42 b")], [message("A [gone]"), message(" b")]],
    [
      "all so far",
      [message("SEC"), message("SECRET-42"), message("SECRET-42 b")],
      [message("SEC"), message("[gone]"), message("[gone] b")],
    ],
    ["more of what was added", [text("SEC"), message("RET-42")], [text("[gone]"), message("")]],
    ["to be added to", [message("SEC"), text("RET-42")], [message("[gone]"), text("")]],
    [
      "all that was added",
      [text("SECRET-"), text("42"), message("SECRET-42")],
      [text("[gone]"), text(""), message("[gone]")],
    ],
    [
      "all so far beside what is added",
      [message("SEC", { delta: { content: "SEC" } }), message("SECRET-42", { delta: { content: "RET-42" } })],
      [message("[gone]", { delta: { content: "[gone]" } }), message("[gone]", { delta: { content: "" } })],
    ],
    [
      "more, in parts",
      [message([{ type: "text", text: "SEC" }]), message([{ type: "text", text: "RET-42" }])],
      [message([{ type: "text", text: "[gone]" }]), message([{ type: "text", text: "" }])],
    ],
    [
      "a tool's arguments so far",
      [call('{"a":"SECRET-42'), call('{"a":"SECRET-42","b":1}')],
      [call('{"a":"[gone]'), call('{"a":"[gone]","b":1}')],
    ],
  ])("is masked as both: %s", (_, before, after) => {
    expect(shown([...before, DONE]).join("")).toBe(after.join("") + DONE);
    for (let cut = 0; cut <= before.join("").length; cut++) {
      expect(replies.show(before.join("") + DONE, [cut], { words: WORDS }).seen.toString()).toBe(after.join("") + DONE);
    }
  });
});

describe("an event that has a text twice", () => {
  const raw = (choice: string): string => `data: {"choices":[{"index":0,${choice}}]}\n\n`;

  test.each([
    ["under one key", '"delta":{"content":"x","content":"RET-42"}'],
    ["under one key, the first of which is more of it", '"delta":{"content":"RET-42","content":"x"}'],
    ["under one key, written in two ways", '"delta":{"content":"x","c\\u006fntent":"RET-42"}'],
    ["under one key around it", '"delta":{"content":"x"},"delta":{"content":"RET-42"}'],
    ["in lists under one key", '"delta":{"content":["x"],"content":["RET-42"]}'],
    ["in a message", '"message":{"content":"x","content":"RET-42"}'],
  ])("can't be read, since clients take one or the other: %s", (_, choice) => {
    const stream = text("A ") + text("SEC") + raw(choice) + text("RET-42") + DONE;
    for (const cuts of [[], [...stream].map((_none, i) => i)]) {
      const { seen, outcome } = replies.show(stream, cuts, { words: WORDS });
      expect([seen.toString(), outcome]).toEqual([text("A "), "Unreadable"]);
      expect(replies.show(stream, cuts, { words: WORDS, releases: true }).seen.toString()).toBe(stream);
    }
  });

  test.each([
    [
      "in two parts",
      raw('"delta":{"content":[{"text":"SEC"},{"text":"RET-42"}]}'),
      raw('"delta":{"content":[{"text":"[gone]"},{"text":""}]}'),
    ],
    ["in a list", raw('"delta":{"content":["SEC","RET-42"]}'), raw('"delta":{"content":["[gone]",""]}')],
    [
      "in two choices",
      'data: {"choices":[{"text":"SECRET-42"},{"text":"SECRET-42"}]}\n\n',
      'data: {"choices":[{"text":"[gone]"},{"text":"[gone]"}]}\n\n',
    ],
    ["of an answer in one piece", '{"text":"SECRET-42","text":"SECRET-42"}', '{"text":"[gone]","text":"[gone]"}'],
  ])("is masked where both are to be read: %s", (_, answer, expected) => {
    expect(replies.show(answer, [], { words: WORDS }).seen.toString()).toBe(expected);
  });
});

describe("a rejected stream", () => {
  const [first, second, third] = [text("Fine. "), text("It is SEC"), text("RET-42")];

  test("ends before the event that the hit begins in, in whatever pieces it comes", () => {
    const stream = first + second + third + text(" more") + DONE;
    for (let cut = 0; cut <= stream.length; cut++) {
      const { seen, outcome } = replies.show(stream, [cut], { rejected: ["SECRET-42"] });
      expect(seen.toString(), `cut at ${cut}`).toBe(first);
      expect(outcome).toBe("Rejected");
    }
    expect(
      replies
        .show(
          stream,
          [...stream].map((_, i) => i),
          { rejected: ["SECRET-42"] },
        )
        .seen.toString(),
    ).toBe(first);
  });

  test.each([
    ["its choice is finished", say({}, 0, { finish_reason: "stop" })],
    ["the stream is over", ""],
    ["its choice has gone on for long", text("x", 0).replace("content", "refusal").repeat(9)],
  ])("ends where a hit is one because nothing follows: %s", (_, rest) => {
    const words = [{ word: "RET-42 and more", mask: "" }];
    const stream = first + text("RET-42") + rest;
    for (const cuts of [[], [...stream].map((_none, i) => i)]) {
      const { seen, outcome } = replies.show(stream, cuts, { words, rejected: ["RET-42"] });
      expect(seen.toString()).toBe(first);
      expect(outcome).toBe("Rejected");
    }
  });

  test("stays ended", () => {
    const { outcomes } = replies.show(third + third, [third.length], { rejected: ["RET-42"] });
    expect(outcomes).toEqual(["Rejected"]);
  });
});

describe("the budget", () => {
  const small = 4096;
  const long = text("x".repeat(small));
  const heldBack = [text("SECRET"), ...Array.from({ length: 60 }, () => text("other ", 1))].join("");

  test.each([
    ["an event that is longer", text("a ") + long + DONE, text("a ")],
    ["an event that never ends", `${text("a ")}data: ${"x".repeat(2 * small)}`, text("a ")],
    ["more than may be held behind one event", text("a ") + heldBack + DONE, text("a ")],
    ["a line that is longer", `{"response":"a"}\n{"response":"${"x".repeat(small)}"}\n`, '{"response":"a"}\n'],
  ])("is exceeded, and then only what came before goes out: %s", (_, stream, before) => {
    replies.setBudget(small);
    for (const step of [stream.length, 1000, 64, 7]) {
      const cuts = Array.from({ length: Math.ceil(stream.length / step) - 1 }, (_none, i) => (i + 1) * step);
      const { seen, outcome } = replies.show(stream, cuts, { words: WORDS });
      expect(outcome, `pieces of ${step}`).toBe("OverBudget");
      expect(seen.toString()).toBe(before);
      expect(replies.show(stream, cuts, { words: WORDS, releases: true }).seen.toString()).toBe(stream);
    }
    replies.setBudget(BUDGET);
  });

  test("is not exceeded by a stream of any length", () => {
    replies.setBudget(small);
    const stream = Array.from({ length: 300 }, (_, i) => text(`SECRET-42 word ${i} SEC`)).join("") + DONE;
    const whole = replies.show(stream, [], { words: WORDS });
    expect(whole.outcome).toBe("Changed");
    expect(whole.seen.toString()).toBe(stream.replaceAll("SECRET-42", "[gone]"));
    replies.setBudget(BUDGET);
  });

  test("keeps what was to be masked masked where the rest is let go", () => {
    replies.setBudget(small);
    const stream = text("SECRET-42 SEC") + long + DONE;
    const { seen } = replies.show(stream, [], { words: WORDS, releases: true });
    expect(seen.toString()).toBe(stream.replace("SECRET-42", "[gone]"));
    replies.setBudget(BUDGET);
  });

  test.each([
    ["may have as many choices as can be told apart", 63, "Changed"],
    ["may not have more", 64, "OverBudget"],
  ])("of choices of one event: it %s", (_, count, outcome) => {
    const of = (content: string): string => {
      const choices = Array.from({ length: count }, (_none, index) =>
        index < count - 2 ? { index, delta: {} } : { index, delta: { content: index < count - 1 ? content : "x" } },
      );
      return `data: ${JSON.stringify({ choices })}\n\n`;
    };
    const shown = replies.show(of("SECRET") + of("-42") + DONE, [], { words: WORDS });
    expect(shown.outcome).toBe(outcome);
    expect(shown.seen.toString()).toBe(outcome === "Changed" ? of("[gone]") + of("") + DONE : "");
  });

  test("holds no more texts at a time than it can keep apart", () => {
    const stream = Array.from({ length: 70 }, (_, index) => text("SECRET", index)).join("");
    expect(replies.show(stream, [], { words: WORDS }).outcome).toBe("OverBudget");
    const settled = Array.from({ length: 128 }, (_, index) => text("fine", index)).join("");
    expect(replies.show(settled + settled, [], { words: WORDS }).outcome).toBe("Unchanged");
  });
});

describe("what is no stream of JSON", () => {
  test("is unreadable when it is binary, and can be let go", () => {
    const stream = eventStream(["contentBlockDelta", { delta: { text: "SECRET-42" } }]);
    for (let cut = 1; cut < stream.length; cut++) {
      const { outcome, seen } = replies.show(stream, [cut], { words: WORDS, releases: true });
      expect(outcome).toBe("Unreadable");
      expect(seen.equals(stream)).toBe(true);
    }
  });

  const TABLE: [why: string, answer: string, seen: string, isEventStream?: boolean][] = [
    ["nothing", "", ""],
    ["white space", " \r\n\t ", " \r\n\t "],
    ["plain text", "The SECRET-42 is", "The [gone] is", false],
    ["plain text that begins like a field", "data is SECRET-42", "data is [gone]", false],
    ["plain text that is the beginning of a field", "dat", "dat", false],
    [
      "a caption file",
      "WEBVTT\n\n00:01.000 --> 00:02.000\nSECRET-42\n",
      "WEBVTT\n\n00:01.000 --> 00:02.000\n[gone]\n",
      false,
    ],
    ["events by their first field", text("SECRET-42"), text("[gone]"), false],
    ["events after blank lines", `\n\r\n${text("SECRET-42")}`, `\n\r\n${text("[gone]")}`, false],
    ["events after a byte order mark", `\u{feff}${text("SECRET-42")}`, `\u{feff}${text("[gone]")}`],
    ["JSON after a byte order mark", '\u{feff} {"text":"SECRET-42"}', '\u{feff} {"text":"[gone]"}'],
    ["an event without a blank line at the end", text("SECRET-42").trimEnd(), text("[gone]").trimEnd()],
    ["an event that is cut within its JSON", 'data: {"text":"SECRET-42', 'data: {"text":"[gone]'],
    ["JSON that is cut", '{"text":"SECRET-42', '{"text":"[gone]'],
    ["data that is plain text", "data: SEC\n\ndata: RET-42\n\n", "data: [gone]\n\ndata: \n\n"],
    ["data that is plain text in lines", "data: a SECRET-42\ndata:SECRET-42\n\n", "data: a [gone]\ndata:[gone]\n\n"],
    ["data that is broken JSON", 'data: {"text":"SECRET-42"\n\n', 'data: {"text":"[gone]"\n\n'],
    ["data that is two values", 'data: {"text":"SECRET-42"}\ndata: {}\n\n', 'data: {"text":"[gone]"}\ndata: {}\n\n'],
    ["data that is not UTF-8 of a kind", 'data: "\\ud83d SECRET-42"\n\n', 'data: "\\ud83d [gone]"\n\n'],
    ["data that is more than an end", "data: [DONE]\ndata: SECRET-42\n\n", "data: [DONE]\ndata: [gone]\n\n"],
    [
      "a number, and other values",
      "data: 5\n\ndata: null\n\ndata: []\n\ndata:\n\n",
      "data: 5\n\ndata: null\n\ndata: []\n\ndata:\n\n",
    ],
    ["lines that are no JSON", '{"a":"x"}\noops SECRET-42\n{"a":"y"}\n', '{"a":"x"}\noops [gone]\n{"a":"y"}\n'],
    ["objects with nothing between them", '{"a":"SECRET-42"}{"a":"x"}', '{"a":"[gone]"}{"a":"x"}'],
    ["an array of objects and nothing else", '[ {"a":"SECRET-42"} , {} ]', '[ {"a":"[gone]"} , {} ]'],
    [
      "a document that is too deep",
      `{"a":${"[".repeat(600)}"SECRET-42"${"]".repeat(600)}}`,
      `{"a":${"[".repeat(600)}"[gone]"${"]".repeat(600)}}`,
    ],
    ["the same key twice", '{"text":"SECRET-42","text":"SECRET-42"}', '{"text":"[gone]","text":"[gone]"}'],
    [
      "escaped keys",
      '{"te\\u0078t":"SECRET-42","id\\u0020":"SECRET-42"}',
      '{"te\\u0078t":"[gone]","id\\u0020":"[gone]"}',
    ],
  ];

  test.each(TABLE)("is masked as far as it can be: %s", (_, answer, expected, isEventStream = true) => {
    const bytes = Buffer.from(answer);
    const { seen } = replies.show(bytes, [], { words: WORDS, isEventStream });
    expect(seen.toString()).toBe(expected);
    for (let cut = 0; cut <= bytes.length; cut += Math.ceil((bytes.length + 1) / 500)) {
      const split = replies.show(bytes, [cut], { words: WORDS, isEventStream }).seen.toString();
      expect(split, `cut at ${cut}`).toBe(expected);
    }
    expect(replies.show(bytes, [...bytes.keys()], { words: WORDS, isEventStream }).seen.toString()).toBe(expected);
  });
});

test("an answer that is one object has texts of their own, and a stream of objects has texts that grow", () => {
  const texts = (answer: string): string[] =>
    replies
      .show(answer)
      .told.map(({ text: one }) => one)
      .sort();
  const body = '{"content":[{"text":"a"},{"text":"b"}],"citations":[{"text":"c"}]}';
  expect(texts(body)).toEqual(["a", "b", "c"]);
  expect(texts(`[${body}]`)).toEqual(["ab", "c"]);
  expect(texts(`${body}\n${body}\n${body}\n`)).toEqual(["a", "abab", "b", "c", "c", "c"]);
  expect(texts('{"message":{"content":"a"},"done":false}\n{"message":{"content":"b"},"done":true}\n')).toEqual(["ab"]);
  expect(texts('{"event_type":"text-generation","text":"a"}\n{"event_type":"text-generation","text":"b"}\n')).toEqual([
    "ab",
  ]);
});

test("an answer's id and model are the first that it names", () => {
  expect(replies.show(text("a") + text("b").replace("chatcmpl-7", "other"))).toMatchObject({
    id: "chatcmpl-7",
    model: "gpt-x",
  });
  const response = 'data: {"type":"response.created","response":{"id":"resp_1","model":"m","output":[{"id":"x"}]}}\n\n';
  expect(replies.show(response)).toMatchObject({ id: "resp_1", model: "m" });
  const message = 'data: {"type":"message_start","message":{"id":"msg_1","model":"c"}}\n\n';
  expect(replies.show(message)).toMatchObject({ id: "msg_1", model: "c" });
});

test("a number at the end of a line of data is masked as a string", () => {
  const event = 'data: {"input":{"a":4111\r\ndata: ,"b":[4111\r\ndata:,1]\r\ndata: }}\r\n\r\n';
  const { seen } = replies.show(event, [], { words: [{ word: "4111", mask: "x" }] });
  expect(seen.toString()).toBe(event.replaceAll("4111", '"x"'));
});

test("what is longer than may be held back is masked as it comes, and once", () => {
  const words = [{ word: "KEY:", mask: "[key]" }];
  const letter = fc.constantFrom("KEY:", "K", "ab", ".", "\u00e9", "\n", '"');
  fc.assert(
    fc.property(
      fc.array(fc.array(letter, { maxLength: 5 }), { maxLength: 8 }),
      fc.constantFrom<Escapes>("least", "all"),
      fc.array(fc.nat(), { maxLength: 5 }),
      (list, escapes, places) => {
        const deltas = list.map((letters) => letters.join(""));
        const documents = deltas.map((content) => ({ choices: [{ index: 0, delta: { content } }] }));
        const stream = Buffer.from(sse(documents, { escapes }));
        const cuts = places.map((place) => place % (stream.length + 1)).sort((a, b) => a - b);
        const { seen } = replies.show(stream, cuts, { words, hasRuns: true });
        const contents = readSse(seen.toString()).map(
          ({ data }) => (JSON.parse(data) as (typeof documents)[0]).choices[0]!.delta.content,
        );
        expect(contents).toHaveLength(deltas.length);
        expect(contents.join("")).toBe(deltas.join("").replaceAll(/KEY:[^.]*/gu, "[key]"));
      },
    ),
    { numRuns: 2000, seed: SEED },
  );
});

/** One part of a text somewhere, in an event of a random shape. */
function document(shape: number, key: number, content: string): unknown {
  const choices = (delta: unknown): unknown => ({ id: "c", choices: [{ index: key, delta, finish_reason: null }] });
  const mark = (name: string, kind: Part["kind"]): Part => part(`${name} ${key}`, kind, content);
  switch (shape) {
    case 0:
      return choices({ content: mark("content", "Content") });
    case 1:
      return choices({ reasoning: mark("reasoning", "Reasoning"), content: null });
    case 2:
      return { type: "content_block_delta", index: key, delta: { type: "text_delta", text: mark("block", "Content") } };
    case 3:
      return {
        type: "response.output_text.delta",
        delta: mark("text", "Content"),
        output_index: key,
        content_index: 0,
      };
    default:
      return choices({ tool_calls: [{ function: { arguments: mark("call", "ToolInput") }, index: 0 }] });
  }
}

test("whatever is said in whatever order and pieces, it is masked as its text would be", () => {
  const words = [...WORDS, { word: "aba", mask: '"' }, { word: "42a", mask: "" }, { word: "\u{1f600}b", mask: "[]" }];
  const content = fc.array(
    fc.constantFrom(
      "SECRET-42",
      "SECRET",
      "-42",
      "aba",
      "b",
      '"',
      "\\",
      "\u00e9",
      "\u{1f600}",
      "\ud83d",
      "\ude00",
      "\n",
      "{",
    ),
    {
      maxLength: 5,
    },
  );
  const event = fc.tuple(fc.nat(4), fc.nat(1), content);
  const styles = fc.record({
    eol: fc.constantFrom("\n", "\r\n", "\r"),
    escapes: fc.constantFrom<Escapes>("least", "ascii", "all"),
    before: fc.constantFrom("", ": x\n\n", "id: 1\n"),
    end: fc.constantFrom("", "[DONE]"),
  });
  fc.assert(
    fc.property(
      fc.array(event, { maxLength: 12 }),
      styles,
      fc.array(fc.nat(), { maxLength: 8 }),
      (list, style, places) => {
        const documents = list.map(([shape, key, pieces]) => document(shape, key, pieces.join("")));
        const stream = Buffer.from(sse(documents.map(sent), style));
        const cuts = places.map((place) => place % (stream.length + 1)).sort((a, b) => a - b);
        const result = replies.show(stream, cuts, { words });
        const seen = readSse(result.seen.toString()).filter(({ data }) => data !== "[DONE]");
        // A text is over when its choice says other things for long; then what is told is two texts.
        fc.pre(result.told.length === told(documents).length);
        expect(seen.map(({ data }) => JSON.parse(data) as unknown)).toEqual(masked(documents, words));
        if (style.escapes === "least") {
          expect(result.seen.toString()).toBe(
            sse(
              masked(documents, words).map((one) => JSON.parse(json(one)) as unknown),
              style,
            ),
          );
        }
      },
    ),
    { numRuns: 3000, seed: SEED },
  );
});
