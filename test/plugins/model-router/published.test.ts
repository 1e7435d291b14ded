import { describe, expect, test } from "vitest";
import { chat, post, route, startRouter, type Config } from "./support/router.ts";

const config: Config = {
  models: [
    { name: "gpt-*", provider: "openai" },
    { name: "fast", targets: [{ model: "gpt-4o-mini", provider: "openai" }] },
    { name: "closed", provider: "p", allowConsumers: ["nobody"] },
  ],
  consumer: [{ header: "x-consumer" }],
};

describe("filter state says", () => {
  test.each([
    [
      "what was asked for and what it became",
      "fast",
      { requested_model: "fast", model: "gpt-4o-mini", provider: "openai" },
    ],
    ["the name itself where it stays", "gpt-4o", { requested_model: "gpt-4o", model: "gpt-4o", provider: "openai" }],
    ["nothing of a route where there is none", "nobody", {}],
    ["nothing of a route where it is closed", "closed", {}],
  ])("%s", async (_name, model, expected) => {
    const { filterState } = await route(config, chat(model, { "x-consumer": "team-a" }));
    const published = { consumer: "team-a", ...expected };
    expect(filterState).toEqual(
      Object.fromEntries(Object.entries(published).map(([key, value]) => [`weir.${key}`, value])),
    );
  });

  test("no provider where none is known", async () => {
    const { filterState } = await route({ unknownModels: "Pass" }, chat("llama"));
    expect(filterState).toEqual({ "weir.requested_model": "llama", "weir.model": "llama" });
  });

  test("the default's name where the request named none", async () => {
    const { filterState } = await route({ ...config, defaultModel: "fast" }, post("/v1/messages", "{}"));
    expect(filterState).toEqual({
      "weir.requested_model": "fast",
      "weir.model": "gpt-4o-mini",
      "weir.provider": "openai",
    });
  });

  test("no consumer where the operator configured none", async () => {
    const { filterState } = await route({ models: config["models"] }, chat("gpt-4o", { authorization: "Bearer sk-1" }));
    expect(Object.keys(filterState)).not.toContain("weir.consumer");
  });

  test("who asked for a listing too", async () => {
    const { filterState } = await route(config, { path: "/v1/models", headers: { "x-consumer": "team-a" } });
    expect(filterState).toEqual({ "weir.consumer": "team-a" });
  });
});

describe("metrics", () => {
  test("count each refusal by its reason", async () => {
    const { host, router } = await startRouter(config);
    for (const model of ["nobody", "nobody", "closed", "gpt-4o"]) router.send(chat(model));
    const counts = Object.entries(host.metrics.all).filter(([name]) => name.startsWith("weir.model-router.refused"));
    expect(Object.fromEntries(counts)).toEqual({
      "weir.model-router.refused.reason.=.unknown_model.=;.": 2,
      "weir.model-router.refused.reason.=.forbidden_model.=;.": 1,
    });
  });

  test("say that a configuration is loaded, and how large the VM is", async () => {
    const { host } = await startRouter(config);
    expect(host.metrics.gauge("weir.model-router.config_loaded")).toBe(1);
    expect(host.metrics.gauge("weir.model-router.vm_pages")).toBe(host.memoryPages);
  });
});

test("nothing of a request gets into the log", async () => {
  const { router } = await startRouter(config);
  for (const body of ['{"model":"secret"}', '{"model":', '{"model":"a","model":"secret"}']) {
    router.send(post("/v1/chat/completions", body, { authorization: "Bearer secret" }));
  }
  expect(router.logs).toEqual([]);
});
