import { describe, expect, test } from "vitest";
import { type RequestSpec, type ResponseSpec } from "../../host/exchange.ts";
import { EMAIL, RULES, completion, delta, events, json, startGuard } from "./support/guard.ts";

const GET = (path: string): RequestSpec => ({ method: "GET", path, headers: {} });
const typed = (type: string): Record<string, string> => (type === "" ? {} : { "content-type": type });
const lines = (type: string, ...documents: unknown[]): ResponseSpec => ({
  headers: typed(type),
  body: documents.map((document) => `${JSON.stringify(document)}\n`).join(""),
});

const BAD = "about project-x";
const COMPLETION = { refusal: { style: "Completion", message: "No." } };
const SAYS = `write to ${EMAIL}`;
const CHAT = { object: "chat.completion", choices: [{ message: { role: "assistant", content: SAYS } }] };
const MESSAGE = { type: "message", role: "assistant", content: [{ type: "text", text: SAYS }] };
const RESPONSE = {
  object: "response",
  output: [{ type: "message", content: [{ type: "output_text", text: SAYS }] }],
};
const RESULT = { custom_id: "a", result: { type: "succeeded", message: MESSAGE } };
const OUTPUT = { id: "b", custom_id: "a", response: { status_code: 200, body: CHAT }, error: null };
const TOOL = { type: "image_generation_call", revised_prompt: SAYS, result: "" };

describe("an answer that was stored, to a request without a body,", () => {
  test.each<[string, RequestSpec, ResponseSpec]>([
    ["a response", GET("/v1/responses/resp_1"), json(RESPONSE)],
    ["the prompt that a response's picture was drawn by", GET("/v1/responses/resp_1"), json({ output: [TOOL] })],
    [
      "a response as a stream",
      GET("/v1/responses/resp_1?stream=true"),
      events({ type: "response.output_text.delta", item_id: "m", output_index: 0, content_index: 0, delta: SAYS }),
    ],
    ["a response that is cancelled", { ...GET("/v1/responses/resp_1/cancel"), method: "POST" }, json(RESPONSE)],
    ["a response's input", GET("/v1/responses/resp_1/input_items"), json({ object: "list", data: [MESSAGE] })],
    ["a conversation's items", GET("/v1/conversations/c/items?limit=9"), json({ object: "list", data: [MESSAGE] })],
    ["an item of a conversation", GET("/v1/conversations/c/items/m"), json(MESSAGE)],
    ["a chat", GET("/v1/chat/completions/c"), json(CHAT)],
    ["a list of chats", GET("/v1/chat/completions"), json({ object: "list", data: [CHAT] })],
    ["a chat's messages", GET("/v1/chat/completions/c/messages"), json({ data: [{ role: "user", content: SAYS }] })],
    ["a batch's results", GET("/v1/messages/batches/b/results"), lines("application/x-jsonl", RESULT, RESULT)],
    ["a batch's results of any bytes", GET("/v1/messages/batches/b/results"), lines("application/binary", RESULT)],
    ["a batch's output", GET("/v1/files/f/content"), lines("application/octet-stream", OUTPUT, OUTPUT)],
    ["a batch's output without a type", GET("/v1/files/f/content"), lines("", OUTPUT, OUTPUT)],
    ["a file of text", GET("/v1/files/f/content"), { headers: { "content-type": "text/csv" }, body: `a,${EMAIL}\n` }],
    ["a file of JSON", GET("/v1/files/f/content"), json({ text: SAYS })],
  ])("is masked: %s", async (_what, request, answer) => {
    const { guard } = await startGuard();
    const { client } = guard.send(request, answer);
    expect(client.body).toBe((answer.body as string).replaceAll(EMAIL, "[pii]"));
    expect(client.isFramed).toBe(true);
  });

  test("is refused", async () => {
    const { guard } = await startGuard();
    const answer = json({ choices: [{ message: { content: BAD } }] });
    expect(guard.send(GET("/v1/chat/completions/c"), answer).localReply?.status).toBe(403);
  });

  test.each([
    ["/v1/chat/completions", { object: "list", data: [{ choices: [{ message: { content: BAD } }] }] }],
    ["/v1/chat/completions/c/messages", { object: "list", data: [{ role: "user", content: BAD }] }],
    ["/v1/responses/r/input_items", { object: "list", data: [{ type: "message", content: BAD }] }],
    ["/v1/conversations/c/items/m", { type: "message", content: [{ type: "output_text", text: BAD }] }],
  ])("is refused by an error where clients read no answer of a model: %s", async (path, answer) => {
    const { guard } = await startGuard({ rules: RULES, ...COMPLETION });
    const { localReply } = guard.send(GET(path), json(answer));
    expect([localReply?.status, JSON.parse(localReply!.body)]).toMatchObject([403, { error: { message: "No." } }]);
  });

  test.each([
    ["/v1/chat/completions/c", { choices: [{ message: { content: BAD } }] }, "chat.completion"],
    ["/v1/responses/r", { output: [{ type: "message", content: [{ type: "output_text", text: BAD }] }] }, "response"],
  ])("is refused by an answer where it is one: %s", async (path, answer, object) => {
    const { guard } = await startGuard({ rules: RULES, ...COMPLETION });
    const { localReply } = guard.send(GET(path), json(answer));
    expect([localReply?.status, JSON.parse(localReply!.body)]).toMatchObject([200, { object }]);
  });

  test("is asked for uncompressed, and whole", async () => {
    const { guard } = await startGuard();
    const request = { ...GET("/v1/files/f/content"), headers: { "accept-encoding": "gzip", range: "bytes=0-9" } };
    const { upstream } = guard.send(request, json({}));
    for (const name of ["accept-encoding", "range"]) expect(upstream.headers?.has(name)).toBe(false);
  });

  test("has nothing to be judged on a path that is unknown, or has no texts", async () => {
    const { guard } = await startGuard();
    const answer = json(CHAT);
    for (const path of ["/own/chats/1", "/v1/models/m", "/v1/batches/b", "/v1/files/f"]) {
      expect(guard.send(GET(path), answer).client.body).toBe(answer.body);
    }
  });

  test("may have no body itself", async () => {
    const { guard } = await startGuard();
    const request = { ...GET("/v1/responses/r"), method: "HEAD" };
    const { client } = guard.send(request, { headers: { "content-type": "application/json", "content-length": "9" } });
    expect([client.status, client.headers?.get("content-length")]).toEqual([200, "9"]);
  });
});

describe("a file", () => {
  const BYTES = Buffer.concat([Buffer.from(`%PDF-1.7\n%\xe2\xe3 ${EMAIL} project-x`, "latin1"), Buffer.alloc(3000, 1)]);

  test.each([
    ["application/pdf", BYTES],
    ["image/png", Buffer.concat([Buffer.from([0x89]), BYTES])],
    ["Audio/MPEG", Buffer.concat([Buffer.from([0, 0, 0, 16]), BYTES])],
    ["application/octet-stream", BYTES],
    ["application/octet-stream", Buffer.concat([Buffer.from([0, 0, 0, 16]), BYTES])],
    ["application/octet-stream", Buffer.concat([Buffer.from(" \n"), BYTES])],
    ["", BYTES],
  ])("that is no text passes as it is, however large and however cut: %s", async (type, body) => {
    const { guard } = await startGuard({ rules: RULES, maxHeldBytes: 2000 });
    const headers = typed(type);
    for (const split of [[], [1], [2, 3, 20], [100, 2500]]) {
      const { client, localReply } = guard.send(GET("/v1/files/f/content"), { headers, body, split });
      expect(localReply).toBeUndefined();
      expect(Buffer.from(client.bytes).equals(body)).toBe(true);
    }
  });

  test("of results is judged line by line, and never held for more than one", async () => {
    const { guard } = await startGuard({ rules: RULES, maxHeldBytes: 2000 });
    const stream = guard.stream();
    stream.request(GET("/v1/files/f/content"));
    stream.onResponseHeaders({ ":status": "200", "content-type": "application/octet-stream" }, false);
    const line = `${JSON.stringify(OUTPUT)}\n`;
    for (let i = 1; i <= 100; i++) {
      stream.onResponseBody(line, false);
      expect(stream.client.body.length).toBeGreaterThanOrEqual(line.replace(EMAIL, "[pii]").length * i - 1);
    }
    stream.onResponseBody("", true);
    expect(stream.client.body).toBe(line.replace(EMAIL, "[pii]").repeat(100));
  });

  test("of results has no text that goes on in the next line", async () => {
    const { guard } = await startGuard();
    const of = (content: string): object => ({
      custom_id: "a",
      response: { body: { choices: [{ message: { content } }] } },
    });
    const answer = lines("application/octet-stream", of("pay 4111 1111 "), of("1111 1111 now"), of(`to ${EMAIL}`));
    const { client } = guard.send(GET("/v1/files/f/content"), answer);
    expect(client.body).toBe((answer.body as string).replace(EMAIL, "[pii]"));
  });

  test("of results loses log probabilities in those lines only in which something is masked", async () => {
    const { guard } = await startGuard();
    const of = (content: string, logprobs: unknown): object => ({ choices: [{ message: { content }, logprobs }] });
    const tokens = { content: [{ token: "a", logprob: -1 }] };
    const answer = lines("application/octet-stream", of("a", tokens), of(EMAIL, tokens), of("a", tokens));
    const { client } = guard.send(GET("/v1/files/f/content"), answer);
    const expected = lines("", of("a", tokens), of("[pii]", null), of("a", tokens));
    expect(client.body).toBe(expected.body);
  });

  test.each([
    ["/v1/files/f/content", { error: { code: "content_policy_violation" } }],
    ["/v1/messages/batches/b/results", { type: "error" }],
  ])("of results that is refused ends with a line that says so: %s", async (path, error) => {
    const { guard } = await startGuard();
    const { client } = guard.send(GET(path), lines("application/x-jsonl", { text: "fine" }, { text: "project-x" }, {}));
    const [first, last, ...more] = client.body.split("\n");
    expect([JSON.parse(first!), JSON.parse(last!), more]).toMatchObject([{ text: "fine" }, error, [""]]);
  });

  test("of results comes to the same however it is cut", async () => {
    const { guard } = await startGuard();
    const answer = lines("", OUTPUT, OUTPUT);
    const body = `\ufeff \n${answer.body as string}`;
    for (let at = 0; at <= Buffer.byteLength(body); at++) {
      const { client } = guard.send(GET("/v1/files/f/content"), { ...answer, body, split: [at] });
      expect(client.body, `cut at ${at}`).toBe(body.replaceAll(EMAIL, "[pii]"));
    }
  });
});

test("a request that has a body, though its method has none, has its answer judged once", async () => {
  const { guard } = await startGuard();
  const answer = completion(SAYS);
  const { client } = guard.send({ ...GET("/v1/chat/completions/c"), body: " " }, answer);
  expect(client.body).toBe((answer.body as string).replace(EMAIL, "[pii]"));
});

test("a stored stream in several events is masked over them", async () => {
  const { guard } = await startGuard();
  const { client } = guard.send(
    GET("/v1/chat/completions/c?stream=true"),
    events(delta("jane.doe@exam"), delta("ple.com")),
  );
  expect(client.body).toBe(events(delta("[pii]"), delta("")).body);
});
