import { request } from "node:http";
import { connect } from "node:http2";
import OpenAI from "openai";
import Anthropic from "@anthropic-ai/sdk";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { EnvoyProcess } from "./support/envoy-process.ts";
import { Gate } from "./support/gate.ts";
import { type Gateway, gatewayConfig } from "./support/gateway-config.ts";
import { MockProvider } from "./support/mock-provider.ts";
import { until } from "./support/until.ts";

const CHAT = { model: "gpt-4o", messages: [{ role: "user" as const, content: "hi" }] };

let openai: MockProvider;
let anthropic: MockProvider;
let gateway: Gateway;
let envoy: EnvoyProcess;

beforeAll(async () => {
  [openai, anthropic] = await Promise.all([
    MockProvider.start("openai", "OpenAi"),
    MockProvider.start("anthropic", "Anthropic"),
  ]);
  gateway = {
    filters: [],
    clusters: { openai: openai.address, anthropic: anthropic.address },
    fallback: "openai",
    trailers: true,
  };
  envoy = await EnvoyProcess.start(gatewayConfig(gateway));
});

afterAll(async () => {
  await envoy?.stop();
  await Promise.all([openai?.stop(), anthropic?.stop()]);
});

beforeEach(() => {
  openai.reset();
  anthropic.reset();
});

const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(envoy.url(path), {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json", ...headers },
  });

describe("Envoy without a plugin", () => {
  test("forwards a request to the provider that the header names, and counts it", async () => {
    const answer = await post("/v1/messages", { ...CHAT, max_tokens: 5 }, { "x-gateway-provider-name": "anthropic" });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("x-mock-provider")).toBe("anthropic");
    expect(anthropic.only().json).toMatchObject(CHAT);
    expect(openai.seen).toEqual([]);
    expect(await envoy.stat("cluster.anthropic.upstream_rq_200")).toBe(1);
  });

  test("writes an access log that can be read while it runs", async () => {
    const before = (await envoy.accessLog(0)).length;
    await (await post("/v1/chat/completions", CHAT)).text();
    expect((await envoy.accessLog(before + 1)).at(-1)).toMatchObject({
      method: "POST",
      path: "/v1/chat/completions",
      status: 200,
      details: "via_upstream",
      route: "fallback",
      model: null,
    });
  });

  test("gives each Envoy ports of its own", async () => {
    const second = await EnvoyProcess.start(gatewayConfig(gateway), { concurrency: 2 });
    try {
      expect(second.address().port).not.toBe(envoy.address().port);
      expect(second.adminUrl).not.toBe(envoy.adminUrl);
      expect((await fetch(second.url("/v1/models"))).status).toBe(200);
    } finally {
      await second.stop();
    }
    await expect(fetch(second.url("/v1/models"))).rejects.toThrow();
  });

  test("serves HTTP/2 on the same port", async () => {
    const session = connect(envoy.url(""));
    const stream = session.request({ ":path": "/v1/models" });
    const status = await new Promise((done) => stream.on("response", (headers) => done(headers[":status"])));
    session.close();
    stream.resume();
    expect(status).toBe(200);
  });

  test("says what is wrong with a configuration, in validation and at the start", async () => {
    const wrong = gatewayConfig({ ...gateway, routes: [{ cluster: "nowhere" }] });
    const { ok, output } = await EnvoyProcess.validate(wrong);
    expect(ok).toBe(false);
    expect(output).toContain("unknown cluster 'nowhere'");
    await expect(EnvoyProcess.start(wrong)).rejects.toThrow("unknown cluster 'nowhere'");
    expect((await EnvoyProcess.validate(gatewayConfig(gateway))).ok).toBe(true);
  });
});

describe("the mock providers", () => {
  const clientOf = (provider: string) => ({
    apiKey: "sk-test",
    maxRetries: 0,
    defaultHeaders: { "x-gateway-provider-name": provider },
  });

  test("satisfy the openai package, with usage in a stream only when asked for", async () => {
    const client = new OpenAI({ ...clientOf("openai"), baseURL: envoy.url("/v1") });
    const answer = await client.chat.completions.create(CHAT);
    expect(answer.choices[0]?.message.content).toBe("openai answers as gpt-4o.");
    expect(answer.usage?.completion_tokens).toBe(3);
    for (const include_usage of [false, true]) {
      const usages = [];
      let words = "";
      for await (const chunk of await client.chat.completions.create({
        ...CHAT,
        stream: true,
        stream_options: { include_usage },
      })) {
        words += chunk.choices[0]?.delta.content ?? "";
        if (chunk.usage) usages.push(chunk.usage);
      }
      expect(words).toBe("openai answers as gpt-4o.");
      expect(usages.length).toBe(include_usage ? 1 : 0);
    }
    const response = await client.responses.create({ model: "gpt-4o", input: "hi" });
    expect(response.output_text).toBe("openai answers as gpt-4o.");
    const transcript = await client.audio.transcriptions.create({
      model: "whisper-1",
      file: new File(["sound"], "a.wav"),
    });
    expect(transcript.text).toBe("openai answers as whisper-1.");
    expect((await client.embeddings.create({ model: "e", input: "hi" })).data[0]?.embedding).toEqual([
      0.25, -0.5, 0.125,
    ]);
  });

  test("satisfy Anthropic's package, streamed and not", async () => {
    const client = new Anthropic({ ...clientOf("anthropic"), baseURL: envoy.url("") });
    const ask = { ...CHAT, model: "claude", max_tokens: 9 };
    const answer = await client.messages.create(ask);
    expect(answer.content).toEqual([{ type: "text", text: "anthropic answers as claude." }]);
    const streamed = await client.messages.stream(ask).finalMessage();
    expect(streamed.content).toEqual(answer.content);
    expect(streamed.usage.output_tokens).toBe(3);
  });

  test("refuse each other's shape with their own error", async () => {
    const messages = await post("/v1/messages", CHAT, { "x-gateway-provider-name": "openai" });
    expect([messages.status, await messages.json()]).toMatchObject([404, { error: { type: "invalid_request_error" } }]);
    const chat = await post("/v1/chat/completions", CHAT, { "x-gateway-provider-name": "anthropic" });
    expect([chat.status, await chat.json()]).toMatchObject([
      404,
      { type: "error", error: { type: "not_found_error" } },
    ]);
  });

  test("tell when the first byte came and whether the request ended", async () => {
    const arrival = openai.next();
    const sent = request(envoy.url("/v1/chat/completions"), { method: "POST" });
    sent.on("error", () => undefined);
    sent.write("{");
    const seen = await arrival;
    await seen.firstByte();
    expect([seen.body.toString(), seen.state]).toEqual(["{", "Receiving"]);
    sent.destroy();
    await seen.ended();
    expect(seen.state).toBe("Aborted");
  });

  test("hold an answer until released, reset it midway, and send trailers", async () => {
    const gate = new Gate();
    openai.behave({ until: gate.opened });
    let answered = false;
    const held = post("/v1/chat/completions", CHAT).finally(() => (answered = true));
    await until("the mock has the request", () => openai.seen[0]?.state === "Complete" || undefined);
    expect(answered).toBe(false);
    gate.release();
    expect((await held).status).toBe(200);

    openai.behave({ resetAfterPieces: 2 });
    const cut = await post("/v1/chat/completions", { ...CHAT, stream: true });
    await expect(cut.text()).rejects.toThrow();

    openai.behave({ trailers: { "x-end": "yes" } });
    const trailers = await new Promise((done) => {
      const asked = request(envoy.url("/v1/models"), { headers: { te: "trailers" } }, (answer) => {
        answer.resume().on("end", () => done(answer.trailers));
      });
      asked.end();
    });
    expect(trailers).toEqual({ "x-end": "yes" });
  });
});
