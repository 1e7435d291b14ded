import { beforeAll, describe, expect, test } from "vitest";
import { Http2Client, OpenRequest } from "../support/client.ts";
import { Gate } from "../support/gate.ts";
import type { Json, NativeFilter, Route } from "../support/gateway-config.ts";
import type { Listener } from "../support/plugin-gateway.ts";
import {
  COUNTING,
  type Line,
  MESSAGES,
  type Upstreams,
  ask,
  charged,
  chat,
  logged,
  newConsumer,
  useLimiter,
} from "./limiter-gateway.ts";

/** Longer than any answer here needs, and soon over. */
const SOON = "0.4s";
const USAGE = { prompt_tokens: 1200, completion_tokens: 34, total_tokens: 1234 };
const WORDS = ["Water that falls", " over the crest", " of a weir", " makes the air hum."];

const ABORT: NativeFilter = {
  name: "envoy.filters.http.fault",
  typed_config: {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault",
    abort: { http_status: 418, percentage: { numerator: 100 } },
  },
};

const to = (cluster: string, rest: { [key: string]: Json } = {}): Route => ({
  cluster,
  extra: { route: { cluster, timeout: "0s", ...rest } },
});
const listener = (rest: Partial<Listener> = {}): Listener => ({ configuration: COUNTING, trailers: true, ...rest });

const limiter = useLimiter({
  gateway: listener(),
  idle: listener({ manager: { stream_idle_timeout: SOON } }),
  "idle-route": listener({ routes: [to("one", { idle_timeout: SOON })] }),
  timeout: listener({ routes: [to("one", { timeout: SOON })] }),
  refusing: listener({ after: [ABORT] }),
  nobody: listener({ routes: [to("nobody")] }),
  http2: listener({ routes: [to("two")] }),
  retrying: listener({ routes: [to("one", { retry_policy: { retry_on: "5xx,reset", num_retries: 2 } })] }),
});

/** A stream's events, in pieces; with `usage` the last but one tells it. */
function events(usage: object | null = USAGE): string[] {
  const chunk = (choices: object[], rest: object = {}): string =>
    `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices, ...rest })}\n\n`;
  const words = WORDS.map((content) => chunk([{ index: 0, delta: { content }, finish_reason: null }]));
  return [...words, ...(usage ? [chunk([], { usage })] : []), "data: [DONE]\n\n"];
}

function streams(usage?: object | null): { status: number; headers: Record<string, string>; pieces: string[] } {
  return { status: 200, headers: { "content-type": "text/event-stream" }, pieces: events(usage) };
}

const REPORTED = { input_tokens: "1200", output_tokens: "34", usage_source: "reported", "limit.tokens": "1234" };

let provider: Upstreams["provider"];
/** The estimate of what a chat asks. */
let input: number;

beforeAll(async () => {
  ({ provider } = limiter.providers);
  const consumer = newConsumer();
  provider.behave({ answer: { status: 500, headers: {}, pieces: [] } });
  await ask(limiter, consumer);
  const [line] = await logged(limiter, consumer);
  input = Number(line!["input_tokens"]);
  expect(input).toBeGreaterThan(0);
});

/** Was charged by the estimate of what was asked, and of an answer with from `least` to `most` tokens. */
function expectEstimate(line: Line, least: number, most = least): void {
  const output = Number(line["output_tokens"]);
  expect(line).toMatchObject({
    input_tokens: String(input),
    usage_source: "estimated",
    "limit.tokens": String(input + output),
  });
  expect(output).toBeGreaterThanOrEqual(least);
  expect(output).toBeLessThanOrEqual(most);
}

describe("an answer that comes to its end is charged what it reports, once:", () => {
  test("JSON", async () => {
    const consumer = newConsumer();
    provider.behave({ usage: USAGE });
    expect((await ask(limiter, consumer)).status).toBe(200);
    expect(await charged(limiter, consumer)).toMatchObject({ ...REPORTED, status: 200 });
  });

  test("a stream", async () => {
    const consumer = newConsumer();
    provider.behave({ usage: USAGE });
    const answer = await ask(limiter, consumer, { json: chat({ stream: true }) });
    expect(answer.text.endsWith("data: [DONE]\n\n")).toBe(true);
    expect(await charged(limiter, consumer)).toMatchObject(REPORTED);
  });

  test.each([true, false])("with trailers (stream: %s)", async (stream) => {
    const consumer = newConsumer();
    provider.behave({ usage: USAGE, trailers: { "x-end": "yes" } });
    expect((await ask(limiter, consumer, { json: chat({ stream }) })).isWhole).toBe(true);
    expect(await charged(limiter, consumer)).toMatchObject(REPORTED);
  });

  test("asked for with trailers", async () => {
    const consumer = newConsumer();
    provider.behave({ usage: USAGE });
    expect((await ask(limiter, consumer, { trailers: { "x-end": "yes" } })).status).toBe(200);
    expect(await charged(limiter, consumer)).toMatchObject(REPORTED);
  });

  test.each([true, false])("over HTTP/2 on both sides (stream: %s)", async (stream) => {
    const consumer = newConsumer();
    limiter.providers.http2.behave({ usage: USAGE });
    const client = new Http2Client(limiter.address("http2"));
    const body = JSON.stringify(chat({ stream }));
    const headers = { "x-consumer": consumer };
    const answer = await client.send({ path: "/v1/chat/completions", headers, body });
    client.close();
    expect([answer.status, answer.isWhole]).toEqual([200, true]);
    expect(limiter.providers.http2.only().httpVersion).toBe("2.0");
    expect(await charged(limiter, consumer)).toMatchObject(REPORTED);
  });

  test("after a retry by the router, which is not charged", async () => {
    const consumer = newConsumer();
    provider.behave({ resetAfterPieces: 0, usage: { prompt_tokens: 9, completion_tokens: 9, total_tokens: 18 } });
    const second = provider.next().then(() => provider.behave({ usage: USAGE }));
    expect((await ask(limiter, consumer, { listener: "retrying" })).status).toBe(200);
    await second;
    expect(provider.seen.length).toBe(2);
    expect(await charged(limiter, consumer)).toMatchObject({ ...REPORTED, attempts: 2 });
  });

  test("when all retries are used up, as an error", async () => {
    const consumer = newConsumer();
    provider.behave({ answer: { status: 500, headers: {}, pieces: ["no"] } });
    expect((await ask(limiter, consumer, { listener: "retrying" })).status).toBe(500);
    expect(provider.seen.length).toBe(3);
    expectEstimate(await charged(limiter, consumer), 0);
  });
});

describe("a stream that ends before its time is charged by estimate, once:", () => {
  /** The estimate of all words, which no cut stream passes. */
  const MOST = 20;

  /** Sends a streaming chat; the provider waits before each piece from `held` on. */
  async function begin(
    held: number,
    usage?: object | null,
  ): Promise<{ open: OpenRequest; consumer: string; gate: Gate }> {
    const consumer = newConsumer();
    const gate = new Gate();
    const arrival = provider.next();
    provider.behave({ answer: streams(usage), beforePiece: (index) => (index >= held ? gate.opened : undefined) });
    const headers = { "x-consumer": consumer };
    const open = new OpenRequest(limiter.address(), { path: "/v1/chat/completions", headers });
    void open.end(JSON.stringify(chat({ stream: true, stream_options: { include_usage: true } })));
    await (await arrival).ended();
    return { open, consumer, gate };
  }

  test("the client leaves before the answer", async () => {
    const consumer = newConsumer();
    const gate = new Gate();
    provider.behave({ until: gate.opened });
    const arrival = provider.next();
    const headers = { "x-consumer": consumer };
    const open = new OpenRequest(limiter.address(), { path: "/v1/chat/completions", headers });
    void open.end(JSON.stringify(chat()));
    await (await arrival).ended();
    open.destroy();
    expectEstimate(await charged(limiter, consumer), 0);
    gate.release();
  });

  test("the client leaves when it has the answer's headers only", async () => {
    const { open, consumer, gate } = await begin(0);
    await open.begun;
    open.destroy();
    expectEstimate(await charged(limiter, consumer), 0);
    gate.release();
  });

  test("the client leaves in the midst of the answer", async () => {
    const { open, consumer, gate } = await begin(2);
    await open.received(WORDS[1]!);
    open.destroy();
    expectEstimate(await charged(limiter, consumer), 4, MOST / 2);
    gate.release();
  });

  test("the client leaves before the whole request is sent: nothing was asked yet", async () => {
    const consumer = newConsumer();
    const headers = { "x-consumer": consumer };
    const open = new OpenRequest(limiter.address(), { path: "/v1/chat/completions", headers });
    await open.write('{"model":"gpt-4o","messages":[');
    open.destroy();
    const [line] = await logged(limiter, consumer);
    expect([line!["limit.tokens"], line!["usage_source"]]).toEqual([null, null]);
    expect(provider.seen).toEqual([]);
    expect((await ask(limiter, consumer)).headers["x-ratelimit-remaining-tokens"]).toBe(String(1_000_000 - 100));
  });

  test("the client leaves when the usage has come, but not the end: then it is what was used", async () => {
    const { open, consumer, gate } = await begin(WORDS.length + 1);
    await open.received('"usage"');
    open.destroy();
    expect(await charged(limiter, consumer)).toMatchObject(REPORTED);
    gate.release();
  });

  test("the provider resets before it answers", async () => {
    const consumer = newConsumer();
    provider.behave({ resetAfterPieces: 0 });
    expect((await ask(limiter, consumer)).status).toBe(503);
    expectEstimate(await charged(limiter, consumer), 0);
  });

  test("the provider resets in the midst of a stream", async () => {
    const consumer = newConsumer();
    provider.behave({ answer: streams(), resetAfterPieces: 3 });
    const answer = await ask(limiter, consumer, { json: chat({ stream: true }) });
    expect([answer.status, answer.isWhole]).toEqual([200, false]);
    expectEstimate(await charged(limiter, consumer), 6, MOST);
  });

  test("the provider resets in the midst of JSON", async () => {
    const consumer = newConsumer();
    const message = { role: "assistant", content: WORDS.join("") };
    const [head, rest] = JSON.stringify({ choices: [{ index: 0, message }], usage: USAGE }).split(',"usage"');
    provider.behave({
      answer: { status: 200, headers: { "content-type": "application/json" }, pieces: [head!, rest!] },
      resetAfterPieces: 1,
    });
    expect((await ask(limiter, consumer)).isWhole).toBe(false);
    expectEstimate(await charged(limiter, consumer), 8, MOST);
  });

  test("a stream that tells no usage ends as it should", async () => {
    const consumer = newConsumer();
    provider.behave({ answer: streams(null) });
    expect((await ask(limiter, consumer, { json: chat({ stream: true }) })).isWhole).toBe(true);
    expectEstimate(await charged(limiter, consumer), 10, MOST);
  });

  test.each([
    ["idle", 504],
    ["idle-route", 504],
    ["timeout", 504],
  ])("nothing comes in time (%s)", async (listener, status) => {
    const consumer = newConsumer();
    const gate = new Gate();
    provider.behave({ until: gate.opened });
    expect((await ask(limiter, consumer, { listener })).status).toBe(status);
    expectEstimate(await charged(limiter, consumer, listener), 0);
    gate.release();
  });

  test.each(["idle", "idle-route", "timeout"])("nothing more comes in time (%s)", async (listener) => {
    const consumer = newConsumer();
    const gate = new Gate();
    provider.behave({ answer: streams(), beforePiece: (index) => (index === 2 ? gate.opened : undefined) });
    const answer = await ask(limiter, consumer, { listener, json: chat({ stream: true }) });
    expect([answer.status, answer.isWhole]).toEqual([200, false]);
    expectEstimate(await charged(limiter, consumer, listener), 4, MOST / 2);
    gate.release();
  });

  test("a later filter refuses", async () => {
    const consumer = newConsumer();
    expect((await ask(limiter, consumer, { listener: "refusing" })).status).toBe(418);
    expectEstimate(await charged(limiter, consumer, "refusing"), 0);
  });

  test("no provider can be reached", async () => {
    const consumer = newConsumer();
    expect((await ask(limiter, consumer, { listener: "nobody" })).status).toBe(503);
    expectEstimate(await charged(limiter, consumer, "nobody"), 0);
  });

  test("the provider answers nothing but headers", async () => {
    const consumer = newConsumer();
    provider.behave({ answer: { status: 200, headers: { "content-length": "0" }, pieces: [] } });
    expect((await ask(limiter, consumer)).status).toBe(200);
    expectEstimate(await charged(limiter, consumer), 0);
  });

  test("the provider refuses, without usage", async () => {
    const consumer = newConsumer();
    const answer = await ask(limiter, consumer, { json: { model: "gpt-4o", max_tokens: 100, input: MESSAGES } });
    expect(answer.status).toBe(400);
    const line = await charged(limiter, consumer);
    expect(line).toMatchObject({ output_tokens: "0", usage_source: "estimated" });
  });
});
