import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EnvoyProcess } from "../support/envoy-process.ts";
import { type Json, type Route, visit } from "../support/gateway-config.ts";
import { until } from "../support/until.ts";
import { type Answer, Http2Client, OpenRequest, type Sent, send } from "../support/client.ts";
import { traps } from "../support/plugin-gateway.ts";
import { routerConfig, startRouter, useRouter } from "./router-gateway.ts";

const MODELS = [
  { name: "gpt-4o", provider: "openai" },
  { name: "gemini-*", provider: "gemini" },
];
const BODY = JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "hi" }] });

/** Routes the model "m" under a name that says which settings applied. */
const naming = (name: string): Json => [{ name: "m", targets: [{ model: name, provider: "openai" }] }];

const override = (name: string, match?: { [key: string]: Json }): Json => ({
  name,
  ...(match ? { match } : {}),
  config: { models: naming(name) },
});

const OVERRIDDEN: Json = {
  models: naming("base"),
  overrides: [
    override("both", { hosts: ["both.test"], headers: { "x-both": "1" } }),
    override("by-route", { routes: ["chat-*"] }),
    override("by-host", { hosts: ["*.example.com", "example.org"] }),
    override("by-path", { pathPrefixes: ["/team/", "/Other"] }),
    override("by-header", { headers: { "X-Tier": "gold*" } }),
    { name: "off", match: { headers: { "x-off": "1" } }, config: { mode: "Off" } },
    override("gold"),
  ],
};

const route = (prefix: string, metadata?: Json, name = prefix): Route => ({
  name,
  match: { prefix },
  cluster: "openai",
  ...(metadata === undefined ? {} : { metadata: { weir: metadata } }),
});

const ROUTES: Route[] = [
  route("/eu/", undefined, "chat-eu"),
  route("/gold/", { "model-router": "gold" }),
  route("/off/", { "model-router": "Off" }),
  route("/bare-off/", { "model-router": false }),
  route("/platinum/", { "model-router": "platinum" }),
  route("/elsewhere/", { "other-filter": "gold" }),
  route("/", undefined, "rest"),
];

const router = useRouter({
  gateway: { configuration: { models: MODELS } },
  open: { configuration: { models: MODELS, failureMode: "FailOpen", unknownModels: "Pass" } },
  off: { configuration: { models: MODELS, mode: "Off" } },
  overridden: { configuration: OVERRIDDEN, routes: ROUTES },
  renamed: {
    configuration: OVERRIDDEN,
    routes: [route("/gold/", { gate: "gold" }), route("/", { "model-router": "gold" })],
    filter: { name: "gate", rootId: "model-router" },
  },
});

describe("a configuration", () => {
  const validate = (configuration: Json): Promise<{ ok: boolean; output: string }> =>
    EnvoyProcess.validate(routerConfig(router.providers, { gateway: { configuration } }));

  test("that is right is valid", async () => {
    expect((await validate(OVERRIDDEN)).ok).toBe(true);
  });

  test("with several mistakes is refused with all of them, each with its path", async () => {
    const { ok, output } = await validate({
      modelHeder: "x",
      unknownModels: "reject",
      maxHeldBytes: "lots",
      models: [{ name: "a" }, { name: "b", targets: [{ provider: "p", weight: -1 }] }],
      consumer: [{ header: "a b" }],
      overrides: [{ name: "gold", config: { mode: "Audit" } }],
    });
    expect(ok).toBe(false);
    for (const path of [
      "modelHeder",
      "unknownModels",
      "maxHeldBytes",
      "models[0]",
      "models[1].targets[0].weight",
      "consumer[0].header",
    ]) {
      expect(output).toContain(`model-router: config.${path}`);
    }
    expect(output).toMatch(/model-router: config\S*mode.*Audit/);
  });

  test("that is a Struct in place of a text is refused as no JSON, from line 2 on", async () => {
    for (const models of [[], MODELS]) {
      const bootstrap = routerConfig(router.providers, { gateway: { configuration: { models } } });
      visit(bootstrap, (node) => {
        if (!String(node["@type"]).endsWith(".StringValue")) return;
        Object.assign(node, { "@type": "type.googleapis.com/google.protobuf.Struct", value: { models } });
      });
      const { ok, output } = await EnvoyProcess.validate(bootstrap);
      expect([ok, output]).toEqual([false, expect.stringContaining("model-router: config: is not JSON at line 2, ")]);
    }
  });

  test.each([
    ["no JSON", "{"],
    ["no object", "[]"],
    ["a key twice", '{"models":[],"models":[]}'],
  ])("that is %s is refused, and Envoy doesn't start with it", async (_, text) => {
    const { ok, output } = await validate(text);
    expect([ok, output]).toEqual([false, expect.stringContaining("model-router: config")]);
    await expect(startRouter(router.providers, { gateway: { configuration: text } })).rejects.toThrow(
      "model-router: config",
    );
  });
});

describe("what applies to a request", () => {
  const applied = async (listener: string, prefix: string, headers: Record<string, string> = {}): Promise<unknown> => {
    const body = JSON.stringify({ model: "m", messages: [] });
    await send(router.envoy.address(listener), { path: `${prefix}v1/chat/completions`, body, headers });
    return router.providers.only().request.json?.["model"];
  };

  test.each([
    ["nothing matches", "/", {}, "base"],
    ["the route matches", "/eu/", {}, "by-route"],
    ["the host matches", "/", { host: "api.example.com" }, "by-host"],
    ["the host matches, with a port and in capitals", "/", { host: "API.Example.COM:8080" }, "by-host"],
    ["a host of the list matches", "/", { host: "example.org" }, "by-host"],
    ["only a part of the host matches", "/", { host: "api.example.com.test" }, "base"],
    ["the path begins so", "/team/", {}, "by-path"],
    ["the path begins so once normalised", "//x/..//t%65am/", {}, "by-path"],
    ["the path only seems to begin so", "/team/../", {}, "base"],
    ["the header matches", "/", { "x-tier": "gold-eu" }, "by-header"],
    ["one of two conditions holds", "/", { host: "both.test" }, "base"],
    ["both of two conditions hold", "/", { host: "both.test", "x-both": "1" }, "both"],
    ["two overrides match: the first", "/eu/", { "x-tier": "gold" }, "by-route"],
    ["an override turns it off", "/", { "x-off": "1" }, "m"],
    ["the route's metadata names an override", "/gold/", {}, "gold"],
    ["the metadata wins over what matches", "/gold/", { "x-tier": "gold" }, "gold"],
    ["the metadata turns it off", "/off/", {}, "m"],
    ["the metadata turns it off without quotes", "/bare-off/", {}, "m"],
    ["the metadata names an override that there isn't", "/platinum/", { "x-tier": "gold" }, "base"],
    ["the metadata is another filter's", "/elsewhere/", {}, "base"],
  ])("%s", async (_, prefix, headers, name) => expect(await applied("overridden", prefix, headers)).toBe(name));

  test("metadata that names no override is warned of, once", async () => {
    await applied("overridden", "/platinum/");
    await router.envoy.logged(/\[warning\].*model-router: route metadata weir names "platinum", which is no override/);
    expect(router.envoy.log.match(/"platinum", which is no override/g)?.length).toBe(1);
  });

  test("metadata goes by the filter's name", async () => {
    expect(await applied("renamed", "/gold/")).toBe("gold");
    router.providers.reset();
    expect(await applied("renamed", "/")).toBe("base");
  });

  test("mode Off leaves everything alone", async () => {
    const headers = { "x-gateway-provider-name": "openai", "x-gateway-model-name": "mine" };
    await send(router.envoy.address("off"), { path: "/v1/chat/completions", body: "no JSON", headers });
    const { provider, request } = router.providers.only();
    expect([provider, request.headers]).toMatchObject(["openai", headers]);
  });
});

describe("metrics", () => {
  const count = (what: string): Promise<number> => router.envoy.stat(`wasmcustom.weir.model-router.${what}`);
  const counted = async (what: string, listener: string, sent: Partial<Sent>): Promise<Answer> => {
    const name = what.replace(" ", ".reason.=.") + ".=;";
    const before = await count(name);
    const answer = await send(router.envoy.address(listener), { path: "/v1/chat/completions", ...sent });
    await until(`${name} is counted`, async () => (await count(name)) === before + 1 || undefined);
    return answer;
  };

  test("say that a configuration is loaded", async () => {
    expect(await count("config_loaded")).toBe(1);
    expect(await count("vm_pages")).toBeGreaterThan(0);
  });

  test.each([
    ["unknown_model", { body: '{"model":"nope"}' }],
    ["not_json", { body: "no" }],
    ["duplicate_key", { body: '{"model":"gpt-4o","model":"gpt-4o"}' }],
    ["unsupported_encoding", { body: "x", headers: { "content-encoding": "gzip" } }],
    ["no_model", { body: "{}" }],
  ])("count what is refused by its reason: %s", async (reason, sent) => {
    await counted(`refused ${reason}`, "gateway", sent);
  });

  test.each([
    ["not_json", { body: "no" }],
    ["duplicate_key", { body: '{"model":"gpt-4o","model":"gpt-4o"}' }],
    ["unsupported_encoding", { body: "x", headers: { "content-encoding": "gzip" } }],
  ])("count what passes unjudged by its reason: %s", async (reason, sent) => {
    await counted(`bypassed ${reason}`, "open", sent);
    expect(router.providers.only().provider).toBe("fallback");
  });
});

describe("a host that can pause", () => {
  test("lets a slow client take its time", async () => {
    await send(router.envoy.address(), { path: "/v1/chat/completions", body: BODY });
    router.providers.reset();
    const whole = new OpenRequest(router.envoy.address(), { path: "/v1/chat/completions" });
    const late = new OpenRequest(router.envoy.address(), { path: "/v1/chat/completions" });
    await whole.write('{"messages":[],');
    await new Promise((later) => setTimeout(later, 6000));
    const answers = await Promise.all([whole.end('"model":"gpt-4o"}'), late.end(BODY)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(router.providers.mock("openai").seen.length).toBe(2);
  });
});

describe("a host without the pausing flag", () => {
  let flagless: EnvoyProcess;

  beforeAll(async () => {
    const filter = { allowOnHeadersStopIteration: false };
    const open = { models: MODELS, failureMode: "FailOpen", unknownModels: "Pass" };
    const listeners = { gateway: { configuration: { models: MODELS }, filter }, open: { configuration: open, filter } };
    const stats_tags = [{ tag_name: "reason", regex: "(\\.reason\\.=\\.(.*?)\\.=;)" }];
    flagless = await EnvoyProcess.start({ ...routerConfig(router.providers, listeners), stats_config: { stats_tags } });
  });
  afterAll(() => flagless?.stop());

  test("answers what must be held with 500 within 5 s, whatever the failure mode, and names the flag in the log", async () => {
    const began = performance.now();
    const client = new Http2Client(flagless.address());
    const answers = await Promise.all([
      send(flagless.address(), { path: "/v1/chat/completions", body: BODY }),
      send(flagless.address("open"), { path: "/v1/chat/completions", body: BODY }),
      send(flagless.address(), { path: "/v1/messages", body: BODY }),
      client.send({ path: "/v1/chat/completions", body: BODY }),
    ]);
    client.close();
    expect(performance.now() - began).toBeLessThan(5000);
    expect(answers.map(({ status }) => status)).toEqual([500, 500, 500, 500]);
    expect(answers[0]!.json).toMatchObject({ error: { code: "internal_error" } });
    expect(answers[2]!.json).toMatchObject({ type: "error", error: { type: "api_error" } });
    expect(router.providers.seen).toEqual([]);
    expect(flagless.log).toMatch(/\[(warning|error|critical)\].*allow_on_headers_stop_iteration/);
    const lines = await flagless.accessLog(4);
    expect(lines.map(({ details }) => details)).toEqual(Array(4).fill("weir.model-router.pausing_off"));
    expect(traps(flagless.log)).toEqual([]);
  });

  test("has the reason of a refusal as a label in Prometheus", async () => {
    const page = await (await fetch(`${flagless.adminUrl}/stats/prometheus`)).text();
    expect(page).toContain('weir_model_router_refused{reason="pausing_off"} 4\n');
  });

  test("serves what need not be held", async () => {
    expect((await send(flagless.address(), { method: "GET", path: "/v1/models" })).status).toBe(200);
    const body = '{"contents":[]}';
    expect((await send(flagless.address(), { path: "/v1beta/models/gemini-pro:generateContent", body })).status).toBe(
      200,
    );
    expect(router.providers.mock("gemini").seen.length).toBe(1);
  });
});
