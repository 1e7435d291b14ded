import Anthropic, {
  NotFoundError as AnthropicNotFound,
  PermissionDeniedError as AnthropicDenied,
} from "@anthropic-ai/sdk";
import OpenAI, { BadRequestError, NotFoundError, PermissionDeniedError } from "openai";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { EnvoyProcess } from "../support/envoy-process.ts";
import { Gate } from "../support/gate.ts";
import type { SeenRequest } from "../support/mock-provider.ts";
import { until } from "../support/until.ts";
import { type Answer, Http2Client, OpenRequest, type Sent, send } from "./client.ts";
import { type ProviderName, Providers, startRouter, traps } from "./router-gateway.ts";

const MODELS = [
  { name: "gpt-4o*", provider: "openai" },
  { name: "embed-*", provider: "openai" },
  { name: "whisper-1", provider: "openai" },
  { name: "fast", targets: [{ model: "gpt-4o-mini", provider: "openai" }] },
  { name: "hear", targets: [{ model: "whisper-large-v3", provider: "vllm" }] },
  { name: "claude-*", provider: "anthropic" },
  { name: "sonnet", targets: [{ model: "claude-sonnet-4", provider: "anthropic" }] },
  { name: "gemini-*", provider: "gemini" },
  { name: "flash", targets: [{ model: "gemini-2.5-flash", provider: "gemini" }] },
  { name: "nova", targets: [{ model: "us.amazon.nova-pro-v1:0", provider: "bedrock" }] },
  {
    name: "spread",
    targets: [
      { model: "gpt-4o", provider: "openai", weight: 80 },
      { model: "llama", provider: "vllm", weight: 20 },
    ],
  },
  { name: "messages-only", targets: [{ provider: "anthropic", dialects: ["AnthropicMessages"] }] },
  { name: "internal-*", provider: "vllm", allowConsumers: ["team-a"] },
];

const MESSAGES = [{ role: "user" as const, content: "hi" }];
const CHAT = { model: "gpt-4o", messages: MESSAGES };

let providers: Providers;
let envoy: EnvoyProcess;

beforeAll(async () => {
  providers = await Providers.start();
  const consumer = [{ header: "x-consumer" }];
  envoy = await startRouter(
    providers,
    {
      gateway: {
        configuration: { consumer, models: MODELS, defaultModel: "fast", stickyHeader: "x-session-id" },
        trailers: true,
      },
      split: {
        configuration: {
          splitProvider: true,
          modelHeader: "x-ai-eg-model",
          unknownModels: "Pass",
          models: [{ name: "gpt-4o*", targets: [{ provider: "openai" }, { provider: "vllm" }] }],
        },
      },
    },
    { concurrency: 4 },
  );
});

afterAll(async () => {
  await envoy?.stop();
  await providers?.stop();
});

beforeEach(() => providers.reset());
afterEach(() => expect(traps(envoy.log)).toEqual([]));

const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
  send(envoy.address(), { path, headers, body: typeof body === "string" ? body : JSON.stringify(body) });

/** The request at the only provider that saw one, which must be `provider`, routed as `model`. */
function routedTo(provider: ProviderName, model: string): SeenRequest {
  const only = providers.only();
  expect([
    only.provider,
    only.request.headers["x-gateway-model-name"],
    only.request.headers["x-gateway-provider-name"],
  ]).toEqual([provider, model, provider]);
  return only.request;
}

describe("the openai package", () => {
  let client: OpenAI;
  beforeAll(() => {
    client = new OpenAI({ apiKey: "sk-test", maxRetries: 0, baseURL: envoy.url("/v1") });
  });

  test("chats", async () => {
    const { data, response } = await client.chat.completions.create(CHAT).withResponse();
    expect(data.choices[0]?.message.content).toBe("openai answers as gpt-4o.");
    expect(response.headers.get("x-mock-provider")).toBe("openai");
    routedTo("openai", "gpt-4o");
  });

  test("streams a chat under an alias, with usage at its end", async () => {
    let words = "";
    let usage: OpenAI.CompletionUsage | null | undefined;
    const stream = await client.chat.completions.create({
      ...CHAT,
      model: "fast",
      stream: true,
      stream_options: { include_usage: true },
    });
    for await (const chunk of stream) {
      words += chunk.choices[0]?.delta.content ?? "";
      usage = chunk.usage ?? usage;
    }
    expect(words).toBe("openai answers as gpt-4o-mini.");
    expect(usage?.completion_tokens).toBe(3);
    routedTo("openai", "gpt-4o-mini");
  });

  test("embeds", async () => {
    const answer = await client.embeddings.create({ model: "embed-small", input: "hi" });
    expect(answer.data[0]?.embedding).toEqual([0.25, -0.5, 0.125]);
    routedTo("openai", "embed-small");
  });

  test("makes responses, streamed and not", async () => {
    const response = await client.responses.create({ model: "fast", input: "hi" });
    expect(response.output_text).toBe("openai answers as gpt-4o-mini.");
    const types = [];
    for await (const event of await client.responses.create({ model: "fast", input: "hi", stream: true }))
      types.push(event.type);
    expect(types.at(-1)).toBe("response.completed");
  });

  test("transcribes audio, its alias rewritten in the form", async () => {
    const sound = Buffer.from(Array.from({ length: 300_000 }, (_, i) => i & 255));
    const transcript = await client.audio.transcriptions.create({ model: "hear", file: new File([sound], "a.wav") });
    expect(transcript.text).toBe("vllm answers as whisper-large-v3.");
    const seen = routedTo("vllm", "whisper-large-v3");
    expect(seen.body.includes(sound)).toBe(true);
  });

  test("uploads files and lists models without a model", async () => {
    const file = await client.files.create({ purpose: "fine-tune", file: new File(["{}"], "train.jsonl") });
    expect(file.filename).toBe("train.jsonl");
    expect((await client.models.list()).data.length).toBe(1);
    expect(providers.seen.map(({ provider }) => provider)).toEqual(["fallback", "fallback"]);
  });

  test("manages what was stored, which names no model", async () => {
    await expect(client.responses.cancel("resp_1")).rejects.toMatchObject({
      status: 404,
      message: expect.stringContaining("Invalid URL"),
    });
    await expect(client.chat.completions.update("chatcmpl-1", { metadata: { a: "b" } })).rejects.toMatchObject({
      message: expect.stringContaining("Invalid URL"),
    });
    expect(providers.seen.map(({ provider }) => provider)).toEqual(["fallback", "fallback"]);
  });

  test("throws its own errors for what is refused", async () => {
    const ask = (model: string): Promise<unknown> => client.chat.completions.create({ ...CHAT, model });
    await expect(ask("gpt-9")).rejects.toThrow(NotFoundError);
    await expect(ask("gpt-9")).rejects.toMatchObject({
      code: "model_not_found",
      type: "invalid_request_error",
      param: "model",
    });
    await expect(ask("internal-llama")).rejects.toThrow(PermissionDeniedError);
    await expect(ask("messages-only")).rejects.toThrow(BadRequestError);
    await expect(ask("messages-only")).rejects.toMatchObject({ code: "model_not_supported" });
    await expect(ask("")).rejects.toThrow(BadRequestError);
    const stream = client.chat.completions.create({ ...CHAT, model: "gpt-9", stream: true });
    await expect(stream).rejects.toThrow(NotFoundError);
    expect(providers.seen).toEqual([]);
  });
});

describe("Anthropic's package", () => {
  let client: Anthropic;
  beforeAll(() => {
    client = new Anthropic({ apiKey: "sk-test", maxRetries: 0, baseURL: envoy.url("") });
  });
  const ask = { model: "sonnet", max_tokens: 9, messages: MESSAGES };

  test("sends messages", async () => {
    const answer = await client.messages.create(ask);
    expect(answer.content).toEqual([{ type: "text", text: "anthropic answers as claude-sonnet-4." }]);
    routedTo("anthropic", "claude-sonnet-4");
  });

  test("streams messages, with usage", async () => {
    const answer = await client.messages.stream(ask).finalMessage();
    expect(answer.content).toEqual([{ type: "text", text: "anthropic answers as claude-sonnet-4." }]);
    expect(answer.usage.output_tokens).toBe(3);
  });

  test("counts tokens", async () => {
    expect((await client.messages.countTokens({ model: "claude-x", messages: MESSAGES })).input_tokens).toBeGreaterThan(
      0,
    );
    routedTo("anthropic", "claude-x");
  });

  test("throws its own errors for what is refused", async () => {
    await expect(client.messages.create({ ...ask, model: "nope" })).rejects.toThrow(AnthropicNotFound);
    await expect(client.messages.create({ ...ask, model: "nope" })).rejects.toMatchObject({
      error: { type: "error", error: { type: "not_found_error", message: "The model 'nope' does not exist." } },
    });
    await expect(client.messages.create({ ...ask, model: "internal-x" })).rejects.toThrow(AnthropicDenied);
    expect(providers.seen).toEqual([]);
  });
});

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
      await post("/v1/chat/completions", sent);
      const seen = routedTo("openai", "gpt-4o-mini");
      expect(seen.body.toString()).toBe(arrives);
      expect(seen.headers["content-length"]).toBe(String(Buffer.byteLength(arrives)));
    },
  );

  test.each(BODIES)("%s is rewritten in a chunked body of one-byte pieces", async (_, sent, arrives) => {
    const open = new OpenRequest(envoy.address(), { path: "/v1/chat/completions" });
    for (const byte of Buffer.from(sent)) await open.write(Buffer.from([byte]));
    await open.end();
    const seen = routedTo("openai", "gpt-4o-mini");
    expect(seen.body.toString()).toBe(arrives);
    expect(seen.headers["transfer-encoding"]).toBe("chunked");
  });

  test.each(BODIES)("%s is rewritten in a body that ends with trailers", async (_, sent, arrives) => {
    await send(envoy.address(), { path: "/v1/chat/completions", body: sent, trailers: { "x-end": "yes" } });
    const seen = routedTo("openai", "gpt-4o-mini");
    expect([seen.body.toString(), seen.trailers]).toEqual([arrives, { "x-end": "yes" }]);
  });

  test("after half a megabyte of text is rewritten there", async () => {
    const text = 'é\\n\\"'.repeat(80_000);
    const arrives = `{"messages":[{"role":"user","content":"${text}"}],"model":"gpt-4o-mini"}`;
    await post("/v1/chat/completions", arrives.replace("gpt-4o-mini", "fast"));
    const seen = routedTo("openai", "gpt-4o-mini");
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
    const answer = await post(path, body);
    expect(answer.status).toBe(200);
    const seen = routedTo(provider, model);
    expect([seen.path, seen.body.toString()]).toEqual([arrives, body]);
  });

  test.each([
    ["/v1beta/models/nope:generateContent", 404, { error: { code: 404, status: "NOT_FOUND" } }, undefined],
    ["/model/nope/converse", 404, { message: "The model 'nope' does not exist." }, "ResourceNotFoundException"],
    ["/openai/deployments/internal-x/chat/completions", 403, { error: { code: "model_not_allowed" } }, undefined],
  ])("%s is refused as its API does", async (path, status, body, type) => {
    const answer = await post(path, contents);
    expect([answer.status, answer.json]).toMatchObject([status, body]);
    expect(answer.headers["x-amzn-errortype"]).toBe(type);
    expect(providers.seen).toEqual([]);
  });
});

describe("the choice of a target", () => {
  const spread = (headers?: Record<string, string>): Promise<Answer> =>
    post("/v1/chat/completions", { ...CHAT, model: "spread" }, headers);

  test("follows the weights, 80 to 20", async () => {
    await Promise.all(
      Array.from({ length: 10 }, async () => {
        for (let i = 0; i < 30; i++) await spread();
      }),
    );
    expect(providers.mock("openai").seen.length + providers.mock("vllm").seen.length).toBe(300);
    expect(Math.abs(providers.mock("openai").seen.length - 240)).toBeLessThan(45);
    expect(new Set(providers.mock("vllm").seen.map(({ json }) => json?.["model"]))).toEqual(new Set(["llama"]));
  });

  test("sticks to a session's value, over all workers", async () => {
    const targets = await Promise.all(
      Array.from({ length: 20 }, async (_, session) => {
        const answers = await Promise.all([1, 2, 3].map(() => spread({ "x-session-id": `session ${session}` })));
        return [...new Set(answers.map(({ headers }) => headers["x-mock-provider"]))];
      }),
    );
    expect(targets.every((names) => names.length === 1)).toBe(true);
    expect(new Set(targets.flat())).toEqual(new Set(["openai", "vllm"]));
  });

  const SPLIT: [requested: string, provider: ProviderName, model: string | undefined][] = [
    ["openai/gpt-4o", "openai", "gpt-4o"],
    ["vllm/gpt-4o-mini", "vllm", "gpt-4o-mini"],
    ["nobody/gpt-9", "fallback", "gpt-9"],
  ];
  test.each(SPLIT)("takes the provider out of %s", async (requested, provider, model) => {
    const answer = await send(envoy.address("split"), {
      path: "/v1/chat/completions",
      body: JSON.stringify({ ...CHAT, model: requested }),
    });
    expect(answer.status).toBe(200);
    const only = providers.only();
    expect([only.provider, only.request.headers["x-ai-eg-model"], only.request.json?.["model"]]).toEqual([
      provider,
      model,
      model,
    ]);
  });

  test("refuses a provider that doesn't serve the model", async () => {
    const answer = await send(envoy.address("split"), {
      path: "/v1/chat/completions",
      body: '{"model":"anthropic/gpt-4o","messages":[]}',
    });
    expect([answer.status, answer.json]).toMatchObject([400, { error: { code: "model_not_supported" } }]);
    expect(providers.seen).toEqual([]);
  });
});

describe("a stream", () => {
  test("reaches the provider before the client has sent the last byte", async () => {
    const arrival = providers.mock("openai").next();
    const open = new OpenRequest(envoy.address(), { path: "/v1/chat/completions" });
    await open.write('{"model":"fast","messages":[{"role":"user","content":"');
    const seen = await arrival;
    await seen.firstByte();
    expect([seen.state, seen.body.toString().slice(0, 23)]).toEqual(["Receiving", '{"model":"gpt-4o-mini",']);
    const answer = await open.end('hi"}]}');
    expect(answer.status).toBe(200);
    expect(seen.json).toEqual({ model: "gpt-4o-mini", messages: MESSAGES });
  });

  test("with a content-length reaches it early too, the length corrected", async () => {
    const body = JSON.stringify({ model: "fast", messages: MESSAGES });
    const arrival = providers.mock("openai").next();
    const open = new OpenRequest(envoy.address(), {
      path: "/v1/chat/completions",
      headers: { "content-length": body.length },
    });
    await open.write(body.slice(0, 30));
    const seen = await arrival;
    await seen.firstByte();
    expect([seen.state, seen.headers["content-length"]]).toEqual(["Receiving", String(body.length + 7)]);
    expect((await open.end(body.slice(30))).status).toBe(200);
    expect(seen.body.length).toBe(body.length + 7);
  });

  test("of an answer comes piece by piece", async () => {
    const second = new Gate();
    providers.mock("openai").behave({ beforePiece: (index) => (index === 1 ? second.opened : undefined) });
    const answer = await fetch(envoy.url("/v1/chat/completions"), {
      method: "POST",
      body: JSON.stringify({ ...CHAT, stream: true }),
    });
    const reader = answer.body!.getReader();
    expect(Buffer.from((await reader.read()).value!).toString()).toMatch(/^data: .*\n\n$/);
    second.release();
    let rest = "";
    for (let next = await reader.read(); !next.done; next = await reader.read())
      rest += Buffer.from(next.value).toString();
    expect(rest.endsWith("data: [DONE]\n\n")).toBe(true);
  });

  test("is one of 200 at a time, over HTTP/1 and HTTP/2 and four workers", async () => {
    const all = new Gate();
    for (const name of ["openai", "anthropic"] as const) providers.mock(name).behave({ until: all.opened });
    const clients = Array.from({ length: 4 }, () => new Http2Client(envoy.address()));
    const answers = Array.from({ length: 200 }, (_, i) => {
      const isChat = i % 2 === 0;
      const model = isChat ? "fast" : "sonnet";
      const body = JSON.stringify({
        messages: [{ role: "user", content: `${i}`.repeat(2000) }],
        stream: true,
        max_tokens: 9,
        model,
      });
      const sent: Sent = { path: isChat ? "/v1/chat/completions" : "/v1/messages", body };
      return i % 4 < 2 ? send(envoy.address(), sent) : clients[i % 4]!.send(sent);
    });
    await until("all 200 are at the providers", () => providers.seen.length === 200 || undefined);
    all.release();
    const texts = (await Promise.all(answers)).map(
      ({ status, text }) => `${status} ${/gpt-4o-mini|claude-sonnet-4/.exec(text)?.[0]}`,
    );
    expect(texts).toEqual(
      Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? "200 gpt-4o-mini" : "200 claude-sonnet-4")),
    );
    for (const client of clients) client.close();
  });
});

describe("over HTTP/2", () => {
  let client: Http2Client;
  beforeAll(() => {
    client = new Http2Client(envoy.address());
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
    const seen = routedTo("openai", "gpt-4o-mini");
    expect([seen.body.toString(), seen.trailers]).toEqual([body, sent.trailers ?? {}]);
  });

  test("a refusal is in the client's dialect", async () => {
    const answer = await client.send({ path: "/v1/messages", body: '{"model":"nope","messages":[]}' });
    expect([answer.status, answer.json]).toMatchObject([404, { type: "error", error: { type: "not_found_error" } }]);
  });
});

describe("the access log", () => {
  const logged = async (sent: Omit<Sent, "path">): Promise<Record<string, unknown>> => {
    const path = `/v1/chat/completions?log=${Math.random()}`;
    await send(envoy.address(), { path, ...sent });
    return until("the request is logged", async () => (await envoy.accessLog(0)).find((line) => line["path"] === path));
  };
  const body = (model: string): string => JSON.stringify({ ...CHAT, model });

  test("says what was asked for, what it became and where it went", async () => {
    expect(await logged({ body: body("fast"), headers: { "x-consumer": "team-b" } })).toMatchObject({
      status: 200,
      requested_model: "fast",
      model: "gpt-4o-mini",
      provider: "openai",
      consumer: "team-b",
      cluster: "openai",
      route: "openai",
    });
  });

  test.each([
    ["an unknown model", { body: body("gpt-9") }, 404, "unknown_model"],
    ["a model not allowed", { body: body("internal-x") }, 403, "forbidden_model"],
    ["no JSON", { body: "no" }, 400, "not_json"],
    ["a model twice", { body: '{"model":"fast","model":"fast"}' }, 400, "duplicate_key"],
    ["an encoding", { body: "x", headers: { "content-encoding": "br" } }, 415, "unsupported_encoding"],
  ])("names the reason of a refusal: %s", async (_, sent, status, reason) => {
    expect(await logged(sent)).toMatchObject({
      status,
      details: `weir.model-router.${reason}`,
      model: null,
      provider: null,
    });
  });
});
