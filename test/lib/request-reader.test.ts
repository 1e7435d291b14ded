import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { anyDocument, anyMutation, bytesOf, isJson } from "./json-oracle.ts";
import { loadModule, type LoaderExports } from "./load.ts";
import { SEED } from "./seeded.ts";

interface Reader {
  inputPointer(): number;
  reset(): void;
  feed(start: number, length: number): number;
  finish(): number;
  problem(): number;
  isNoObject(): number;
  modelCount(): number;
  isModelText(): number;
  model(): number;
  shape(): number;
  hasDuplicate(): number;
  streams(): number;
  streamOptions(): number;
  includesUsage(): number;
  usageEdit(): number;
  isBackground(): number;
  outputCap(dialect: number): bigint;
  answers(): bigint;
  outputTokens(perAnswer: bigint, dialect: number): bigint;
  inputTokens(): bigint;
}

const PROBLEMS = ["None", "NotJson", "BadUtf8", "TooDeep"];
const STREAM_OPTIONS = ["Absent", "Null", "Object", "Other"];

let m: Reader & LoaderExports;

beforeAll(async () => {
  m = await loadModule<Reader>("request-reader");
});

/** Numbers of `Dialect`. */
const DIALECTS = { Unknown: 0, Chat: 1, Responses: 3, Messages: 12, Gemini: 15, Converse: 16, Invoke: 17, Ollama: 21 };

const asBytes = (body: unknown): Buffer => Buffer.from(typeof body === "string" ? body : JSON.stringify(body));

function read(body: unknown, cuts: number[] = [], dialect: keyof typeof DIALECTS = "Unknown") {
  const bytes = body instanceof Uint8Array ? Buffer.from(body) : asBytes(body);
  m.reset();
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    new Uint8Array(m.memory.buffer, m.inputPointer(), cut - from).set(bytes.subarray(from, cut));
    m.feed(0, cut - from);
    from = cut;
  }
  const isWhole = m.finish() === 1;
  return {
    isWhole,
    problem: PROBLEMS[m.problem()],
    isNoObject: m.isNoObject() === 1,
    modelCount: m.modelCount(),
    isModelText: m.isModelText() === 1,
    model: m.__getString(m.model()),
    shape: m.shape(),
    hasDuplicate: m.hasDuplicate() === 1,
    streams: m.streams() === 1,
    streamOptions: STREAM_OPTIONS[m.streamOptions()],
    includesUsage: m.includesUsage() === 1,
    edit: m.__getString(m.usageEdit()),
    isBackground: m.isBackground() === 1,
    cap: Number(m.outputCap(DIALECTS[dialect])),
    answers: Number(m.answers()),
    most: Number(m.outputTokens(1_000n, DIALECTS[dialect])),
    input: Number(m.inputTokens()),
  };
}

const user = (content: unknown) => ({ model: "m", messages: [{ role: "user", content }] });
const PNG = `iVBORw0KGgo${"A".repeat(4_000)}`;
const IMAGE = 765;

describe("the model", () => {
  const MODELS: [name: string, body: string, expected: Partial<ReturnType<typeof read>>][] = [
    ["is read", '{"model":"gpt-4o"}', { modelCount: 1, model: "gpt-4o", isModelText: true }],
    ["may have escapes", '{"mod\\u0065l":"gpt\\u002d4o"}', { modelCount: 1, model: "gpt-4o" }],
    ["below another key is none", '{"a":{"model":"b"}}', { modelCount: 0, model: "" }],
    ["may be no text", '{"model":5}', { modelCount: 1, isModelText: false }],
    ["twice is told", '{"model":"a","model":"b"}', { modelCount: 2, model: "a", hasDuplicate: true }],
    ["is cut when too long", `{"model":"${"m".repeat(500)}"}`, { model: "m".repeat(257) }],
  ];
  test.each(MODELS)("%s", (_name, body, expected) => expect(read(body)).toMatchObject(expected));
});

test.each(["", "abc", "data"])("a picture of %j counts the same whatever came before it", (short) => {
  const expected = read(user([{ image_url: short }])).input;
  for (const before of [PNG, "data:audio/mp3;base64,AAAA", "data:image/png;base64,AAAA", "ZkxhAAAAAAAAAAAAAAAA"]) {
    const alone = read(user([{ image_url: before }])).input;
    expect([before, read(user([{ image_url: short }])).input]).toEqual([before, expected]);
    const both = read(user([{ image_url: before }, { image_url: short }])).input;
    expect([before, both - alone]).toEqual([before, IMAGE]);
  }
});

describe("the shape", () => {
  test.each([
    [{ model: "a", messages: [] }, 3],
    [{ contents: [] }, 4],
    [{ model: "a", input: "x", prompt: "y" }, 9],
    [{ input: "x", prompt: "y", model: "a" }, 25],
    [{ inputs: "x", model: "a" }, 9],
    [{ body: { model: "a" } }, 0],
  ])("of %j", (body, shape) => expect(read(body).shape).toBe(shape));
});

describe("usage in the stream", () => {
  const EDITS: [name: string, before: string, after: string | null][] = [
    ["is asked for in an empty object", "{}", '{"stream_options":{"include_usage":true}}'],
    ["is asked for before other members", ' {"a":1}', ' {"stream_options":{"include_usage":true},"a":1}'],
    ["replaces null", '{"stream_options": null}', '{"stream_options": {"include_usage":true}}'],
    ["is added to options", '{"stream_options":{"a":1}}', '{"stream_options":{"include_usage":true,"a":1}}'],
    ["is added to empty options", '{"stream_options":{ }}', '{"stream_options":{"include_usage":true }}'],
    [
      "is switched on",
      '{"stream_options":{"include_usage" : false},"a":1}',
      '{"stream_options":{"include_usage" : true},"a":1}',
    ],
    ["is left when it is on", '{"stream_options":{"include_usage":true}}', null],
    ["is left when servers take it for on", '{"stream_options":{"include_usage":1}}', null],
    ["is left where the options are no object", '{"stream_options":"x"}', null],
    ["is not asked for in a list", "[]", null],
  ];

  test.each(EDITS)("%s", (_name, before, after) => {
    const { edit } = read(before);
    if (after === null) return expect(edit).toBe("");
    const [, start, end, replacement] = /^(\d+):(\d+):(.*)$/.exec(edit)!;
    expect(before.slice(0, Number(start)) + replacement! + before.slice(Number(end))).toBe(after);
    expect(read(after)).toMatchObject({ edit: "", includesUsage: true, streamOptions: "Object" });
  });

  test("any object asks for it after the edit", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.constantFrom(undefined, null, {}, { a: 1 }),
        (o, s) => {
          const before = JSON.stringify(s === undefined ? o : { ...o, stream_options: s });
          const [, start, end, replacement] = /^(\d+):(\d+):(.*)$/s.exec(read(before).edit)!;
          const bytes = Buffer.from(before);
          const after = Buffer.concat([
            bytes.subarray(0, Number(start)),
            Buffer.from(replacement!),
            bytes.subarray(Number(end)),
          ]).toString();
          const kept = JSON.parse(JSON.stringify(o)) as object;
          expect(JSON.parse(after)).toEqual({ ...kept, stream_options: { ...s, include_usage: true } });
        },
      ),
      { seed: SEED, numRuns: 300 },
    );
  });

  test.each([
    ['{"stream":true}', true],
    ['{"stream":false}', false],
    ['{"stream":"true"}', true],
    ['{"stream":"tr\\u0055e"}', true],
    ['{"stream":1}', true],
    ['{"stream":1.0}', true],
    ['{"stream":"On"}', true],
    ['{"stream":"YES"}', true],
    ['{"stream":0}', false],
    ['{"stream":11}', false],
    ['{"stream":null}', false],
    ['{"stream":""}', false],
    ['{"stream":"false"}', false],
    ['{"stream":"off"}', false],
    ['{"stream":"is it true"}', false],
    ['{"stream":["true"]}', false],
    ['{"a":{"stream":true}}', false],
    ["{}", false],
  ])("%s streams: %s", (body, streams) => expect(read(body).streams).toBe(streams));
});

test.each([
  ['{"background":true}', true],
  ['{"background":false}', false],
  ['{"background":"transparent"}', false],
  ['{"a":{"background":true}}', false],
  ["{}", false],
])("%s runs in the background: %s", (body, isBackground) => expect(read(body).isBackground).toBe(isBackground));

describe("the cap on output", () => {
  const MAX = 2 ** 53;
  const CAPS: [name: string, body: string, cap: number, most: number][] = [
    ["none", "{}", -1, 1_000],
    ["of chat", '{"max_tokens":50}', 50, 50],
    ["the larger of two", '{"max_tokens":50,"max_completion_tokens":70}', 70, 70],
    ["of responses", '{"max_output_tokens":50}', 50, 50],
    ["of Gemini", '{"generationConfig":{"maxOutputTokens":50,"candidateCount":3}}', 50, 150],
    ["of Gemini in snake case", '{"generation_config":{"max_output_tokens":50,"candidate_count":3}}', 50, 150],
    ["of Bedrock", '{"inferenceConfig":{"maxTokens":50}}', 50, 50],
    ["of Titan", '{"textGenerationConfig":{"maxTokenCount":50}}', 50, 50],
    ["of Llama", '{"max_gen_len":50}', 50, 50],
    ["of Anthropic's older API", '{"max_tokens_to_sample":50}', 50, 50],
    ["of Ollama", '{"options":{"num_predict":50}}', 50, 50],
    ["of Ollama, without an end", '{"options":{"num_predict":-1}}', -1, 1_000],
    ["for several answers", '{"max_tokens":50,"n":4}', 50, 200],
    ["for the best of several", '{"max_tokens":50,"n":2,"best_of":5}', 50, 250],
    ["for no answers", '{"max_tokens":50,"n":0}', 50, 50],
    ["for more answers than there are", '{"max_tokens":50,"n":1e12}', 50, 51_200],
    ["for a prompt of tokens", '{"max_tokens":50,"prompt":[101,202,303]}', 50, 50],
    ["for no prompts", '{"max_tokens":50,"prompt":[]}', 50, 50],
    ["for several prompts", '{"max_tokens":50,"prompt":["a","b","c"]}', 50, 150],
    ["for several prompts of tokens", '{"max_tokens":50,"prompt":[[1,2],[3]],"n":2}', 50, 200],
    ["for several prompts without a cap", '{"prompt":["a","b"]}', -1, 2_000],
    ["for prompts that stand elsewhere", '{"max_tokens":50,"messages":[{"prompt":["a","b"]}]}', 50, 50],
    ["negative", '{"max_tokens":-50}', -1, 1_000],
    ["null", '{"max_tokens":null}', -1, 1_000],
    ["a number as a text", '{"max_tokens":"50"}', 50, 50],
    ["a text", '{"max_tokens":"fifty"}', -1, 1_000],
    ["an empty text", '{"max_tokens":""}', -1, 1_000],
    ["a list", '{"max_tokens":[50]}', -1, 1_000],
    ["zero", '{"max_tokens":0}', 0, 0],
    ["with a fraction", '{"max_tokens":50.5}', 51, 51],
    ["with an exponent", '{"max_tokens":5E+1}', 50, 50],
    ["with a negative exponent", '{"max_tokens":5000e-2}', 50, 50],
    ["huge", '{"max_tokens":99999999999999999999,"n":8}', MAX, MAX],
    ["with a huge exponent", '{"max_tokens":1e999999999999}', MAX, MAX],
    ["with a tiny exponent", '{"max_tokens":1e-999999999999}', 1, 1],
    ["of thousands of digits", `{"max_tokens":${"9".repeat(5_000)}}`, MAX, MAX],
    ["elsewhere", '{"a":{"max_tokens":50}}', -1, 1_000],
  ];

  test.each(CAPS)("%s", (_name, body, cap, most) => expect(read(body)).toMatchObject({ cap, most }));

  const all = {
    max_tokens: 1,
    max_completion_tokens: 2,
    max_output_tokens: 3,
    max_gen_len: 4,
    generationConfig: { maxOutputTokens: 5 },
    inferenceConfig: { maxTokens: 6 },
    options: { num_predict: 7 },
  };
  const READ_BY: [dialect: keyof typeof DIALECTS, body: object, cap: number][] = [
    ["Unknown", all, 7],
    ["Chat", all, 2],
    ["Responses", all, 3],
    ["Messages", all, 1],
    ["Gemini", all, 5],
    ["Converse", all, 6],
    ["Invoke", all, 7],
    ["Ollama", all, 7],
    ["Ollama", { max_tokens: 1 }, -1],
    ["Ollama", { max_tokens: 1, options: { num_predict: -1 } }, -1],
    ["Ollama", { options: { num_predict: 0 } }, -1],
    ["Chat", { max_gen_len: 1 }, -1],
    ["Responses", { max_tokens: 1 }, -1],
  ];

  test.each(READ_BY)("that %s reads of %j is %d", (dialect, body, cap) => {
    expect(read(body, [], dialect)).toMatchObject({ cap, most: cap < 0 ? 1_000 : cap });
  });

  test("twice is told", () => {
    expect(read('{"background":true,"background":false}').hasDuplicate).toBe(true);
    expect(read('{"max_tokens":50,"max_tokens":70}')).toMatchObject({ hasDuplicate: true, cap: 70 });
    expect(read('{"options":{},"options":{"num_predict":1}}').hasDuplicate).toBe(true);
    expect(read('{"stream":false,"stream":true}').hasDuplicate).toBe(true);
    expect(read('{"stream_options":{"include_usage":false,"include_usage":true}}').hasDuplicate).toBe(true);
    expect(read('{"a":1,"a":2}').hasDuplicate).toBe(false);
  });
});

describe("input", () => {
  const SENTENCE = "The quick brown fox jumps over the lazy dog.";
  const PLAIN = 10;
  const LONG = `${SENTENCE} `.repeat(1_000);
  const LONG_TOKENS = 1_000 * PLAIN - 500;
  const tool = { type: "string", description: SENTENCE };
  const document = (data: string) =>
    user([{ type: "document", source: { type: "text", media_type: "text/plain", data } }]);
  const result = (output: string) => ({ input: [{ type: "function_call_output", call_id: "c", output }] });
  const INPUTS: [name: string, body: unknown, least: number, most: number][] = [
    ["nothing", {}, 0, 0],
    ["a short message", user("Hi"), 8, 8],
    ["a sentence", user(SENTENCE), PLAIN + 7, PLAIN + 9],
    ["a part", user([{ type: "text", text: SENTENCE }]), PLAIN + 7, PLAIN + 9],
    [
      "settings",
      { model: "a-long-model-name", temperature: 0.123456789, user: SENTENCE, metadata: { a: SENTENCE } },
      0,
      0,
    ],
    ["a system prompt", { ...user("Hi"), system: SENTENCE }, PLAIN + 7, PLAIN + 10],
    ["instructions", { instructions: SENTENCE, input: "Hi" }, PLAIN, PLAIN + 3],
    ["a prompt", { prompt: SENTENCE }, PLAIN, PLAIN + 1],
    ["prompts", { prompt: [SENTENCE, SENTENCE] }, 2 * PLAIN, 2 * PLAIN + 2],
    ["ids of tokens", { prompt: [101, 202, 303] }, 3, 3],
    [
      "lists of ids",
      {
        input: [
          [1, 2, 3],
          [4, 5],
        ],
      },
      5,
      5,
    ],
    ["items", { input: [{ role: "user", content: SENTENCE }] }, PLAIN + 7, PLAIN + 9],
    [
      "Gemini's",
      { contents: [{ role: "user", parts: [{ text: SENTENCE }] }], systemInstruction: { parts: [{ text: SENTENCE }] } },
      2 * PLAIN + 7,
      2 * PLAIN + 10,
    ],
    [
      "Bedrock's",
      { messages: [{ role: "user", content: [{ text: SENTENCE }] }], system: [{ text: SENTENCE }] },
      2 * PLAIN + 7,
      2 * PLAIN + 10,
    ],
    ["Cohere's", { message: SENTENCE, documents: [{ title: "A", snippet: SENTENCE }] }, 2 * PLAIN, 2 * PLAIN + 10],
    ["texts to embed", { texts: [SENTENCE, SENTENCE] }, 2 * PLAIN, 2 * PLAIN + 2],
    ["a field newer than this", { ...user("Hi"), briefing: { paragraph: SENTENCE } }, PLAIN + 8, PLAIN + 20],
    [
      "a tool",
      {
        tools: [
          {
            type: "function",
            function: { name: "f", description: SENTENCE, parameters: { type: "object", properties: { city: tool } } },
          },
        ],
      },
      2 * PLAIN + 12,
      2 * PLAIN + 22,
    ],
    [
      "a parameter that is called like a field",
      { tools: [{ input_schema: { properties: { id: { type: "string" } } } }] },
      14,
      18,
    ],
    [
      "a call's arguments",
      {
        messages: [
          {
            role: "assistant",
            tool_calls: [{ id: "call_abcdefgh", function: { name: "f", arguments: `{"a":"${SENTENCE}"}` } }],
          },
        ],
      },
      PLAIN + 10,
      PLAIN + 18,
    ],
    [
      "a call's arguments as an object",
      {
        messages: [
          {
            role: "assistant",
            content: [{ type: "tool_use", id: "x", name: "f", input: { user: SENTENCE, n: [1, 2] } }],
          },
        ],
      },
      PLAIN + 10,
      PLAIN + 26,
    ],
    [
      "an image by link",
      user([{ type: "image_url", image_url: { url: "https://example.com/a.png", detail: "high" } }]),
      IMAGE + 7,
      IMAGE + 7,
    ],
    [
      "an image in a data URL",
      user([{ type: "image_url", image_url: { url: `data:image/png;base64,${PNG}` } }]),
      IMAGE + 7,
      IMAGE + 7,
    ],
    [
      "an image as a string",
      user([{ type: "input_image", image_url: `data:image/png;base64,${PNG}` }]),
      IMAGE + 7,
      IMAGE + 7,
    ],
    [
      "Anthropic's image",
      user([{ type: "image", source: { type: "base64", media_type: "image/png", data: PNG } }]),
      IMAGE + 7,
      IMAGE + 7,
    ],
    ["Gemini's image", { contents: [{ parts: [{ inlineData: { data: PNG, mimeType: "image/png" } }] }] }, IMAGE, IMAGE],
    [
      "Bedrock's image",
      { messages: [{ content: [{ image: { format: "webp", source: { bytes: "AbCd".repeat(500) } } }] }] },
      IMAGE,
      IMAGE,
    ],
    ["Ollama's images", { prompt: "Hi", images: [PNG, PNG] }, 2 * IMAGE + 1, 2 * IMAGE + 1],
    [
      "sound",
      user([{ type: "input_audio", input_audio: { data: `UklGRhI0VnhXQVZF${"A".repeat(65_536)}`, format: "wav" } }]),
      90,
      110,
    ],
    [
      "a PDF",
      user([
        { type: "file", file: { filename: "a.pdf", file_data: `data:application/pdf;base64,${"A".repeat(65_536)}` } },
      ]),
      1_500,
      1_600,
    ],
    [
      "a plain document",
      user([{ type: "document", source: { type: "text", media_type: "text/plain", data: SENTENCE } }]),
      PLAIN + 7,
      PLAIN + 10,
    ],
    ["a document that begins like a link", document(`https://a.example says: ${LONG}`), LONG_TOKENS, 2 * LONG_TOKENS],
    ["a document that begins like a data URL", document(`data:text/plain, ${LONG}`), LONG_TOKENS, 2 * LONG_TOKENS],
    ["a short document that begins like a link", document("https://a.example says: hi"), IMAGE + 7, IMAGE + 7],
    ["a document behind a picture's first bytes", document(`${PNG} ${LONG}`), LONG_TOKENS, 2 * LONG_TOKENS],
    ["a link without an end", user([{ image_url: `https://a.example/${"a1b2c3/".repeat(20_000)}` }]), 50_000, 200_000],
    ["a link with a long signature", user([{ image_url: `https://a.example/?s=${"a1B2".repeat(200)}` }]), IMAGE, 900],
    ["a tool's text behind a picture", result(`data:image/png;base64,${PNG} ${LONG}`), LONG_TOKENS, 2 * LONG_TOKENS],
    ["a tool's text that calls itself a picture", result(`data:image/png;x,${LONG}`), LONG_TOKENS, 2 * LONG_TOKENS],
    ["a tool's picture", result(`data:image/png;base64,${PNG}`), IMAGE, IMAGE + 10],
    ["a tool's picture with a name", result(`data:image/png;name=a.png;BASE64,${PNG}`), IMAGE, IMAGE + 10],
    ["binary data under a new key", { ...user("Hi"), hologram: "q83v".repeat(8_192) }, 750, 800],
    [
      "base64 in a tool's arguments, which the model reads as text",
      { messages: [{ role: "assistant", tool_calls: [{ function: { name: "f", arguments: "q83v".repeat(8_192) } }] }] },
      5_000,
      40_000,
    ],
    ["base64 in a tool's result", result("q83v".repeat(8_192)), 5_000, 40_000],
    ["base64 in a message, which the model reads as text", user("q83v".repeat(8_192)), 5_000, 40_000],
  ];

  test.each(INPUTS)("%s", (_name, body, least, most) => {
    const { input, isWhole } = read(body);
    expect(isWhole).toBe(true);
    expect(input).toBeGreaterThanOrEqual(least);
    expect(input).toBeLessThanOrEqual(most);
  });

  test("escapes cost nothing", () => {
    const text = 'Zeile eins\nЗдравствуй, "мир" 😀\tнет';
    const escaped = JSON.stringify(text).replace(
      /[^ -~]/g,
      (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
    expect(read(`{"prompt":${escaped}}`).input).toBe(read({ prompt: text }).input);
  });

  test.each(INPUTS)("%s, in whatever two pieces it comes", (_name, body) => {
    const bytes = asBytes(body);
    const whole = read(bytes);
    const step = bytes.length > 2_000 ? 197 : 1;
    for (let cut = 0; cut <= bytes.length; cut += step) expect(read(bytes, [cut])).toEqual(whole);
    const all = [...bytes.keys()].filter((at) => at % (step === 1 ? 1 : 13) === 0);
    expect(read(bytes, all)).toEqual(whole);
  });
});

describe("a body", () => {
  test.each([
    ["no JSON", "hello", "NotJson"],
    ["cut off", '{"model":"a"', "NotJson"],
    ["two values", "{}{}", "NotJson"],
    ["empty", "", "NotJson"],
    ["with a byte order mark", "\ufeff{}", "NotJson"],
    ["too deep", "[".repeat(513), "TooDeep"],
  ])("that is %s is told", (_name, body, problem) => {
    expect(read(body)).toMatchObject({ isWhole: false, problem });
  });

  test("that is no UTF-8 is told", () => {
    expect(read(Buffer.from('{"a":"\xff"}', "latin1"))).toMatchObject({ isWhole: false, problem: "BadUtf8" });
  });

  test("as deep as it may be is read", () => {
    expect(read(`${'{"a":['.repeat(256)}1${"]}".repeat(256)}`).isWhole).toBe(true);
  });

  test("is taken exactly when it is JSON, and means the same in pieces", () => {
    fc.assert(
      fc.property(anyDocument, anyMutation, fc.array(fc.nat(), { maxLength: 6 }), (text, mutate, wishes) => {
        const bytes = mutate(bytesOf(text));
        const cuts = wishes.map((wish) => wish % (bytes.length + 1)).sort((a, b) => a - b);
        const whole = read(Uint8Array.from(bytes));
        expect(whole.isWhole).toBe(isJson(bytes));
        expect(read(Uint8Array.from(bytes), cuts)).toEqual(whole);
      }),
      { seed: SEED, numRuns: 1_000 },
    );
  });
});
