import { describe, expect, test } from "vitest";
import { type RequestSpec, type ResponseSpec } from "../../host/exchange.ts";
import { payloadParts } from "../../lib/answer-cases.ts";
import { answer, chat, delta, events, left, open, outputLimit, post, startLimiter, textOf } from "./support/limiter.ts";

const CONFIG = { cutStreamsOverLimit: true, limits: [outputLimit({ per: "1h", algorithm: "FixedWindow" })] };
const PIECES = 60;
/** About 10 tokens. */
const WORDS = "the weir hums because the water falls on stones ";
const REPORTED = 600;

const messages = [{ role: "user", content: "hi" }];
const repeat = <T>(event: T) => Array<T>(PIECES).fill(event);

/** Events with their type as name. */
function named(data: { type: string; [key: string]: unknown }[]): ResponseSpec {
  return events(
    data,
    data.map(({ type }) => type),
  );
}

interface Case {
  request: RequestSpec;
  /** More than the limit of 100 has. */
  sent: ResponseSpec;
  /** What stands in place of the rest. */
  end: RegExp;
}

const message = "The answer was cut: it passed the token limit.";

/** Streams by dialect, whose providers go on writing after the most that they were allowed. */
const DIALECTS: Record<string, Case> = {
  "an OpenAI chat": {
    request: chat(60, { stream: true }),
    sent: events([
      ...repeat(delta(WORDS)),
      { choices: [], usage: { prompt_tokens: 1, completion_tokens: REPORTED } },
      "[DONE]",
    ]),
    end: new RegExp(
      `^data: {"error":{"message":"${message}","type":"rate_limit_error","param":null,"code":"rate_limit_exceeded"}}\n\ndata: \\[DONE\\]\n\n$`,
    ),
  },
  "an OpenAI response": {
    request: post("/v1/responses", { model: "m", input: "x", stream: true, max_output_tokens: 60 }),
    sent: events([
      ...repeat({ type: "response.output_text.delta", delta: WORDS }),
      {
        type: "response.completed",
        response: { usage: { input_tokens: 1, output_tokens: REPORTED, total_tokens: REPORTED + 1 } },
      },
    ]),
    end: new RegExp(
      `^event: error\ndata: {"type":"error","code":"rate_limit_exceeded","message":"${message}",.*}\n\n$`,
    ),
  },
  "messages of Anthropic": {
    request: post("/v1/messages", { model: "m", messages, stream: true, max_tokens: 60 }),
    sent: named([
      { type: "message_start", message: { usage: { input_tokens: 1, output_tokens: 1 } } },
      ...repeat({ type: "content_block_delta", delta: { type: "text_delta", text: WORDS } }),
      { type: "message_delta", delta: {}, usage: { output_tokens: REPORTED } },
    ]),
    end: new RegExp(
      `^event: error\ndata: {"type":"error","error":{"type":"rate_limit_error","message":"${message}"}}\n\n$`,
    ),
  },
  "a stream of Gemini's": {
    request: post("/v1beta/models/m:streamGenerateContent?alt=sse", {
      contents: [],
      generationConfig: { maxOutputTokens: 60 },
    }),
    sent: events([
      ...repeat({ candidates: [{ content: { parts: [{ text: WORDS }] } }] }),
      {
        candidates: [],
        usageMetadata: { promptTokenCount: 1, candidatesTokenCount: REPORTED, totalTokenCount: REPORTED + 1 },
      },
    ]),
    end: new RegExp(`^data: {"error":{"code":429,"message":"${message}","status":"RESOURCE_EXHAUSTED"}}\n\n$`),
  },
  "a chat of Cohere's": {
    request: post("/v2/chat", { model: "m", messages, stream: true, max_tokens: 60 }),
    sent: events([
      ...repeat({ type: "content-delta", delta: { message: { content: { text: WORDS } } } }),
      { type: "message-end", delta: { usage: { tokens: { input_tokens: 1, output_tokens: REPORTED } } } },
    ]),
    end: new RegExp(
      `^event: message-end\ndata: {"type":"message-end","delta":{"error":"${message}","finish_reason":"ERROR"}}\n\n$`,
    ),
  },
  "a chat of Ollama's": {
    request: post("/api/chat", { model: "m", messages, options: { num_predict: 60 } }),
    sent: {
      headers: { "content-type": "application/x-ndjson" },
      body: [
        ...repeat({ message: { content: WORDS }, done: false }),
        { done: true, prompt_eval_count: 1, eval_count: REPORTED },
      ].map((each) => `${JSON.stringify(each)}\n`),
    },
    end: new RegExp(`^{"error":"${message}"}\n$`),
  },
};
const ollama = DIALECTS["a chat of Ollama's"]!;
for (const type of ["Application/X-NDJSON", "application/jsonl", "application/stream+json; charset=utf-8"]) {
  DIALECTS[`the same as ${type}`] = { ...ollama, sent: { ...ollama.sent, headers: { "content-type": type } } };
}
const cases = Object.entries(DIALECTS);

/** The bytes at which the events of a stream end. */
function boundaries(sent: string): number[] {
  const end = sent.includes("\n\n") ? "\n\n" : "\n";
  return [...sent.matchAll(new RegExp(end, "g"))].map(({ index }) => index + end.length);
}

describe("a stream that passes its limit", () => {
  test.each(cases)("%s: ends after a whole event, with the dialect's error", async (_name, { request, sent, end }) => {
    const { host, limiter } = await startLimiter(CONFIG);
    const { client, upstream, filterState } = limiter.send(request, sent);
    expect(upstream.complete).toBe(true);
    const all = textOf(sent);
    const cut = boundaries(all).findLast((at) => client.body.startsWith(all.slice(0, at))) ?? 0;
    expect(cut).toBeGreaterThan(0.1 * all.length);
    expect(cut).toBeLessThan(0.5 * all.length);
    expect(client.body.slice(cut)).toMatch(end);
    expect(client.complete).toBe(true);
    expect(filterState).toMatchObject({ "weir.output_tokens": String(REPORTED), "weir.usage_source": "reported" });
    expect(host.metrics.counter("weir.token-limiter.refused.reason.=.stream_over_limit.=;.")).toBe(1);
  });

  test.each(cases)("%s: ends so however its pieces are cut", async (_name, { request, sent, end }) => {
    const all = textOf(sent);
    for (const size of [1, 7, 37, 100, 333]) {
      const { limiter } = await startLimiter(CONFIG);
      const split = Array.from({ length: Math.floor(all.length / size) }, (_, index) => (index + 1) * size);
      const { client, filterState } = limiter.send(request, { ...sent, split });
      const cut = boundaries(all).findLast((at) => client.body.startsWith(all.slice(0, at))) ?? 0;
      expect({ size, end: client.body.slice(cut) }).toEqual({ size, end: expect.stringMatching(end) as string });
      expect(filterState["weir.output_tokens"]).toBe(String(REPORTED));
    }
  });

  test("still charges what the provider reports, or has written when the client goes", async () => {
    const { host, limiter } = await startLimiter(CONFIG);
    const { request, sent } = DIALECTS["an OpenAI chat"]!;
    const stream = open(limiter, request);
    stream.onResponseHeaders({ ":status": "200", ...(sent.headers as object) }, false);
    (sent.body as string[]).slice(0, 50).forEach((piece) => stream.onResponseBody(piece, false));
    expect(stream.client.body).toMatch(/\[DONE\]\n\n$/);
    stream.reset();
    const used = Number(stream.filterState.get("weir.limit.tokens"));
    expect(used).toBeGreaterThan(400);
    host.tick(3_600_000 * (Math.floor(used / 100) - 1));
    expect(left(limiter)).toBe(0);
  });

  test.each(["FixedWindow", "SlidingWindow", "TokenBucket"])(
    "is cut where nothing is reserved and nobody has used anything, of a %s",
    async (algorithm) => {
      const limits = [outputLimit({ per: "1h", algorithm })];
      const { limiter } = await startLimiter({ ...CONFIG, limits, reserve: { input: "None", output: "None" } });
      const { request, sent, end } = DIALECTS["messages of Anthropic"]!;
      const { client } = limiter.send(request, sent);
      expect(client.body.length).toBeLessThan(0.5 * textOf(sent).length);
      expect(client.body.slice(client.body.lastIndexOf("event: error"))).toMatch(end);
    },
  );

  test("is cut by one limit where another has room, and counts something else", async () => {
    const requests = { name: "many", count: "Requests", amount: 9, per: "1h" };
    const { limiter } = await startLimiter({ ...CONFIG, limits: [requests, ...CONFIG.limits] });
    const { request, sent, end } = DIALECTS["messages of Anthropic"]!;
    const { client } = limiter.send(request, sent);
    expect(client.body.slice(client.body.lastIndexOf("event: error"))).toMatch(end);
  });

  test("is cut where others have used meanwhile what it could have had", async () => {
    const { limiter } = await startLimiter({ ...CONFIG, limits: [outputLimit({ amount: 10_000 })] });
    const { request, sent } = DIALECTS["messages of Anthropic"]!;
    const pieces = sent.body as string[];
    const stream = open(limiter, request);
    stream.onResponseHeaders({ ":status": "200", ...(sent.headers as object) }, false);
    pieces.slice(0, 30).forEach((piece) => stream.onResponseBody(piece, false));
    limiter.send(chat(1), answer(10_000));
    limiter.send(chat(1, {}, { "x-consumer": "b" }), answer(1));
    pieces.slice(30, -1).forEach((piece) => stream.onResponseBody(piece, false));
    expect(stream.client.body).toContain(message);
  });

  test("is not cut while others leave it room", async () => {
    const { limiter } = await startLimiter({ ...CONFIG, limits: [outputLimit({ amount: 10_000 })] });
    const { request, sent } = DIALECTS["messages of Anthropic"]!;
    expect(limiter.send(request, sent).client.body).toBe(textOf(sent));
  });

  test("is not cut where the operator doesn't want it, and in Audit it is counted only", async () => {
    const { request, sent } = DIALECTS["messages of Anthropic"]!;
    const off = await startLimiter({ ...CONFIG, cutStreamsOverLimit: false });
    expect(off.limiter.send(request, sent).client.body).toBe(textOf(sent));
    const audit = await startLimiter({ ...CONFIG, mode: "Audit" });
    expect(audit.limiter.send(request, sent).client.body).toBe(textOf(sent));
    expect(audit.host.metrics.counter("weir.token-limiter.audited.reason.=.stream_over_limit.=;.")).toBe(1);
  });

  const FINISHED: [name: string, dialect: string, rest: string][] = [
    ["an OpenAI chat", "an OpenAI chat", ""],
    ["an OpenAI chat with CRLF", "an OpenAI chat", "\r\n"],
    ["an OpenAI response", "an OpenAI response", ""],
    ["messages of Anthropic", "messages of Anthropic", 'event: message_stop\ndata: {"type":"message_stop"}\n\n'],
    ["a chat of Cohere's", "a chat of Cohere's", ""],
    ["a chat of Ollama's", "a chat of Ollama's", ""],
    [
      "a stream of Gemini's",
      "a stream of Gemini's",
      `data: {"candidates":[{"finishReason":"STOP"}],"usageMetadata":{"candidatesTokenCount":${REPORTED}}}\n\n`,
    ],
  ];

  test.each(FINISHED)("%s: is left as it is where its end has come too", async (_name, dialect, rest) => {
    const { limiter } = await startLimiter(CONFIG);
    const { request, sent } = DIALECTS[dialect]!;
    const body = rest === "\r\n" ? textOf(sent).replaceAll("\n", rest) : textOf(sent) + rest;
    expect(limiter.send(request, { ...sent, body }).client.body).not.toContain(message);
  });

  test("is cut where its end is said before it, as gateways do that translate for Gemini's clients", async () => {
    const { limiter } = await startLimiter(CONFIG);
    const { request, sent, end } = DIALECTS["a stream of Gemini's"]!;
    const early = textOf(events([{ candidates: [{ content: { parts: [] }, finishReason: "STOP" }] }]));
    const { client } = limiter.send(request, { ...sent, body: early + textOf(sent), split: [5000] });
    expect(client.body.slice(client.body.lastIndexOf("data: "))).toMatch(end);
  });

  test("is charged, but not cut, where it comes in parts of a binary stream: those are no place for an event", async () => {
    const { limiter } = await startLimiter(CONFIG);
    const request = post("/endpoints/llama/invocations-response-stream", { model: "m", messages, max_tokens: 60 });
    const stream = open(limiter, request);
    const { body } = events([...repeat(delta(WORDS)), { usage: { prompt_tokens: 1, completion_tokens: REPORTED } }]);
    const sent = payloadParts(Buffer.from((body as string[]).join("")), 500);
    stream.respond({ headers: { "content-type": "application/vnd.amazon.eventstream" }, body: sent });
    expect(Buffer.from(stream.client.bytes).equals(sent)).toBe(true);
    expect(stream.filterState.all).toMatchObject({ "weir.limit.tokens": String(REPORTED) });
  });

  describe("of a dialect that has no event for it", () => {
    const request = post("/model/m/converse-stream", { messages, inferenceConfig: { maxTokens: 60 } });
    const headers = { "content-type": "application/vnd.amazon.eventstream" };
    const text = { contentBlockIndex: 0, delta: { text: WORDS } };
    const body = Array.from({ length: PIECES }, () => eventStreamMessage(text));

    test("is closed", async () => {
      const { limiter } = await startLimiter(CONFIG);
      expect(limiter.send(request, { headers, body }).status).toBe("reset");
    });

    test("is left as it is where its end has come too", async () => {
      const { limiter } = await startLimiter(CONFIG);
      const last = eventStreamMessage({ metrics: { latencyMs: 9 }, usage: { inputTokens: 1, outputTokens: REPORTED } });
      const whole = Buffer.concat([...body, last]);
      const { client } = limiter.send(request, { headers, body: whole });
      expect(Buffer.from(client.bytes).equals(whole)).toBe(true);
    });
  });
});

describe("a document that passes the limit is no stream, and is not cut", () => {
  const body = JSON.stringify({ choices: [{ message: { content: WORDS.repeat(PIECES) } }] });
  const pretty = JSON.stringify(JSON.parse(body), null, 2);

  test.each([
    ["whole", body, []],
    ["with white space at its end", `${body}\n`, []],
    ["in two pieces", body, [2000]],
    ["in pieces", pretty, [50, 1000, 2000, 2100]],
    ["that reports its usage", textOf(answer(REPORTED)).replace('"ok"', JSON.stringify(WORDS.repeat(PIECES))), [1000]],
  ] as [string, string, number[]][])("%s", async (_name, text, split) => {
    const { limiter } = await startLimiter(CONFIG);
    const headers = { "content-type": "application/json" };
    const { client } = limiter.send(chat(60), { headers, body: text, split });
    expect(client.body).toBe(text);
    expect(client.complete).toBe(true);
  });
});

/** One message of a binary event stream (AWS SDKs, "event stream encoding"), whose checksums nobody looks at. */
function eventStreamMessage(data: object): Uint8Array {
  const payload = new TextEncoder().encode(JSON.stringify(data));
  const bytes = new Uint8Array(16 + payload.length);
  new DataView(bytes.buffer).setUint32(0, bytes.length);
  bytes.set(payload, 12);
  return bytes;
}
