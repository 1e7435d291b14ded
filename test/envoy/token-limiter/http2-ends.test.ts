import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from "node:http2";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Gate } from "../support/gate.ts";
import { COUNTING, charged, chat, newConsumer, useLimiter } from "./limiter-gateway.ts";

const limiter = useLimiter({
  gateway: {
    configuration: COUNTING,
    routes: [{ cluster: "two", extra: { route: { cluster: "two", timeout: "0s" } } }],
  },
});

const WORDS = ["Water that falls", " over the crest", " of a weir", " makes the air hum."];
const USAGE = { prompt_tokens: 1200, completion_tokens: 34, total_tokens: 1234 };

const chunk = (choices: object[], rest: object = {}): string =>
  `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices, ...rest })}\n\n`;
const EVENTS = [
  ...WORDS.map((content) => chunk([{ index: 0, delta: { content }, finish_reason: null }])),
  chunk([], { usage: USAGE }),
  "data: [DONE]\n\n",
];
const ANSWER = { status: 200, headers: { "content-type": "text/event-stream" }, pieces: EVENTS };

let session: ClientHttp2Session;

beforeAll(() => {
  const { host, port } = limiter.address();
  session = connect(`http://${host}:${port}`);
});

afterAll(() => session?.destroy());

function begin(consumer: string): ClientHttp2Stream {
  const stream = session.request({
    ":method": "POST",
    ":path": "/v1/chat/completions",
    "content-type": "application/json",
    "x-consumer": consumer,
  });
  stream.on("error", () => undefined);
  stream.end(JSON.stringify(chat({ stream: true, stream_options: { include_usage: true } })));
  return stream;
}

/** Reads until this text has come. */
async function received(stream: ClientHttp2Stream, text: string): Promise<void> {
  let all = "";
  while (!all.includes(text)) all += ((await once(stream, "data")) as [Buffer])[0].toString();
}

describe("over HTTP/2, beside other streams on the same connection, an answer is charged once", () => {
  test.each([
    ["before its headers", 0, undefined, 0, 0],
    ["in its midst", 2, WORDS[1]!, 4, 12],
    ["when its usage has come", EVENTS.length - 1, '"usage":{', 34, 34],
  ])("that the client resets %s", async (_, held, seen, least, most) => {
    const { http2 } = limiter.providers;
    const gate = new Gate();
    const arrival = http2.next();
    http2.behave({
      answer: ANSWER,
      beforePiece: (index) => (index >= held ? gate.opened : undefined),
      ...(seen === undefined ? { until: gate.opened } : {}),
    });
    const consumer = newConsumer();
    const other = newConsumer();
    const stream = begin(consumer);
    await (await arrival).ended();
    http2.behave({ answer: ANSWER });
    if (seen !== undefined) await received(stream, seen);
    stream.close(constants.NGHTTP2_CANCEL);
    const line = await charged(limiter, consumer);
    expect(Number(line["output_tokens"])).toBeGreaterThanOrEqual(least);
    expect(Number(line["output_tokens"])).toBeLessThanOrEqual(most);
    expect(line["usage_source"]).toBe(least === 34 ? "reported" : "estimated");
    await received(begin(other), "[DONE]");
    expect(await charged(limiter, other)).toMatchObject({ "limit.tokens": "1234", usage_source: "reported" });
    gate.release();
  });

  test.each([
    ["before its headers", 0, 0, 0],
    ["in its midst", 3, 6, 16],
  ])("that the provider resets %s", async (_, pieces, least, most) => {
    const consumer = newConsumer();
    limiter.providers.http2.behave({ answer: ANSWER, resetAfterPieces: pieces });
    const stream = begin(consumer);
    stream.resume();
    await new Promise<void>((closed) => stream.once("close", closed));
    const line = await charged(limiter, consumer);
    expect(line["usage_source"]).toBe("estimated");
    expect(Number(line["input_tokens"])).toBeGreaterThan(0);
    expect(Number(line["output_tokens"])).toBeGreaterThanOrEqual(least);
    expect(Number(line["output_tokens"])).toBeLessThanOrEqual(most);
  });
});
