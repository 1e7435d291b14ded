import { beforeAll, describe, expect, test } from "vitest";
import { type ResponseSpec } from "../../host/exchange.ts";
import { type PluginContext } from "../../host/plugin-context.ts";
import { randomFrom, SEED } from "../../lib/seeded.ts";
import { answer, chat, delta, events, left, open, outputLimit, post, startLimiter, textOf } from "./support/limiter.ts";

const usage = {
  prompt_tokens: 20,
  completion_tokens: 7,
  total_tokens: 27,
  prompt_tokens_details: { cached_tokens: 5 },
};
const SSE = { "content-type": "text/event-stream" };
const SPOKEN = "The weir hums as the water falls over it and nobody minds. ".repeat(10);
const streaming = chat(60, { stream: true });
const asking = chat(60, { stream: true, stream_options: { include_usage: true } });
const stream = (body: string): ResponseSpec => ({ headers: SSE, body });
const usageOnly = (over: object = {}) => ({ id: "c-1", choices: [], usage, ...over });

/** What the provider sends to a client that didn't ask for the usage, and what that client gets of it. */
const HIDDEN: [name: string, sent: string, shown: string][] = [
  ["the event before the end", ...around(`data: ${JSON.stringify(usageOnly())}\n\n`)],
  ["one with its usage first", ...around(`data: ${JSON.stringify({ usage, choices: [], id: "c-1" })}\n\n`)],
  ["one with a name and an id", ...around(`id: 7\nevent: chunk\ndata: ${JSON.stringify(usageOnly())}\n\n`)],
  [
    "one over several lines",
    ...around(`data: ${JSON.stringify(usageOnly(), null, 1).replaceAll("\n", "\ndata: ")}\n\n`),
  ],
  ["one whose list of choices is null", ...around(`data: ${JSON.stringify(usageOnly({ choices: null }))}\n\n`)],
  ["two of them", ...around(`data: ${JSON.stringify(usageOnly())}\n\n`.repeat(2))],
  [
    "one with CRLF",
    ...(around(`data: ${JSON.stringify(usageOnly())}\n\n`).map((text) => text.replaceAll("\n", "\r\n")) as [
      string,
      string,
    ]),
  ],
  [
    "one without the last blank line",
    `data: ${JSON.stringify(delta("a"))}\n\ndata: ${JSON.stringify(usageOnly())}`,
    `data: ${JSON.stringify(delta("a"))}\n\n`,
  ],
  [
    "one with 10 kB of other fields",
    ...around(`data: ${JSON.stringify(usageOnly({ obfuscation: "x".repeat(10_000) }))}\n\n`),
  ],
];

/** What passes as it is. */
const SHOWN: [name: string, body: string][] = [
  ["usage beside choices", textOf(events([{ ...delta("a"), usage }, "[DONE]"]))],
  [
    "empty choices without usage",
    textOf(events([{ id: "c-1", choices: [], prompt_filter_results: [] }, delta("a"), "[DONE]"])),
  ],
  ["usage that is null", textOf(events([{ ...delta("a"), usage: null }, { choices: [], usage: null }, "[DONE]"]))],
  ["comments and events without data", ": ping\n\nevent: x\n\nid: 1\nretry: 5\n\n\n\ndata: [DONE]\n\n"],
  ["an error in the stream", textOf(events([delta("a"), { error: { message: "no", code: 500 } }]))],
  ["an event that breaks off", `data: ${JSON.stringify(delta("a"))}\n\ndata: {"choices":[],"usage":{"prompt`],
  ["an event that is no JSON", 'data: {"choices":[],"usage":}\n\ndata: [DONE]\n\n'],
  ["usage that is 20 kB long", textOf(events([{ ...usageOnly(), x: "y".repeat(20_000) }, "[DONE]"]))],
  [
    "a byte order mark, other line ends and text that is no ASCII",
    '\uFEFFdata: {"choices":[{"delta":{"content":"é😀"}}]}\r\rdata:[DONE]\r\n\n',
  ],
  ["a document", textOf(answer(7, 20))],
];

function around(event: string): [sent: string, shown: string] {
  const before = `: ping\n\n${textOf(events([delta("one"), delta(" two é😀")]))}`;
  return [`${before}${event}data: [DONE]\n\n`, `${before}data: [DONE]\n\n`];
}

describe(`of a stream whose client didn't ask for the usage (SEED=${SEED})`, () => {
  let limiter: PluginContext;
  beforeAll(async () => {
    ({ limiter } = await startLimiter({}));
  });

  test.each(HIDDEN)("it doesn't see %s, however the stream is cut", (_name, sent, shown) => {
    for (const split of splitsOf(sent)) {
      const { client, filterState } = limiter.send(streaming, { ...stream(sent), split });
      expect({ split, body: client.body, complete: client.complete }).toEqual({ split, body: shown, complete: true });
      expect(filterState).toMatchObject({ "weir.total_tokens": "27", "weir.usage_source": "reported" });
    }
  });

  test.each(SHOWN)("it sees %s as it was sent, however the stream is cut", (_name, sent) => {
    for (const split of splitsOf(sent)) {
      const { client } = limiter.send(streaming, { ...stream(sent), split });
      expect({ split, body: client.body }).toEqual({ split, body: sent });
    }
  });

  test("each event goes out as soon as it is whole", () => {
    const under = open(limiter, streaming);
    under.onResponseHeaders({ ":status": "200", ...SSE }, false);
    let sent = "";
    for (const each of [delta("a"), delta("b"), delta("c")]) {
      sent += textOf(events([each]));
      under.onResponseBody(textOf(events([each])), false);
      expect(under.client.body).toBe(sent);
    }
  });

  test.each([
    ["as it is by default", 15_000, "abc"],
    ["as the examples raise it to", 9000, "x".repeat(1000)],
  ])("a piece as large as Envoy's buffer, %s, goes out whole", (_name, count, text) => {
    const many = textOf(events([...Array<unknown>(count).fill(delta(text)), "[DONE]"]));
    const sent = many.replace("data: [DONE]", `data: ${JSON.stringify(usageOnly())}\n\ndata: [DONE]`);
    for (const split of [[], [11]]) {
      expect(limiter.send(streaming, { ...stream(sent), split }).client.body === many).toBe(true);
    }
  });

  test("no content-length is left that isn't true any more", () => {
    const sent = HIDDEN[0]![1];
    const { client } = limiter.send(streaming, { headers: SSE, body: sent });
    expect([client.headers?.has("content-length"), client.isFramed]).toEqual([false, true]);
  });
});

describe("the usage stays in the stream", () => {
  test.each([
    ["where the client asked for it", asking, {}],
    ["where the operator doesn't have it asked for", streaming, { includeUsage: false }],
    ["of a request in Audit that isn't changed either", asking, { mode: "Audit" }],
  ])("%s", async (_name, request, config) => {
    const { limiter } = await startLimiter(config);
    const sent = HIDDEN[0]![1];
    for (const split of [[], [30], [300, 320]]) {
      expect(limiter.send(request, { ...stream(sent), split }).client.body).toBe(sent);
    }
  });
});

describe("a compressed answer", () => {
  const compressed = { headers: { ...SSE, "content-encoding": "gzip" }, body: "\x1f\x8b".padEnd(400, "\x07") };

  test("passes as it is, is charged by estimate and says so", async () => {
    const { host, limiter } = await startLimiter({ limits: [outputLimit({ amount: 1000 })] });
    const { client, filterState } = limiter.send(streaming, { ...compressed, split: [7, 100] });
    expect(client.body).toBe(compressed.body);
    expect(filterState["weir.usage_source"]).toBe("estimated");
    const charged = Number(filterState["weir.limit.tokens"]);
    expect(charged).toBeGreaterThan(50);
    expect(charged).toBeLessThan(400);
    host.tick(1000);
    expect(host.metrics.counter("weir.token-limiter.answers_compressed")).toBe(1);
  });

  test.each([
    ["vectors", "/v1/embeddings"],
    ["pictures", "/v1/images/generations"],
    ["a count", "/v1/messages/count_tokens"],
  ])("of %s has no words", async (_what, path) => {
    const { limiter } = await startLimiter({});
    const { filterState } = limiter.send(post(path, { model: "m", input: "hi", prompt: "hi" }), compressed);
    expect(filterState).toMatchObject({ "weir.output_tokens": "0", "weir.usage_source": "estimated" });
  });

  test.each(["identity", "identity, Identity"])("of no encoding at all is read: %s", async (encoding) => {
    const { limiter } = await startLimiter({});
    const headers = { "content-type": "application/json", "content-encoding": encoding };
    expect(limiter.send(chat(1), { ...answer(7, 20), headers }).filterState["weir.usage_source"]).toBe("reported");
  });
});

describe("without reported usage the text is estimated", () => {
  const text = "The weir hums because the water falls. ".repeat(10);
  const words = text.split(" ").length;

  test.each([
    ["streamed", events([...text.split(" ").map((word) => delta(`${word} `)), "[DONE]"])],
    [
      "whole",
      {
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ choices: [{ message: { content: text } }] }),
      },
    ],
  ])("%s", async (_name, spec) => {
    const { limiter } = await startLimiter({});
    const { filterState } = limiter.send(streaming, spec);
    expect(filterState["weir.usage_source"]).toBe("estimated");
    expect(Math.abs(Number(filterState["weir.output_tokens"]) - 1.15 * words)).toBeLessThan(0.2 * words);
  });

  test.each([
    ["a text", "text/plain; charset=utf-8", SPOKEN],
    ["a text that begins like JSON", "text/plain", `[Music] ${SPOKEN}`],
    ["subtitles", "text/plain", `1\n00:00:00,000 --> 00:00:09,000\n${SPOKEN}`],
    ["subtitles for the Web", "Text/VTT", `WEBVTT\n\n00:00.000 --> 00:09.000\n${SPOKEN}`],
    ["JSON that is called a text", "text/plain", JSON.stringify({ text: SPOKEN })],
  ])("of a transcript as %s, however it is cut", async (_what, type, body) => {
    const { limiter } = await startLimiter({});
    const form = { "content-type": "multipart/form-data; boundary=cut" };
    const request = post("/v1/audio/transcriptions", "--cut--\r\n", form);
    for (const split of splitsOf(body)) {
      const { filterState } = limiter.send(request, { headers: { "content-type": type }, body, split });
      expect(filterState["weir.usage_source"]).toBe("estimated");
      expect(Number(filterState["weir.output_tokens"])).toBeGreaterThan(120);
      expect(Number(filterState["weir.output_tokens"])).toBeLessThan(180);
    }
  });

  test("an error costs its input estimate at most", async () => {
    const { limiter } = await startLimiter({});
    const error = {
      status: 500,
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ error: { message: text } }),
    };
    const { filterState } = limiter.send(chat(60), error);
    expect(filterState["weir.output_tokens"]).toBe("0");
    expect(Number(filterState["weir.input_tokens"])).toBeLessThan(20);
  });
});

describe("an answer that is broken off after it has said that it is over costs what it has reported", () => {
  const reported = { input_tokens: 20, output_tokens: 7, total_tokens: 27 };
  const claude = post("/v1/messages", { model: "m", stream: true, max_tokens: 60, messages: [] });
  const started = { type: "message_start", message: { content: [], usage: { input_tokens: 20, output_tokens: 1 } } };
  const said = { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: SPOKEN } };
  const stopped = { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 7 } };
  const responses = post("/v1/responses", { model: "m", stream: true, input: "hi" });
  const spoken = { type: "response.output_text.delta", delta: SPOKEN };
  const cohere = post("/v2/chat", { model: "m", stream: true, messages: [] });
  const gemini = post("/v1beta/models/m:streamGenerateContent?alt=sse", { contents: [] });
  const thought = { candidates: [{ content: { parts: [{ text: SPOKEN }] } }] };
  const ended = {
    candidates: [{ finishReason: "STOP" }],
    usageMetadata: { promptTokenCount: 20, candidatesTokenCount: 7, totalTokenCount: 27 },
  };
  const written = { type: "content-delta", delta: { message: { content: { text: SPOKEN } } } };

  test.each([
    ["OpenAI's chat", asking, [delta(SPOKEN), usageOnly(), "[DONE]"]],
    ["OpenAI's chat, whose usage is hidden", streaming, [delta(SPOKEN), usageOnly(), "[DONE]"]],
    ["OpenAI's responses", responses, [spoken, { type: "response.completed", response: { usage: reported } }]],
    ["one at its bound", responses, [spoken, { type: "response.incomplete", response: { usage: reported } }]],
    ["one that failed", responses, [spoken, { type: "response.failed", response: { usage: reported } }]],
    ["Anthropic's messages", claude, [started, said, stopped, { type: "message_stop" }]],
    ["Cohere's chat", cohere, [written, { type: "message-end", delta: { usage: { tokens: reported } } }]],
    ["Gemini's", gemini, [thought, ended]],
  ])("%s, and no less before that", async (_name, request, data) => {
    const { limiter } = await startLimiter({});
    const usedOf = (count: number): Record<string, string> => {
      const under = open(limiter, request);
      under.onResponseHeaders({ ":status": "200", ...SSE }, false);
      for (const each of textOf(events(data.slice(0, count)))) under.onResponseBody(each, false);
      under.reset();
      return under.filterState.all;
    };
    expect(usedOf(data.length)).toMatchObject({ "weir.total_tokens": "27", "weir.usage_source": "reported" });
    const before = usedOf(data.length - 1);
    expect(before["weir.usage_source"]).toBe("estimated");
    expect(Number(before["weir.output_tokens"])).toBeGreaterThan(100);
  });
});

/** None, every offset of a text up to some thousand bytes (random ones of a longer one), and some at once. */
function splitsOf(text: string): number[][] {
  const { length } = new TextEncoder().encode(text);
  const random = randomFrom(SEED);
  const offsets = Array.from({ length: Math.min(length, 1500) }, (_, index) =>
    length <= 1500 ? index : random(length),
  );
  const several = Array.from({ length: 100 }, () => Array.from({ length: 2 + random(8) }, () => random(length)));
  const single = length <= 1500 ? [offsets] : [];
  return [[], ...offsets.map((at) => [at]), ...several, ...single];
}

describe("a response in the background", () => {
  const LIMITS = { limits: [outputLimit({ amount: 1000 })], reserve: { outputDefault: 50 } };
  const ask = (over: object = {}) => post("/v1/responses", { model: "m", input: "x", background: true, ...over });
  const queued = { id: "resp_1", status: "queued", background: true, output: [], usage: null };
  const json = (body: object, over: object = {}) => ({
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    ...over,
  });
  const reported = { ...queued, status: "completed", usage: { input_tokens: 1, output_tokens: 7, total_tokens: 8 } };

  test.each([
    ["is charged the most that it may write", ask({ max_output_tokens: 600 }), json(queued), 600],
    ["is charged what is assumed where it has no bound", ask(), json(queued), 50],
    ["is charged what it reports", ask({ max_output_tokens: 600 }), json(reported), 7],
    ["is charged nothing of output when it is refused", ask({ max_output_tokens: 600 }), json({}, { status: 400 }), 0],
    ["is none where it says so", ask({ max_output_tokens: 600, background: false }), json(queued), 0],
  ] as const)("%s", async (_name, request, response, charged) => {
    const { limiter } = await startLimiter(LIMITS);
    limiter.send(request, response);
    expect(left(limiter)).toBe(1000 - charged);
  });

  test("is charged so when its stream is left", async () => {
    const { limiter } = await startLimiter(LIMITS);
    const under = open(limiter, ask({ stream: true, max_output_tokens: 600 }));
    under.onResponseHeaders({ ":status": "200", ...SSE }, false);
    under.onResponseBody(textOf(events([{ type: "response.created", response: queued }])), false);
    under.reset();
    expect(left(limiter)).toBe(400);
  });

  test("is charged what its stream reported before it was left", async () => {
    const { limiter } = await startLimiter(LIMITS);
    const under = open(limiter, ask({ stream: true, max_output_tokens: 600 }));
    under.onResponseHeaders({ ":status": "200", ...SSE }, false);
    under.onResponseBody(textOf(events([{ type: "response.completed", response: reported }])), false);
    under.reset();
    expect(left(limiter)).toBe(993);
  });
});

describe("a stream of Anthropic's", () => {
  const ask = post("/v1/messages", { model: "m", stream: true, max_tokens: 500, messages: [] });
  const start = { type: "message_start", message: { content: [], usage: { input_tokens: 25, output_tokens: 1 } } };
  const text = { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "one two ".repeat(100) } };
  const end = { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 9 } };
  const error = { type: "error", error: { type: "overloaded_error", message: "Overloaded" } };

  test.each([
    ["that ends with its usage costs what it says", [start, text, end], 9, 9, "reported"],
    ["that ends with an error costs what was written", [start, text, error], 150, 300, "estimated"],
    ["that ends with an error before a word costs what it says", [start, error], 1, 1, "reported"],
  ] as const)("%s", async (_name, data, least, most, source) => {
    const { limiter } = await startLimiter({ limits: [outputLimit({ amount: 1000 })] });
    const { filterState } = limiter.send(ask, events(data));
    expect(filterState).toMatchObject({ "weir.input_tokens": "25", "weir.usage_source": source });
    expect(Number(filterState["weir.output_tokens"])).toBeGreaterThanOrEqual(least);
    expect(Number(filterState["weir.output_tokens"])).toBeLessThanOrEqual(most);
  });
});
