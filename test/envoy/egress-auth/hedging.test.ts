import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { send } from "../support/client.ts";
import { EnvoyProcess } from "../support/envoy-process.ts";
import { cluster } from "../support/gateway-config.ts";
import { traps } from "../support/plugin-gateway.ts";
import { RETRIES, Upstreams, chat, egressCluster, egressConfig, egressFilter } from "./egress-gateway.ts";
import { type TokenAnswer, TokenServer } from "./token-server.ts";

const OWN_KEY = "key-of-second";
const PER_TRY_MS = 300;
const TOKEN_MS = 900;
const ANSWER_MS = 2500;
const TOKEN: TokenAnswer = { body: { access_token: "token", expires_in: 3600 } };

const FIRST = {
  name: "first",
  host: "first.example",
  path: "/v1/chat/completions?of=first",
  credential: fetched("first"),
};
const SECOND = {
  name: "second",
  host: "second.example",
  headers: { "x-own": "of-second" },
  credential: { type: "Header", header: "x-own-key", from: { value: OWN_KEY } },
};

function fetched(clientId: string): object {
  return {
    type: "OAuth2ClientCredentials",
    tokenCluster: "idp",
    tokenPath: "/token",
    clientId: { value: clientId },
    clientSecret: { value: "s" },
  };
}

let upstreams: Upstreams<"first" | "second">;
let tokens: TokenServer;
let tokenAnswer: TokenAnswer;
let envoy: EnvoyProcess;

beforeAll(async () => {
  upstreams = await Upstreams.start({ first: "OpenAi", second: "OpenAi" });
  tokens = await TokenServer.start(async () => {
    await new Promise((later) => setTimeout(later, TOKEN_MS));
    return tokenAnswer;
  });
});
beforeEach(() => {
  upstreams.reset();
  tokenAnswer = TOKEN;
});
afterEach(async () => {
  expect(traps(envoy.log)).toEqual([]);
  await envoy.stop();
});
afterAll(async () => {
  await upstreams.stop();
  await tokens.stop();
});

async function ask(second: object = SECOND): Promise<[status: number, code: unknown]> {
  const endpoints = [upstreams.endpoint("first"), upstreams.endpoint("second", 1)];
  const configuration = {
    select: { hostMetadata: ["weir", "provider"] },
    providers: [FIRST, second],
    modelMapping: { first: { "gpt-4o": "of-the-first" } },
  };
  const llm = egressCluster("llm", endpoints, [egressFilter(configuration)]);
  const retries = { ...RETRIES, num_retries: 1, per_try_timeout: `${PER_TRY_MS / 1000}s` };
  const route = { hedge_policy: { hedge_on_per_try_timeout: true } };
  envoy = await EnvoyProcess.start(
    egressConfig({ cluster: "llm", clusters: [llm, cluster("idp", tokens.address)], retries, route }),
  );
  const answer = await send(envoy.address(), { path: "/v1/chat/completions", body: chat("gpt-4o") });
  return [answer.status, (answer.json as { error?: { code: unknown } }).error?.code];
}

/** The first attempt sent nothing, least of all with the second's credential. */
function checkSent(): void {
  expect(upstreams.mock("first").seen).toEqual([]);
  const { path, headers, rawHeaders } = upstreams.mock("second").only();
  expect([path, headers.host, headers["x-own-key"]]).toEqual(["/v1/chat/completions", "second.example", OWN_KEY]);
  expect(rawHeaders.join()).not.toMatch(/of-first|token|authorization/);
}

describe("while an attempt waits for its token, another begins:", () => {
  test.each<[name: string, answer: TokenAnswer]>([
    ["the token comes", TOKEN],
    ["no token comes", { status: 500, body: {} }],
  ])("%s, and the client gets what the other is answered", async (_name, answer) => {
    tokenAnswer = answer;
    upstreams.mock("second").behave({ delayMs: ANSWER_MS });
    expect(await ask()).toEqual([200, undefined]);
    checkSent();
  });

  test("the client is refused once the other has failed, too", async () => {
    upstreams.mock("second").behave({ delayMs: ANSWER_MS, answer: { status: 503 } });
    expect(await ask()).toEqual([503, "provider_unavailable"]);
    checkSent();
  });

  test("the client is refused once neither gets a token", async () => {
    tokenAnswer = { status: 500, body: {} };
    expect(await ask({ ...SECOND, credential: fetched("second") })).toEqual([503, "provider_unavailable"]);
    expect(upstreams.seen).toEqual([]);
  });
});
