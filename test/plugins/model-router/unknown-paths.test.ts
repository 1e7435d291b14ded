import { describe, expect, test } from "vitest";
import { type RequestSpec } from "../../host/exchange.ts";
import { TOO_LONG, chat, post, route, startRouter, verdict, type Config } from "./support/router.ts";

const CONFIG: Config = {
  models: [
    { name: "m", provider: "p" },
    { name: "closed", provider: "p", allowConsumers: ["x"] },
  ],
};

test.each(TOO_LONG)("a path too long to be known, %s, goes round no list", async (_how, segments) => {
  const to = (model: string): RequestSpec =>
    post(`/${segments}/v1beta/models/${model}:generateContent`, { contents: [] });
  for (const more of [{}, { failureMode: "FailOpen" }, { unknownModels: "Pass" }]) {
    expect(verdict(await route({ ...CONFIG, ...more }, to("closed")))).toBe("404 unknown_path");
  }
  expect(verdict(await route({ ...CONFIG, mode: "Off" }, to("closed")))).toBe("- -");
});

describe("a body on a path that nobody knows", () => {
  test.each([
    ["a chat's shape is routed", { model: "m", messages: [] }, "p m"],
    ["a completion's shape is routed", { prompt: "x", model: "m" }, "p m"],
    ["a response's shape is routed", { input: "x", model: "m" }, "p m"],
    ["the shape of Mistral's conversations is routed", { inputs: "x", model: "m" }, "p m"],
    ["Gemini's shape is routed", { contents: [], model: "m" }, "p m"],
    ["a chat's shape does not go round a list", { messages: [], model: "closed" }, "403 forbidden_model"],
    ["an unknown model is refused", { model: "nobody", messages: [] }, "404 unknown_model"],
    ["a second model is refused", '{"model":"m","messages":[],"model":"closed"}', "400 duplicate_key"],
    ["a second model before the shape shows is refused", '{"model":"m","model":"m","input":""}', "400 duplicate_key"],
    ["a shape that is no JSON in the end is refused", '{"model":"m","messages":[}', "400 not_json"],
    ["a model alone is anybody's", { model: "m" }, "- -"],
    ["messages alone are anybody's", { messages: [] }, "- -"],
    ["a list is anybody's", [{ model: "m", messages: [] }], "- -"],
    ["a deeper shape is anybody's", { data: { model: "m", messages: [] } }, "- -"],
    ["a text is anybody's", "hello", "- -"],
    ["nothing is anybody's", "", "- -"],
  ] as [string, unknown, string][])("%s", async (_name, body, expected) => {
    for (const type of ["application/json", "text/plain"]) {
      const outcome = await route(CONFIG, post("/tickets", body, { "content-type": type }));
      expect(verdict(outcome)).toBe(expected);
      if (expected === "- -") expect(outcome.upstream.body).toBe(post("/", body).body);
    }
  });

  test("is let go as soon as it is no JSON", async () => {
    const { router } = await startRouter(CONFIG);
    const stream = router.stream();
    stream.onRequestHeaders({ ":method": "POST", ":path": "/upload" }, false);
    stream.onRequestBody("PK\x03\x04", false);
    expect(stream.upstream.body).toBe("PK\x03\x04");
  });

  test("is held no longer than may be, and still refused when it turns out to be a chat", async () => {
    const body = `{"x":"${"x".repeat(5000)}","messages":[],"model":"m"}`;
    const split = [1000, 2000, 3000, 5005];
    const outcome = await route({ ...CONFIG, maxHeldBytes: "1KiB" }, { ...post("/tickets", body), split });
    expect(verdict(outcome)).toBe("413 held_too_large");
    expect(outcome.upstream.complete).toBe(false);
    const text = `{"x":"${"x".repeat(5000)}"}`;
    const other = await route({ ...CONFIG, maxHeldBytes: "1KiB" }, { ...post("/tickets", text), split });
    expect([verdict(other), other.upstream.body === text]).toEqual(["- -", true]);
  });

  test("is rewritten like any other", async () => {
    const models = [{ name: "m", targets: [{ model: "other", provider: "p" }] }];
    const { upstream } = await route({ models }, post("/tickets", { model: "m", messages: [] }));
    expect(JSON.parse(upstream.body)).toEqual({ model: "other", messages: [] });
  });

  test("is not ours when it is compressed", async () => {
    expect(verdict(await route(CONFIG, post("/tickets", "\x1f\x8b", { "content-encoding": "gzip" })))).toBe("- -");
  });
});

describe("paths without a model", () => {
  const rejecting = { ...CONFIG, unknownPaths: "Reject" };
  const UNKNOWN: RequestSpec = { path: "/tickets" };

  test.each([
    ["an unknown path", UNKNOWN, "- -", "404 unknown_path"],
    ["an unknown path with a chat", post("/tickets", { model: "m", messages: [] }), "p m", "404 unknown_path"],
    ["a list of models", { path: "/v1/models" }, "- -", "- -"],
    ["a chat", chat("m"), "p m", "p m"],
    ["a batch's status", { path: "/v1/batches/b-1" }, "- -", "- -"],
  ] as [string, RequestSpec, string, string][])("%s", async (_name, request, passing, rejected) => {
    expect(verdict(await route(CONFIG, request))).toBe(passing);
    expect(verdict(await route(rejecting, request))).toBe(rejected);
  });
});
