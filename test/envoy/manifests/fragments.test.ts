import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { PLATFORMS, appliedOnBase, manifestFiles, type ManifestFile, type Platform } from "../../manifests/files.ts";
import { envoyGatewayXds } from "../../manifests/envoy-gateway-xds.ts";
import { istioXds } from "../../manifests/istio-xds.ts";
import { HOSTS, PROBES, type Ground } from "../../manifests/probes.ts";
import { localBootstrap } from "../../manifests/xds.ts";
import { send } from "../support/client.ts";
import { EnvoyProcess } from "../support/envoy-process.ts";
import { PROVIDER_KEYS, TEAM_A } from "../support/example-gateway.ts";
import type { Bootstrap, Json } from "../support/gateway-config.ts";
import { MockProviders } from "../support/mock-providers.ts";
import { until } from "../support/until.ts";
import { traps } from "../support/plugin-gateway.ts";

/** What stands in for authentication, which is not among the fragments; of Istio's, filter metadata does. */
const CALLER: Record<Platform, Record<string, string>> = {
  istio: TEAM_A,
  "envoy-gateway": { ...TEAM_A, "x-consumer": "team-a" },
};
/** Without answers: nothing listens there. */
const NOWHERE = { host: "127.0.0.1", port: 1 };

function bootstrapOf(files: ManifestFile[], platform: Platform, providers: Providers): Bootstrap {
  const addresses = Object.fromEntries(
    Object.entries(HOSTS).map(([name, host]) => [host, providers.addresses[name as keyof typeof HOSTS]]),
  );
  const bootstraps = files.map((file) => {
    const manifests = appliedOnBase(file);
    const xds = platform === "istio" ? istioXds(file.use, manifests) : envoyGatewayXds(manifests);
    const all = { ...addresses, "ratelimit.ai.svc.cluster.local": NOWHERE };
    const { listeners, clusters } = localBootstrap(xds, all).static_resources;
    return { listeners: listeners.map((listener) => ({ ...(listener as object), name: file.use }) as Json), clusters };
  });
  const clusters = new Map(
    bootstraps.flatMap((one) => one.clusters).map((cluster) => [(cluster as { name: string }).name, cluster]),
  );
  return {
    static_resources: { listeners: bootstraps.flatMap((one) => one.listeners), clusters: [...clusters.values()] },
  };
}

type Providers = MockProviders<keyof typeof HOSTS>;

describe.each(PLATFORMS)("what the manifests for %s give Envoy", (platform) => {
  const files = manifestFiles().filter((file) => file.platform === platform);
  let providers: Providers;
  let envoy: EnvoyProcess;

  beforeAll(async () => {
    providers = await MockProviders.start({ openai: "OpenAi", anthropic: "OpenAi", azure: "OpenAi" });
    envoy = await EnvoyProcess.start(bootstrapOf(files, platform, providers), { env: PROVIDER_KEYS });
  });
  afterAll(async () => {
    await envoy?.stop();
    await providers?.stop();
  });
  beforeEach(() => providers.reset());

  const probes = files.flatMap(({ use }) => (PROBES[use] ?? []).map(([name, probe]) => ({ use, name, probe })));
  test.each(probes)("$use: $name", async ({ use, probe }) => {
    const ground: Ground = {
      openai: providers.mock("openai"),
      anthropic: providers.mock("anthropic"),
      azure: providers.mock("azure"),
      ask: (path, body) => send(envoy.address(use), { path, headers: CALLER[platform], body: JSON.stringify(body) }),
      stats: (part) => envoy.stats(part),
    };
    await probe(ground);
    expect(traps(envoy.log)).toEqual([]);
  });

  test.runIf(platform === "istio")("the log says what a guard has found", async () => {
    const body = JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "project-x" }] });
    await send(envoy.address("guards"), { path: "/v1/chat/completions", headers: CALLER[platform], body });
    await until("the request is logged", async () => /"guard":"names:Reject/.test(envoy.log) || undefined);
  });

  test("each has a probe", () => {
    expect(files.map(({ use }) => use).filter((use) => !PROBES[use])).toEqual([]);
  });
});
