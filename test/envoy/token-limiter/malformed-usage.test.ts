import { describe, expect, test } from "vitest";
import { AMOUNT, COUNTING, TOKENS, ask, charged, chat, logged, newConsumer, useLimiter } from "./limiter-gateway.ts";

const MOST = 2 ** 53;

const limiter = useLimiter({
  gateway: { configuration: COUNTING },
  smallest: { configuration: { ...COUNTING, limits: [{ ...TOKENS, name: "smallest", amount: 1 }] } },
  largest: { configuration: { ...COUNTING, limits: [{ ...TOKENS, name: "largest", amount: MOST }] } },
  weighted: {
    configuration: { ...COUNTING, limits: [{ ...TOKENS, name: "weighted", amount: MOST, count: { output: 1000 } }] },
  },
});

const REMAINING = "x-ratelimit-remaining-tokens";
const WORDS = "Water that falls over the crest of a weir makes the air hum, and so does everything near it.";
const JSON_TYPE = { "content-type": "application/json" };
const EVENTS_TYPE = { "content-type": "text/event-stream" };

/** The provider answers JSON with these members beside what the model wrote. */
function answersJson(members: string, status = 200): void {
  const choices = JSON.stringify([{ index: 0, message: { role: "assistant", content: WORDS } }]);
  limiter.providers.provider.behave({
    answer: { status, headers: JSON_TYPE, pieces: [`{"choices":${choices},${members}}`] },
  });
}

/** The provider streams what the model wrote, then an event for each of these texts. */
function answersEvents(...more: string[]): void {
  const chunk = JSON.stringify({ choices: [{ index: 0, delta: { content: WORDS } }] });
  const events = [chunk, ...more, "[DONE]"].map((data) => `data: ${data}\n\n`);
  limiter.providers.provider.behave({ answer: { status: 200, headers: EVENTS_TYPE, pieces: events } });
}

/** What no count can be taken from is estimated: more than nothing, and no more than this. */
const ESTIMATE_AT_MOST = 60;

interface Malformed {
  name: string;
  usage: string;
  /** What is charged; absent: the estimate. */
  input?: number;
  output?: number;
}

const MALFORMED: Malformed[] = [
  { name: "no usage", usage: "null" },
  { name: "an empty usage", usage: "{}" },
  { name: "a usage that is a list", usage: "[1200,34]" },
  { name: "a usage that is a number", usage: "1234" },
  {
    name: "a negative output",
    usage: '{"prompt_tokens":1200,"completion_tokens":-5,"total_tokens":1195}',
    input: 1200,
  },
  { name: "a negative input", usage: '{"prompt_tokens":-1200,"completion_tokens":34}', output: 34 },
  { name: "negative counts", usage: '{"prompt_tokens":-1,"completion_tokens":-1,"total_tokens":-2}' },
  {
    name: "a negative total",
    usage: '{"prompt_tokens":1200,"completion_tokens":34,"total_tokens":-9}',
    input: 1200,
    output: 34,
  },
  { name: "counts in strings", usage: '{"prompt_tokens":"1200","completion_tokens":"34","total_tokens":"1234"}' },
  { name: "a fraction", usage: '{"prompt_tokens":1200,"completion_tokens":34.5,"total_tokens":1234.5}', input: 1200 },
  { name: "an output of 2^64", usage: '{"prompt_tokens":1200,"completion_tokens":18446744073709551616}', input: 1200 },
  {
    name: "an output of 2^64 + 1",
    usage: '{"prompt_tokens":1200,"completion_tokens":18446744073709551617}',
    input: 1200,
  },
  { name: "an output of 1e400", usage: '{"prompt_tokens":1200,"completion_tokens":1e400}', input: 1200 },
  { name: "an output that is null", usage: '{"prompt_tokens":1200,"completion_tokens":null}', input: 1200 },
  {
    name: "an output that is an object",
    usage: '{"prompt_tokens":1200,"completion_tokens":{"total_tokens":0}}',
    input: 1200,
  },
  {
    name: "more cached than read",
    usage: '{"prompt_tokens":10,"completion_tokens":4,"prompt_tokens_details":{"cached_tokens":9000}}',
    input: 10,
    output: 4,
  },
];

describe.each(["JSON", "events"])("a usage in %s is never uncounted nor a credit:", (form) => {
  test.each(MALFORMED)("$name", async ({ usage, input, output }) => {
    const consumer = newConsumer();
    if (form === "JSON") answersJson(`"usage":${usage}`);
    else answersEvents(`{"choices":[],"usage":${usage}}`);
    expect((await ask(limiter, consumer, { json: chat({ stream: form === "events" }) })).status).toBe(200);
    const line = await charged(limiter, consumer);
    for (const [name, count] of [
      ["input_tokens", input],
      ["output_tokens", output],
    ] as const) {
      if (count !== undefined) expect([name, line[name]]).toEqual([name, String(count)]);
      expect(Number(line[name])).toBeGreaterThan(0);
      if (count === undefined) expect(Number(line[name])).toBeLessThanOrEqual(ESTIMATE_AT_MOST);
    }
    const isEstimated = input === undefined || output === undefined;
    expect(line["usage_source"]).toBe(isEstimated ? "estimated" : "reported");
  });
});

describe("of two usages the later one counts, value by value,", () => {
  const FIRST = '{"prompt_tokens":50,"completion_tokens":60,"total_tokens":110}';

  test.each([
    ["whole", '{"prompt_tokens":70,"completion_tokens":80,"total_tokens":150}', 150],
    ["in part", '{"completion_tokens":80}', 130],
    ["but for what is malformed", '{"prompt_tokens":-70,"completion_tokens":"80","total_tokens":null}', 110],
  ])("%s", async (_, second, total) => {
    const consumers = [newConsumer(), newConsumer()];
    answersJson(`"usage":${FIRST},"usage":${second}`);
    await ask(limiter, consumers[0]!);
    answersEvents(`{"choices":[],"usage":${FIRST}}`, `{"choices":[],"usage":${second}}`);
    await ask(limiter, consumers[1]!, { json: chat({ stream: true }) });
    for (const consumer of consumers) {
      expect(await charged(limiter, consumer)).toMatchObject({ "limit.tokens": String(total) });
    }
  });
});

describe("an answer of 500", () => {
  test("is charged what it reports", async () => {
    const consumer = newConsumer();
    answersJson('"usage":{"prompt_tokens":1200,"completion_tokens":34}', 500);
    expect((await ask(limiter, consumer)).status).toBe(500);
    expect(await charged(limiter, consumer)).toMatchObject({ "limit.tokens": "1234", usage_source: "reported" });
  });

  test.each(["{}", '{"completion_tokens":-5}', '{"prompt_tokens":"x"}'])("costs its input with %s", async (usage) => {
    const consumer = newConsumer();
    answersJson(`"usage":${usage}`, 500);
    await ask(limiter, consumer);
    const line = await charged(limiter, consumer);
    expect(line).toMatchObject({ output_tokens: "0", usage_source: "estimated" });
    expect(Number(line["limit.tokens"])).toBeGreaterThan(0);
  });
});

describe("at the ends of the range", () => {
  test("a limit of 1 lets one token pass at a time, and carries what is used beyond", async () => {
    const consumer = newConsumer();
    const asked = (max_tokens: number): Promise<{ status: number }> =>
      ask(limiter, consumer, { listener: "smallest", json: chat({ max_tokens }) });
    answersJson('"usage":{"prompt_tokens":0,"completion_tokens":0}');
    expect((await asked(2)).status).toBe(400);
    expect((await asked(1)).status).toBe(200);
    await logged(limiter, consumer, 2);
    answersJson('"usage":{"prompt_tokens":0,"completion_tokens":1}');
    expect((await asked(1)).status).toBe(200);
    await logged(limiter, consumer, 3);
    expect((await asked(0)).status).toBe(429);
  });

  test.each([
    ["largest", MOST],
    ["weighted", MOST / 1000],
  ])("2^53 tokens use up a limit of 2^53 (%s), and more wraps nothing", async (listener, one) => {
    const consumer = newConsumer();
    const used = Math.ceil(one) - 1;
    answersJson(`"usage":{"prompt_tokens":0,"completion_tokens":${used}}`);
    const asked = { listener, json: chat({ max_tokens: 1 }) };
    const first = await ask(limiter, consumer, asked);
    expect([first.status, first.headers["x-ratelimit-limit-tokens"]]).toEqual([200, String(MOST)]);
    await logged(limiter, consumer);
    answersJson(`"usage":{"prompt_tokens":${MOST},"completion_tokens":${MOST},"total_tokens":${MOST}}`);
    const second = await ask(limiter, consumer, { listener, json: chat({ max_tokens: 0 }) });
    expect(second.status).toBe(200);
    await logged(limiter, consumer, 2);
    const refused = await ask(limiter, consumer, { listener, json: chat({ max_tokens: 0 }) });
    expect([refused.status, refused.headers[REMAINING]]).toEqual([429, "0"]);
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
  });

  test("more tokens than there can be are as many as there can be", async () => {
    const consumer = newConsumer();
    answersJson(`"usage":{"prompt_tokens":${MOST},"completion_tokens":${MOST}}`);
    await ask(limiter, consumer);
    const [line] = await logged(limiter, consumer);
    expect(line).toMatchObject({ input_tokens: String(MOST), output_tokens: String(MOST), usage_source: "reported" });
    const refused = await ask(limiter, consumer, { json: chat({ max_tokens: AMOUNT }) });
    expect([refused.status, refused.headers[REMAINING]]).toEqual([429, "0"]);
  });
});
