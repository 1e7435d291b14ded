import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { send } from "../support/client.ts";
import { EnvoyProcess } from "../support/envoy-process.ts";
import type { Json } from "../support/gateway-config.ts";
import { traps } from "../support/plugin-gateway.ts";
import { Upstreams, chat, egressCluster, egressConfig, egressFilter } from "./egress-gateway.ts";

const CONFIGURATION = {
  select: { hostMetadata: ["weir", "provider"] },
  providers: [
    { name: "one", credential: { type: "Bearer", from: { value: "key-of-one" } } },
    { name: "two", credential: { type: "Header", header: "x-api-key", from: { value: "key-of-two" } } },
  ],
};
const CLIENT = { authorization: "Bearer client-key", "x-api-key": "client-key" };

let upstreams: Upstreams<"one" | "two" | "mirror">;
const envoys: EnvoyProcess[] = [];

beforeAll(async () => {
  upstreams = await Upstreams.start({ one: "OpenAi", two: "OpenAi", mirror: "OpenAi" });
});
afterAll(() => upstreams?.stop());
beforeEach(() => upstreams.reset());
afterEach(async () => {
  for (const envoy of envoys.splice(0)) {
    expect(traps(envoy.log)).toEqual([]);
    await envoy.stop();
  }
});

/** The members' own filters, and the aggregate's. */
function aggregate(members: Json[], own: Json[]): Json[] {
  const one = egressCluster("one", [upstreams.endpoint("one")], members);
  const two = egressCluster("two", [upstreams.endpoint("two")], members);
  const { load_assignment, type, ...shell } = egressCluster("llm", [], own) as { [key: string]: Json };
  const cluster_type = {
    name: "envoy.clusters.aggregate",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.clusters.aggregate.v3.ClusterConfig",
      clusters: ["one", "two"],
    },
  };
  expect([load_assignment !== undefined, type]).toEqual([true, "STATIC"]);
  return [{ ...shell, lb_policy: "CLUSTER_PROVIDED", cluster_type }, one, two];
}

async function ask(clusters: Json[], route: { [key: string]: Json } = {}, downstream?: object): Promise<number> {
  const own = downstream ? { downstream } : {};
  const envoy = await EnvoyProcess.start(egressConfig({ cluster: "llm", clusters, route, ...own }));
  envoys.push(envoy);
  const { status } = await send(envoy.address(), {
    path: "/v1/chat/completions",
    headers: CLIENT,
    body: chat("gpt-4o"),
  });
  return status;
}

/** What the providers got by way of credentials, in order. */
function credentials(): [provider: string, authorization: string | undefined, key: unknown][] {
  return upstreams.seen.map(({ provider, request: { headers } }) => [
    provider,
    headers.authorization,
    headers["x-api-key"],
  ]);
}

describe("an aggregate cluster", () => {
  test("with the plugin of its own gives each member's endpoint its credential", async () => {
    upstreams.mock("one").behave({ answer: { status: 503 } });
    expect(await ask(aggregate([], [egressFilter(CONFIGURATION)]))).toBe(200);
    expect(credentials()).toEqual([
      ["one", "Bearer key-of-one", undefined],
      ["two", undefined, "key-of-two"],
    ]);
  });

  test("whose members alone have the plugin sends no credential, and not the client's", async () => {
    await ask(aggregate([egressFilter(CONFIGURATION)], []));
    for (const [, ...found] of credentials()) expect(found).toEqual([undefined, undefined]);
    expect(upstreams.seen.length).toBeGreaterThan(0);
  });
});

test("a mirror gets no credential, on no attempt", async () => {
  upstreams.mock("one").behave({ answer: { status: 503 } });
  const endpoints = [upstreams.endpoint("one"), upstreams.endpoint("two", 1)];
  const llm = egressCluster("llm", endpoints, [egressFilter(CONFIGURATION)]);
  const mirror = egressCluster("mirror", [upstreams.endpoint("mirror")], []);
  expect(await ask([llm, mirror], { request_mirror_policies: [{ cluster: "mirror" }] })).toBe(200);
  const request = upstreams.mock("mirror").seen[0] ?? (await upstreams.mock("mirror").next());
  expect(JSON.stringify(request.rawHeaders)).not.toMatch(/client-key|key-of-/);
  expect(credentials().filter(([provider]) => provider !== "mirror")).toEqual([
    ["one", "Bearer key-of-one", undefined],
    ["two", undefined, "key-of-two"],
  ]);
});

test("a request for a provider that the plugin doesn't have is refused, and reaches nobody", async () => {
  const { address } = upstreams.endpoint("one");
  const llm = egressCluster("llm", [{ provider: "three", address }], [egressFilter(CONFIGURATION)]);
  expect(await ask([llm])).toBe(403);
  expect(upstreams.seen).toEqual([]);
});

test.each(["x-forwarded-*", "*"])("a request that loses %s finds its route all the same", async (pattern) => {
  const llm = egressCluster("llm", [upstreams.endpoint("one")], [egressFilter(CONFIGURATION)]);
  expect(await ask([llm], {}, { unknownProvider: "Strip", stripHeaders: [pattern] })).toBe(200);
  expect(credentials()).toEqual([["one", "Bearer key-of-one", undefined]]);
});
