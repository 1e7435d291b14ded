import { describe, expect, test } from "vitest";
import { type Telemetry, answer, auditOf, chat, metricsOf, startTelemetry } from "./support/telemetry.ts";

const USAGE = { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 };
const JSON_TYPE = { "content-type": "application/json" };

/** The tags of what was counted, without those named. */
function requestTags({ host }: Telemetry): Record<string, string>[] {
  return metricsOf(host)
    .filter(({ name }) => name === "requests")
    .map(({ tags }) => tags);
}

describe("labels", () => {
  test("are OpenTelemetry's", async () => {
    const started = await startTelemetry({ models: ["gpt-4o*"], consumers: ["team-a"] });
    started.telemetry.send(chat(), answer(USAGE));
    expect(requestTags(started)).toEqual([
      {
        gen_ai_operation_name: "chat",
        gen_ai_provider_name: "openai",
        gen_ai_request_model: "gpt-4o*",
        gen_ai_response_model: "gpt-4o*",
        consumer: "team-a",
        error_type: "none",
      },
    ]);
  });

  test("that clients could invent are `other`, however many they are", async () => {
    const started = await startTelemetry({ models: ["gpt-4o"], consumers: ["team-a"] });
    for (let i = 0; i < 100; i++)
      started.telemetry.send(
        chat({ model: `made-up-${i}` }, { "x-consumer": `nobody-${i}` }),
        answer(USAGE, { model: `x${i}` }),
      );
    expect(requestTags(started)).toMatchObject([
      { gen_ai_request_model: "other", gen_ai_response_model: "other", consumer: "other" },
    ]);
  });

  test("are one for a provider, though its name, which a client may have chosen, would make several", async () => {
    const started = await startTelemetry();
    const stream = started.telemetry.stream();
    stream.filterState.set("weir.provider", "x.=;.error_type.=.500.=;.gen_ai_request_model.=.gpt-4o");
    stream.request(chat());
    stream.respond(answer(USAGE));
    expect(requestTags(started)).toMatchObject([
      { gen_ai_provider_name: "other", gen_ai_request_model: "other", error_type: "none" },
    ]);
  });

  test("of consumers are none where none are configured", async () => {
    const started = await startTelemetry();
    started.telemetry.send(chat(), answer(USAGE));
    expect(Object.keys(requestTags(started)[0]!)).not.toContain("consumer");
  });

  test("over maxSeries are all `other`, and nothing is lost", async () => {
    const models = Array.from({ length: 10 }, (_, i) => `m${i}`);
    const started = await startTelemetry({ models, maxSeries: 3 });
    for (const model of models) started.telemetry.send(chat({ model }), answer(USAGE, { model }));
    const counted = metricsOf(started.host).filter(({ name }) => name === "requests");
    expect(counted.length).toBe(4);
    expect(counted.reduce((sum, { value }) => sum + value, 0)).toBe(10);
    expect(counted.find(({ tags }) => tags["gen_ai_request_model"] === "other")?.value).toBe(7);
  });

  test.each([
    [429, "429"],
    [500, "500"],
    [200, "none"],
    [302, "none"],
  ])("say of an answer %i: %s", async (status, expected) => {
    const started = await startTelemetry();
    started.telemetry.send(chat(), { status, headers: JSON_TYPE, body: "{}" });
    expect(requestTags(started)).toMatchObject([{ error_type: expected }]);
  });

  test.each([
    ["/v1/chat/completions", { model: "m", messages: [] }, "chat", "openai"],
    ["/v1/responses", { model: "m", input: "x" }, "chat", "openai"],
    ["/v1/embeddings", { model: "m", input: "x" }, "embeddings", "openai"],
    ["/v1/messages", { model: "m", messages: [] }, "chat", "anthropic"],
    ["/v1beta/models/g:generateContent", { contents: [] }, "generate_content", "gcp.gemini"],
    ["/model/m/converse", { messages: [] }, "chat", "aws.bedrock"],
    ["/v2/chat", { model: "m", messages: [] }, "chat", "cohere"],
    ["/api/chat", { model: "m", messages: [] }, "chat", "ollama"],
    ["/somewhere", { model: "m", messages: [] }, "chat", "openai"],
  ])("of %s are its operation's and its API's", async (path, body, operation, provider) => {
    const started = await startTelemetry();
    started.telemetry.send({ ...chat(), path, body: JSON.stringify(body) }, answer(USAGE));
    expect(requestTags(started)).toMatchObject([{ gen_ai_operation_name: operation, gen_ai_provider_name: provider }]);
  });
});

test.each([
  ["a page", { path: "/index.html" }],
  ["a form", { path: "/form", method: "POST", headers: JSON_TYPE, body: '{"name":"x"}' }],
  ["no JSON", { path: "/form", method: "POST", body: "hello" }],
])("%s is no call of a model, and not counted", async (_name, request) => {
  const started = await startTelemetry();
  const { filterState, status } = started.telemetry.send(request, { body: "ok" });
  expect([status, filterState["weir.audit"]]).toEqual(["forwarded", undefined]);
  expect(requestTags(started)).toEqual([]);
  expect(metricsOf(started.host).find(({ name }) => name === "in_flight")?.value ?? 0).toBe(0);
});

describe("what calls cost", () => {
  const prices = [
    { model: "gpt-4o", input: 2.5, output: 10, cachedInput: 1.25 },
    { model: "cheap*", input: 0.15, output: 0.6, cacheCreation: 0.2 },
    { model: "won", input: 3650.000125, output: 10_000_000, cachedInput: 365.5 },
  ];
  const cached = { ...USAGE, prompt_tokens_details: { cached_tokens: 40 } };

  test.each([
    // 60 x 2.5 + 40 x 1.25 + 50 x 10
    ["gpt-4o", cached, 700],
    // 100 x 0.15 + 50 x 0.6
    ["cheap-2", cached, 45],
    // 0.15 rounds to 0, 3 x 0.15 + 1 x 0.6 = 1.05 to 1, 10 x 0.15 = 1.5 to 2
    ["cheap", { prompt_tokens: 1, completion_tokens: 0, total_tokens: 1 }, 0],
    ["cheap", { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 }, 1],
    ["cheap", { prompt_tokens: 10, completion_tokens: 0, total_tokens: 10 }, 2],
    // 60 x 3650.000125 + 40 x 365.5 + 50 x 10,000,000 = 500,233,620.0075
    ["won", cached, 500_233_620],
    ["free", USAGE, undefined],
  ])("%s with %j: %s millionths", async (model, usage, expected) => {
    const { telemetry } = await startTelemetry({ prices });
    const { filterState } = telemetry.send(chat({ model }), answer(usage));
    expect(filterState["weir.cost"]).toBe(expected === undefined ? undefined : String(expected));
    expect(auditOf({ filterState })["cost_micros"]).toBe(expected);
  });

  test.each([
    ["the last one is dear", '"model":"cheap","messages":[],"model":"gpt-4o"'],
    ["one of them is escaped", '"model":"cheap","messages":[],"mod\\u0065l":"gpt-4o"'],
    ["the first is no name", '"model":1,"model":"cheap","messages":[]'],
  ])("no client picks its price by naming two models: %s", async (_name, members) => {
    const { telemetry } = await startTelemetry({ prices });
    const record = auditOf(telemetry.send({ ...chat(), body: `{${members}}` }, answer(USAGE, { model: "gpt-4o" })));
    expect(record).toMatchObject({ response_model: "gpt-4o", cost_micros: 750 });
    expect(record).not.toHaveProperty("model");
  });

  test("sums up to what the records say", async () => {
    const { host, telemetry } = await startTelemetry({ prices });
    let sum = 0;
    for (let i = 0; i < 50; i++) {
      const usage = { prompt_tokens: i * 7, completion_tokens: i * 3, total_tokens: i * 10 };
      sum += Number(auditOf(telemetry.send(chat({ model: "cheap" }), answer(usage)))["cost_micros"]);
    }
    expect(metricsOf(host).find(({ name }) => name === "cost_micros")?.value).toBe(sum);
  });

  test.each([
    ["is exact for more tokens than 2^28", { prompt_tokens: 4_000_000_000, completion_tokens: 3_000_000_000 }, 7e12],
    [
      "has no more from a cache than was read",
      { prompt_tokens: 10, completion_tokens: 0, prompt_tokens_details: { cached_tokens: 1000 } },
      10_000,
    ],
  ])("%s", async (_name, usage, expected) => {
    const { telemetry } = await startTelemetry({ prices: [{ model: "*", input: 1000, output: 1000 }] });
    expect(auditOf(telemetry.send(chat(), answer(usage)))["cost_micros"]).toBe(expected);
  });

  test("nothing that a provider reports makes it negative or wrap", async () => {
    const { telemetry } = await startTelemetry({ prices: [{ model: "*", input: 1e7, output: 1e7 }] });
    const usage = { prompt_tokens: 2 ** 53, completion_tokens: 2 ** 53, total_tokens: 2 ** 53 };
    const cost = Number(auditOf(telemetry.send(chat(), answer(usage)))["cost_micros"]);
    expect(cost).toBe(2 * 2 ** 32 * 1e7);
  });
});

test("each status of an error has a label of its own, however many a provider sends", async () => {
  const started = await startTelemetry();
  for (let status = 400; status < 600; status++) started.telemetry.send(chat(), { ...answer(USAGE), status });
  const seen = requestTags(started).map((tags) => tags["error_type"]);
  expect(seen.sort()).toEqual(Array.from({ length: 200 }, (_, i) => `${400 + i}`));
});

describe("how many are under way", () => {
  test("is counted from the headers to the end, whatever the end", async () => {
    const { host, telemetry } = await startTelemetry();
    const streams = [telemetry.stream(), telemetry.stream(), telemetry.stream()];
    for (const stream of streams) stream.request(chat());
    const level = (): number | undefined => metricsOf(host).find(({ name }) => name === "in_flight")?.value;
    expect(level()).toBe(3);
    streams[0]!.respond(answer(USAGE));
    streams[0]!.finish();
    streams[1]!.reset();
    expect(level()).toBe(1);
    streams[2]!.finish();
    expect(level()).toBe(0);
  });

  test("and what was gathered is handed over when the configuration ends", async () => {
    const { host, telemetry } = await startTelemetry();
    telemetry.send(chat(), answer(USAGE));
    telemetry.delete();
    const counted = Object.entries(host.process.metrics.all).filter(([name]) => name.includes("telemetry.requests"));
    expect(counted.map(([, value]) => value)).toEqual([1]);
  });
});
