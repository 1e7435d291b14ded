import { describe, expect, test } from "vitest";
import { SEED } from "../../lib/seeded.ts";
import { chat, post, route, startRouter, verdict, type Config } from "./support/router.ts";

const WEIGHTED: Config = {
  models: [
    {
      name: "fast",
      targets: [
        { model: "a", provider: "p", weight: 70 },
        { model: "b", provider: "q", weight: 30 },
        { model: "never", provider: "r", weight: 0 },
      ],
    },
  ],
};

describe("weighted targets", () => {
  const DRAWS = 3000;

  test(`get their shares at random (SEED=${SEED})`, async () => {
    const { router } = await startRouter(WEIGHTED, { seed: SEED });
    expectShares(Array.from({ length: DRAWS }, () => verdict(router.send(chat("fast")))));
  });

  test("get their shares of the sessions", async () => {
    const { router } = await startRouter({ ...WEIGHTED, stickyHeader: "X-Session-Id" });
    expectShares(
      Array.from({ length: DRAWS }, (_, i) => verdict(router.send(chat("fast", { "x-session-id": `${i * 7919}` })))),
    );
  });

  /** Five standard deviations of a binomial draw: a fair draw fails once in 1.7 million runs. */
  function expectShares(draws: string[]): void {
    const share = draws.filter((draw) => draw === "p a").length / DRAWS;
    expect(Math.abs(share - 0.7)).toBeLessThan(5 * Math.sqrt((0.7 * 0.3) / DRAWS));
    expect(new Set(draws)).toEqual(new Set(["p a", "q b"]));
  }

  test("a session stays where it is, in every VM", async () => {
    const config = { ...WEIGHTED, stickyHeader: "x-session-id" };
    const first = await startRouter(config, { seed: SEED });
    const second = await startRouter(config, { seed: SEED + 1 });
    for (let session = 0; session < 50; session++) {
      const request = chat("fast", { "x-session-id": `s-${session}` });
      const routes = [first, second, first].map(({ router }) => verdict(router.send(request)));
      expect(new Set(routes).size).toBe(1);
    }
  });

  test("without the session's header are drawn at random", async () => {
    const { router } = await startRouter({ ...WEIGHTED, stickyHeader: "x-session-id" }, { seed: SEED });
    const draws = Array.from({ length: 200 }, () => verdict(router.send(chat("fast"))));
    expect(new Set(draws)).toEqual(new Set(["p a", "q b"]));
  });
});

describe("targets that speak some dialects only", () => {
  const config: Config = {
    models: [
      {
        name: "fast",
        targets: [
          { model: "gpt", provider: "openai", dialects: ["OpenAiChat", "OpenAiResponses"] },
          { model: "claude", provider: "anthropic", dialects: ["AnthropicMessages"] },
        ],
      },
      { name: "any", targets: [{ provider: "all" }] },
    ],
    defaultModel: "fast",
  };

  test.each([
    ["chat", "/v1/chat/completions", "fast", "openai gpt"],
    ["responses", "/v1/responses", "fast", "openai gpt"],
    ["Anthropic", "/v1/messages", "fast", "anthropic claude"],
    ["completions", "/v1/completions", "fast", "400 unsupported_model"],
    ["Cohere", "/v2/chat", "fast", "400 unsupported_model"],
    ["Gemini", "/v1beta/models/fast:generateContent", undefined, "400 unsupported_model"],
    ["every dialect", "/v2/chat", "any", "all any"],
    ["the default", "/v1/messages", undefined, "anthropic claude"],
    ["the default where it doesn't fit", "/v1/embeddings", undefined, "400 unsupported_model"],
    ["a shape on an unknown path", "/llm", "fast", "openai gpt"],
  ])("%s", async (_name, path, model, expected) => {
    const { router } = await startRouter(config);
    for (let i = 0; i < 20; i++) expect(verdict(router.send(post(path, { model, messages: [] })))).toBe(expected);
  });

  test("one left out never gets a share, whatever its weight", async () => {
    const targets = [
      { model: "a", provider: "p", weight: 1000000, dialects: ["Gemini"] },
      { model: "b", provider: "q", weight: 1 },
    ];
    const { router } = await startRouter({ models: [{ name: "fast", targets }] }, { seed: SEED });
    for (let i = 0; i < 100; i++) expect(verdict(router.send(chat("fast")))).toBe("q b");
  });

  test("the client learns the model, not the rule", async () => {
    const { localReply } = await route(config, post("/v1/embeddings", { model: "fast", input: "x" }));
    expect(JSON.parse(localReply!.body)).toEqual({
      error: {
        message: "The model 'fast' is not available through this API.",
        type: "invalid_request_error",
        param: "model",
        code: "model_not_supported",
      },
    });
  });
});

describe("a provider in the model's name", () => {
  const config: Config = {
    splitProvider: true,
    models: [
      { name: "hub/*", provider: "hub" },
      { name: "internal-*", provider: "vllm", allowConsumers: ["team-a"] },
      { name: "gpt-*", provider: "openai" },
      {
        name: "both",
        targets: [
          { provider: "p", model: "both-p" },
          { provider: "q", model: "both-q" },
        ],
      },
    ],
    consumer: [{ header: "x-consumer" }],
  };

  test.each([
    ["is taken off", "openai/gpt-4o", "openai gpt-4o"],
    ["may be left out", "gpt-4o", "openai gpt-4o"],
    ["must serve the model", "azure/gpt-4o", "400 unsupported_model"],
    ["picks among targets", "q/both", "q both-q"],
    ["may be a part of an entry's name", "hub/openai/gpt-4o", "hub hub/openai/gpt-4o"],
    ["is nothing without a model", "openai/", "404 unknown_model"],
    ["is nothing when it is empty", "/gpt-4o", "404 unknown_model"],
    ["opens no list", "vllm/internal-7b", "403 forbidden_model"],
    ["opens no list by another provider", "openai/internal-7b", "403 forbidden_model"],
    ["opens no list twice", "vllm/vllm/internal-7b", "404 unknown_model"],
    ["opens no list with a path", "vllm/../internal-7b", "404 unknown_model"],
    ["is compared whole", "vll/internal-7b", "403 forbidden_model"],
    ["is case sensitive", "OpenAI/gpt-4o", "400 unsupported_model"],
  ])("%s: %s", async (_name, model, expected) => {
    expect(verdict(await route(config, chat(model)))).toBe(expected);
  });

  test("is taken off in the body too", async () => {
    const { upstream } = await route(config, chat("openai/gpt-4o"));
    expect(JSON.parse(upstream.body)).toMatchObject({ model: "gpt-4o" });
  });

  test("lets in who may", async () => {
    expect(verdict(await route(config, chat("vllm/internal-7b", { "x-consumer": "team-a" })))).toBe("vllm internal-7b");
  });

  test("routes an unknown model by itself where those pass", async () => {
    const open = { ...config, unknownModels: "Pass" };
    expect(verdict(await route(open, chat("mistral/large")))).toBe("mistral large");
    expect(verdict(await route(open, chat("vllm/internal-7b")))).toBe("403 forbidden_model");
  });

  test("is a part of the name unless the operator says otherwise", async () => {
    expect(verdict(await route({ ...config, splitProvider: false }, chat("openai/gpt-4o")))).toBe("404 unknown_model");
  });
});
