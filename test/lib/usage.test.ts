import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { AnswerModule, type Counts } from "./answer-module.ts";
import { SEED } from "./seeded.ts";

let answers: AnswerModule;

beforeAll(async () => {
  answers = await AnswerModule.load();
});

const LARGEST = 2 ** 53;

/** Raw JSON of a count, and what it counts; without that it is malformed. */
const VALUES: [value: string, count?: number][] = [
  ["0", 0],
  ["5", 5],
  ["9007199254740992", LARGEST],
  ["9007199254740993"],
  ["18446744073709551616"],
  ["123456789012345678901234567890"],
  ["-1"],
  ["-0"],
  ["1.5"],
  ["1.0", 1],
  ["1e2", 100],
  ["50.0E-1", 5],
  ["0.0", 0],
  ["15e-1"],
  ["9007199254740993.0"],
  ["1e16"],
  ["1e400"],
  ["1e-400"],
  ["-1.0"],
  ['"5"'],
  ["null"],
  ["true"],
  ["[5]"],
  ['{"a":5}'],
];

describe("a count", () => {
  test.each(VALUES)("of %s", (value, count) => {
    const answer = `{"usage":{"prompt_tokens":${value},"completion_tokens":1}}`;
    const usage = count === undefined ? { output: 1, total: 1 } : { input: count, output: 1 };
    expect(answers.read(answer).usage).toMatchObject(usage);
    expect("input" in answers.read(answer).usage).toBe(count !== undefined);
    for (let cut = 0; cut < answer.length; cut++) expect(answers.read(answer, [cut])).toEqual(answers.read(answer));
  });

  test("never wraps in a sum", () => {
    const most = String(LARGEST);
    const names = ["input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens"];
    const usage = names.map((name) => `"${name}":${most}`).join();
    expect(answers.read(`{"usage":{${usage}}}`).usage).toEqual({
      input: LARGEST,
      output: LARGEST,
      total: LARGEST,
      cachedInput: LARGEST,
      cacheCreation: LARGEST,
    });
    const gemini = ["promptTokenCount", "toolUsePromptTokenCount", "candidatesTokenCount", "thoughtsTokenCount"];
    const metadata = gemini.map((name) => `"${name}":${most}`).join();
    expect(answers.read(`{"usageMetadata":{${metadata}}}`).usage).toMatchObject({ input: LARGEST, output: LARGEST });
  });
});

const REPLACED: [why: string, answer: string, usage: Counts][] = [
  [
    "a later value replaces an earlier one",
    '{"usage":{"prompt_tokens":1,"completion_tokens":2}}\n{"usage":{"prompt_tokens":3,"completion_tokens":4}}',
    { input: 3, output: 4, total: 7 },
  ],
  [
    "a smaller one does, too",
    '{"usage":{"prompt_tokens":3,"completion_tokens":4}}\n{"usage":{"prompt_tokens":0,"completion_tokens":0}}',
    { input: 0, output: 0, total: 0 },
  ],
  [
    "a smaller one does beside an earlier total, which is not its own",
    '{"usage":{"prompt_tokens":50,"completion_tokens":60,"total_tokens":110}}\n{"usage":{"completion_tokens":20}}',
    { input: 50, output: 20, total: 70 },
  ],
  [
    "a total counts beside what it came with, whatever the order",
    '{"usage":{"prompt_tokens":5,"total_tokens":6,"completion_tokens":1}}\n{"usage":{"total_tokens":30,"completion_tokens":2}}',
    { input: 5, output: 25, total: 30 },
  ],
  ["a total alone is kept", '{"usage":{"total_tokens":9}}\n{"usage":{"prompt_tokens":5}}', { input: 5, total: 9 }],
  [
    "an absent one keeps it",
    '{"usage":{"prompt_tokens":1,"completion_tokens":2}}\n{"usage":{"completion_tokens":4}}\n{"usage":null}\n{}',
    { input: 1, output: 4, total: 5 },
  ],
  [
    "a malformed one keeps it",
    '{"usage":{"prompt_tokens":1,"completion_tokens":2}}\n{"usage":{"prompt_tokens":-1,"completion_tokens":"9"}}',
    { input: 1, output: 2, total: 3 },
  ],
  [
    "a part of a sum is replaced alone",
    '{"usage":{"input_tokens":1,"cache_read_input_tokens":10,"output_tokens":1}}\n{"usage":{"input_tokens":2,"output_tokens":5}}',
    { input: 12, output: 5, total: 17, cachedInput: 10 },
  ],
  [
    "of two keys the later one counts",
    '{"usage":{"prompt_tokens":1,"prompt_tokens":2,"completion_tokens":3}}',
    { input: 2, output: 3, total: 5 },
  ],
  [
    "of two usage objects the later one counts",
    '{"usage":{"prompt_tokens":1,"completion_tokens":3},"usage":{"prompt_tokens":2}}',
    { input: 2, output: 3, total: 5 },
  ],
  [
    "what is billed counts only where nothing else does",
    '{"meta":{"billed_units":{"input_tokens":1,"output_tokens":2},"tokens":{"input_tokens":30}}}',
    { input: 30, output: 2, total: 32 },
  ],
  [
    "what Anthropic lists beside the whole does not count",
    '{"usage":{"input_tokens":23000,"output_tokens":1000,"iterations":[{"type":"compaction","input_tokens":180000}]}}',
    { input: 23000, output: 1000, total: 24000 },
  ],
  [
    "what only a total has is output (Gemini's thoughts in OpenAI's shape)",
    '{"usage":{"completion_tokens":9,"prompt_tokens":13,"total_tokens":430}}',
    { input: 13, output: 417, total: 430 },
  ],
  [
    "reasoning that is more than the output comes on top of it (Perplexity's deep research)",
    '{"usage":{"prompt_tokens":33,"completion_tokens":7163,"total_tokens":7196,"citation_tokens":20016,"reasoning_tokens":73997}}',
    { input: 33, output: 81160, total: 81193, reasoning: 73997 },
  ],
  [
    "reasoning that is all of the output is in it",
    '{"usage":{"prompt_tokens":5,"completion_tokens":60,"completion_tokens_details":{"reasoning_tokens":60}}}',
    { input: 5, output: 60, total: 65, reasoning: 60 },
  ],
  [
    "reasoning that only the total includes comes on top of the output (xAI)",
    '{"usage":{"input_tokens":10,"output_tokens":5,"output_tokens_details":{"reasoning_tokens":3},"total_tokens":18}}',
    { input: 10, output: 8, total: 18, reasoning: 3 },
  ],
  [
    "a total says nothing of it without an input",
    '{"usage":{"output_tokens":5,"output_tokens_details":{"reasoning_tokens":3},"total_tokens":7}}',
    { output: 5, total: 7, reasoning: 3 },
  ],
  [
    "reasoning that came with an earlier output does not come on top of a later one, and is at most that",
    '{"usage":{"prompt_tokens":5,"completion_tokens":60,"completion_tokens_details":{"reasoning_tokens":40}}}\n{"usage":{"completion_tokens":20}}',
    { input: 5, output: 20, total: 25, reasoning: 20 },
  ],
  [
    "beside seconds of sound it is input (Mistral's Voxtral)",
    '{"usage":{"prompt_audio_seconds":5,"prompt_tokens":5,"total_tokens":404,"completion_tokens":24,"prompt_tokens_details":{"cached_tokens":368}}}',
    { input: 380, output: 24, total: 404, cachedInput: 368 },
  ],
  [
    "a total that has a cache on top says nothing of the output",
    '{"usage":{"completion_tokens":9,"prompt_tokens":13,"cache_read_input_tokens":100,"total_tokens":122}}',
    { input: 13, output: 9, total: 22, cachedInput: 100 },
  ],
  [
    "what a list has of several prompts is added (llama.cpp)",
    '[{"tokens_evaluated":5,"tokens_predicted":7,"content":"a"},{"tokens_evaluated":6,"tokens_predicted":8,"content":"b"}]',
    { input: 11, output: 15, total: 26 },
  ],
  [
    "what events have is not, nor what lines have",
    'data: {"tokens_evaluated":5,"tokens_predicted":1}\n\ndata: [{"tokens_evaluated":5,"tokens_predicted":2}]\n\ndata: {"tokens_evaluated":5,"tokens_predicted":3}\n\n',
    { input: 5, output: 3, total: 8 },
  ],
  [
    "what several predictions have is added, as far as it makes sense (Vertex's embeddings)",
    '{"predictions":[{"embeddings":{"statistics":{"token_count":4.0}}},{"embeddings":{"statistics":{"token_count":-1}}},{"embeddings":{"statistics":{"truncated":false,"token_count":9}}}]}',
    { input: 13, total: 13 },
  ],
  [
    "a total counts where there is nothing to add",
    '{"usage":{"prompt_tokens":5,"total_tokens":9}}',
    { input: 5, total: 9 },
  ],
];

describe("of the usage in an answer", () => {
  test.each(REPLACED)("%s", (_, answer, usage) => {
    expect(answers.read(answer).usage).toEqual(usage);
    for (let cut = 0; cut < answer.length; cut++) expect(answers.read(answer, [cut]).usage).toEqual(usage);
  });

  test("field by field the last well-formed value counts", () => {
    const value = fc.constantFrom(...VALUES);
    const field = fc.tuple(fc.constantFrom("prompt_tokens", "completion_tokens"), value);
    const objects = fc.array(fc.array(field, { maxLength: 5 }), { maxLength: 6 });
    const framing = fc.constantFrom<[string, string]>(["", "\n"], ["data: ", "\n\n"], ["[", "]"], ["", ""]);
    fc.assert(
      fc.property(objects, framing, fc.array(fc.nat(), { maxLength: 3 }), (list, [before, behind], places) => {
        const known = new Map<string, number>();
        for (const [name, [, count]] of list.flat()) if (count !== undefined) known.set(name, count);
        const members = list.map((fields) => fields.map(([name, [text]]) => `"${name}": ${text}`).join());
        const answer = members.map((text) => `${before}{"usage":{${text}}}${behind}`).join("");
        const cuts = places.map((place) => place % (answer.length + 1)).sort((a, b) => a - b);
        const { usage } = answers.read(answer, cuts);
        expect([usage.input, usage.output]).toEqual([known.get("prompt_tokens"), known.get("completion_tokens")]);
      }),
      { numRuns: 3000, seed: SEED },
    );
  });
});

describe("headers with usage", () => {
  test("are Bedrock's", () => {
    expect(answers.headerNames()).toEqual([
      "x-amzn-bedrock-input-token-count",
      "x-amzn-bedrock-output-token-count",
      "x-amzn-bedrock-cache-read-input-token-count",
      "x-amzn-bedrock-cache-write-input-token-count",
    ]);
  });
  test("count where the body has none", () => {
    const headers = ["7", "8", "2", "1"];
    expect(answers.read("{}", [], { headers }).usage).toEqual({
      input: 10,
      output: 8,
      total: 18,
      cachedInput: 2,
      cacheCreation: 1,
    });
    const body = '{"usage":{"input_tokens":70,"cache_read_input_tokens":5,"output_tokens":9}}';
    expect(answers.read(body, [], { headers }).usage).toMatchObject({ input: 76, output: 9 });
  });
  test("don't count when they are malformed", () => {
    for (const value of ["", "-1", "1.5", " 7", "7,7", "x", "99999999999999999999999"]) {
      expect(answers.read("{}", [], { headers: [value, value] }).usage).toEqual({});
    }
  });
});
