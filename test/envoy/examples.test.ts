import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { EnvoyProcess } from "./support/envoy-process.ts";
import { PROVIDER_KEYS, TEAM_A, TEAM_B } from "./support/example-gateway.ts";
import {
  documentedFilters,
  exampleConfig,
  exampleConfigurations,
  exampleLimits,
  exampleNames,
  localConfig,
  readmeRequests,
  upstreamNames,
} from "./support/example.ts";
import { type Address, gatewayConfig } from "./support/gateway-config.ts";
import { MockProvider } from "./support/mock-provider.ts";
import { INSTALL_TIMEOUT_MS, RateLimitStack } from "./support/rate-limit-stack.ts";
import { until } from "./support/until.ts";

const MESSAGES = [{ role: "user", content: "hi" }];
/** What the requests in an example's README are answered with, where that isn't 200. */
const README_STATUSES: Record<string, number[]> = {
  guards: [403],
  "model-router": [200, 403],
  "per-route": [403, 200],
};
const hasCurl = spawnSync("curl", ["--version"]).status === 0;
const MEBIBYTE = 2 ** 20;
/** The cluster of Envoy's rate limit service. */
const SERVICE = "ratelimit";

test("the filter in the project's README routes by the model's provider", async () => {
  const provider = await MockProvider.start("anthropic", "OpenAi");
  const clusters = { anthropic: provider.address };
  const envoy = await EnvoyProcess.start(gatewayConfig({ filters: documentedFilters("README.md"), clusters }));
  try {
    const answer = await fetch(envoy.url("/v1/chat/completions"), {
      method: "POST",
      body: '{"model":"claude-x","messages":[]}',
    });
    expect(answer.status).not.toBe(404);
    expect(provider.only().headers["x-gateway-model-name"]).toBe("claude-x");
  } finally {
    await envoy.stop();
    await provider.stop();
  }
});

test("the filter in docs/operations.md puts a key of the environment on", async () => {
  const provider = await MockProvider.start("openai", "OpenAi");
  const filters = documentedFilters("docs/operations.md");
  const config = gatewayConfig({ filters, clusters: { openai: provider.address } });
  const envoy = await EnvoyProcess.start(config, { env: PROVIDER_KEYS });
  try {
    await fetch(envoy.url("/v1/chat/completions"), {
      method: "POST",
      headers: { "x-gateway-provider-name": "openai", authorization: "Bearer of-the-client" },
      body: '{"model":"gpt-4o","messages":[]}',
    });
    expect(provider.only().headers["authorization"]).toBe(`Bearer ${PROVIDER_KEYS.OPENAI_API_KEY}`);
  } finally {
    await envoy.stop();
    await provider.stop();
  }
});

test.each(exampleConfigurations())("envoy --mode validate takes %s/%s as it stands", async (name, file) => {
  const { ok, output } = await EnvoyProcess.validate(exampleConfig(name, { file }), { env: PROVIDER_KEYS });
  expect(output).toContain("OK");
  expect(ok).toBe(true);
});

describe.each(exampleNames())("envoy-examples/%s", (name) => {
  let mocks: Map<string, MockProvider>;
  let envoy: EnvoyProcess;
  let service: RateLimitStack | undefined;
  let addresses: Record<string, Address>;

  beforeAll(async () => {
    const limits = exampleLimits(name);
    if (limits !== undefined) service = await RateLimitStack.start(limits);
    const names = upstreamNames(exampleConfig(name)).filter((cluster) => cluster !== SERVICE);
    const started = await Promise.all(
      names.map((cluster) => MockProvider.start(cluster, cluster === "anthropic" ? "Anthropic" : "OpenAi")),
    );
    mocks = new Map(started.map((mock) => [mock.name, mock]));
    addresses = Object.fromEntries(started.map((mock) => [mock.name, mock.address]));
    if (service) addresses[SERVICE] = service.address;
    envoy = await EnvoyProcess.start(localConfig(name, addresses), { env: PROVIDER_KEYS });
  }, INSTALL_TIMEOUT_MS);

  afterAll(async () => {
    await envoy?.stop();
    await Promise.all([...(mocks?.values() ?? [])].map((mock) => mock.stop()));
    await service?.stop();
  });

  beforeEach(() => mocks.forEach((mock) => mock.reset()));

  const post = (path: string, body: unknown, headers: Record<string, string> = TEAM_A): Promise<Response> =>
    fetch(envoy.url(path), {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });

  test("a chat request reaches its provider with the provider's key, not the client's", async () => {
    const body = { model: "gpt-4o", messages: MESSAGES };
    const answer = await post("/v1/chat/completions", body);
    expect(answer.status).toBe(200);
    const { headers, json } = mocks.get("openai")!.only();
    expect(json).toEqual(body);
    expect(headers.authorization).toBe("Bearer key-for-openai");
    expect(JSON.stringify(headers)).not.toContain("example-key");
  });

  test.runIf(hasCurl && readmeRequests(name).length > 0)("the requests in its README are answered", async () => {
    const run = (block: string): Promise<{ stdout: string }> => {
      const command = block
        .replaceAll("localhost:10000", new URL(envoy.url("/")).host)
        .replaceAll("localhost:9901", new URL(envoy.adminUrl).host)
        .replaceAll("curl ", "curl -si ");
      return promisify(execFile)("bash", ["-c", `set -eo pipefail\n${command}`]);
    };
    const statuses = await until("they are", async () => {
      const output = await Promise.all(readmeRequests(name).map(run)).catch(() => undefined);
      return output?.flatMap(({ stdout }) =>
        [...stdout.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status)),
      );
    });
    expect(statuses).toEqual(README_STATUSES[name] ?? statuses.map(() => 200));
  });

  test("a client without a key is turned away", async () => {
    expect((await post("/v1/chat/completions", { model: "gpt-4o", messages: MESSAGES }, {})).status).toBe(401);
    expect([...mocks.values()].flatMap(({ seen }) => seen)).toEqual([]);
  });

  describe.runIf(name === "model-router")("routes", () => {
    test("Anthropic's dialect to Anthropic, for the team that may use it", async () => {
      const body = { model: "claude-sonnet-4", max_tokens: 9, messages: MESSAGES };
      expect((await post("/v1/messages", body)).status).toBe(200);
      const { headers } = mocks.get("anthropic")!.only();
      expect([headers["x-api-key"], headers.authorization]).toEqual(["key-for-anthropic", undefined]);
      const forged = { ...TEAM_B, "x-consumer": "team-a", "x-gateway-provider-name": "anthropic" };
      expect((await post("/v1/messages", body, forged)).status).toBe(403);
      await envoy.logged(/"details":"weir\.model-router\.forbidden_model"/);
    });

    test("a body of 5 MiB whose model comes last, and refuses what is too large to hold in its dialect", async () => {
      const large = (size: number) => ({ messages: [{ role: "user", content: "x".repeat(size) }], model: "gpt-4o" });
      expect((await post("/v1/chat/completions", large(5 * MEBIBYTE))).status).toBe(200);
      const refused = await post("/v1/chat/completions", large(8 * MEBIBYTE + 100));
      expect([refused.status, await refused.json()]).toMatchObject([413, { error: { code: "request_too_large" } }]);
    });

    test("what names no model by its path", async () => {
      expect((await fetch(envoy.url("/v1/models"), { headers: TEAM_A })).status).toBe(200);
      expect(mocks.get("openai")!.only().headers["x-gateway-model-name"]).toBeUndefined();
      const requests = [{ custom_id: "1", params: { model: "claude-haiku-4", max_tokens: 9, messages: MESSAGES } }];
      await post("/v1/messages/batches", { requests });
      expect(mocks.get("anthropic")!.only().path).toBe("/v1/messages/batches");
      expect((await post("/v1/messages/batches", { requests }, TEAM_B)).status).toBe(403);
    });

    test("and says in the log and in Prometheus' words what it did", async () => {
      await post("/v1/chat/completions", { model: "fast", messages: MESSAGES });
      const line = await envoy.logged(/^\{.*"requested_model":"fast".*\}$/m);
      expect(JSON.parse(line[0])).toMatchObject({ consumer: "team-a", model: "gpt-4o-mini", provider: "openai" });
      await post("/v1/chat/completions", { model: "nope", messages: MESSAGES });
      const metrics = await (await fetch(`${envoy.adminUrl}/stats/prometheus`)).text();
      expect(metrics).toMatch(/weir_model_router_refused\{reason="unknown_model"\} [1-9]/);
    });
  });

  describe.runIf(name === "token-limits")("limits", () => {
    test("one team that has used up its minute, in either dialect, and not the other", async () => {
      const usage = { prompt_tokens: 20, completion_tokens: 14_980, total_tokens: 15_000 };
      const answer = { object: "chat.completion", model: "gpt-4o", choices: [], usage };
      mocks.get("openai")!.behave({ answer: { pieces: [JSON.stringify(answer)] } });
      const chat = { model: "gpt-4o", messages: MESSAGES };
      const refused = await until("team A is refused", async () => {
        const back = await post("/v1/chat/completions", chat);
        return back.status === 429 ? back : undefined;
      });
      expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(refused.headers.get("x-ratelimit-limit-tokens")).toBe("20000");
      expect(await refused.json()).toMatchObject({ error: { code: "rate_limit_exceeded" } });
      const claude = { model: "claude-sonnet-4", max_tokens: 9, messages: MESSAGES };
      const other = await post("/v1/messages", claude, { ...TEAM_A, "x-consumer": "team-b" });
      expect([other.status, await other.json()]).toMatchObject([429, { type: "error" }]);

      expect((await post("/v1/chat/completions", chat, { ...TEAM_B, "x-consumer": "team-a" })).status).toBe(200);
      expect((await post("/v1/messages", claude, TEAM_B)).status).toBe(200);
      await envoy.logged(/"details":"weir\.token-limiter\.limited"/);
      const line = await envoy.logged(/^\{.*"consumer":"team-b".*"output_tokens":"14980".*\}$/m);
      expect(JSON.parse(line[0])).toMatchObject({ model: "gpt-4o", usage_source: "reported", day: "59940" });
    });

    test("a request larger than any may be, however long it waits", async () => {
      const words = "weir ".repeat(200_000);
      const body = { model: "gpt-4o", messages: [{ role: "user", content: words }] };
      const refused = await post("/v1/chat/completions", body, TEAM_B);
      expect([refused.status, await refused.json()]).toMatchObject([
        400,
        { error: { code: "context_length_exceeded" } },
      ]);
      const more = { model: "gpt-4o", messages: [{ role: "user", content: words.repeat(9) }] };
      const tooMuch = await post("/v1/chat/completions", more, TEAM_B);
      expect([tooMuch.status, await tooMuch.json()]).toMatchObject([413, { error: { code: "request_too_large" } }]);
    });

    test("and says in Prometheus' words how each judged", async () => {
      await post("/v1/chat/completions", { model: "gpt-4o", messages: MESSAGES }, TEAM_B);
      const metric = /weir_token_limiter_requests\{limit="parallel",outcome="passed"\} [1-9]/;
      await until("the metric is there", async () => {
        return metric.exec(await (await fetch(`${envoy.adminUrl}/stats/prometheus`)).text());
      });
    });
  });

  describe.runIf(name === "guards")("guards", () => {
    const chat = (content: string) => ({ model: "gpt-4o", messages: [{ role: "user", content }] });
    const openai = () => mocks.get("openai")!;

    test("refuse a secret and a name in disguise before the provider sees any of it", async () => {
      for (const content of [`AKIA${"IOSFODNN7EXAMPLE"} doesn't work`, "What is p r o j e c t - x about?"]) {
        const refused = await post("/v1/chat/completions", chat(content));
        expect([refused.status, await refused.json()]).toMatchObject([403, { error: {} }]);
      }
      expect(openai().seen).toEqual([]);
      await envoy.logged(/"guard":"names:Reject/);
    });

    test("mask a card number in a prompt and an address in an answer", async () => {
      const answer = {
        object: "chat.completion",
        choices: [{ index: 0, message: { content: "ask jane@example.com" } }],
      };
      openai().behave({ answer: { pieces: [JSON.stringify(answer)] } });
      const back = await post("/v1/chat/completions", chat("Is 4111 1111 1111 1111 valid?"));
      expect(await back.json()).toMatchObject({ choices: [{ message: { content: "ask [pii]" } }] });
      expect(openai().only().json).toMatchObject({ messages: [{ content: "Is [pii] valid?" }] });
      const line = await envoy.logged(/"guard":"pii:Mask.*pii:Mask"/);
      expect(line[0]).not.toContain("4111");
    });

    test("end an answer that says that it is internal", async () => {
      const answer = { object: "chat.completion", choices: [{ index: 0, message: { content: "INTERNAL-ONLY: no" } }] };
      openai().behave({ answer: { pieces: [JSON.stringify(answer)] } });
      expect((await post("/v1/chat/completions", chat("hi"))).status).toBe(403);
    });

    test("and say in Prometheus' words which rule found what", async () => {
      await post("/v1/chat/completions", chat("Is 4111 1111 1111 1111 valid?"));
      const metric = /weir_prompt_guard_rules\{(?=.*rule="pii")(?=.*scope="User")(?=.*action="Mask").*\} [1-9]/;
      await until("the metric is there", async () => {
        return metric.exec(await (await fetch(`${envoy.adminUrl}/stats/prometheus`)).text());
      });
    });
  });

  describe.runIf(name === "global-token-limits")("limits", () => {
    let other: EnvoyProcess;

    beforeAll(async () => {
      other = await EnvoyProcess.start(localConfig(name, addresses), { env: PROVIDER_KEYS });
    });

    afterAll(() => other?.stop());

    test("a team's tokens over both gateways, however they ask", async () => {
      const usage = { prompt_tokens: 20, completion_tokens: 580, total_tokens: 600 };
      const answer = { object: "chat.completion", choices: [], usage };
      mocks.get("openai")!.behave({ answer: { pieces: [JSON.stringify(answer)] } });
      const ask = async (gateway: EnvoyProcess, listener: string, headers = TEAM_A as Record<string, string>) => {
        const body = JSON.stringify({ model: "gpt-4o", messages: MESSAGES });
        const url = gateway.url("/v1/chat/completions", listener);
        const { status } = await fetch(url, {
          method: "POST",
          headers: { "content-type": "application/json", ...headers },
          body,
        });
        return status;
      };
      // Each round uses 600 of 1000 at both, so in any minute the third request at the latest is refused.
      for (const [gateway, listener] of [
        [other, "gateway"],
        [envoy, "native"],
        [other, "native"],
        [envoy, "gateway"],
      ] as const) {
        await until(`the ${listener} listener refuses team A`, async () => {
          return (await ask(gateway, listener)) === 429 || undefined;
        });
      }
      for (const listener of ["gateway", "native"]) expect(await ask(envoy, listener, TEAM_B)).toBe(200);
    });
  });
});
