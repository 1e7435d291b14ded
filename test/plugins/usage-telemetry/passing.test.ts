import { describe, expect, test } from "vitest";
import { answer, auditOf, chat, metricsOf, startTelemetry } from "./support/telemetry.ts";
import { randomFrom, SEED } from "../../lib/seeded.ts";
import { randomSplit } from "../../contract/support/traffic.ts";

const USAGE = { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 };

describe("it changes nothing", () => {
  test(`however requests and answers are cut (SEED=${SEED})`, async () => {
    const { telemetry } = await startTelemetry();
    const random = randomFrom(SEED);
    const request = chat({ model: "gpt-4o", temperature: 0.5 });
    const response = answer(USAGE);
    const whole = auditOf(telemetry.send(request, response));
    for (let i = 0; i < 200; i++) {
      const body = request.body as string;
      const split = randomSplit(random, body.length, 3);
      const answerSplit = randomSplit(random, (response.body as string).length, 3);
      const outcome = telemetry.send({ ...request, split }, { ...response, split: answerSplit });
      expect([outcome.upstream.body, outcome.client.body]).toEqual([body, response.body]);
      expect(auditOf(outcome)).toEqual(whole);
    }
  });

  test.each([
    ["no JSON", { body: "{" }],
    ["a key twice", { body: '{"model":"a","model":"b","messages":[]}' }],
    ["compressed", { headers: { "content-encoding": "gzip" } }],
    ["too deep", { body: '{"model":"m","messages":'.concat("[".repeat(600)) }],
  ])("in what it can't read: %s", async (_name, over) => {
    const { telemetry } = await startTelemetry();
    const request = chat();
    const sent = {
      ...request,
      ...over,
      headers: { ...(request.headers as object), ...("headers" in over ? over.headers : {}) },
    };
    const outcome = telemetry.send(sent, answer(USAGE));
    expect([outcome.status, outcome.upstream.body]).toEqual(["forwarded", sent.body]);
    expect(auditOf(outcome)).toMatchObject({ status: 200, input_tokens: 100 });
  });

  test("and holds nothing: the first byte goes on before the last has come", async () => {
    const { telemetry } = await startTelemetry();
    const stream = telemetry.stream();
    stream.onRequestHeaders({ ":method": "POST", ":path": "/v1/chat/completions" }, false);
    stream.onRequestBody('{"model":', false);
    expect(stream.upstream.body).toBe('{"model":');
  });
});

test.each(["HEAD", "OPTIONS"])(
  "%s of a known path, as a browser sends it before a call, is no call",
  async (method) => {
    const { host, telemetry } = await startTelemetry();
    const { body: _, ...head } = chat();
    const outcome = telemetry.send({ ...head, method }, { status: 204 });
    expect([outcome.status, auditOf(outcome)]).toEqual(["forwarded", null]);
    expect(metricsOf(host).filter(({ name }) => name === "requests")).toEqual([]);
  },
);

describe("requestUsage", () => {
  test("asks a stream's provider for its usage, and the client doesn't see it", async () => {
    const { telemetry } = await startTelemetry({ requestUsage: true });
    const request = chat({ stream: true }, { "accept-encoding": "gzip" });
    const stream = telemetry.stream();
    stream.request(request);
    expect(JSON.parse(stream.upstream.body)).toMatchObject({ stream_options: { include_usage: true } });
    expect(stream.upstream.headers?.has("accept-encoding")).toBe(false);
    const chunk = (over: object): string => `data: ${JSON.stringify({ object: "chat.completion.chunk", ...over })}\n\n`;
    const text = chunk({ choices: [{ index: 0, delta: { content: "hi" } }] });
    stream.respond({
      headers: { "content-type": "text/event-stream" },
      body: [text, chunk({ choices: [], usage: USAGE }), "data: [DONE]\n\n"],
    });
    stream.finish();
    expect(stream.client.body).toBe(`${text}data: [DONE]\n\n`);
    expect(stream.filterState.get("weir.input_tokens")).toBe("100");
  });

  test("leaves what asks itself, and what is no stream", async () => {
    const { telemetry } = await startTelemetry({ requestUsage: true });
    for (const over of [{}, { stream: false }, { stream: true, stream_options: { include_usage: true } }]) {
      const request = chat(over);
      expect(telemetry.send(request, answer(USAGE)).upstream.body).toBe(request.body);
    }
  });
});
