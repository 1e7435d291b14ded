import { describe, expect, test } from "vitest";
import {
  MODEL_HEADER,
  PROVIDER_HEADER,
  TOO_LONG,
  chat,
  form,
  post,
  route,
  startRouter,
  verdict,
  type Config,
} from "./support/router.ts";
import { type RequestSpec } from "../../host/exchange.ts";

const MODELS: Config = {
  models: [
    { name: "gpt-4o", provider: "openai" },
    { name: "gpt-*", provider: "azure" },
    { name: "*-vision-*", provider: "vision" },
    { name: "claude-*", provider: "anthropic" },
    { name: "org/model", provider: "hub" },
  ],
};

describe("where a model goes", () => {
  test.each([
    ["the first entry that matches wins", "gpt-4o", "openai gpt-4o"],
    ["an exact name is not a beginning", "gpt-4o-mini", "azure gpt-4o-mini"],
    ["a star stands for nothing too", "gpt-", "azure gpt-"],
    ["a star may stand anywhere", "my-vision-7b", "vision my-vision-7b"],
    ["case counts", "GPT-4o", "404 unknown_model"],
    ["a name with a slash is a name", "org/model", "hub org/model"],
    ["no entry", "llama", "404 unknown_model"],
    ["a name as long as may be", `gpt-${"x".repeat(252)}`, `azure gpt-${"x".repeat(252)}`],
    ["a longer one is nobody's", `gpt-${"x".repeat(253)}`, "404 unknown_model"],
    ["a line break is nobody's", "gpt-\r\nx-evil: 1", "404 unknown_model"],
    ["NUL is nobody's", "gpt-4o\0", "404 unknown_model"],
    ["blanks around a name are not cut off", " gpt-4o", "404 unknown_model"],
    ["an empty name", "", "400 bad_model"],
    ["a number", 4, "400 bad_model"],
    ["null", null, "400 bad_model"],
    ["a list", ["gpt-4o"], "400 bad_model"],
    ["an object with a model in it", { model: "gpt-4o" }, "400 bad_model"],
    ["no model", undefined, "400 no_model"],
  ] as [string, unknown, string][])("%s", async (_name, model, expected) => {
    expect(verdict(await route(MODELS, chat(model)))).toBe(expected);
  });

  test("a name beyond ASCII goes into the header as UTF-8", async () => {
    expect(verdict(await route(MODELS, chat("gpt-é")))).toBe("azure gpt-é");
  });

  test("unknown models pass with their name and without a provider where the operator says so", async () => {
    expect(verdict(await route({ ...MODELS, unknownModels: "Pass" }, chat("llama")))).toBe("- llama");
  });

  test("without any entry every model is unknown", async () => {
    expect(verdict(await route({}, chat("gpt-4o")))).toBe("404 unknown_model");
  });
});

describe("where the model is found", () => {
  const OPEN: Config = { models: [{ name: "*", provider: "p" }] };
  const audio = [
    { name: "file", content: "\x01\x02", filename: "a.wav" },
    { name: "model", content: "whisper" },
  ];

  test.each([
    ["chat", chat("m"), "p m"],
    ["completions", post("/v1/completions", { prompt: "x", model: "m" }), "p m"],
    ["responses", post("/v1/responses", { input: "x", model: "m" }), "p m"],
    ["embeddings", post("/v1/embeddings", { input: "x", model: "m" }), "p m"],
    ["images", post("/v1/images/generations", { prompt: "x", model: "m" }), "p m"],
    ["speech", post("/v1/audio/speech", { input: "x", model: "m" }), "p m"],
    ["transcriptions", form("/v1/audio/transcriptions", audio), "p whisper"],
    ["an edited picture", form("/v1/images/edits", [{ name: "model", content: "dall-e" }]), "p dall-e"],
    ["Anthropic", post("/v1/messages", { model: "m", messages: [] }), "p m"],
    ["Gemini", post("/v1beta/models/gemini-pro:generateContent", { contents: [] }), "p gemini-pro"],
    ["Gemini, streamed", post("/v1beta/models/gemini-pro:streamGenerateContent?alt=sse", "{}"), "p gemini-pro"],
    ["Vertex", post("/v1/projects/p/locations/l/publishers/google/models/g:generateContent", "{}"), "p g"],
    ["Bedrock", post("/model/anthropic.claude-v2%3A1/converse", "{}"), "p anthropic.claude-v2:1"],
    ["Azure", post("/openai/deployments/gpt4/chat/completions?api-version=1", { model: "other" }), "p gpt4"],
    ["Cohere", post("/v2/chat", { model: "command", messages: [] }), "p command"],
    ["Ollama", post("/api/chat", { model: "llama3", messages: [] }), "p llama3"],
    ["a path with detours", post("//v1/./x/../chat%2Fcompletions/", { model: "m" }), "p m"],
    ["a path with a prefix", post("/team-a/openai/v1/chat/completions", { model: "m" }), "p m"],
    ["a content type that lies", { ...chat("m"), headers: { "content-type": "image/png" } }, "p m"],
    ["a GET with a body", { ...chat("m"), method: "GET" }, "p m"],
    ["an escaped key", post("/v1/chat/completions", '{"\\u006dodel":"m","messages":[]}'), "p m"],
    ["an escaped value", post("/v1/chat/completions", '{"model":"\\u006d\\/x"}'), "p m/x"],
    ["not one that is deeper", post("/v1/chat/completions", '{"metadata":{"model":"x"},"model":"m"}'), "p m"],
  ] as [string, RequestSpec, string][])("%s", async (_name, request, expected) => {
    expect(verdict(await route(OPEN, request))).toBe(expected);
  });
});

describe("what a client says about its own route", () => {
  const forged = { [MODEL_HEADER]: "forged", [PROVIDER_HEADER]: "forged" };

  test("is overwritten", async () => {
    const { upstream } = await route(MODELS, chat("gpt-4o", forged));
    expect(upstream.headers?.all(MODEL_HEADER)).toEqual(["gpt-4o"]);
    expect(upstream.headers?.all(PROVIDER_HEADER)).toEqual(["openai"]);
  });

  test.each([
    ["a model without a provider", chat("llama", forged), "- llama"],
    ["a request without a body", { path: "/v1/models", headers: forged }, "- -"],
    ["an unknown path", post("/notes", "hello", forged), "- -"],
    ["files", { path: "/v1/files/f-1", headers: forged }, "- -"],
  ] as [string, RequestSpec, string][])("is removed from %s", async (_name, request, expected) => {
    expect(verdict(await route({ ...MODELS, unknownModels: "Pass" }, request))).toBe(expected);
  });

  test("is removed under the names that the operator chose", async () => {
    const names = { modelHeader: "X-AI-EG-Model", providerHeader: "x-p" };
    const { upstream } = await route(
      { ...MODELS, ...names },
      chat("gpt-4o", { "x-ai-eg-model": "forged", "x-p": "forged" }),
    );
    expect(upstream.headers?.all("x-ai-eg-model")).toEqual(["gpt-4o"]);
    expect(upstream.headers?.all("x-p")).toEqual(["openai"]);
    expect(upstream.headers?.has(MODEL_HEADER)).toBe(false);
  });

  test("every value of it is removed", async () => {
    const headers = { [MODEL_HEADER]: ["a", "b"], "content-type": "application/json" };
    expect(verdict(await route(MODELS, { path: "/v1/models", headers }))).toBe("- -");
  });
});

describe("settings for some requests only", () => {
  const config: Config = {
    models: [{ name: "*", provider: "base" }],
    overrides: [
      {
        name: "eu",
        match: { hosts: ["*.eu.example"], headers: { "X-Region": "eu-*" } },
        config: { models: [{ name: "*", provider: "eu" }] },
      },
      {
        name: "chat",
        match: { routes: ["chat-*"], pathPrefixes: ["/v1/"] },
        config: { models: [{ name: "*", provider: "chat" }] },
      },
      {
        name: "host",
        match: { headers: { Host: "*.as-header.example" } },
        config: { models: [{ name: "*", provider: "host" }] },
      },
      { name: "off", config: { mode: "Off" } },
    ],
  };

  test.each([
    ["none of them", chat("m"), {}, "base m"],
    ["host and header", { ...chat("m", { "x-region": "eu-1" }), authority: "a.EU.example:443" }, {}, "eu m"],
    ["host without the header", { ...chat("m"), authority: "a.eu.example" }, {}, "base m"],
    ["the header host", { ...chat("m"), authority: "a.as-header.example" }, {}, "host m"],
    ["route and path", chat("m"), { route_name: "chat-1" }, "chat m"],
    [
      "route with another path",
      post("/openai/v1/chat/completions", { model: "m" }),
      { route_name: "chat-1" },
      "base m",
    ],
    ["a path in another case", post("/V1/Chat/completions", { model: "m" }), { route_name: "chat-1" }, "chat m"],
    ["route metadata that names one", chat("m"), named("chat"), "chat m"],
    [
      "route metadata over a match",
      { ...chat("m", { "x-region": "eu-1" }), authority: "a.eu.example" },
      named("chat"),
      "chat m",
    ],
    ["route metadata that turns it off", chat("m"), named("Off"), "- -"],
    ["route metadata that names one that is off", chat("m"), named("off"), "- -"],
    ["route metadata that names none there is", chat("m"), named("nope"), "base m"],
  ] as [string, RequestSpec, Record<string, string>, string][])("%s", async (_name, request, xds, expected) => {
    const { router } = await startRouter(config, { properties: { xds } });
    expect(verdict(router.send(request))).toBe(expected);
  });

  test("an override that is not there is warned of once", async () => {
    const { router } = await startRouter(config, { properties: { xds: named("nope") as never } });
    router.send(chat("m"));
    router.send(chat("m"));
    expect(router.logs.map(({ level, text }) => [level, text.includes('"nope"')])).toEqual([["warn", true]]);
  });

  test.each<[what: string, config: Config, expected: string]>([
    ["is not read without overrides", { models: [] }, "404 unknown_model"],
    ["is read where the list of overrides is empty", { models: [], overrides: [] }, "- -"],
  ])("the metadata %s", async (_what, config, expected) => {
    const { router } = await startRouter(config, { properties: { xds: named("Off") as never } });
    expect(verdict(router.send(chat("m")))).toBe(expected);
  });

  test("metadata that says Off without quotes, which YAML makes a false, turns it off", async () => {
    const { router } = await startRouter(config, { properties: { xds: named(false) as never } });
    expect(verdict(router.send(chat("m")))).toBe("- -");
  });

  test.each(TOO_LONG)(
    "a path too long to be compared, %s, is refused where one of them may be for it",
    async (_how, segments) => {
      const path = `/v1/${segments}/chat/completions`;
      const send = async (more: Config): Promise<string> => verdict(await route(more, post(path, { model: "m" })));
      const pathPrefixes = ["/v1/"];
      const override = (match: object): Config => ({
        mode: "Off",
        overrides: [{ name: "strict", match, config: { mode: "Enforce" } }],
      });
      expect(await send(override({ pathPrefixes }))).toBe("404 unknown_path");
      expect(await send(override({ pathPrefixes, hosts: ["other.example"] }))).not.toMatch(/^404/);
      expect(await send(override({ headers: { "x-a": "1" } }))).not.toMatch(/^404/);
    },
  );

  function named(name: string | false): unknown {
    return { route_metadata: { filter_metadata: { weir: { "model-router": name } } } };
  }
});

describe("JSON that says it is an urlencoded form", () => {
  const URL_ENCODED = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
  const config: Config = { models: [{ name: "a", provider: "p" }] };
  const routed = async (path: string, body: string, more: Partial<RequestSpec> = {}): Promise<string> =>
    verdict(await route(config, { ...post(path, body, URL_ENCODED), ...more }));

  test.each(["", "a & b; c", "1=1", "x=1; &", "data:image/png,Zm9v=="])("is routed with %j in a text", async (text) => {
    expect(await routed("/v1/chat/completions", `{"x":"${text}","model":"a"}`)).toBe("p a");
  });

  test.each(["&model=b", ";model=b", "&mod%65l=b", "&&=", "a;b=c"])(
    "is refused with %j in a text, wherever it is cut",
    async (text) => {
      const body = `{"x":"${text}","model":"a"}`;
      for (let at = 1; at < body.length; at++)
        expect(await routed("/v1/chat/completions", body, { split: [at] })).toBe("415 unsupported_encoding");
    },
  );

  test("is ended where a field follows what was let go", async () => {
    const body = '{"model":"a","x":"&model=b"}';
    const split = [14];
    expect(await routed("/v1/chat/completions", body, { split })).toBe("415 unsupported_encoding");
  });

  test("is a form like any other on a path that isn't known", async () => {
    expect(await routed("/login", "name=a&model=b")).toBe("- -");
  });
});
