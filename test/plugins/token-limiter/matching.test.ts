import { describe, expect, test } from "vitest";
import { type StreamOptions } from "../../host/plugin-context.ts";
import { FilterState } from "../../host/filter-state.ts";
import {
  answer,
  chat,
  left,
  outputLimit,
  post,
  startLimiter,
  verdict,
  without,
  type Limit,
} from "./support/limiter.ts";

/** Starts with one limit, uses 60 of its 100, and says what a second request for 60 comes to. */
async function second(limit: Limit, first = chat(60), next = chat(60), config = {}): Promise<string> {
  const { limiter } = await startLimiter({ limits: [outputLimit(limit)], ...config });
  expect(verdict(limiter.send(first, answer(60)))).toBe("passed");
  return verdict(limiter.send(next, answer(60)));
}

const as = (consumer: string) => chat(60, {}, { "x-consumer": consumer });
const tenant = (...values: string[]) => ({
  ...chat(60),
  headers: [
    ...Object.entries(chat(60).headers as Record<string, string>),
    ...values.map((value) => ["X-Tenant", value] as [string, string]),
  ] as [string, string][],
});
const model = (name: unknown) => chat(60, { model: name });
const LIMITED = "429 limited";

describe("a limit counts", () => {
  test.each([
    ["one consumer's requests together", {}, as("a"), as("a"), LIMITED],
    ["each consumer's apart", {}, as("a"), as("b"), "passed"],
    ["everybody's together when it counts by nothing", { by: [] }, as("a"), as("b"), LIMITED],
    ["each model's apart", { by: ["model"] }, model("gpt-4o"), model("gpt-4o-mini"), "passed"],
    ["one model's together, whoever asks", { by: ["model"] }, as("a"), as("b"), LIMITED],
    ["by a header: another value is another key", { by: [{ header: "x-tenant" }] }, tenant("1"), tenant("2"), "passed"],
    [
      "by a header: the same value is the same key",
      { by: [{ header: "X-Tenant" }] },
      tenant("1"),
      tenant("1"),
      LIMITED,
    ],
    ["by a header that is absent: one key", { by: [{ header: "x-tenant" }] }, tenant(), tenant(), LIMITED],
    ["an absent header apart from an empty one", { by: [{ header: "x-tenant" }] }, tenant(), tenant(""), "passed"],
    [
      "a header sent twice with those that have none",
      { by: [{ header: "x-tenant" }] },
      tenant("1", "2"),
      tenant(),
      LIMITED,
    ],
    [
      "a header sent twice as none of its values",
      { by: [{ header: "x-tenant" }] },
      tenant("1"),
      tenant("1", "1"),
      "passed",
    ],
    ["both of two keys: one differs", { by: ["consumer", "model"] }, as("a"), model("other"), "passed"],
    ["both of two keys: the same", { by: ["model", "consumer"] }, as("a"), as("a"), LIMITED],
    [
      "values that run together apart",
      { by: ["consumer", { header: "x-tenant" }] },
      tenant("b1"),
      tenant("b"),
      "passed",
    ],
  ] as [string, Limit, ReturnType<typeof chat>, ReturnType<typeof chat>, string][])(
    "%s",
    async (_name, limit, first, next, expected) => {
      expect(await second(limit, first, next)).toBe(expected);
    },
  );
});

describe("a limit with models", () => {
  test.each([
    ["is for those it names", "gpt-4o", "gpt-4o", LIMITED],
    ["is for those that a pattern matches", "gpt-4*", "gpt-4o-mini", LIMITED],
    ["is for those in another case", "GPT-4o", "gpt-4O", LIMITED],
    ["is for those that a pattern matches in another case", "gpt-4*", "GPT-4o", LIMITED],
    ["is not for others", "gpt-4*", "claude-haiku", "passed"],
    ["matches the whole name", "gpt-4", "gpt-4o", "passed"],
    ["reads escapes in the body", "gpt-4o", "gpt\\u002d4o", LIMITED],
  ])("%s", async (_name, pattern, asked, expected) => {
    const request = { ...model("M"), body: (model("M").body as string).replace("M", asked) };
    expect(await second({ models: [pattern] }, request, request)).toBe(expected);
  });

  test.each([
    ["names none", chat(60, { model: undefined })],
    ["names an empty one", model("")],
    ["names null", model(null)],
    ["names one of its provider's prompts", post("/v1/responses", { prompt: { id: "pmpt_1" }, max_output_tokens: 60 })],
  ])("is for a request that %s, for the provider may choose one of them", async (_what, request) => {
    expect(await second({ models: ["gpt-4*"] }, request, request)).toBe(LIMITED);
  });

  test.each([
    ["Gemini's path", "/v1beta/models/gemini-pro:generateContent", { contents: [] }, "gemini-pro"],
    ["Bedrock's path", "/model/anthropic.claude-v2%3A1/converse", { messages: [] }, "anthropic.claude-v2:1"],
  ])("finds the model in %s", async (_name, path, body, name) => {
    const { limiter } = await startLimiter({ limits: [outputLimit({ models: [name], amount: 1, count: "Requests" })] });
    expect(verdict(limiter.send(post(path, body)))).toBe("passed");
    expect(verdict(limiter.send(post(path, body)))).toBe(LIMITED);
  });
});

describe("what a filter in front has found out", () => {
  /** A first request with this filter state and these properties, and what a second one with others comes to. */
  async function secondOf(limit: Limit, first: Facts, next: Facts): Promise<string> {
    const { limiter } = await startLimiter({ limits: [outputLimit(limit)] });
    expect(verdict(limiter.send(chat(60), answer(60), optionsOf(first)))).toBe("passed");
    return verdict(limiter.send(chat(60), answer(60), optionsOf(next)));
  }
  interface Facts {
    state?: Record<string, string>;
    address?: string;
    route?: string;
  }
  function optionsOf({ state = {}, address = "10.0.0.1:50000", route = "r" }: Facts): StreamOptions {
    const filterState = new FilterState();
    for (const [name, value] of Object.entries(state)) filterState.set(name, value);
    return { filterState, properties: { source: { address }, xds: { route_name: route } } };
  }

  test.each([
    [
      "the routed model counts, not the alias in the body",
      { by: ["model"] },
      { state: { "weir.model": "x" } },
      { state: { "weir.model": "y" } },
      "passed",
    ],
    [
      "the routed model decides which limits are for it",
      { models: ["x"] },
      { state: { "weir.model": "x" } },
      { state: { "weir.model": "x" } },
      LIMITED,
    ],
    [
      "the provider",
      { by: ["provider"] },
      { state: { "weir.provider": "p" } },
      { state: { "weir.provider": "q" } },
      "passed",
    ],
    [
      "the same provider",
      { by: ["provider"] },
      { state: { "weir.provider": "p" } },
      { state: { "weir.provider": "p" } },
      LIMITED,
    ],
    ["no provider is one key", { by: ["provider"] }, {}, {}, LIMITED],
    ["the route", { by: ["route"] }, { route: "r1" }, { route: "r2" }, "passed"],
    ["the same route", { by: ["route"] }, { route: "r1" }, { route: "r1" }, LIMITED],
    [
      "an address, whatever its port",
      { by: ["sourceAddress"] },
      { address: "10.0.0.1:1" },
      { address: "10.0.0.1:2" },
      LIMITED,
    ],
    ["another address", { by: ["sourceAddress"] }, { address: "10.0.0.1:1" }, { address: "10.0.0.2:1" }, "passed"],
    [
      "an IPv6 address, whatever its port",
      { by: ["sourceAddress"] },
      { address: "[2001:db8::1]:1" },
      { address: "[2001:db8::1]:2" },
      LIMITED,
    ],
    [
      "another IPv6 address",
      { by: ["sourceAddress"] },
      { address: "[2001:db8::1]:1" },
      { address: "[2001:db8::2]:1" },
      "passed",
    ],
  ] as [string, Limit, Facts, Facts, string][])("%s", async (_name, limit, first, next, expected) => {
    expect(await secondOf(limit, first, next)).toBe(expected);
  });

  test("the header host", async () => {
    const to = (authority: string) => ({ ...chat(60), authority });
    const by = [{ header: "host" }];
    expect(await second({ by }, to("a.example"), to("b.example"))).toBe("passed");
    expect(await second({ by }, to("a.example"), to("a.example"))).toBe(LIMITED);
  });

  test("a header behind others that have more than is kept", async () => {
    const long = Array.from({ length: 16 }, (_, index) => `x-${index + 10}`);
    const by = long.map((header) => ({ header }));
    const limits = [
      outputLimit({ name: "first", amount: 1000, by: by.slice(0, 8) }),
      outputLimit({ name: "second", amount: 1000, by: by.slice(8) }),
      outputLimit({ by: [{ header: "x-tenant" }] }),
    ];
    const { limiter } = await startLimiter({ limits });
    const headers = Object.fromEntries(long.map((name) => [name, "v".repeat(1024)]));
    const tenants = ["a", "b", "a"].map((name) => chat(60, {}, { ...headers, "x-tenant": name }));
    const verdicts = tenants.map((request) => verdict(limiter.send(request, answer(60))));
    expect(verdicts).toEqual(["passed", "passed", LIMITED]);
  });

  test("the consumer's first group", async () => {
    const consumer = [{ header: "x-consumer" }, { group: { header: "x-group" } }];
    const group = (name: string) => chat(60, {}, { "x-group": name });
    expect(await second({ by: ["group"] }, group("red"), group("blue"), { consumer })).toBe("passed");
    expect(await second({ by: ["group"] }, group("red"), group("red"), { consumer })).toBe(LIMITED);
  });
});

describe("without a consumer", () => {
  const anonymous = without(chat(60), "x-consumer");

  test.each([
    ["Reject answers 401", "Reject", ["consumer"], "401 no_consumer", "401 no_consumer"],
    ["Reject has nothing against it where no limit counts by consumer", "Reject", [], "passed", LIMITED],
    ["Anonymous counts all of them as one", "Anonymous", ["consumer"], "passed", LIMITED],
    ["Pass leaves them out of limits by consumer", "Pass", ["consumer"], "passed", "passed"],
    ["Pass leaves them in the other limits", "Pass", ["model"], "passed", LIMITED],
  ])("%s", async (_name, onNoConsumer, by, first, next) => {
    const { limiter } = await startLimiter({ onNoConsumer, limits: [outputLimit({ by })] });
    expect([verdict(limiter.send(anonymous, answer(60))), verdict(limiter.send(anonymous, answer(60)))]).toEqual([
      first,
      next,
    ]);
  });

  test("Anonymous is nobody who says a name", async () => {
    const { limiter } = await startLimiter({ onNoConsumer: "Anonymous", limits: [outputLimit()] });
    limiter.send(anonymous, answer(60));
    expect(left(limiter)).toBe(100);
  });
});
