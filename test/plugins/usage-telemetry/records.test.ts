import { describe, expect, test } from "vitest";
import { answer, auditOf, chat, metricsOf, startTelemetry } from "./support/telemetry.ts";

const USAGE = {
  prompt_tokens: 100,
  completion_tokens: 50,
  total_tokens: 150,
  prompt_tokens_details: { cached_tokens: 40 },
  completion_tokens_details: { reasoning_tokens: 30 },
};

test("a call is told in one record: who, what, how much, how it went", async () => {
  const { telemetry } = await startTelemetry();
  const record = auditOf(telemetry.send(chat(), answer(USAGE)));
  expect(record).toMatchObject({
    id: "r-1",
    operation: "chat",
    consumer: "team-a",
    requested_model: "gpt-4o",
    model: "gpt-4o",
    response_model: "gpt-4o-2024-08-06",
    provider: "openai",
    stream: false,
    status: 200,
    input_tokens: 100,
    output_tokens: 50,
    cached_input_tokens: 40,
    reasoning_tokens: 30,
    usage_source: "reported",
  });
  expect(record).not.toHaveProperty("error");
  expect(record).not.toHaveProperty("cost_micros");
});

test("of what was said it tells nothing", async () => {
  const { telemetry } = await startTelemetry();
  const text = JSON.stringify(auditOf(telemetry.send(chat(), answer(USAGE))));
  expect(text).not.toContain("hum");
  expect(text).not.toContain('"ok"');
});

test("usage that nobody reports is estimated, and says so", async () => {
  const { telemetry } = await startTelemetry();
  const { filterState } = telemetry.send(chat(), answer(undefined));
  expect(filterState["weir.usage_source"]).toBe("estimated");
  expect(Number(filterState["weir.input_tokens"])).toBeGreaterThan(3);
  expect(auditOf({ filterState })).toMatchObject({ usage_source: "estimated" });
});

test.each([
  ["/v1/embeddings", "embeddings", { data: [{ index: 0, embedding: [0.1] }] }],
  ["/v1/rerank", "rerank", { results: [{ index: 0, relevance_score: 0.5, document: { text: "a weir" } }] }],
])("a total alone is input where nothing was written: %s", async (path, operation, answered) => {
  const { telemetry } = await startTelemetry({ prices: [{ model: "*", input: 1, output: 2 }] });
  const over = { choices: undefined, ...answered };
  const record = auditOf(telemetry.send({ ...chat(), path }, answer({ total_tokens: 81 }, over)));
  expect(record).toMatchObject({ operation, input_tokens: 81, output_tokens: 0, usage_source: "reported" });
  expect(record["cost_micros"]).toBe(81);
});

test("a compressed answer of vectors has no words", async () => {
  const { telemetry } = await startTelemetry();
  const headers = { "content-type": "application/json", "content-encoding": "gzip" };
  const request = { ...chat(), path: "/v1/embeddings" };
  const record = auditOf(telemetry.send(request, { headers, body: "\x1f\x8b".padEnd(4000, "\x07") }));
  expect(record).toMatchObject({ output_tokens: 0, usage_source: "estimated" });
});

test("of a total alone what an answer with words doesn't owe to its request is output, by estimate", async () => {
  const { telemetry } = await startTelemetry();
  const record = auditOf(telemetry.send(chat(), answer({ total_tokens: 81 })));
  expect(Number(record["input_tokens"]) + Number(record["output_tokens"])).toBe(81);
  expect(record).toMatchObject({ usage_source: "estimated" });
});

test("on an unknown path the first key that tells the API decides, however the body is cut", async () => {
  const { telemetry } = await startTelemetry();
  const body = '{"model":"m","prompt":"why do weirs hum?","messages":[{"role":"user","content":"hi"}]}';
  for (let at = 1; at < body.length; at++) {
    const record = auditOf(telemetry.send({ ...chat(), path: "/generate", body, split: [at] }, answer(USAGE)));
    expect([at, record["operation"]]).toEqual([at, "text_completion"]);
  }
});

describe("of a stream", () => {
  const delta = (content: string) => ({ object: "chat.completion.chunk", choices: [{ index: 0, delta: { content } }] });
  const events = (...data: unknown[]): string[] => data.map((each) => `data: ${JSON.stringify(each)}\n\n`);

  test("it knows when its first piece came, and how long each token took", async () => {
    const { host, telemetry } = await startTelemetry();
    const stream = telemetry.stream();
    stream.request(chat({ stream: true }));
    host.process.clock.advance(120);
    stream.onResponseHeaders({ ":status": "200", "content-type": "text/event-stream" }, false);
    host.process.clock.advance(80);
    for (const piece of events(delta("a"), delta("b"))) stream.onResponseBody(piece, false);
    host.process.clock.advance(1000);
    const usage = { prompt_tokens: 9, completion_tokens: 11, total_tokens: 20 };
    for (const piece of events({ object: "chat.completion.chunk", choices: [], usage }))
      stream.onResponseBody(piece, false);
    stream.onResponseBody("data: [DONE]\n\n", true);
    stream.finish();
    expect(stream.filterState.get("weir.ttft_ms")).toBe("200");
    const histogram = (name: string): number[] =>
      Object.keys(host.process.metrics.all)
        .filter((each) => each.startsWith(name))
        .flatMap((each) => host.process.metrics.histogram(each));
    expect(histogram("gen_ai.server.time_to_first_token_us")).toEqual([200_000]);
    expect(histogram("gen_ai.server.time_per_output_token_us")).toEqual([100_000]);
    expect(histogram("gen_ai.server.request.duration_us")).toEqual([1_200_000]);
    expect(histogram("gen_ai.client.token.usage")).toEqual([9, 11]);
  });

  test.each(["Text/Event-Stream; charset=utf-8", "APPLICATION/X-NDJSON", "application/jsonl"])(
    "it knows %s for one",
    async (type) => {
      const { telemetry } = await startTelemetry();
      const record = auditOf(telemetry.send(chat(), { headers: { "content-type": type }, body: "{}\n" }));
      expect(record).toMatchObject({ stream: true, ttft_ms: 0 });
    },
  );

  test.each([
    [":streamGenerateContent", 200, true],
    [":streamGenerateContent", 400, false],
    [":generateContent", 200, false],
  ])("that Gemini sends as an array it knows by the path: %s answered %i: %s", async (method, status, stream) => {
    const { telemetry } = await startTelemetry();
    const request = { ...chat(), path: `/v1beta/models/gemini-2.5-flash${method}` };
    const usageMetadata = { promptTokenCount: 10, candidatesTokenCount: 7, totalTokenCount: 17 };
    const record = auditOf(
      telemetry.send(request, { ...answer(undefined), status, body: JSON.stringify([{ usageMetadata }]) }),
    );
    expect(record).toMatchObject({ stream, input_tokens: 10, output_tokens: 7 });
    expect(record["ttft_ms"]).toBe(stream ? 0 : undefined);
  });

  test("it has published what a trace's span may have before the host closes that", async () => {
    const { telemetry } = await startTelemetry();
    const stream = telemetry.stream();
    stream.request(chat({ stream: true }));
    stream.onResponseHeaders({ ":status": "200", "content-type": "text/event-stream" }, false);
    stream.onResponseBody(events(delta("a"))[0]!, false);
    expect(stream.filterState.all).toEqual({ "weir.consumer": "team-a", "weir.ttft_ms": "0" });
    const usage = { prompt_tokens: 9, completion_tokens: 11, total_tokens: 20 };
    stream.onResponseBody(events({ object: "chat.completion.chunk", choices: [], usage })[0]!, true);
    const published = stream.filterState.all;
    expect(published).toMatchObject({
      "weir.input_tokens": "9",
      "weir.output_tokens": "11",
      "weir.usage_source": "reported",
    });
    stream.finish();
    expect(stream.filterState.all).toMatchObject(published);
    expect(JSON.parse(stream.filterState.get("weir.audit")!)).toMatchObject({ input_tokens: 9, output_tokens: 11 });
  });

  test("that the client leaves, it tells what came by estimate", async () => {
    const { host, telemetry } = await startTelemetry();
    const stream = telemetry.stream();
    stream.request(chat({ stream: true }));
    stream.onResponseHeaders({ ":status": "200", "content-type": "text/event-stream" }, false);
    for (const piece of events(...Array<object>(20).fill(delta("one two ")))) stream.onResponseBody(piece, false);
    stream.reset();
    expect(stream.filterState.get("weir.usage_source")).toBe("estimated");
    expect(metricsOf(host).find(({ name }) => name === "in_flight")?.value).toBe(0);
  });
});

test("what a plugin in front has published counts, not what this one would find", async () => {
  const { telemetry } = await startTelemetry({ usage: "Published" });
  const stream = telemetry.stream();
  for (const [name, value] of [
    ["model", "routed"],
    ["requested_model", "alias"],
    ["provider", "azure"],
    ["input_tokens", "7"],
    ["output_tokens", "5"],
    ["cache_creation_tokens", "3"],
    ["usage_source", "reported"],
    ["guard", "pii:Mask"],
    ["attempts", "openai=503/12,azure=200/340"],
  ] as const)
    stream.filterState.set(`weir.${name}`, value);
  stream.request(chat());
  stream.respond(answer(USAGE));
  stream.finish();
  expect(JSON.parse(stream.filterState.get("weir.audit")!)).toMatchObject({
    requested_model: "alias",
    model: "routed",
    provider: "azure",
    input_tokens: 7,
    output_tokens: 5,
    cache_creation_tokens: 3,
    guard: "pii:Mask",
    attempts: "openai=503/12,azure=200/340",
  });
});

describe("a batch is a call without tokens of its own", () => {
  const answered = { headers: { "content-type": "application/json" }, body: '{"id":"1"}' };

  test.each([
    ["/v1/files", "files"],
    ["/v1/batches", "batches"],
    ["/v1/messages/batches", "batches"],
  ])("on %s", async (path, operation) => {
    const { telemetry } = await startTelemetry({ prices: [{ model: "*", input: 1, output: 1 }] });
    const record = auditOf(telemetry.send({ ...chat(), path }, answered));
    expect(record).toMatchObject({ operation, status: 200 });
    for (const key of ["input_tokens", "usage_source", "cost_micros"]) expect(record).not.toHaveProperty(key);
  });

  test("though a limiter in front has charged one by estimate", async () => {
    const { telemetry } = await startTelemetry({ usage: "Published" });
    const stream = telemetry.stream();
    stream.request({ ...chat(), path: "/v1/messages/batches" });
    stream.filterState.set("weir.input_tokens", "90");
    stream.filterState.set("weir.output_tokens", "12288");
    stream.filterState.set("weir.usage_source", "estimated");
    stream.respond(answered);
    expect(auditOf({ filterState: stream.filterState.all })).not.toHaveProperty("output_tokens");
  });
});

describe("a call that no model runs for has no tokens and no cost", () => {
  test.each([
    ["a stored answer that is fetched", "GET", "/v1/responses/resp_1", { usage: USAGE }],
    ["one that is cancelled", "POST", "/v1/responses/resp_1/cancel", { usage: USAGE }],
    ["a stored chat that is changed", "POST", "/v1/chat/completions/c_1", { usage: USAGE }],
    ["a batch that is looked at", "GET", "/v1/batches/b_1", { usage: { input_tokens: 100, output_tokens: 50 } }],
    ["Anthropic's count of tokens", "POST", "/v1/messages/count_tokens", { input_tokens: 100 }],
    ["its count on Vertex", "POST", "/v1/publishers/anthropic/models/count-tokens:rawPredict", { input_tokens: 100 }],
    ["OpenAI's", "POST", "/v1/responses/input_tokens", { input_tokens: 100 }],
    ["Gemini's", "POST", "/v1beta/models/gemini-pro:countTokens", { totalTokens: 100 }],
  ])("%s", async (_what, method, path, answered) => {
    const { telemetry } = await startTelemetry({ prices: [{ model: "*", input: 1, output: 1 }] });
    const body = JSON.stringify({ model: "gpt-4o", ...answered });
    const request = method === "GET" ? { ...chat(), body: undefined } : chat();
    const { filterState } = telemetry.send({ ...request, method, path }, { ...answer(undefined), body });
    expect(filterState).not.toHaveProperty("weir.input_tokens");
    const record = auditOf({ filterState });
    expect(record).toMatchObject({ response_model: "gpt-4o", status: 200 });
    for (const key of ["input_tokens", "usage_source", "cost_micros"]) expect(record).not.toHaveProperty(key);
  });
});

test("what goes over a WebSocket is not measured: nothing is known of it", async () => {
  const { telemetry } = await startTelemetry({ prices: [{ model: "*", input: 5, output: 20 }] });
  const stream = telemetry.stream();
  const upgrade = { connection: "upgrade", upgrade: "websocket" };
  stream.request({ method: "GET", path: "/v1/realtime?model=gpt-realtime", headers: upgrade });
  stream.onResponseHeaders({ ":status": "101", ...upgrade }, false);
  stream.onResponseBody(new Uint8Array(5000).fill(0x82), true);
  const record = auditOf({ filterState: stream.filterState.all });
  expect(record).toMatchObject({ operation: "realtime", status: 101 });
  for (const key of ["input_tokens", "usage_source", "cost_micros"]) expect(record).not.toHaveProperty(key);
});
