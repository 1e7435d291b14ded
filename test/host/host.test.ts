import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { HostCrash, TrapError } from "./errors.ts";
import { FilterState } from "./filter-state.ts";
import { HostProcess } from "./host-process.ts";
import { compileProbe } from "./probe.ts";
import { replay, type Recorded } from "./recording/replay.ts";
import { SCENARIOS } from "./recording/scenarios.ts";
import { Status } from "./status.ts";
import { WasmHost, type HostOptions } from "./wasm-host.ts";

const RECORDED = JSON.parse(readFileSync(join(import.meta.dirname, "recording", "envoy-1.40.json"), "utf8")) as Record<
  string,
  Recorded
>;

let file: string;
beforeAll(async () => {
  file = await compileProbe();
});

describe("the host does what Envoy 1.40 did", () => {
  test("every scenario is recorded", () => {
    expect(Object.keys(RECORDED)).toEqual(Object.keys(SCENARIOS));
  });

  test.for(Object.entries(SCENARIOS))("%s", async ([name, scenario]) => {
    expect(await replay(file, scenario)).toEqual(RECORDED[name]);
  });
});

/** A plugin of the probe in a VM of its own, and the VM. */
async function probe(options: HostOptions = {}) {
  const host = await WasmHost.load(file, { rootId: "probe", ...options });
  return { host, plugin: host.createPlugin() };
}

/** A POST that tells the probe what to do. */
function post(script: string, body: string, split?: number[]) {
  return { method: "POST", path: "/v1/x", headers: { "x-do": script }, body, ...(split ? { split } : {}) };
}

describe("a request in one call", () => {
  test("is forwarded with what the filter made of it, and answered", async () => {
    const { plugin } = await probe();
    const r = plugin.send(post("rh=1 rb=set;0;x-model;m,del;0;content-length,put;0;0;3;HEAD,0|0", "abcdef", [4]), {
      body: "fine",
    });
    expect(r.status).toBe("forwarded");
    expect(r.upstream.headers?.get("x-model")).toBe("m");
    expect(r.upstream.body).toBe("HEADdef");
    expect(r.upstream.headersAfterBytes).toBe(4);
    expect(r.client.status).toBe(200);
    expect(r.client.body).toBe("fine");
    expect(r.stream.isClosed).toBe(true);
  });

  test("tells of a content-length that no longer fits", async () => {
    const { plugin } = await probe();
    expect(plugin.send(post("rb=put;0;0;0;more", "abc")).upstream.isFramed).toBe(false);
    expect(plugin.send(post("rb=0", "abc")).upstream.isFramed).toBe(true);
  });

  test("over HTTP/2 ends with its last piece", async () => {
    const { plugin } = await probe();
    plugin.send({ ...post("rb=0", "abcdef", [3]), protocol: "HTTP/2" });
    expect(plugin.logs.map(({ text }) => text).filter((text) => text.startsWith("rb"))).toEqual(["rb 3", "rb 3 end"]);
  });

  test("stays held until somebody continues it", async () => {
    const { host, plugin } = await probe({ clusters: ["auth"] });
    const r = plugin.send(post("rh=call;0;auth,4 reply=set;0;x-user;u,continue;0", "abc"));
    expect(r.status).toBe("held");
    host.callouts[0]?.answer({ body: "ok" });
    expect(r.upstream.body).toBe("abc");
    expect(r.upstream.headers?.get("x-user")).toBe("u");
    expect(r.stream.respond({ status: 204 }).client.status).toBe(204);
  });

  test("a callout that nobody answers times out as 504", async () => {
    const { host, plugin } = await probe({ clusters: ["auth"] });
    const r = plugin.send(post("rh=call;0;auth,4 reply=get;6;:status,local;503;auth_down;down", "abc"));
    host.tick(999);
    expect(r.stream.isClosed).toBe(false);
    host.tick(1);
    expect(plugin.logs.map(({ text }) => text)).toContain("  get;6;:status -> 0 504");
    expect(r.stream.localReply).toMatchObject({ status: 503, body: "down", details: "auth_down" });
  });

  test("a callout of a plugin that is gone ends with it: nobody is told when its time is up", async () => {
    const { host, plugin } = await probe({ clusters: ["auth"] });
    plugin.send(post("rh=call;0;auth,4 reply=continue;0", "abc")).stream.finish();
    plugin.delete();
    expect([plugin.isDeleted, plugin.callouts]).toEqual([true, []]);
    const { length } = host.logs;
    host.tick(5000);
    expect(host.logs).toHaveLength(length);
  });

  test("a client that goes away is logged and deleted", async () => {
    const { plugin } = await probe();
    const stream = plugin.stream();
    stream.onRequestHeaders(
      [
        [":method", "POST"],
        ["x-do", "rh=1 rb=1"],
      ],
      false,
    );
    stream.onRequestBody("abc", false);
    stream.reset();
    stream.onRequestBody("more", true);
    expect(plugin.logs.slice(-3).map(({ text }) => text)).toEqual(["log 0 end", "done 0 end", "delete"]);
  });
});

describe("the VM", () => {
  test("runs several configurations and tears them down one by one", async () => {
    const host = await WasmHost.load(file);
    const [one, two] = [host.createPlugin({ configuration: { a: 1 } }), host.createPlugin({ configuration: "bad" })];
    expect([one.ok, two.ok]).toEqual([true, false]);
    expect(one.logs.map(({ text }) => text)).toContain('configure {"a":1}');
    one.delete();
    expect(one.isDeleted).toBe(true);
    expect(two.send().status).toBe("forwarded");
  });

  test("ticks when its time has come, in the order of time, until the plugin is deleted", async () => {
    const host = await WasmHost.load(file);
    const plugin = host.createPlugin({ configuration: "tick" });
    const ticks = () => plugin.logs.filter(({ text }) => text === "tick").length;
    host.tick(99);
    expect(ticks()).toBe(0);
    host.tick(201);
    expect(ticks()).toBe(3);
    plugin.delete();
    host.tick(1000);
    expect(ticks()).toBe(3);
  });

  test("shares data and metrics with the workers of its process and with nobody else", async () => {
    const process = new HostProcess();
    const [one, two, other] = [await probe({ process }), await probe({ process }), await probe()];
    one.plugin.send({ headers: { "x-do": "rh=share;k;v,metric;0;n;+2" } });
    for (const { plugin } of [two, other]) plugin.send({ headers: { "x-do": "rh=shared;k,metric;0;n;+3" } });
    expect(two.plugin.logs.map(({ text }) => text)).toContain("  shared;k -> 0 v");
    expect(other.plugin.logs.map(({ text }) => text)).toContain("  shared;k -> 1");
    expect([two.host.metrics.counter("n"), other.host.metrics.counter("n")]).toEqual([5, 3]);
  });

  test("answers what a test wants a host call to answer", async () => {
    const { host, plugin } = await probe({ fail: { proxy_set_shared_data: Status.InternalFailure } });
    plugin.send({ headers: { "x-do": "rh=share;k;v" } });
    expect(plugin.logs.map(({ text }) => text)).toContain("  share;k;v -> 10");
    expect(host.hostCalls.get("proxy_set_shared_data")).toBe(1);
  });

  test("tells of a trap with what was logged before it, and runs no more", async () => {
    const { host, plugin } = await probe();
    expect(() => plugin.send({ headers: { "x-do": "rh=get;0;x-do,trap" } })).toThrow(TrapError);
    expect(host.trap?.callback).toBe("proxy_on_request_headers");
    expect(() => plugin.send()).toThrow(TrapError);
  });

  test("tells of what would crash Envoy", async () => {
    const { plugin } = await probe();
    expect(() => plugin.send({ headers: { "x-do": "rh=continue;1" } })).toThrow(HostCrash);
  });
});

describe("properties and filter state", () => {
  test("are read by path, integers as 64 bits, the stream's over the host's", async () => {
    const { plugin } = await probe({ properties: { xds: { route_name: "a", cluster_name: "c" } } });
    const script = "rh=prop;xds/route_name,prop;xds/cluster_name,prop;xds/none,prop;n";
    plugin.send({ headers: { "x-do": script } }, {}, { properties: { xds: { route_name: "b" }, n: 65 } });
    const lines = plugin.logs.map(({ text }) => text);
    for (const line of ["route_name -> 0 b", "cluster_name -> 0 c", "none -> 1"])
      expect(lines).toContain(`  prop;xds/${line}`);
    expect(lines).toContain("  prop;n -> 0 A\0\0\0\0\0\0\0");
  });

  test("pass from one plugin of a chain to the next", async () => {
    const filterState = new FilterState();
    const [first, next] = [await probe(), await probe()];
    const r = first.plugin.send({ headers: { "x-do": "rh=put-prop;weir.model;gpt" } }, {}, { filterState });
    expect(r.filterState).toEqual({ "weir.model": "gpt" });
    next.plugin.send({ headers: { "x-do": "rh=prop;weir.model" } }, {}, { filterState });
    expect(next.plugin.logs.map(({ text }) => text)).toContain("  prop;weir.model -> 0 gpt");
  });
});

test("the same streams again and again leave the memory as it is", async () => {
  const { host, plugin } = await probe();
  const send = (count: number) => {
    for (let i = 0; i < count; i++) plugin.send(post("rh=1 rb=1|read;0;0;1000", "x".repeat(500)));
    host.logs.length = 0;
  };
  send(500);
  const pages = host.memoryPages;
  send(2000);
  expect(host.memoryPages).toBe(pages);
});
