import { type AddressInfo, connect, createServer } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { certificates } from "../model-router/certificates.ts";
import { type Answer, send, sendTls } from "../support/client.ts";
import { EnvoyProcess } from "../support/envoy-process.ts";
import { PROVIDER_KEYS, TEAM_A } from "../support/example-gateway.ts";
import { exampleAt, localConfig } from "../support/example.ts";
import type { Address } from "../support/gateway-config.ts";
import { MockProvider } from "../support/mock-provider.ts";
import { traps } from "../support/plugin-gateway.ts";
import { until } from "../support/until.ts";

const EXAMPLE = "clusters";
const MODELS_HOST = "models.example.com";
const TEAM_B = { authorization: "Bearer example-key-of-team-b" };
const BATCH = { authorization: "Bearer example-key-of-batch" };

const made = certificates({
  edge: { subject: "/CN=edge", san: "URI:spiffe://example.com/gateway/edge" },
  models: { subject: "/CN=models", san: `DNS:${MODELS_HOST}` },
  other: { subject: "/CN=edge", san: "URI:spiffe://example.com/gateway/other,DNS:edge" },
});
const elsewhere = certificates({ edge: { subject: "/CN=edge", san: "URI:spiffe://example.com/gateway/edge" } });
const ca = made.ca.cert;

let provider: MockProvider;
const envoys: EnvoyProcess[] = [];

async function run(starting: Promise<EnvoyProcess>): Promise<EnvoyProcess> {
  const envoy = await starting;
  envoys.push(envoy);
  return envoy;
}

/** The gateway near the models, as the example has it, with the provider's API at this address. */
function startModels(
  openai: Address,
  env: Record<string, string> = PROVIDER_KEYS,
  own = made.models,
): Promise<EnvoyProcess> {
  const config = localConfig(EXAMPLE, { openai }, { file: "envoy-models.yaml", identity: { own, ca } });
  return run(EnvoyProcess.start(config, { env }));
}

/** The gateway at the edge, as the example has it: only the address of the other, and the certificates, are this machine's. */
function startEdge(models: Address, own = made.edge): Promise<EnvoyProcess> {
  const config = exampleAt(EXAMPLE, { [MODELS_HOST]: models }, { file: "envoy-edge.yaml", identity: { own, ca } });
  return run(EnvoyProcess.start(config));
}

let asked = 0;

/** A model that nobody has asked for yet, so that the log can be told by it. */
function newModel(): string {
  return `gpt-${++asked}`;
}

function chat(over: object = {}): string {
  return JSON.stringify({ model: newModel(), messages: [{ role: "user", content: "hi" }], ...over });
}

function ask(gateway: Address, headers: Record<string, string | string[]>, over: object = {}): Promise<Answer> {
  return send(gateway, { path: "/v1/chat/completions", headers, body: chat(over) });
}

/** What a gateway has logged of the requests for a model, once there are `count`. */
async function logged(envoy: EnvoyProcess, model: string, count = 1) {
  return until<Record<string, unknown>[]>(`${count} requests for ${model} are logged`, () => {
    const lines = (envoy.log.match(/^\{.*"audit":"\{.*\}$/gm) ?? [])
      .map((line) => JSON.parse(line) as { through: string | null; audit: string })
      .map(({ through, audit }) => ({ through, ...(JSON.parse(audit) as Record<string, unknown>) }))
      .filter((each: Record<string, unknown>) => each["requested_model"] === model);
    return lines.length >= count ? lines : undefined;
  });
}

async function record(envoy: EnvoyProcess, model: string): Promise<Record<string, unknown>> {
  return (await logged(envoy, model))[0]!;
}

afterEach(() => {
  for (const envoy of envoys) expect(traps(envoy.log)).toEqual([]);
});
afterAll(async () => {
  await Promise.all(envoys.map((envoy) => envoy.stop()));
  await provider?.stop();
});

describe("of two gateways in a row", () => {
  let edge: EnvoyProcess;
  let models: EnvoyProcess;

  beforeAll(async () => {
    provider = await MockProvider.start("openai", "OpenAi");
    models = await startModels(provider.address);
    edge = await startEdge(models.address("gateways"));
  });
  beforeEach(() => provider.reset());

  /** Sends a request to the edge; gives the answer and what each gateway has recorded. */
  async function observe(headers: Record<string, string | string[]>, over: object = {}) {
    const model = newModel();
    const answer = await ask(edge.address(), headers, { model, ...over });
    return { answer, atEdge: await record(edge, model), nearModels: await record(models, model) };
  }

  test.each([
    ["JSON", {}],
    ["a stream", { stream: true }],
  ])("both know who asked and what was used, of %s", async (_name, over) => {
    const { answer, atEdge, nearModels } = await observe(TEAM_A, over);
    expect(answer.status).toBe(200);
    expect(nearModels).toMatchObject({
      through: "spiffe://example.com/gateway/edge",
      consumer: "team-a",
      usage_source: "reported",
      provider: "openai",
    });
    expect(nearModels["input_tokens"]).toBeGreaterThan(0);
    expect(nearModels["output_tokens"]).toBeGreaterThan(0);
    for (const key of ["id", "consumer", "usage_source", "input_tokens", "output_tokens", "stream"]) {
      expect([key, atEdge[key]]).toEqual([key, nearModels[key]]);
    }
    // Only the gateways have asked for it.
    if ("stream" in over) expect(answer.text).not.toContain('"usage":{');
    const { headers } = provider.only();
    expect(headers.authorization).toBe("Bearer key-for-openai");
    expect(headers).not.toHaveProperty("x-weir-consumer");
    expect(headers).not.toHaveProperty("x-consumer");
    expect(headers).not.toHaveProperty("x-forwarded-for");
    expect(headers["x-gateway-via"]).toBe("edge, models");
  });

  test.each([
    ["one", "team-a"],
    ["two", ["team-a", "team-a"]],
    ["its own and another", ["team-b", "team-a"]],
  ])("a name that a client claims at the edge is not believed: %s", async (_name, claimed) => {
    const { nearModels } = await observe({ ...TEAM_B, "x-weir-consumer": claimed, "x-consumer": claimed });
    expect(nearModels["consumer"]).toBe("team-b");
  });

  test("a client without a key gets no further than the edge, whatever it claims", async () => {
    expect((await ask(edge.address(), { "x-weir-consumer": "team-a" })).status).toBe(401);
    expect(provider.seen).toEqual([]);
  });

  test("the id of a request is the edge's, not the client's", async () => {
    const { nearModels } = await observe({ ...TEAM_A, "x-request-id": "mine" });
    expect(nearModels["id"]).not.toBe("mine");
  });

  test("the one near the models limits the consumer that the edge names, in the words of the API", async () => {
    provider.behave({ usage: { prompt_tokens: 1000, completion_tokens: 29_000, total_tokens: 30_000 } });
    const refused = await until("team A is refused", async () => {
      const answer = await ask(edge.address(), TEAM_A);
      return answer.status === 429 ? answer : undefined;
    });
    expect([refused.headers["x-ratelimit-limit-tokens"], refused.json]).toMatchObject([
      "20000",
      { error: { code: "rate_limit_exceeded" } },
    ]);
    expect((await ask(edge.address(), TEAM_B)).status).toBe(200);
    const forged = await ask(edge.address(), { ...TEAM_A, "x-weir-consumer": "team-b" });
    expect(forged.status).toBe(429);
  });

  const direct = (identity: { cert: string; key: string } | undefined, headers = {}, model = newModel()) =>
    sendTls(
      models.address("gateways"),
      { identity, ca, serverName: MODELS_HOST },
      { path: "/v1/chat/completions", headers, body: chat({ model }) },
    );

  test.each([
    ["no certificate", undefined],
    ["a certificate of another gateway", made.other],
    ["a certificate with the edge's name that nobody vouches for", elsewhere.edge],
  ])("who comes to the models with %s is not let in", async (_name, identity) => {
    await expect(direct(identity, { "x-weir-consumer": "team-a" })).rejects.toThrow(/ECONNRESET|alert|socket hang up/i);
    expect(provider.seen).toEqual([]);
  });

  test("the edge's certificate is all that it takes to be believed", async () => {
    const model = newModel();
    expect((await direct(made.edge, { "x-weir-consumer": "team-c" }, model)).status).toBe(200);
    expect(await record(models, model)).toMatchObject({ consumer: "team-c" });
  });

  test("where the edge names nobody, nobody is let by", async () => {
    const answer = await direct(made.edge);
    expect([answer.status, answer.json]).toMatchObject([401, { error: { code: "missing_credentials" } }]);
  });

  test("the models' own clients are who their key says", async () => {
    const model = newModel();
    const claims = { "x-weir-consumer": ["team-a", "team-b"] };
    expect((await ask(models.address("clients"), { ...BATCH, ...claims }, { model })).status).toBe(200);
    expect(await record(models, model)).toMatchObject({ consumer: "batch", through: null });
    expect((await ask(models.address("clients"), claims)).status).toBe(401);
  });
});

test.each([
  ["another name", made.other],
  ["a name that nobody vouches for", certificates({ self: { subject: "/CN=m", san: `DNS:${MODELS_HOST}` } }).self],
])("the edge tells nothing to one that shows %s", async (_name, own) => {
  provider.reset();
  const impostor = await startModels(provider.address, PROVIDER_KEYS, own);
  const edge = await startEdge(impostor.address("gateways"));
  expect((await ask(edge.address(), TEAM_A)).status).toBe(503);
  expect(provider.seen).toEqual([]);
});

test.each([
  ["JSON", {}],
  ["a stream", { stream: true }],
])("a request that comes around to the edge a second time is refused there: %s", async (_name, over) => {
  // What the gateway near the models takes for its provider is the edge, which knows its key.
  const back: Address[] = [];
  const wire = createServer((socket) => {
    const onwards = connect(back[0]!);
    socket.pipe(onwards).pipe(socket);
    socket.on("error", () => onwards.destroy());
    onwards.on("error", () => socket.destroy());
  });
  await new Promise<void>((listening) => wire.listen(0, "127.0.0.1", listening));
  const { port } = wire.address() as AddressInfo;
  const models = await startModels({ host: "127.0.0.1", port }, { OPENAI_API_KEY: "example-key-of-team-b" });
  const edge = await startEdge(models.address("gateways"));
  back.push(edge.address());
  const model = newModel();
  const answer = await ask(edge.address(), TEAM_A, { model, ...over });
  expect([answer.status, answer.json]).toMatchObject([508, { error: { code: "loop_detected" } }]);
  const seen = await logged(edge, model, 2);
  expect(seen.map((each) => [each["consumer"], each["details"]])).toEqual([
    ["team-b", "weir.egress-auth.loop"],
    ["team-a", "via_upstream"],
  ]);
  wire.close();
});
