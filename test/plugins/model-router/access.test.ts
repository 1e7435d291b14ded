import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { serializePairs } from "../../host/pairs.ts";
import { type PropertyTree } from "../../host/properties.ts";
import { FilterState } from "../../host/filter-state.ts";
import { chat, post, route, startRouter, verdict, type Config } from "./support/router.ts";

const MODELS = [
  { name: "team-only", provider: "p", allowConsumers: ["team-a", "svc-*"] },
  { name: "group-only", provider: "p", allowGroups: ["research", "ops-*"] },
  { name: "either", provider: "p", allowConsumers: ["team-a"], allowGroups: ["research"] },
  { name: "*", provider: "p" },
];

const BY_HEADER: Config = { models: MODELS, consumer: [{ header: "X-Consumer" }, { group: { header: "x-groups" } }] };

describe("an access list", () => {
  test.each([
    ["lets in a consumer on it", "team-only", { "x-consumer": "team-a" }, true],
    ["lets in one that a pattern names", "team-only", { "x-consumer": "svc-9" }, true],
    ["keeps out another", "team-only", { "x-consumer": "team-b" }, false],
    ["keeps out a part of a name", "team-only", { "x-consumer": "team" }, false],
    ["keeps out a longer name", "team-only", { "x-consumer": "team-ab" }, false],
    ["keeps out who has no name", "team-only", {}, false],
    ["keeps out an empty name", "team-only", { "x-consumer": "" }, false],
    ["takes no group for a consumer", "team-only", { "x-groups": "team-a" }, false],
    ["lets in a group's member", "group-only", { "x-groups": "sales, research" }, true],
    ["lets in a group's member after a tab", "group-only", { "x-groups": "sales,\tresearch\t" }, true],
    ["lets in by a pattern of groups", "group-only", { "x-groups": "ops-eu" }, true],
    ["takes no consumer for a group", "group-only", { "x-consumer": "research" }, false],
    ["keeps out another group", "group-only", { "x-groups": "sales,research2" }, false],
    ["needs one of two: the consumer", "either", { "x-consumer": "team-a", "x-groups": "sales" }, true],
    ["needs one of two: the group", "either", { "x-consumer": "team-b", "x-groups": "research" }, true],
    ["needs one of two: neither", "either", { "x-consumer": "team-b", "x-groups": "sales" }, false],
    ["is not everybody's concern", "open", {}, true],
  ] as [string, string, Record<string, string>, boolean][])("%s", async (_name, model, headers, allowed) => {
    expect(verdict(await route(BY_HEADER, chat(model, headers)))).toBe(allowed ? `p ${model}` : "403 forbidden_model");
  });

  test.each(["\u0001", "m\nteam-only", "m".repeat(300)])(
    "keeps out a name that no header can have, %j, though unknown models pass",
    async (model) => {
      const config = { ...BY_HEADER, models: MODELS.slice(0, 3), unknownModels: "Pass" };
      expect(verdict(await route(config, chat(model)))).toBe("404 unknown_model");
      expect(verdict(await route(config, chat("open")))).toBe("- open");
    },
  );

  test("two values of the consumer's header are no consumer", async () => {
    const headers = { "x-consumer": ["team-a", "team-b"], "content-type": "application/json" };
    expect(verdict(await route(BY_HEADER, { ...chat("team-only"), headers }))).toBe("403 forbidden_model");
  });

  test("holds for a model in the path and for the default", async () => {
    const request = post("/v1beta/models/team-only:generateContent", "{}");
    expect(verdict(await route(BY_HEADER, request))).toBe("403 forbidden_model");
    expect(verdict(await route({ ...BY_HEADER, defaultModel: "team-only" }, post("/v1/messages", "{}")))).toBe(
      "403 forbidden_model",
    );
  });

  test("comes before the dialect: who may not use a model doesn't learn what it speaks", async () => {
    const targets = [{ provider: "p", dialects: ["Gemini"] }];
    const config = { ...BY_HEADER, models: [{ name: "m", targets, allowConsumers: ["team-a"] }] };
    expect(verdict(await route(config, chat("m")))).toBe("403 forbidden_model");
    expect(verdict(await route(config, chat("m", { "x-consumer": "team-a" })))).toBe("400 unsupported_model");
  });

  test("the first entry that matches decides, not the first that lets in", async () => {
    const models = [
      { name: "a*", provider: "p", allowConsumers: ["x"] },
      { name: "*", provider: "q" },
    ];
    expect(verdict(await route({ ...BY_HEADER, models }, chat("abc")))).toBe("403 forbidden_model");
  });
});

describe("who asks", () => {
  const only = (name: string): unknown => [{ name: "m", provider: "p", allowConsumers: [name] }];
  const digest = createHash("sha256").update("sk-1").digest("hex").slice(0, 32);
  const jwt = (payload: PropertyTree): PropertyTree => ({
    metadata: { filter_metadata: { "envoy.filters.http.jwt_authn": { payload } } },
  });

  test.each([
    ["a token's subject, unless said otherwise", undefined, "u-1", {}, jwt({ sub: "u-1" })],
    ["an API key's hash, unless said otherwise", undefined, digest, { authorization: "Bearer sk-1" }, {}],
    ["an API key in Anthropic's header", undefined, digest, { "x-api-key": "sk-1" }, {}],
    [
      "a certificate's name",
      [{ peerCertificate: "San" }],
      "spiffe://a",
      {},
      { connection: { uri_san_peer_certificate: "spiffe://a" } },
    ],
    [
      "a certificate's subject",
      [{ peerCertificate: "Subject" }],
      "CN=a",
      {},
      { connection: { subject_peer_certificate: "CN=a" } },
    ],
    ["an address", [{ sourceAddress: true }], "10.0.0.1", {}, { source: { address: "10.0.0.1:5000" } }],
    ["an address of IPv6", [{ sourceAddress: true }], "[::1]", {}, { source: { address: "[::1]:5000" } }],
    ["the first source that knows", [{ header: "x-a" }, { header: "x-b" }], "b", { "x-b": "b" }, {}],
  ] as [string, unknown, string, Record<string, string>, PropertyTree][])(
    "%s",
    async (_name, consumer, expected, headers, properties) => {
      const common = consumer === undefined ? {} : { consumer };
      const allowed = await route({ ...common, models: only(expected) }, chat("m", headers), { properties });
      const others = await route({ ...common, models: only("other") }, chat("m", headers), { properties });
      expect([verdict(allowed), verdict(others)]).toEqual(["p m", "403 forbidden_model"]);
    },
  );

  test.each([
    [
      "a list",
      serializePairs([
        ["sales", ""],
        ["research", ""],
      ]),
      true,
    ],
    [
      "a list of others",
      serializePairs([
        ["sales", ""],
        ["research2", ""],
      ]),
      false,
    ],
    ["an empty list", serializePairs([]), false],
    ["a text", "sales, research", true],
    ["another text", "sales,researchers", false],
  ])("groups in a token: %s", async (_name, roles, allowed) => {
    const source = { metadata: ["envoy.filters.http.jwt_authn", "payload", "roles"] };
    const config = { models: MODELS, consumer: [{ group: source }] };
    const outcome = await route(config, chat("group-only"), { properties: jwt({ roles }) });
    expect(verdict(outcome)).toBe(allowed ? "p group-only" : "403 forbidden_model");
  });

  test("an earlier source wins over a later one", async () => {
    const config = { models: only("b"), consumer: [{ header: "x-a" }, { header: "x-b" }] };
    expect(verdict(await route(config, chat("m", { "x-a": "a", "x-b": "b" })))).toBe("403 forbidden_model");
  });

  test("a client's header is nobody where the operator doesn't name it", async () => {
    const config = { models: only("team-a") };
    expect(verdict(await route(config, chat("m", { "x-consumer": "team-a" })))).toBe("403 forbidden_model");
  });

  test("what an earlier plugin found counts, and is not overwritten", async () => {
    const { router } = await startRouter({ models: only("known"), consumer: [{ header: "x-consumer" }] });
    const filterState = new FilterState();
    filterState.set("weir.consumer", "known");
    const outcome = router.send(chat("m", { "x-consumer": "other" }), {}, { filterState });
    expect([verdict(outcome), outcome.filterState["weir.consumer"]]).toEqual(["p m", "known"]);
  });
});
