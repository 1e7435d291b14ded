import { describe, expect, test } from "vitest";
import { chat, form, post, route, startRouter, verdict, type Config } from "./support/router.ts";

/** Every name becomes this one, which needs quoting in JSON and in a path. */
const LONG = 'vendor/"model":1.5';
const ALIAS: Config = { models: [{ name: "*", targets: [{ model: LONG, provider: "p" }] }] };

describe("a model that the provider calls otherwise", () => {
  test.each([
    ["first", '{"model":"a","messages":[1, 2.50, "\\u00e9"]}'],
    ["last, whatever the layout", '{ "messages" : [ ]\r\n,\t"model" : "a" }\n'],
    ["escaped", '{"mod\\u0065l":"\\u0061\\"\\/","x":{"model":"a"}}'],
    ["longer than the new one", `{"model":"${"a".repeat(200)}","messages":[]}`],
  ])("is replaced in JSON, %s, and no other byte is", async (_name, body) => {
    const { upstream } = await route(ALIAS, post("/v1/chat/completions", body));
    const expected = body.replace(
      /("mod(?:el|\\u0065l)"\s*:\s*)"(?:[^"\\]|\\.)*"/,
      (_, key: string) => key + JSON.stringify(LONG),
    );
    expect(upstream.body).toBe(expected);
    expect(upstream.isFramed).toBe(true);
  });

  test("is replaced in a form", async () => {
    const parts = [
      { name: "file", content: "\x00\r\n--not", filename: "a.wav" },
      { name: "model", content: "a" },
      { name: "language", content: "en" },
    ];
    const { upstream } = await route(ALIAS, form("/v1/audio/transcriptions", parts));
    parts[1]!.content = LONG;
    expect(upstream.body).toBe(form("/", parts).body);
    expect(upstream.isFramed).toBe(true);
  });

  test.each([
    [
      "/v1beta/models/gemini-pro:generateContent?alt=sse",
      "/v1beta/models/vendor%2F%22model%22%3A1.5:generateContent?alt=sse",
    ],
    ["/model/anthropic.claude%2Fx/converse", "/model/vendor%2F%22model%22%3A1.5/converse"],
    ["/openai/deployments/a/chat/completions", "/openai/deployments/vendor%2F%22model%22%3A1.5/chat/completions"],
  ])("is replaced in the path %s", async (path, expected) => {
    const { upstream } = await route(ALIAS, post(path, '{"contents":[]}'));
    expect(upstream.headers?.get(":path")).toBe(expected);
    expect(upstream.body).toBe('{"contents":[]}');
  });

  test("is replaced in a body without a length", async () => {
    const { upstream } = await route(ALIAS, { ...chat("x"), body: ['{"messages":[],', '"model":"x"', "}"] });
    expect(upstream.body).toBe(`{"messages":[],"model":${JSON.stringify(LONG)}}`);
    expect(upstream.headers?.has("content-length")).toBe(false);
  });

  test("is replaced in a body that trailers end", async () => {
    const request = { ...chat("x"), body: '{"model":"x"}', trailers: { "x-end": "1" } };
    const { upstream } = await route(ALIAS, request);
    expect([upstream.body, upstream.trailers?.get("x-end")]).toEqual([`{"model":${JSON.stringify(LONG)}}`, "1"]);
  });

  test("keeps the length where the name stays", async () => {
    const request = chat("same");
    const { upstream } = await route({ models: [{ name: "same", provider: "p" }] }, request);
    expect([upstream.body, upstream.isFramed]).toEqual([request.body, true]);
  });

  test("is replaced in a body of many windows", async () => {
    const { router } = await startRouter(ALIAS, { bodyLimit: 2 ** 22 });
    const content = "x".repeat(700_000);
    const { upstream } = router.send(post("/v1/chat/completions", `{"x":"${content}","model":"a","y":"${content}"}`));
    expect(upstream.body === `{"x":"${content}","model":${JSON.stringify(LONG)},"y":"${content}"}`).toBe(true);
    expect(upstream.isFramed).toBe(true);
  });
});

describe("a model that the request doesn't name", () => {
  const config: Config = {
    models: [{ name: "fast", targets: [{ model: "gpt-4o-mini", provider: "p" }] }],
    defaultModel: "fast",
  };
  const named = '"model":"gpt-4o-mini"';

  test.each([
    ["{}", `{${named}}`],
    [" { } ", ` {${named} } `],
    ["\n{\n}\n", `\n{${named}\n}\n`],
    ['{"messages":[]}', `{${named},"messages":[]}`],
    ['\t{\r\n "messages": []}', `\t{${named},\r\n "messages": []}`],
    ['{"metadata":{"model":"x"}}', `{${named},"metadata":{"model":"x"}}`],
  ])("is put into %j", async (body, expected) => {
    const outcome = await route(config, post("/v1/chat/completions", body));
    expect([verdict(outcome), outcome.upstream.body, outcome.upstream.isFramed]).toEqual([
      "p gpt-4o-mini",
      expected,
      true,
    ]);
  });

  test("is put into a body that trailers end", async () => {
    const request = { ...post("/v1/chat/completions", '{"messages":[]}'), trailers: { "x-end": "1" } };
    expect((await route(config, request)).upstream.body).toBe(`{${named},"messages":[]}`);
  });

  test("becomes the first field of a form", async () => {
    const parts = [{ name: "file", content: "x", filename: "a.wav" }];
    const { upstream } = await route(config, form("/v1/audio/transcriptions", parts));
    expect(upstream.body).toBe(form("/", [{ name: "model", content: "gpt-4o-mini" }, ...parts]).body);
    expect(upstream.isFramed).toBe(true);
  });

  test("routes a request without a body too", async () => {
    expect(verdict(await route(config, { method: "POST", path: "/v1/chat/completions" }))).toBe("p gpt-4o-mini");
    expect(verdict(await route(config, { ...chat("x"), body: [] }))).toBe("p gpt-4o-mini");
  });

  test.each(["[]", '"text"', "5", "null"])("has no place in %s", async (body) => {
    expect(verdict(await route(config, post("/v1/chat/completions", body)))).toBe("400 no_model");
  });

  test("does not replace one that is wrong", async () => {
    expect(verdict(await route(config, chat(null)))).toBe("400 bad_model");
    expect(verdict(await route(config, chat("")))).toBe("400 bad_model");
  });

  test("is refused like any other where it is forbidden", async () => {
    const models = [{ name: "fast", provider: "p", allowConsumers: ["a"] }];
    expect(verdict(await route({ models, defaultModel: "fast" }, post("/v1/chat/completions", "{}")))).toBe(
      "403 forbidden_model",
    );
  });

  test("is nothing that a listing needs", async () => {
    expect(verdict(await route(config, { path: "/v1/models" }))).toBe("- -");
  });
});
