import { describe, expect, test } from "vitest";
import { OpenRequest } from "../support/client.ts";
import { AMOUNT, COUNTING, type Line, ask, charged, chat, logged, newConsumer, useLimiter } from "./limiter-gateway.ts";

const limiter = useLimiter({
  gateway: { configuration: COUNTING },
  held: { configuration: { ...COUNTING, maxHeldBytes: "64KiB" } },
});

const BOUNDARY = "----boundary";
const MULTIPART = { "content-type": `multipart/form-data; boundary=${BOUNDARY}` };

function form(file: string, purpose = "batch", purposeLast = false): string {
  const part = (disposition: string, value: string): string =>
    `--${BOUNDARY}\r\ncontent-disposition: form-data; ${disposition}\r\n\r\n${value}\r\n`;
  const parts = [part('name="purpose"', purpose), part('name="file"; filename="batch.jsonl"', file)];
  return `${(purposeLast ? parts.reverse() : parts).join("")}--${BOUNDARY}--\r\n`;
}

const line = (id: string, body: object): string =>
  JSON.stringify({ custom_id: id, method: "POST", url: "/v1/chat/completions", body });
const jsonl = (...bodies: object[]): string => `${bodies.map((body, at) => line(`r-${at}`, body)).join("\n")}\n`;
const messages = (...params: object[]): object => ({
  requests: params.map((entry, at) => ({ custom_id: `r-${at}`, params: entry })),
});

/** What the same chat is estimated to ask, alone. */
async function inputOf(body: object): Promise<number> {
  const consumer = newConsumer();
  limiter.providers.provider.behave({ answer: { status: 500, headers: {}, pieces: [] } });
  await ask(limiter, consumer, { json: body });
  const [line] = await logged(limiter, consumer);
  limiter.providers.reset();
  return Number(line!["input_tokens"]);
}

const upload = (consumer: string, file: string, purpose?: string, listener?: string): Promise<{ status: number }> =>
  ask(limiter, consumer, {
    path: "/v1/files",
    headers: MULTIPART,
    body: form(file, purpose),
    ...(listener === undefined ? {} : { listener }),
  });

function expectCharged(line: Line, input: number, output: number): void {
  expect(line).toMatchObject({
    input_tokens: String(input),
    output_tokens: String(output),
    "limit.tokens": String(input + output),
    usage_source: "estimated",
  });
}

describe("a batch is charged at its upload", () => {
  test("as a file: the input of all lines, and what each may write", async () => {
    const consumer = newConsumer();
    const one = await inputOf(chat());
    const bodies = [chat({ max_tokens: 100 }), chat({ max_tokens: 20, n: 3 }), chat({ max_completion_tokens: 500 })];
    expect((await upload(consumer, jsonl(...bodies))).status).toBe(200);
    expectCharged(await charged(limiter, consumer), 3 * one, 100 + 60 + 500);
  });

  test("as Anthropic's batch of messages", async () => {
    const consumer = newConsumer();
    const one = await inputOf(chat());
    const json = messages(chat({ max_tokens: 100 }), chat({ max_tokens: 20 }));
    expect((await ask(limiter, consumer, { path: "/v1/messages/batches", json })).status).toBe(200);
    expectCharged(await charged(limiter, consumer), 2 * one, 120);
  });

  test("by an assumed output where a line gives no cap", async () => {
    const consumer = newConsumer();
    expect((await upload(consumer, jsonl({ model: "m", messages: [] }, { model: "m", messages: [] }))).status).toBe(
      200,
    );
    expect(await charged(limiter, consumer)).toMatchObject({ output_tokens: String(2 * 1024) });
  });

  test("however large it is: more than may be held", async () => {
    const consumer = newConsumer();
    const one = await inputOf(chat());
    const file = jsonl(...Array.from({ length: 2000 }, () => chat({ max_tokens: 7 })));
    expect(file.length).toBeGreaterThan(2 * 65_536);
    expect((await upload(consumer, file, "batch", "held")).status).toBe(200);
    expect(limiter.providers.provider.only().body.toString()).toBe(form(file));
    expectCharged(await charged(limiter, consumer, "held"), 2000 * one, 14_000);
  });

  test("and may leave a debt, which refuses the next", async () => {
    const consumer = newConsumer();
    expect((await upload(consumer, jsonl(chat({ max_tokens: AMOUNT }), chat({ max_tokens: AMOUNT })))).status).toBe(
      200,
    );
    await logged(limiter, consumer);
    expect((await upload(consumer, jsonl(chat()))).status).toBe(429);
    expect((await ask(limiter, consumer)).status).toBe(429);
    expect(limiter.providers.provider.seen.length).toBe(1);
  });

  test("not when the provider refuses it", async () => {
    const consumer = newConsumer();
    limiter.providers.provider.behave({ answer: { status: 500, headers: {}, pieces: ["no"] } });
    expect((await upload(consumer, jsonl(chat()))).status).toBe(500);
    expect(await logged(limiter, consumer)).toMatchObject([{ "limit.tokens": "0" }]);
  });

  test("not when it is no batch", async () => {
    const consumer = newConsumer();
    expect((await upload(consumer, jsonl(chat()), "fine-tune")).status).toBe(200);
    expect(await logged(limiter, consumer)).toMatchObject([{ "limit.tokens": "0" }]);
  });
});

describe("a batch that can't be charged", () => {
  const CHEAP = jsonl(chat({ max_tokens: 1 }));
  const dear = JSON.stringify(chat({ max_tokens: 50_000 }));
  const BAD: [name: string, file: string][] = [
    ["a line that is no JSON", `${CHEAP}{"body":\n${CHEAP}`],
    ["a last line without its end", `${CHEAP}{"body":`],
    ["a cap twice in a line", '{"custom_id":"a","body":{"model":"m","messages":[],"max_tokens":1,"max_tokens":2}}\n'],
    ["a request twice in a line", `{"custom_id":"a","body":{"model":"m","messages":[]},"body":${dear}}\n`],
  ];

  /** Sends it as it is, and in two pieces, to a provider that has a connection open. */
  test.each(BAD)("reaches no provider whole: %s", async (_, file) => {
    expect((await upload(newConsumer(), CHEAP)).status).toBe(200);
    for (const [contents, cut] of [
      [form(file), 0],
      [form(file), form(file).length - 30],
      [form(file, "batch", true), 0],
      [form(file, "batch", true), 100],
    ] as [string, number][]) {
      limiter.providers.reset();
      const headers = { ...MULTIPART, "content-length": contents.length, "x-consumer": newConsumer() };
      const open = new OpenRequest(limiter.address(), { path: "/v1/files", headers });
      await open.write(contents.slice(0, cut));
      expect((await open.end(contents.slice(cut))).status).toBe(400);
      for (const seen of limiter.providers.provider.seen) await seen.ended();
      expect(limiter.providers.provider.seen.filter(({ state }) => state === "Complete")).toEqual([]);
    }
  });

  test("is charged all the same where it was refused when all of it had gone up", async () => {
    const consumer = newConsumer();
    expect((await upload(newConsumer(), CHEAP)).status).toBe(200);
    const endless = form(jsonl(chat({ max_tokens: 5000 }))).slice(0, -4);
    const headers = { ...MULTIPART, "content-length": endless.length, "x-consumer": consumer };
    const open = new OpenRequest(limiter.address(), { path: "/v1/files", headers });
    expect((await open.end(endless)).status).toBe(400);
    expect(await charged(limiter, consumer)).toMatchObject({ output_tokens: "5000", usage_source: "estimated" });
  });

  test("is refused when it is announced in parts", async () => {
    const json = { purpose: "batch", filename: "b.jsonl", bytes: 10, mime_type: "application/jsonl" };
    const answer = await ask(limiter, newConsumer(), { path: "/v1/uploads", json });
    expect([answer.status, answer.json["error"]]).toEqual([
      403,
      expect.objectContaining({ code: "batch_not_allowed" }),
    ]);
  });
});
