import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { PLATFORMS, appliedOnBase, manifestFiles, type ManifestFile, type Platform } from "../../manifests/files.ts";
import { envoyGatewayXds } from "../../manifests/envoy-gateway-xds.ts";
import { istioXds } from "../../manifests/istio-xds.ts";
import { HOSTS, KEYS, PROBES, type Ground } from "../../manifests/probes.ts";
import { localBootstrap } from "../../manifests/xds.ts";
import { send } from "../support/client.ts";
import { EnvoyProcess } from "../support/envoy-process.ts";
import type { Bootstrap, Json } from "../support/gateway-config.ts";
import { MockProvider } from "../support/mock-provider.ts";
import { traps } from "../support/plugin-gateway.ts";

/** What stands in for authentication, which is not among the fragments; of Istio's, filter metadata does. */
const TEAM_A: Record<Platform, Record<string, string>> = {
  istio: { authorization: "Bearer example-key-of-team-a" },
  "envoy-gateway": { authorization: "Bearer example-key-of-team-a", "x-consumer": "team-a" },
};
/** Without answers: nothing listens there. */
const NOWHERE = { host: "127.0.0.1", port: 1 };

function bootstrapOf(files: ManifestFile[], platform: Platform, ground: Providers): Bootstrap {
  const addresses = Object.fromEntries(
    Object.entries(HOSTS).map(([name, host]) => [host, ground[name as keyof typeof HOSTS].address]),
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

type Providers = Record<keyof typeof HOSTS, MockProvider>;

describe.each(PLATFORMS)("what the manifests for %s give Envoy", (platform) => {
  const files = manifestFiles().filter((file) => file.platform === platform);
  let providers: Providers;
  let envoy: EnvoyProcess;

  beforeAll(async () => {
    providers = {
      openai: await MockProvider.start("openai", "OpenAi"),
      anthropic: await MockProvider.start("anthropic", "OpenAi"),
      azure: await MockProvider.start("azure", "OpenAi"),
    };
    envoy = await EnvoyProcess.start(bootstrapOf(files, platform, providers), { env: KEYS });
  });
  afterAll(async () => {
    await envoy?.stop();
    for (const provider of Object.values(providers ?? {})) await provider.stop();
  });
  beforeEach(() => Object.values(providers).forEach((provider) => provider.reset()));

  const probes = files.flatMap(({ use }) => (PROBES[use] ?? []).map(([name, probe]) => ({ use, name, probe })));
  test.each(probes)("$use: $name", async ({ use, probe }) => {
    const ground: Ground = {
      ...providers,
      ask: (path, body) => send(envoy.address(use), { path, headers: TEAM_A[platform], body: JSON.stringify(body) }),
      stats: (part) => envoy.stats(part),
    };
    await probe(ground);
    expect(traps(envoy.log)).toEqual([]);
  });

  test("each has a probe", () => {
    expect(files.map(({ use }) => use).filter((use) => !PROBES[use])).toEqual([]);
  });
});
