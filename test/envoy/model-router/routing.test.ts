import { describe, expect, test } from "vitest";
import { Gate } from "../support/gate.ts";
import { until } from "../support/until.ts";
import { type Answer, Http2Client, OpenRequest, type Sent, send } from "../support/client.ts";
import { type ProviderName, useRouter } from "./router-gateway.ts";
import { CHAT, MESSAGES, ROUTING, post } from "./routing-fixture.ts";

const router = useRouter(
  {
    gateway: ROUTING,
    split: {
      configuration: {
        splitProvider: true,
        modelHeader: "x-ai-eg-model",
        unknownModels: "Pass",
        models: [
          { name: "gpt-4o*", targets: [{ provider: "openai" }, { provider: "vllm" }] },
          { name: "claude-*", provider: "anthropic" },
        ],
      },
    },
  },
  { concurrency: 4 },
);

describe("the choice of a target", () => {
  const spread = (headers?: Record<string, string>): Promise<Answer> =>
    post(router, "/v1/chat/completions", { ...CHAT, model: "spread" }, headers);

  test("follows the weights, 80 to 20", async () => {
    await Promise.all(
      Array.from({ length: 10 }, async () => {
        for (let i = 0; i < 30; i++) await spread();
      }),
    );
    expect(router.providers.mock("openai").seen.length + router.providers.mock("vllm").seen.length).toBe(300);
    expect(Math.abs(router.providers.mock("openai").seen.length - 240)).toBeLessThan(45);
    expect(new Set(router.providers.mock("vllm").seen.map(({ json }) => json?.["model"]))).toEqual(new Set(["llama"]));
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
  ];
  test.each(SPLIT)("reads %s as the provider %s's", async (requested, provider, model) => {
    const answer = await send(router.envoy.address("split"), {
      path: "/v1/chat/completions",
      body: JSON.stringify({ ...CHAT, model: requested }),
    });
    expect(answer.status).toBe(200);
    const only = router.providers.only();
    expect([only.provider, only.request.headers["x-ai-eg-model"], only.request.json?.["model"]]).toEqual([
      provider,
      model,
      model,
    ]);
  });

  test("refuses a provider that doesn't serve the model", async () => {
    const answer = await send(router.envoy.address("split"), {
      path: "/v1/chat/completions",
      body: '{"model":"anthropic/gpt-4o","messages":[]}',
    });
    expect([answer.status, answer.json]).toMatchObject([400, { error: { code: "model_not_supported" } }]);
    expect(router.providers.seen).toEqual([]);
  });
});

describe("a stream", () => {
  test("reaches the provider before the client has sent the last byte", async () => {
    const arrival = router.providers.mock("openai").next();
    const open = new OpenRequest(router.envoy.address(), { path: "/v1/chat/completions" });
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
    const arrival = router.providers.mock("openai").next();
    const open = new OpenRequest(router.envoy.address(), {
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
    router.providers.mock("openai").behave({ beforePiece: (index) => (index === 1 ? second.opened : undefined) });
    const answer = await fetch(router.envoy.url("/v1/chat/completions"), {
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

  test("that its client cuts leaves no trace in those that follow", async () => {
    const cut = Array.from({ length: 40 }, async (_, i) => {
      const open = new OpenRequest(router.address(), { path: "/v1/chat/completions" });
      await open.write(i % 2 === 0 ? '{"messages":[{"model":"spread' : '{"model":"sonnet","model":"fa');
      open.destroy();
    });
    await Promise.all(cut);
    router.providers.reset();
    const answers = Array.from({ length: 40 }, (_, i) =>
      post(router, "/v1/chat/completions", { ...CHAT, model: i % 2 === 0 ? "fast" : "gpt-4o" }),
    );
    const texts = (await Promise.all(answers)).map(({ text }) => /openai answers as ([^.]*)\./.exec(text)?.[1]);
    expect(texts).toEqual(Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? "gpt-4o-mini" : "gpt-4o")));
  });

  test("is one of 200 at a time, over HTTP/1 and HTTP/2 and four workers", async () => {
    const all = new Gate();
    for (const name of ["openai", "anthropic"] as const) router.providers.mock(name).behave({ until: all.opened });
    const clients = Array.from({ length: 4 }, () => new Http2Client(router.envoy.address()));
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
      return i % 4 < 2 ? send(router.envoy.address(), sent) : clients[i % 4]!.send(sent);
    });
    await until("all 200 are at the providers", () => router.providers.seen.length === 200 || undefined);
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

describe("the access log", () => {
  const logged = async (sent: Omit<Sent, "path">): Promise<Record<string, unknown>> => {
    const path = `/v1/chat/completions?log=${Math.random()}`;
    await send(router.envoy.address(), { path, ...sent });
    return until("the request is logged", async () =>
      (await router.envoy.accessLog(0)).find((line) => line["path"] === path),
    );
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
