import { afterAll, beforeAll, expect, test } from "vitest";
import { send } from "../support/client.ts";
import { EnvoyProcess } from "../support/envoy-process.ts";
import { cluster } from "../support/gateway-config.ts";
import { traps } from "../support/plugin-gateway.ts";
import { RETRIES, Upstreams, chat, egressCluster, egressConfig, egressFilter } from "./egress-gateway.ts";
import { TokenServer } from "./token-server.ts";

const OWN_KEY = "key-of-second";
const PER_TRY_MS = 300;
const TOKEN_MS = 900;
const ANSWER_MS = 2500;

const CONFIGURATION = {
  select: { hostMetadata: ["weir", "provider"] },
  providers: [
    {
      name: "first",
      host: "first.example",
      path: "/v1/chat/completions?of=first",
      credential: {
        type: "OAuth2ClientCredentials",
        tokenCluster: "idp",
        tokenPath: "/token",
        clientId: { value: "c" },
        clientSecret: { value: "s" },
      },
    },
    {
      name: "second",
      host: "second.example",
      headers: { "x-own": "of-second" },
      credential: { type: "Header", header: "x-own-key", from: { value: OWN_KEY } },
    },
  ],
  modelMapping: { first: { "gpt-4o": "of-the-first" } },
};

let upstreams: Upstreams<"first" | "second">;
let tokens: TokenServer;
let envoy: EnvoyProcess;

beforeAll(async () => {
  upstreams = await Upstreams.start({ first: "OpenAi", second: "OpenAi" });
  tokens = await TokenServer.start(async () => {
    await new Promise((later) => setTimeout(later, TOKEN_MS));
    return { body: { access_token: "token", expires_in: 3600 } };
  });
  const endpoints = [upstreams.endpoint("first"), upstreams.endpoint("second", 1)];
  const llm = egressCluster("llm", endpoints, [egressFilter(CONFIGURATION)]);
  const retries = { ...RETRIES, num_retries: 1, per_try_timeout: `${PER_TRY_MS / 1000}s` };
  const route = { hedge_policy: { hedge_on_per_try_timeout: true } };
  envoy = await EnvoyProcess.start(
    egressConfig({ cluster: "llm", clusters: [llm, cluster("idp", tokens.address)], retries, route }),
  );
});
afterAll(async () => {
  expect(traps(envoy.log)).toEqual([]);
  await envoy.stop();
  await upstreams.stop();
  await tokens.stop();
});

test("an attempt that waited for its token while another began sends nothing, least of all the other's credential", async () => {
  upstreams.mock("second").behave({ delayMs: ANSWER_MS });
  const answer = await send(envoy.address(), { path: "/v1/chat/completions", body: chat("gpt-4o") });
  expect([answer.status, answer.json]).toMatchObject([503, { error: { code: "provider_unavailable" } }]);
  expect(upstreams.mock("first").seen).toEqual([]);
  const { path, headers, rawHeaders } = upstreams.mock("second").only();
  expect([path, headers.host, headers["x-own-key"]]).toEqual(["/v1/chat/completions", "second.example", OWN_KEY]);
  expect(rawHeaders.join()).not.toMatch(/of-first|token|authorization/);
});
