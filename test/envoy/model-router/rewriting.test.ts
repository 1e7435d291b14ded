import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Http2Client, OpenRequest, type Sent, send } from "../support/client.ts";
import { type ProviderName, useRouter } from "./router-gateway.ts";
import { CHAT, ROUTING, post, routedTo } from "./routing-fixture.ts";

const router = useRouter({ gateway: ROUTING });

describe("an alias", () => {
  const BODIES: [what: string, sent: string, arrives: string][] = [
    ["first", '{"model":"fast","messages":[]}', '{"model":"gpt-4o-mini","messages":[]}'],
    [
      "last, with odd spacing",
      '{ "messages":\t[1e0],\r\n "model" :  "fast"\n}\n',
      '{ "messages":\t[1e0],\r\n "model" :  "gpt-4o-mini"\n}\n',
    ],
    [
      "in escapes, among escapes",
      '{"a":"\\u0000\\ud83d\\ude00é","mod\\u0065l":"f\\u0061st"}',
      '{"a":"\\u0000\\ud83d\\ude00é","mod\\u0065l":"gpt-4o-mini"}',
    ],
    [
      "beside others of the name, deeper",
      '{"x":{"model":"fast"},"model":"fast","y":["model"]}',
      '{"x":{"model":"fast"},"model":"gpt-4o-mini","y":["model"]}',
    ],
    ["nowhere: the default is put in", '{"messages":[]}', '{"model":"gpt-4o-mini","messages":[]}'],
    ["nowhere, in an empty object", " { } ", ' {"model":"gpt-4o-mini" } '],
  ];

  test.each(BODIES)(
    "%s is rewritten in place, every other byte stays, and the length is right",
    async (_, sent, arrives) => {
      await post(router, "/v1/chat/completions", sent);
      const seen = routedTo(router, "openai", "gpt-4o-mini");
      expect(seen.body.toString()).toBe(arrives);
      expect(seen.headers["content-length"]).toBe(String(Buffer.byteLength(arrives)));
    },
  );

  test.each(BODIES)("%s is rewritten in a chunked body of one-byte pieces", async (_, sent, arrives) => {
    const open = new OpenRequest(router.envoy.address(), { path: "/v1/chat/completions" });
    for (const byte of Buffer.from(sent)) await open.write(Buffer.from([byte]));
    await open.end();
    const seen = routedTo(router, "openai", "gpt-4o-mini");
    expect(seen.body.toString()).toBe(arrives);
    expect(seen.headers["transfer-encoding"]).toBe("chunked");
  });

  test.each(BODIES)("%s is rewritten in a body that ends with trailers", async (_, sent, arrives) => {
    await send(router.envoy.address(), { path: "/v1/chat/completions", body: sent, trailers: { "x-end": "yes" } });
    const seen = routedTo(router, "openai", "gpt-4o-mini");
    expect([seen.body.toString(), seen.trailers]).toEqual([arrives, { "x-end": "yes" }]);
  });

  test("after half a megabyte of text is rewritten there", async () => {
    const text = 'é\\n\\"'.repeat(80_000);
    const arrives = `{"messages":[{"role":"user","content":"${text}"}],"model":"gpt-4o-mini"}`;
    await post(router, "/v1/chat/completions", arrives.replace("gpt-4o-mini", "fast"));
    const seen = routedTo(router, "openai", "gpt-4o-mini");
    expect(seen.body.equals(Buffer.from(arrives))).toBe(true);
    expect(seen.headers["content-length"]).toBe(String(Buffer.byteLength(arrives)));
  });
});

describe("a model that its path names", () => {
  const contents = JSON.stringify({ contents: [{ role: "user", parts: [{ text: "hi" }] }] });
  const converse = JSON.stringify({ messages: [{ role: "user", content: [{ text: "hi" }] }] });
  const chat = JSON.stringify(CHAT);
  const PATHS: [path: string, body: string, provider: ProviderName, model: string, arrives: string][] = [
    [
      "/v1beta/models/gemini-pro:generateContent?key=k",
      contents,
      "gemini",
      "gemini-pro",
      "/v1beta/models/gemini-pro:generateContent?key=k",
    ],
    [
      "/v1beta/models/flash:streamGenerateContent?alt=sse",
      contents,
      "gemini",
      "gemini-2.5-flash",
      "/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse",
    ],
    [
      "/v1beta/models/fl%61sh:generateContent",
      contents,
      "gemini",
      "gemini-2.5-flash",
      "/v1beta/models/gemini-2.5-flash:generateContent",
    ],
    [
      "/model/nova/converse",
      converse,
      "bedrock",
      "us.amazon.nova-pro-v1:0",
      "/model/us.amazon.nova-pro-v1%3A0/converse",
    ],
    [
      "/openai/deployments/gpt-4o-eu/chat/completions?api-version=1",
      chat,
      "openai",
      "gpt-4o-eu",
      "/openai/deployments/gpt-4o-eu/chat/completions?api-version=1",
    ],
    [
      "/openai/deployments/fast/chat/completions?api-version=1",
      chat,
      "openai",
      "gpt-4o-mini",
      "/openai/deployments/gpt-4o-mini/chat/completions?api-version=1",
    ],
  ];

  test.each(PATHS)("%s is routed", async (path, body, provider, model, arrives) => {
    const answer = await post(router, path, body);
    expect(answer.status).toBe(200);
    const seen = routedTo(router, provider, model);
    expect([seen.path, seen.body.toString()]).toEqual([arrives, body]);
  });

  test.each([
    ["/v1beta/models/nope:generateContent", 404, { error: { code: 404, status: "NOT_FOUND" } }, undefined],
    ["/model/nope/converse", 404, { message: "The model 'nope' does not exist." }, "ResourceNotFoundException"],
    ["/openai/deployments/internal-x/chat/completions", 403, { error: { code: "model_not_allowed" } }, undefined],
  ])("%s is refused as its API does", async (path, status, body, type) => {
    const answer = await post(router, path, contents);
    expect([answer.status, answer.json]).toMatchObject([status, body]);
    expect(answer.headers["x-amzn-errortype"]).toBe(type);
    expect(router.providers.seen).toEqual([]);
  });
});

describe("over HTTP/2", () => {
  let client: Http2Client;
  beforeAll(() => {
    client = new Http2Client(router.envoy.address());
  });
  afterAll(() => client.close());

  const CASES: [what: string, sent: Partial<Sent>, body: string][] = [
    ["an alias", { body: '{"model":"fast","messages":[]}' }, '{"model":"gpt-4o-mini","messages":[]}'],
    [
      "an alias with trailers",
      { body: '{"messages":[],"model":"fast"}', trailers: { "x-end": "yes" } },
      '{"messages":[],"model":"gpt-4o-mini"}',
    ],
    [
      "no model with trailers",
      { body: '{"messages":[]}', trailers: { "x-end": "yes" } },
      '{"model":"gpt-4o-mini","messages":[]}',
    ],
    ["no body", {}, ""],
    ["no body but an empty frame", { body: "" }, ""],
    ["nothing but trailers", { trailers: { "x-end": "yes" } }, ""],
    [
      "an alias with a length",
      { body: '{"model":"fast","messages":[]}', headers: { "content-length": 30 } },
      '{"model":"gpt-4o-mini","messages":[]}',
    ],
  ];
  test.each(CASES)("%s is routed", async (_, sent, body) => {
    await client.send({ path: "/v1/chat/completions", ...sent });
    const seen = routedTo(router, "openai", "gpt-4o-mini");
    expect([seen.body.toString(), seen.trailers]).toEqual([body, sent.trailers ?? {}]);
  });

  test("a refusal is in the client's dialect", async () => {
    const answer = await client.send({ path: "/v1/messages", body: '{"model":"nope","messages":[]}' });
    expect([answer.status, answer.json]).toMatchObject([404, { type: "error", error: { type: "not_found_error" } }]);
  });
});
