import { beforeAll, expect, test } from "vitest";
import { issuesOf, loadVm } from "../../contract/support/plugins.ts";
import type { WasmHost } from "../../host/wasm-host.ts";

let host: WasmHost;

beforeAll(async () => {
  host = await loadVm("model-router");
});

const MODELS = [
  { name: "gpt-*", provider: "openai" },
  { name: "internal", provider: "vllm", allowConsumers: ["team-a"] },
];

function byMatch(match: object): object {
  return { overrides: [{ name: "admin", match, config: { batch: "Reject" } }] };
}

function byPath(prefix: string): object {
  return byMatch({ pathPrefixes: [prefix] });
}

function byHosts(...hosts: string[]): object {
  return byMatch({ hosts });
}

const REFUSED: [what: string, config: object, issue: string][] = [
  [
    "a default model that it would answer with 404",
    { models: MODELS, defaultModel: "gtp-4o" },
    "config.defaultModel: is none of models",
  ],
  ["a default model without models", { defaultModel: "gpt-4o" }, "config.defaultModel: is none of models"],
  [
    "an override's default model that is unknown there",
    { models: MODELS, overrides: [{ name: "eu", config: { defaultModel: "mistral" } }] },
    "config.overrides[0].config.defaultModel: is none of models",
  ],
  [
    "a model that an earlier pattern takes",
    { models: [{ name: "*", provider: "openai" }, ...MODELS.slice(1)] },
    "config.models[1].name: is matched by an earlier one",
  ],
  [
    "a pattern that an earlier one takes",
    { models: [...MODELS, { name: "gpt-*-mini", provider: "azure" }] },
    "config.models[2].name: is matched by an earlier one",
  ],
  [
    "a model twice",
    { models: [...MODELS, { name: "internal", provider: "azure" }] },
    "config.models[2].name: is matched by an earlier one",
  ],
  [
    "both headers under one name",
    { providerHeader: "X-Gateway-Model-Name" },
    "config.providerHeader: must differ from modelHeader",
  ],
  [
    "an override's name twice",
    {
      overrides: [
        { name: "a", config: {} },
        { name: "a", config: {} },
      ],
    },
    "config.overrides[1].name: must be unique, not Off",
  ],
  [
    "an override that is called Off",
    { overrides: [{ name: "Off", config: {} }] },
    "config.overrides[0].name: must be unique, not Off",
  ],
  [
    "a place for groups that is none",
    { consumer: [{ group: {} }] },
    "config.consumer[0].group: must have exactly one of metadata, header",
  ],
  ["a prefix that no path has", byPath("admin/"), "config.overrides[0].match.pathPrefixes: must begin with /"],
  [
    "a host with a port",
    byHosts("a", "eu.example:443"),
    "config.overrides[0].match.hosts: must have no scheme, port or path",
  ],
  ["any host with a port", byHosts("*:8080"), "config.overrides[0].match.hosts: must have no scheme, port or path"],
  [
    "an address with a port",
    byHosts("[::1]:443"),
    "config.overrides[0].match.hosts: must have no scheme, port or path",
  ],
  [
    "a host with a scheme",
    byHosts("https://eu.example"),
    "config.overrides[0].match.hosts: must have no scheme, port or path",
  ],
  [
    "a host with a path",
    byHosts("eu.example/v1"),
    "config.overrides[0].match.hosts: must have no scheme, port or path",
  ],
  [
    "a header to match twice, which no request could",
    byMatch({ headers: { "x-tier": "gold", "X-Tier": "silver" } }),
    "config.overrides[0].match.headers.X-Tier: is there twice, in another case",
  ],
  [
    "groups that nobody can be found to be in",
    { models: [{ ...MODELS[1], allowGroups: ["research"] }], consumer: [{ header: "x-consumer" }] },
    "config.models[0].allowGroups: has groups, which no entry of consumer finds",
  ],
  [
    "an override that takes away what finds groups",
    {
      models: [{ name: "a", provider: "b", allowGroups: ["research"] }],
      consumer: [{ group: { header: "x-groups" } }],
      overrides: [{ name: "eu", config: { consumer: [{ credential: true }] } }],
    },
    "config.models[0].allowGroups: has groups, which no entry of consumer finds",
  ],
  [
    "a header that keeps sessions together and that it overwrites itself",
    { stickyHeader: "X-Gateway-Model-Name" },
    "config.stickyHeader: must not name modelHeader or providerHeader",
  ],
  [
    "a consumer in a header that it overwrites itself",
    { providerHeader: "x-p", consumer: [{ credential: true }, { header: "X-P" }] },
    "config.consumer: must not name modelHeader or providerHeader",
  ],
  [
    "groups in a header that it overwrites itself",
    { consumer: [{ group: { header: "x-gateway-model-name" } }] },
    "config.consumer: must not name modelHeader or providerHeader",
  ],
  ...["Host", "Content-Length", "te"].map((modelHeader): (typeof REFUSED)[number] => [
    `the header ${modelHeader} for the model`,
    { modelHeader },
    "config.modelHeader: is a header that only the gateway may set",
  ]),
  [
    "the header host for the provider",
    { providerHeader: "host" },
    "config.providerHeader: is a header that only the gateway may set",
  ],
];

test.each(REFUSED)("refuses %s", (_what, config, issue) => {
  expect(issuesOf(host, config)).toEqual([`model-router: ${issue}`]);
});

const TAKEN: [what: string, config: object][] = [
  ["a default model that a pattern lists", { models: MODELS, defaultModel: "gpt-4o" }],
  ["a default model that not everybody may use", { models: MODELS, defaultModel: "internal" }],
  ["a default model by provider and name", { models: MODELS, splitProvider: true, defaultModel: "openai/gpt-4o" }],
  ["any default model where unknown ones pass", { defaultModel: "gtp-4o", unknownModels: "Pass" }],
  [
    "patterns that an earlier one leaves something",
    { models: ["internal-a", "internal-*", "*-mini", "*"].map((name) => ({ name, provider: "openai" })) },
  ],
  ["a prefix from the root", byPath("/admin/")],
  ["hosts and an address of IPv6", byHosts("eu.example", "*.eu.example", "v1", "[::1]")],
];

test.each(TAKEN)("takes %s", (_what, config) => {
  expect(issuesOf(host, config)).toEqual([]);
});
