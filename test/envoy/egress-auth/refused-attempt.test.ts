import { afterAll, beforeAll, expect, test } from "vitest";
import { send } from "../support/client.ts";
import { EnvoyProcess } from "../support/envoy-process.ts";
import { traps } from "../support/plugin-gateway.ts";
import { RETRIES, Upstreams, chat, egressCluster, egressConfig, egressFilter } from "./egress-gateway.ts";

const OWN = { type: "Bearer", from: { value: "key" } };

let upstreams: Upstreams<"first" | "second">;

beforeAll(async () => {
  upstreams = await Upstreams.start({ first: "OpenAi", second: "OpenAi" });
});
afterAll(() => upstreams.stop());

test.each<[what: string, first: object]>([
  ["speaks another dialect", { dialects: ["AnthropicMessages"], credential: OWN }],
  ["lacks its credential", { credential: { type: "Bearer", from: { env: "MISSING", optional: true } } }],
])("a provider that %s ends the request: Envoy tries no other after a filter's own answer", async (_what, first) => {
  const providers = [
    { name: "first", ...first },
    { name: "second", credential: OWN },
  ];
  const filter = egressFilter({ select: { hostMetadata: ["weir", "provider"] }, providers });
  const llm = egressCluster("llm", [upstreams.endpoint("first"), upstreams.endpoint("second", 1)], [filter]);
  const retries = {
    ...RETRIES,
    retry_on: `${RETRIES["retry_on"] as string},gateway-error`,
    retriable_status_codes: [503],
  };
  const envoy = await EnvoyProcess.start(egressConfig({ cluster: "llm", clusters: [llm], retries }));
  const answer = await send(envoy.address(), { path: "/v1/chat/completions", body: chat("gpt-4o") });
  expect([answer.status, answer.json]).toMatchObject([503, { error: { code: "provider_unavailable" } }]);
  expect(upstreams.seen).toEqual([]);
  expect(traps(envoy.log)).toEqual([]);
  await envoy.stop();
});
