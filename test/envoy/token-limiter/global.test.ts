import { type AddressInfo, type Server, createServer } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { EnvoyProcess } from "../support/envoy-process.ts";
import { Gate } from "../support/gate.ts";
import type { Address, Bootstrap, Json } from "../support/gateway-config.ts";
import { MockProvider } from "../support/mock-provider.ts";
import { type Balance, INSTALL_TIMEOUT_MS, RateLimitStack } from "../support/rate-limit-stack.ts";
import { until } from "../support/until.ts";
import { DOMAIN, type FailureMode, LIMITS_YAML, type Way, globalGateway } from "./global-gateway.ts";

const WAYS: Way[] = ["the plugin's own call", "Envoy's rate limit filter"];
const INPUT_TOKENS = 20;

let service: RateLimitStack;
let provider: MockProvider;

beforeAll(async () => {
  service = await RateLimitStack.start(LIMITS_YAML);
  provider = await MockProvider.start("openai", "OpenAi");
}, INSTALL_TIMEOUT_MS);

afterAll(async () => {
  await provider?.stop();
  await service?.stop();
});

beforeEach(() => provider.reset());

let consumers = 0;
/** A name that no counter knows yet. */
const newConsumer = (): string => `consumer-${consumers++}`;

/** From now on each answer reports so many tokens, in and out together, and waits for `moment`. */
function answersUse(total: number, moment?: Promise<void>): void {
  const usage = { prompt_tokens: INPUT_TOKENS, completion_tokens: total - INPUT_TOKENS, total_tokens: total };
  const choices = [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "Yes." } }];
  const body = { id: "chatcmpl-1", object: "chat.completion", created: 1, model: "m", choices, usage };
  const answer = { status: 200, headers: { "content-type": "application/json" }, pieces: [JSON.stringify(body)] };
  provider.behave({ answer, ...(moment ? { until: moment } : {}) });
}

function ask(url: string, consumer: string, model = "by-day", signal?: AbortSignal): Promise<Response> {
  return fetch(url, {
    method: "POST",
    ...(signal ? { signal } : {}),
    headers: { "content-type": "application/json", "x-consumer": consumer },
    body: JSON.stringify({ model, max_tokens: 5, messages: [{ role: "user", content: "hi" }] }),
  });
}

const chat = (envoy: EnvoyProcess, listener?: string): string => envoy.url("/v1/chat/completions", listener);

function left(limit: string, consumer: string, model?: string): Promise<Balance> {
  const by: [string, string][] = model === undefined ? [] : [["model", model]];
  return service.balance(DOMAIN, [["limit", limit], ["consumer", consumer], ...by]);
}

/** Charges arrive after the answer: waits until so much is left. */
function isLeft(remaining: number, limit: string, consumer: string, model?: string): Promise<true> {
  return until(`${remaining} of limit ${limit} are left for ${consumer}`, async () => {
    const { limitRemaining = 0 } = await left(limit, consumer, model);
    return limitRemaining === remaining || undefined;
  });
}

function isOver(limit: string, consumer: string): Promise<true> {
  return until(`limit ${limit} is over for ${consumer}`, async () => {
    return (await left(limit, consumer)).code === "OVER_LIMIT" || undefined;
  });
}

describe.each(WAYS)("two gateways that share limits by %s", (way) => {
  let first: EnvoyProcess;
  let second: EnvoyProcess;

  beforeAll(async () => {
    const gateway = globalGateway({ way, provider: provider.address, service: service.address });
    [first, second] = await Promise.all([EnvoyProcess.start(gateway), EnvoyProcess.start(gateway)]);
  });

  afterAll(async () => {
    await Promise.all([first?.stop(), second?.stop()]);
  });

  test("refuse through one what was used up through the other, and nobody else", async () => {
    const consumer = newConsumer();
    answersUse(60);
    expect((await ask(chat(first), consumer)).status).toBe(200);
    await isLeft(40, "day", consumer);
    expect((await ask(chat(second), consumer)).status).toBe(200);
    await isOver("day", consumer);
    provider.seen = [];
    expect((await ask(chat(second), consumer)).status).toBe(429);
    expect((await ask(chat(first), consumer)).status).toBe(429);
    expect(provider.seen).toEqual([]);
    expect((await ask(chat(first), newConsumer())).status).toBe(200);
  });

  test("let the consumer back in when the next window begins", async () => {
    const consumer = newConsumer();
    const turns = [first, second];
    answersUse(50);
    const asked = async (): Promise<number> => {
      turns.reverse();
      const answer = await ask(chat(turns[0]!), consumer, "by-second");
      await answer.text();
      return answer.status;
    };
    await until("it is refused in the second that it used up", async () => (await asked()) === 429 || undefined);
    await until("it is let in again", async () => (await asked()) === 200 || undefined);
  });

  test("take the consumer's own limit from the service's configuration", async () => {
    answersUse(200);
    for (const envoy of [first, second]) {
      const { limitRemaining: before = 0 } = await left("day", "favoured");
      expect((await ask(chat(envoy), "favoured")).status).toBe(200);
      await isLeft(before - 200, "day", "favoured");
    }
  });

  test("charge a stream when it is over", async () => {
    const consumer = newConsumer();
    const usage = { prompt_tokens: INPUT_TOKENS, completion_tokens: 60, total_tokens: 80 };
    const events = [
      { id: "c", object: "chat.completion.chunk", choices: [{ index: 0, delta: { content: "Yes." } }] },
      { id: "c", object: "chat.completion.chunk", choices: [], usage },
    ];
    const pieces = [...events.map((event) => `data: ${JSON.stringify(event)}\n\n`), "data: [DONE]\n\n"];
    provider.behave({ answer: { status: 200, headers: { "content-type": "text/event-stream" }, pieces } });
    expect((await (await ask(chat(first), consumer)).text()).endsWith("[DONE]\n\n")).toBe(true);
    await isLeft(20, "day", consumer);
  });

  test("charge what a client has had of a stream that it leaves", async () => {
    const consumer = newConsumer();
    const gate = new Gate();
    const words = "Weirs hum because falling water traps air and lets it go again. ".repeat(3);
    const event = { object: "chat.completion.chunk", choices: [{ index: 0, delta: { content: words } }] };
    const pieces = [`data: ${JSON.stringify(event)}\n\n`, "data: [DONE]\n\n"];
    const answer = { status: 200, headers: { "content-type": "text/event-stream" }, pieces };
    provider.behave({ answer, beforePiece: (index) => (index > 0 ? gate.opened : undefined) });
    const client = new AbortController();
    const stream = await ask(chat(first), consumer, "by-day", client.signal);
    await stream.body!.getReader().read();
    client.abort();
    await until("the text that it had is charged", async () => {
      const { limitRemaining = 0 } = await left("day", consumer);
      return (limitRemaining > 0 && limitRemaining < 70) || undefined;
    });
    gate.release();
  });

  test("charge more tokens than any limit has as all of it", async () => {
    const consumer = newConsumer();
    answersUse(2 ** 53);
    expect((await ask(chat(first), consumer)).status).toBe(200);
    await isOver("day", consumer);
    expect((await ask(chat(second), consumer)).status).toBe(429);
  });
});

describe("the plugin's own calls", () => {
  let envoy: EnvoyProcess;

  beforeAll(async () => {
    const way = "the plugin's own call";
    envoy = await EnvoyProcess.start(globalGateway({ way, provider: provider.address, service: service.address }));
  });

  afterAll(() => envoy?.stop());

  test("tell the client of the service's limit, what is left of it and when to come back", async () => {
    const consumer = newConsumer();
    answersUse(150);
    const passed = await ask(chat(envoy), consumer);
    expect(passed.headers.get("x-ratelimit-limit-tokens")).toBe("100");
    expect(Number(passed.headers.get("x-ratelimit-remaining-tokens"))).toBeLessThanOrEqual(100);
    await isOver("day", consumer);
    const refused = await ask(chat(envoy), consumer);
    expect(refused.status).toBe(429);
    expect(refused.headers.get("x-ratelimit-limit-tokens")).toBe("100");
    expect(refused.headers.get("x-ratelimit-remaining-tokens")).toBe("0");
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(Number(refused.headers.get("retry-after"))).toBeLessThanOrEqual(86_400);
    expect(await refused.json()).toMatchObject({ error: { code: "rate_limit_exceeded" } });
    const logged = (await envoy.accessLog(2)).at(-1);
    expect(logged).toMatchObject({ status: 429, details: expect.stringMatching(/^weir\.token-limiter\./) as string });
  });

  test("charge an answer once, the input while it is under way", async () => {
    const consumer = newConsumer();
    const gate = new Gate();
    answersUse(60, gate.opened);
    const answered = ask(chat(envoy), consumer);
    await until("the input is charged", async () => {
      const { limitRemaining = 0 } = await left("day", consumer);
      return (limitRemaining < 100 && limitRemaining > 40) || undefined;
    });
    gate.release();
    expect((await answered).status).toBe(200);
    await isLeft(40, "day", consumer);
  });

  test("keep each model's limit apart, and stop at exactly the last request", async () => {
    const consumer = newConsumer();
    answersUse(150);
    expect((await ask(chat(envoy), consumer, "by-model-a")).status).toBe(200);
    await isLeft(0, "model", consumer, "by-model-a");
    expect((await ask(chat(envoy), consumer, "by-model-a")).status).toBe(429);
    expect((await ask(chat(envoy), consumer, "by-model-b")).status).toBe(200);
    for (const remaining of [1, 0]) {
      expect((await ask(chat(envoy), consumer, "by-requests")).status).toBe(200);
      await isLeft(remaining, "requests", consumer);
    }
    expect((await ask(chat(envoy), consumer, "by-requests")).status).toBe(429);
  });

  test("hold for consumers whose name is no UTF-8 or looks like another's entry", async () => {
    const names = ["caf\u00e9\u00ff", "a_model_b", "%", "x".repeat(256)];
    answersUse(150);
    for (const name of names) {
      expect((await ask(chat(envoy), name)).status).toBe(200);
      await until("it is refused", async () => (await ask(chat(envoy), name)).status === 429 || undefined);
    }
  });
});

describe("when the rate limit service is out", () => {
  let silent: Server;
  let envoy: EnvoyProcess;

  beforeAll(async () => {
    silent = createServer((socket) => socket.on("error", () => undefined).resume());
    await new Promise<void>((listening) => silent.listen(0, "127.0.0.1", listening));
    const nobody = { host: "127.0.0.1", port: (silent.address() as AddressInfo).port };
    envoy = await EnvoyProcess.start(
      together({
        closed: gateway("FailClosed", "ratelimit", service.address),
        open: gateway("FailOpen", "ratelimit", service.address),
        "closed-silent": gateway("FailClosed", "silent", nobody),
        "open-silent": gateway("FailOpen", "silent", nobody),
      }),
    );
  });

  afterAll(async () => {
    await envoy?.stop();
    silent?.close();
  });

  afterEach(() => service.startService());

  const gateway = (failureMode: FailureMode, cluster: string, address: Address): Bootstrap =>
    globalGateway({ way: "the plugin's own call", provider: provider.address, service: address, failureMode, cluster });

  test("requests are refused with FailClosed, pass with FailOpen, and are judged again when it is back", async () => {
    answersUse(60);
    const consumer = newConsumer();
    expect((await ask(chat(envoy, "closed"), consumer)).status).toBe(200);
    await isLeft(40, "day", consumer);
    provider.seen = [];

    await service.stopService();
    expect((await ask(chat(envoy, "closed"), consumer)).status).toBeGreaterThanOrEqual(500);
    expect(provider.seen).toEqual([]);
    expect((await ask(chat(envoy, "open"), consumer)).status).toBe(200);
    expect(await bypasses()).toBe(1);

    await service.startService();
    await until(
      "it is asked again",
      async () => (await ask(chat(envoy, "closed"), consumer)).status === 200 || undefined,
    );
    await isOver("day", consumer);
    expect((await ask(chat(envoy, "open"), consumer)).status).toBe(429);
  });

  test("and silent, they wait as long as the timeout says and then the same", async () => {
    answersUse(60);
    const before = await bypasses();
    const started = performance.now();
    expect((await ask(chat(envoy, "closed-silent"), newConsumer())).status).toBeGreaterThanOrEqual(500);
    expect(provider.seen).toEqual([]);
    expect((await ask(chat(envoy, "open-silent"), newConsumer())).status).toBe(200);
    expect(await bypasses()).toBe(before + 1);
    const elapsed = performance.now() - started;
    expect(elapsed).toBeGreaterThan(1900);
    expect(elapsed).toBeLessThan(6000);
  });

  async function bypasses(): Promise<number> {
    const counters = await envoy.stats("wasmcustom.weir.token-limiter.bypassed");
    return [...counters.values()].reduce((sum, count) => sum + count, 0);
  }
});

/** One Envoy's configuration with the listeners of all gateways, each under its name here, and their clusters. */
function together(gateways: Record<string, Bootstrap>): Bootstrap {
  const clusters = new Map<Json, Json>();
  const listeners = Object.entries(gateways).map(([name, { static_resources }]) => {
    for (const cluster of static_resources.clusters as { name: string }[]) clusters.set(cluster.name, cluster);
    return { ...(static_resources.listeners[0] as object), name };
  });
  return { static_resources: { listeners, clusters: [...clusters.values()] } };
}
