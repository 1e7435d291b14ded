import { describe, expect, test } from "vitest";
import { wasmFile } from "../../../scripts/setup/plugins.ts";
import { type Callout } from "../../host/callout.ts";
import { HostProcess } from "../../host/host-process.ts";
import { WasmHost } from "../../host/wasm-host.ts";
import { chat, upstream } from "./support/egress.ts";

const secret = (value: string) => ({ value });
const CORP = {
  name: "corp",
  credential: {
    type: "OAuth2ClientCredentials",
    tokenCluster: "idp",
    tokenPath: "/token",
    clientId: secret("client"),
    clientSecret: secret("client-secret"),
  },
};
/** Enough for a request that waits to see what others have fetched, far from any timeout. */
const SOON_MS = 100;

/** A host, and what was asked of the cluster with its token endpoint. */
async function startHost(cluster: string): Promise<{ host: WasmHost; asked: Callout[] }> {
  const asked: Callout[] = [];
  const host = await WasmHost.load(wasmFile("egress-auth"), {
    rootId: "egress-auth",
    clusters: { [cluster]: (callout) => asked.push(callout) },
  });
  return { host, asked };
}

test("a configuration that is replaced while it fetches a token leaves the next one free to fetch", async () => {
  const { host, asked } = await startHost("idp");
  const before = host.createPlugin({ configuration: { providers: [CORP] } });
  host.tick(1000);
  expect(asked).toHaveLength(1);
  before.delete();
  const after = host.createPlugin({ configuration: { providers: [CORP], unknownProvider: "Strip" } });
  const { upstream: sent, ...rest } = after.send(chat("corp"));
  expect([sent.complete, rest.status]).toEqual([false, "held"]);
  host.tick(SOON_MS);
  expect(asked).toHaveLength(2);
  asked[1]!.answer({ body: '{"access_token":"token-2","expires_in":3600}' });
  host.tick(SOON_MS);
  expect(upstream(after.send(chat("corp")), "authorization")).toEqual(["Bearer token-2"]);
  expect(rest.stream.upstream.headers?.get("authorization")).toBe("Bearer token-2");
});

test("a token endpoint is asked by its host where Istio named the cluster", async () => {
  const tokenCluster = "outbound|8080||idp.ai.svc.cluster.local";
  const { host, asked } = await startHost(tokenCluster);
  host.createPlugin({ configuration: { providers: [{ ...CORP, credential: { ...CORP.credential, tokenCluster } }] } });
  host.tick(1000);
  expect(asked[0]!.headers.get(":authority")).toBe("idp.ai.svc.cluster.local");
});

test.each(["", ',"expires_in":0', ',"expires_in":"0"', ',"expires_in":-1', ',"expires_in":null'])(
  "a token that doesn't say for how long it lasts, with %j, is used for nearly 5 minutes",
  async (lifetime) => {
    const { host, asked } = await startHost("idp");
    const plugin = host.createPlugin({ configuration: { providers: [CORP] } });
    host.tick(1000);
    asked[0]!.answer({ body: `{"access_token":"token-1"${lifetime}}` });
    for (let second = 0; second < 200; second++) host.tick(1000);
    expect(upstream(plugin.send(chat("corp")), "authorization")).toEqual(["Bearer token-1"]);
    expect(asked).toHaveLength(1);
    for (let second = 0; second < 100; second++) host.tick(1000);
    expect(asked.length).toBeGreaterThan(1);
  },
);

test.each([
  ["a fetch has failed", (callout: Callout) => callout.answer({ status: 500 })],
  ["a VM has died while it fetched", () => undefined],
])("a clock that is set back after %s keeps nobody from fetching", async (_name, end) => {
  const process = new HostProcess();
  const asked: Callout[] = [];
  const options = { rootId: "egress-auth", process, clusters: { idp: (callout: Callout) => void asked.push(callout) } };
  const first = await WasmHost.load(wasmFile("egress-auth"), options);
  first.createPlugin({ configuration: { providers: [CORP] } });
  first.tick(1000);
  end(asked[0]!);
  process.clock.setBack(3_600_000);
  const second = await WasmHost.load(wasmFile("egress-auth"), { ...options, seed: 2 });
  const egress = second.createPlugin({ configuration: { providers: [CORP] } });
  expect(egress.send(chat("corp")).status).toBe("held");
  second.tick(SOON_MS);
  expect(asked).toHaveLength(2);
});

test("a token is fetched anew, once by all, when the clock is set back: nobody knows when it ends", async () => {
  const process = new HostProcess();
  const asked: Callout[] = [];
  const options = { rootId: "egress-auth", process, clusters: { idp: (callout: Callout) => void asked.push(callout) } };
  const workers = await Promise.all([1, 2].map((seed) => WasmHost.load(wasmFile("egress-auth"), { ...options, seed })));
  const plugins = workers.map((worker) => worker.createPlugin({ configuration: { providers: [CORP] } }));
  const tickAll = () => {
    process.clock.advance(1000);
    for (const worker of workers) worker.tick(0);
  };
  tickAll();
  asked[0]!.answer({ body: '{"access_token":"token-1","expires_in":3600}' });
  for (let second = 0; second < 10; second++) tickAll();
  expect(asked).toHaveLength(1);
  process.clock.setBack(1_800_000);
  tickAll();
  expect(asked).toHaveLength(2);
  expect(upstream(plugins[1]!.send(chat("corp")), "authorization")).toEqual(["Bearer token-1"]);
  asked[1]!.answer({ body: '{"access_token":"token-2","expires_in":3600}' });
  for (let second = 0; second < 10; second++) tickAll();
  expect(asked).toHaveLength(2);
  for (const plugin of plugins) {
    expect(upstream(plugin.send(chat("corp")), "authorization")).toEqual(["Bearer token-2"]);
  }
});

describe("a token that the provider answers with", () => {
  async function start() {
    const process = new HostProcess();
    const asked: Callout[] = [];
    const options = {
      rootId: "egress-auth",
      process,
      clusters: { idp: (callout: Callout) => void asked.push(callout) },
    };
    const workers = await Promise.all(
      [1, 2].map((seed) => WasmHost.load(wasmFile("egress-auth"), { ...options, seed })),
    );
    const plugins = workers.map((worker) => worker.createPlugin({ configuration: { providers: [CORP] } }));
    const give = () => asked.at(-1)!.answer({ body: `{"access_token":"token-${asked.length}","expires_in":3600}` });
    const pass = (seconds: number) => {
      for (let second = 0; second < seconds; second++) {
        process.clock.advance(1000);
        for (const worker of workers) worker.tick(0);
      }
    };
    const send = (worker: number, status: number) =>
      upstream(plugins[worker]!.send(chat("corp"), { status }), "authorization")[0];
    pass(1);
    give();
    return { asked, give, pass, send };
  }

  test("401 is renewed, once for all workers, and serves until then", async () => {
    const { asked, give, pass, send } = await start();
    pass(60);
    expect([send(0, 401), send(1, 401), asked.length]).toEqual(["Bearer token-1", "Bearer token-1", 1]);
    pass(1);
    expect([send(0, 401), asked.length]).toEqual(["Bearer token-1", 2]);
    give();
    pass(1);
    expect([send(0, 200), send(1, 200), asked.length]).toEqual(["Bearer token-2", "Bearer token-2", 2]);
  });

  test("401 time and again is not renewed more often than every 10 s", async () => {
    const { asked, give, pass, send } = await start();
    for (let second = 0; second < 60; second++) {
      const before = asked.length;
      send(second % 2, 401);
      pass(1);
      if (asked.length > before) give();
    }
    expect(asked.length).toBeLessThanOrEqual(7);
    expect(asked.length).toBeGreaterThan(4);
  });

  test.each([400, 403, 429, 500])("%i is kept", async (status) => {
    const { asked, pass, send } = await start();
    pass(60);
    send(0, status);
    pass(60);
    expect(asked).toHaveLength(1);
  });
});
