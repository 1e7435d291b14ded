import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { freePort } from "../support/free-port.ts";
import { type Answer, OpenRequest, send } from "../support/client.ts";
import { EnvoyProcess } from "../support/envoy-process.ts";
import { localConfig } from "../support/example.ts";
import type { Bootstrap } from "../support/gateway-config.ts";
import { Gate } from "../support/gate.ts";
import type { Behaviour, SeenRequest } from "../support/mock-provider.ts";
import { traps } from "../support/plugin-gateway.ts";
import { until } from "../support/until.ts";
import { Upstreams, chat } from "./egress-gateway.ts";

/** Providers' keys, made up, in the gateway's environment. */
const KEYS = { OPENAI_API_KEY: "marked-key-of-openai", AZURE_API_KEY: "marked-key-of-azure" };
const CLIENT = "example-key-of-team-a";
const PATH = "/v1/chat/completions";
const NAMES = ["openai", "azure", "local"] as const;
type Name = (typeof NAMES)[number];

/** What each provider must get for a request for `gpt-4o`: nothing of another's, and nothing of the client's. */
const EXPECTED: Record<Name, { host: string; path: string; model: string; authorization?: string; apiKey?: string }> = {
  openai: { host: "api.openai.com", path: PATH, model: "gpt-4o", authorization: `Bearer ${KEYS.OPENAI_API_KEY}` },
  azure: {
    host: "example.openai.azure.com",
    path: "/openai/deployments/prod-gpt-4o/chat/completions?api-version=2024-10-21",
    model: "prod-gpt-4o",
    apiKey: KEYS.AZURE_API_KEY,
  },
  local: { host: "llm.internal.example", path: PATH, model: "llama-3.3-70b" },
};

/** The example, which waits less for a first byte, and with outlier detection only where it is what is tested. */
function exampleFor(upstreams: Upstreams<Name>, ejectAfter = 1_000_000): Bootstrap {
  const addresses = Object.fromEntries(NAMES.map((name) => [name, upstreams.mock(name).address]));
  const text = JSON.stringify(localConfig("failover", addresses))
    .replaceAll('"per_try_timeout":"30s"', '"per_try_timeout":"0.5s"')
    .replaceAll(/"(consecutive_5xx|consecutive_gateway_failure)":5/g, `"$1":${ejectAfter}`);
  return JSON.parse(text) as Bootstrap;
}

let upstreams: Upstreams<Name>;
let envoy: EnvoyProcess;

beforeAll(async () => {
  upstreams = await Upstreams.start({ openai: "OpenAi", azure: "OpenAi", local: "OpenAi" });
  envoy = await EnvoyProcess.start(exampleFor(upstreams), { env: KEYS });
});

afterAll(async () => {
  await envoy?.stop();
  await upstreams?.stop();
});

beforeEach(() => upstreams.reset());
afterEach(() => expect(traps(envoy.log)).toEqual([]));

const HEADERS = { authorization: `Bearer ${CLIENT}`, "x-consumer": "forged", cookie: "session=client-cookie" };

function ask(body = chat("gpt-4o"), path = `${PATH}?key=client-query-key`): Promise<Answer> {
  return send(envoy.address(), { path, headers: HEADERS, body });
}

function checkAttempt(provider: Name, request: SeenRequest, body: string): void {
  const expected = EXPECTED[provider];
  const { authorization, "api-key": apiKey, host, "content-length": length } = request.headers;
  expect({ authorization, apiKey, host, path: request.path }).toEqual({
    authorization: expected.authorization,
    apiKey: expected.apiKey,
    host: expected.host,
    path: expected.path,
  });
  const wanted = body.replace('"gpt-4o"', JSON.stringify(expected.model));
  expect(request.body.toString()).toBe(wanted);
  expect(Number(length)).toBe(Buffer.byteLength(wanted));
  const all = JSON.stringify([request.rawHeaders, request.path]);
  expect(all).not.toMatch(/client-cookie|client-query-key|example-key|forged/);
}

/** The log's line about the latest request. */
async function logged(): Promise<Record<string, string>> {
  const line = await until("the request is logged", () => {
    const lines = envoy.log.split("\n").filter((each) => each.startsWith("{") && each.includes('"attempts"'));
    return lines.length > seenLines ? lines.at(-1) : undefined;
  });
  seenLines = envoy.log.split("\n").filter((each) => each.startsWith("{") && each.includes('"attempts"')).length;
  return JSON.parse(line) as Record<string, string>;
}

let seenLines = 0;
beforeEach(() => {
  seenLines = envoy.log.split("\n").filter((each) => each.startsWith("{") && each.includes('"attempts"')).length;
});

/** How a provider fails, and what the log calls it. */
const FAILURES: [how: string, behaviour: Behaviour, status: string][] = [
  ["answers 500", { answer: { status: 500 } }, "500"],
  ["answers 503", { answer: { status: 503 } }, "503"],
  ["answers 429", { answer: { status: 429, headers: { "retry-after": "1" } } }, "429"],
  ["answers 401", { answer: { status: 401 } }, "401"],
  ["resets the connection", { resetAfterPieces: 0 }, "reset"],
  ["sends no byte in time", { delayMs: 3000 }, "reset"],
];

describe("when the first provider", () => {
  test.each(FAILURES)(
    "%s, the second answers, with its own credential, host, path and model",
    async (_how, fails, status) => {
      upstreams.mock("openai").behave(fails);
      const body = chat("gpt-4o");
      const answer = await ask(body);
      expect([answer.status, answer.headers["x-mock-provider"]]).toEqual([200, "azure"]);
      expect(answer.text).toContain("azure answers as prod-gpt-4o.");
      expect(upstreams.seen.map(({ provider }) => provider)).toEqual(["openai", "azure"]);
      for (const { provider, request } of upstreams.seen)
        if (request.state === "Complete") checkAttempt(provider, request, body);
      const line = await logged();
      expect(line["attempts"]).toMatch(new RegExp(`^openai=${status}/\\d+,azure=200/\\d+$`));
      expect(line["provider"]).toBe("azure");
    },
  );
});

describe("when the first and the second provider", () => {
  test.each(FAILURES)("%s, the third answers", async (_how, fails, status) => {
    upstreams.mock("openai").behave(fails);
    upstreams.mock("azure").behave(fails);
    const body = chat("gpt-4o");
    const answer = await ask(body);
    expect([answer.status, answer.headers["x-mock-provider"]]).toEqual([200, "local"]);
    const tried = upstreams.seen.map(({ provider }) => provider);
    expect(tried).toEqual(["openai", "azure", "local"]);
    for (const { provider, request } of upstreams.seen) checkAttempt(provider, request, body);
    expect((await logged())["attempts"]).toMatch(
      new RegExp(`^openai=${status}/\\d+,azure=${status}/\\d+,local=200/\\d+$`),
    );
  });
});

describe("when all providers fail", () => {
  test("the last one's answer is the client's", async () => {
    for (const name of NAMES) {
      upstreams.mock(name).behave({ answer: { status: 503, pieces: [JSON.stringify({ error: { message: name } })] } });
    }
    const answer = await ask();
    expect([answer.status, answer.json]).toEqual([503, { error: { message: "local" } }]);
    expect(upstreams.seen).toHaveLength(3);
    expect((await logged())["provider"]).toBe("local");
  });

  test("without an answer, it is 503 in the API's words", async () => {
    for (const name of NAMES) upstreams.mock(name).behave({ resetAfterPieces: 0 });
    const answer = await ask();
    expect(answer.status).toBe(503);
    expect(answer.json).toEqual({
      error: {
        message: "No provider could answer. Try again in a moment.",
        type: "server_error",
        param: null,
        code: "provider_unavailable",
      },
    });
    expect(upstreams.seen).toHaveLength(3);
    expect((await logged())["attempts"]).toMatch(/^openai=reset\/\d+,azure=reset\/\d+,local=reset\/\d+$/);
  });
});

test("an answer that has begun is not tried again", async () => {
  upstreams.mock("openai").behave({ resetAfterPieces: 1 });
  const body = JSON.stringify({ model: "gpt-4o", stream: true, messages: [{ role: "user", content: "hi" }] });
  const answer = await ask(body);
  expect([answer.status, answer.isWhole]).toEqual([200, false]);
  expect(upstreams.seen.map(({ provider }) => provider)).toEqual(["openai"]);
});

test("a stream that takes longer than the time for a first byte goes on", async () => {
  const gate = new Gate();
  upstreams.mock("openai").behave({ beforePiece: (index) => (index === 1 ? gate.opened : undefined) });
  const body = JSON.stringify({ model: "gpt-4o", stream: true, messages: [{ role: "user", content: "hi" }] });
  const open = new OpenRequest(envoy.address(), { path: PATH, headers: HEADERS });
  const answer = open.end(body);
  await open.begun;
  await new Promise((later) => setTimeout(later, 800));
  gate.release();
  expect([(await answer).isWhole, (await answer).text.includes("[DONE]")]).toEqual([true, true]);
  expect(upstreams.seen).toHaveLength(1);
});

test("a body of 5 MiB is tried whole at each provider", async () => {
  upstreams.mock("openai").behave({ answer: { status: 503 } });
  upstreams.mock("azure").behave({ answer: { status: 503 } });
  const body = JSON.stringify({ messages: [{ role: "user", content: "x".repeat(5 << 20) }], model: "gpt-4o" });
  expect((await ask(body)).headers["x-mock-provider"]).toBe("local");
  for (const { provider, request } of upstreams.seen) checkAttempt(provider, request, body);
});

test("another dialect than the providers speak is refused in its own words", async () => {
  const config = JSON.parse(
    JSON.stringify(exampleFor(upstreams)).replaceAll('"path":"/v1/chat/completions"', '"prefix":"/"'),
  ) as Bootstrap;
  const open = await EnvoyProcess.start(config, { env: KEYS });
  try {
    const headers = { ...HEADERS, "anthropic-version": "2023-06-01" };
    const answer = await send(open.address(), { path: "/v1/messages", headers, body: chat("claude") });
    expect([answer.status, answer.json["type"]]).toEqual([503, "error"]);
    expect(upstreams.seen).toEqual([]);
  } finally {
    await open.stop();
  }
});

test("a provider that keeps failing is passed over, and tried again later", async () => {
  const own = await EnvoyProcess.start(exampleFor(upstreams, 3), { env: KEYS });
  try {
    upstreams.mock("openai").behave({ answer: { status: 503 } });
    const once = () => send(own.address(), { path: PATH, headers: HEADERS, body: chat("gpt-4o") });
    await until("openai is passed over", async () => {
      upstreams.mock("openai").seen = [];
      expect((await once()).headers["x-mock-provider"]).toBe("azure");
      return upstreams.mock("openai").seen.length === 0 || undefined;
    });
  } finally {
    await own.stop();
  }
});

test("a connection that can't be made counts as an attempt", async () => {
  const gone = { host: "127.0.0.1", port: await freePort() };
  const addresses = Object.fromEntries(NAMES.map((name) => [name, upstreams.mock(name).address]));
  const own = await EnvoyProcess.start(localConfig("failover", { ...addresses, openai: gone }), { env: KEYS });
  try {
    const body = chat("gpt-4o");
    const answer = await send(own.address(), { path: PATH, headers: HEADERS, body });
    expect(answer.headers["x-mock-provider"]).toBe("azure");
    checkAttempt("azure", upstreams.mock("azure").only(), body);
    await own.logged(/"attempts":"openai=reset\/\d+,azure=200\/\d+"/);
    await until("the metrics say so", async () => {
      const text = await (await fetch(`${own.adminUrl}/stats/prometheus`)).text();
      const metric = /weir_egress_auth_answers\{provider="azure",status="2xx"\} 1/;
      return metric.exec(text) && /weir_egress_auth_answers\{provider="openai",status="none"\} 1/.exec(text);
    });
  } finally {
    await own.stop();
  }
});
