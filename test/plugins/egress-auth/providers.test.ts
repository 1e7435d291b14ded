import { describe, expect, test } from "vitest";
import { type Config, chat, complaints, post, send, startEgress, upstream, verdict } from "./support/egress.ts";

const bearer = (value: string) => ({ type: "Bearer", from: { value } });
const OPENAI = { name: "openai", credential: bearer("key-of-openai") };
const AZURE = {
  name: "azure",
  credential: { type: "Header", header: "api-key", from: { value: "key-of-azure" } },
  host: "x.openai.azure.com",
  path: "/openai/deployments/{model}/chat/completions?api-version=1",
};
const MISSING = { env: "NONE", optional: true };
const VERTEX = { type: "GoogleServiceAccount", tokenCluster: "idp" };
const CLIENT = {
  type: "OAuth2ClientCredentials",
  tokenCluster: "idp",
  tokenPath: "/token",
  clientId: { value: "client" },
};
const ROLE = { type: "AwsSigV4", region: "us-east-1", service: "bedrock" };
const WEB = { type: "AssumeRoleWithWebIdentity", cluster: "sts", roleArn: "arn:aws:iam::1:role/llm" };

describe("the provider", () => {
  test.each<[what: string, config: Config, provider: string | undefined, expected: string]>([
    ["of the header gets its credential", { providers: [OPENAI] }, "openai", "passed"],
    ["that nobody has is refused", { providers: [OPENAI] }, "other", "403 unknown_provider"],
    ["that nobody names is refused", { providers: [OPENAI] }, undefined, "403 unknown_provider"],
    ["with a glob's name is nobody", { providers: [OPENAI] }, "*", "403 unknown_provider"],
    [
      "in a region that is allowed passes",
      { providers: [{ ...OPENAI, region: "eu-west-1" }], allowedRegions: ["eu-*"] },
      "openai",
      "passed",
    ],
    [
      "in another region is refused",
      { providers: [{ ...OPENAI, region: "us-east-1" }], allowedRegions: ["eu-*"] },
      "openai",
      "403 region_not_allowed",
    ],
    [
      "without a region is refused where regions are bound",
      { providers: [OPENAI], allowedRegions: ["eu-*"] },
      "openai",
      "403 region_not_allowed",
    ],
    [
      "of another dialect is refused",
      { providers: [{ ...OPENAI, dialects: ["AnthropicMessages"] }] },
      "openai",
      "503 wrong_dialect",
    ],
    [
      "whose optional key is missing is refused",
      { providers: [{ name: "openai", credential: { type: "Bearer", from: { env: "NONE", optional: true } } }] },
      "openai",
      "503 no_credential",
    ],
    [
      "whose optional key file is missing is refused",
      { providers: [{ name: "openai", credential: { ...VERTEX, key: MISSING } }] },
      "openai",
      "503 no_credential",
    ],
    [
      "whose optional client secret is missing is refused",
      { providers: [{ name: "openai", credential: { ...CLIENT, clientSecret: MISSING } }] },
      "openai",
      "503 no_credential",
    ],
    [
      "whose optional web identity is missing is refused",
      { providers: [{ name: "openai", credential: { ...ROLE, credentials: { ...WEB, webIdentityToken: MISSING } } }] },
      "openai",
      "503 no_credential",
    ],
    ["that wants none gets none", { providers: [{ name: "local", credential: { type: "None" } }] }, "local", "passed"],
  ])("%s", async (_what, config, provider, expected) => {
    const outcome = await send(config, chat(provider, "gpt-4o", { authorization: "Bearer client" }));
    expect(verdict(outcome)).toBe(expected);
    if (expected === "passed") {
      expect(upstream(outcome, "authorization")).toEqual([provider === "openai" ? "Bearer key-of-openai" : undefined]);
    }
  });

  test("named twice is nobody", async () => {
    const headers = [
      ["x-gateway-provider-name", "openai"],
      ["x-gateway-provider-name", "azure"],
    ] as [string, string][];
    expect(verdict(await send({ providers: [OPENAI, AZURE] }, { ...chat(undefined), headers }))).toBe(
      "403 unknown_provider",
    );
  });

  test("of the endpoint's metadata, or of the cluster, is whoever these name", async () => {
    const filter_metadata = { weir: { provider: "azure" } };
    const properties = { xds: { upstream_host_metadata: { filter_metadata }, cluster_name: "openai" } };
    const config = { providers: [OPENAI, AZURE] };
    const byHost = await send({ ...config, select: { hostMetadata: ["weir", "provider"] } }, chat("openai"), {
      properties,
    });
    expect([...upstream(byHost, "api-key", "authorization"), byHost.filterState["weir.provider"]]).toEqual([
      "key-of-azure",
      undefined,
      "azure",
    ]);
    const byCluster = await send({ ...config, select: { cluster: true } }, chat("azure"), { properties });
    expect(upstream(byCluster, "api-key", "authorization")).toEqual([undefined, "Bearer key-of-openai"]);
  });
});

describe("the model", () => {
  const MAPPED = {
    providers: [AZURE, OPENAI],
    modelMapping: { azure: { "gpt-4o*": "prod", "a b": "space" }, openai: { old: "new" } },
  };

  test.each<[what: string, provider: string, path: string, body: unknown, wanted: { path: string; body?: string }]>([
    [
      "in the body, mapped",
      "azure",
      "/v1/chat/completions",
      { model: "gpt-4o" },
      { path: "/openai/deployments/prod/chat/completions?api-version=1", body: '{"model":"prod"}' },
    ],
    [
      "in the body, not mapped",
      "azure",
      "/v1/chat/completions",
      { model: "o3/x" },
      { path: "/openai/deployments/o3%2Fx/chat/completions?api-version=1", body: '{"model":"o3/x"}' },
    ],
    [
      "in the body, for a provider that keeps paths",
      "openai",
      "/v1/chat/completions?a=1",
      { model: "old" },
      { path: "/v1/chat/completions?a=1", body: '{"model":"new"}' },
    ],
    [
      "in Gemini's path",
      "openai",
      "/v1beta/models/old:generateContent?alt=sse",
      { contents: [] },
      { path: "/v1beta/models/new:generateContent?alt=sse" },
    ],
    [
      "in Bedrock's path, that stays",
      "openai",
      "/model/anthropic.claude-v2:0/converse",
      { messages: [] },
      { path: "/model/anthropic.claude-v2:0/converse" },
    ],
  ])("%s", async (_what, provider, path, body, wanted) => {
    const outcome = await send(MAPPED, post(provider, path, body));
    expect([verdict(outcome), ...upstream(outcome, ":path")]).toEqual(["passed", wanted.path]);
    expect(outcome.upstream.body).toBe(wanted.body ?? JSON.stringify(body));
    expect(outcome.upstream.isFramed).toBe(true);
  });

  const FIXED = { ...OPENAI, path: "/openai/v1/chat/completions" };
  const PINNED = { ...OPENAI, path: "/v1beta/models/gemini-2.5-pro:generateContent" };
  const DEPLOYMENT = "/openai/deployments/cheap/chat/completions?api-version=1";

  test.each<[what: string, config: Config, path: string, body: object, wanted: { path: string; body?: object }]>([
    [
      "that its path names goes into the body where the provider's own path has none",
      { providers: [FIXED] },
      DEPLOYMENT,
      { model: "dear", messages: [] },
      { path: "/openai/v1/chat/completions?api-version=1", body: { model: "cheap", messages: [] } },
    ],
    [
      "that its path names is mapped there",
      { providers: [FIXED], modelMapping: { openai: { cheap: "llama-cheap" } } },
      DEPLOYMENT,
      { messages: [], model: "dear" },
      { path: "/openai/v1/chat/completions?api-version=1", body: { messages: [], model: "llama-cheap" } },
    ],
    [
      "in the body is left where the path says it",
      { providers: [OPENAI] },
      DEPLOYMENT,
      { model: "dear" },
      { path: DEPLOYMENT },
    ],
    [
      "in the body is left where the provider's own path says another",
      { providers: [PINNED] },
      "/v1beta/models/gemini-2.0-flash:generateContent",
      { contents: [], model: "dear" },
      { path: PINNED.path },
    ],
  ])("%s", async (_what, config, path, body, wanted) => {
    const outcome = await send(config, post("openai", path, body));
    expect([verdict(outcome), ...upstream(outcome, ":path")]).toEqual(["passed", wanted.path]);
    expect(outcome.upstream.body).toBe(JSON.stringify(wanted.body ?? body));
  });

  test("that the router found by a body's shape is mapped on any path", async () => {
    const { egress } = await startEgress(MAPPED);
    const stream = egress.stream();
    stream.filterState.set("weir.model", "old");
    stream.request(post("openai", "/team/ask", { model: "old", messages: [] }));
    expect(JSON.parse(stream.upstream.body)).toMatchObject({ model: "new" });
  });

  test.each(["..", "."])("%j is no segment of a path", async (model) => {
    expect(verdict(await send(MAPPED, chat("azure", model)))).toBe("400 bad_model");
    const elsewhere = await send(MAPPED, chat("openai", model));
    expect([verdict(elsewhere), JSON.parse(elsewhere.upstream.body)]).toMatchObject(["passed", { model }]);
  });

  test("in a form is mapped", async () => {
    const form = (model: string) =>
      `--cut\r\ncontent-disposition: form-data; name="model"\r\n\r\n${model}\r\n--cut--\r\n`;
    const headers = { "content-type": "multipart/form-data; boundary=cut", "x-gateway-provider-name": "openai" };
    const request = { method: "POST", path: "/v1/audio/transcriptions", headers, body: form("old") };
    expect((await send(MAPPED, request)).upstream.body).toBe(form("new"));
  });

  test("of the routing header counts where the request names none, be that header taken out or not", async () => {
    const request = post("azure", "/v1/chat/completions", { messages: [] }, { "x-gateway-model-name": "gpt-4o-mini" });
    const path = "/openai/deployments/prod/chat/completions?api-version=1";
    for (const [stripHeaders, left] of [
      [[], "gpt-4o-mini"],
      [["x-gateway-*"], undefined],
    ]) {
      const outcome = await send({ ...MAPPED, stripHeaders }, request);
      expect(upstream(outcome, ":path", "x-gateway-model-name")).toEqual([path, left]);
    }
  });

  test.each([
    ["nobody names", { messages: [] }, "400 no_model"],
    ["is no text", { model: 7 }, "400 bad_model"],
    ["is empty", { model: "" }, "400 bad_model"],
    ["is too long", { model: "m".repeat(257) }, "400 bad_model"],
    ["is there twice", '{"model":"a","model":"b"}', "400 duplicate_key"],
    ["is in no JSON", "{", "400 not_json"],
  ])("that %s is refused where it is needed", async (_what, body, expected) => {
    expect(verdict(await send(MAPPED, post("azure", "/v1/chat/completions", body)))).toBe(expected);
  });

  test("that the router published counts first, and the body gets its name", async () => {
    const { egress } = await startEgress(MAPPED);
    const stream = egress.stream();
    stream.filterState.set("weir.model", "gpt-4o");
    stream.request(chat("azure", "alias"));
    expect(stream.upstream.headers?.get(":path")).toBe("/openai/deployments/prod/chat/completions?api-version=1");
    expect(JSON.parse(stream.upstream.body)).toMatchObject({ model: "prod" });
  });

  test("doesn't hold a body that nobody has to read", async () => {
    const { egress } = await startEgress({ providers: [OPENAI] });
    const stream = egress.stream();
    stream.onRequestHeaders(
      { ":method": "POST", ":path": "/v1/chat/completions", "x-gateway-provider-name": "openai" },
      false,
    );
    expect(stream.upstream.headers?.get("authorization")).toBe("Bearer key-of-openai");
  });

  test("splitting the body anywhere changes nothing", async () => {
    const { egress } = await startEgress(MAPPED);
    const request = post(
      "azure",
      "/v1/chat/completions",
      '{"messages":[{"content":"h\\u00e9"}],"mod\\u0065l":"gpt-4o","n":1}',
    );
    const whole = egress.send(request).upstream;
    expect(whole.body).toContain('"prod"');
    for (let at = 1; at < (request.body as string).length; at++) {
      const { upstream: cut } = egress.send({ ...request, split: [at] });
      expect([cut.body, cut.headers?.get(":path")]).toEqual([whole.body, whole.headers?.get(":path")]);
    }
  });
});

describe("a loop tag", () => {
  const config = { ...{ unknownProvider: "Strip" }, loopTag: { name: "gw-1", maxPasses: 2 } };

  test.each([
    ["nobody", undefined, "passed"],
    ["other gateways", "gw-2, gw-10", "passed"],
    ["this one once", "gw-2, gw-1", "passed"],
    ["this one twice", "gw-1,gw-2 , gw-1", "508 loop"],
    ["this one twice, after tabs", "gw-2,\tgw-1\t,\tgw-1", "508 loop"],
  ])("of a request that has been through %s", async (_who, via, expected) => {
    const outcome = await send(config, chat(undefined, "gpt-4o", via === undefined ? {} : { "x-gateway-via": via }));
    expect(verdict(outcome)).toBe(expected);
    if (expected === "passed") expect(outcome.upstream.headers?.all("x-gateway-via").at(-1)).toBe("gw-1");
  });

  test.each([{ hostMetadata: ["weir", "provider"] }, { cluster: true }])(
    "is refused where each attempt is seen: %j",
    async (select) => {
      const lines = await complaints({ ...config, select });
      expect(lines).toHaveLength(1);
      expect(lines[0]).toContain("egress-auth: config.loopTag: must not be with select.hostMetadata or select.cluster");
    },
  );

  test("counts over several lines of the header", async () => {
    const headers = [
      ["x-gateway-via", "gw-1"],
      ["x-gateway-via", "gw-1"],
    ] as [string, string][];
    expect(verdict(await send(config, { ...chat(undefined), headers }))).toBe("508 loop");
  });
});

test("what another type of credential has is refused as that", async () => {
  const credential = { type: "Bearer", from: { value: "k" }, region: "eu", header: "x-a", form: 1 };
  expect(await complaints({ providers: [{ name: "a", credential }] })).toEqual([
    "egress-auth: config.providers[0].credential.region: is not for Bearer",
    "egress-auth: config.providers[0].credential.header: is not for Bearer",
    "egress-auth: config.providers[0].credential.form: unknown key; did you mean from?",
  ]);
});

test.each<[what: string, type: object, complaint: string]>([
  ["missing", {}, "is required"],
  ["wrong", { type: "Bearr" }, "must be one of None, Bearer, Header"],
])("of a credential whose type is %s only that is said", async (_what, type, complaint) => {
  const credential = { ...type, from: { value: "k" }, region: "eu" };
  expect(await complaints({ providers: [{ name: "a", credential }] })).toEqual([
    expect.stringContaining(`egress-auth: config.providers[0].credential.type: ${complaint}`),
  ]);
});

test("a fixed header can't be the one that the credential sets", async () => {
  const provider = {
    name: "a",
    credential: { type: "Header", header: "X-Api-Key", from: { value: "k" } },
    headers: { "x-API-key": "other", "x-other": "1" },
  };
  expect(await complaints({ providers: [provider] })).toEqual([
    "egress-auth: config.providers[0].headers.x-API-key: is what the credential sets",
  ]);
});

describe.each(["Host", "Content-Length", "transfer-encoding", "TE", "Content-Encoding", "expect"])("%s", (name) => {
  test.each<[what: string, config: Config, key: string]>([
    ["fixed header", provider({ headers: { [name]: "1" } }), `providers[0].headers.${name}`],
    [
      "credential's header",
      provider({ credential: { type: "Header", header: name, from: { value: "k" } } }),
      "providers[0].credential.header",
    ],
    ["header of marks", { loopTag: { name: "gw-1", header: name } }, "loopTag.header"],
  ])("is the name of no %s", async (_what, config, key) => {
    expect(await complaints(config)).toEqual([
      `egress-auth: config.${key}: is a header that only the gateway may set; a host goes into the key host`,
    ]);
  });
});

function provider(change: object): Config {
  return { providers: [{ name: "a", credential: { type: "None" }, ...change }] };
}

test.each<[what: string, config: Config, complaint: string]>([
  [
    "a fixed header whose name stands twice, in another case",
    provider({ headers: { "X-Tier": "a", "x-tier": "b" } }),
    "providers[0].headers.x-tier: is there twice, in another case",
  ],
  [
    "a header of marks that a credential takes the place of",
    { ...provider({ credential: bearer("k") }), loopTag: { name: "gw-1", header: "Authorization" } },
    "loopTag.header: is what a provider's credential or headers set",
  ],
  [
    "a header of marks that a provider has a value for",
    { ...provider({ headers: { "X-Via": "1" } }), loopTag: { name: "gw-1", header: "x-via" } },
    "loopTag.header: is what a provider's credential or headers set",
  ],
  [
    "a header of marks that is taken out of every request, so that no mark is left to count",
    { loopTag: { name: "gw-1", maxPasses: 2 }, stripHeaders: ["X-Gateway-*"] },
    "loopTag.header: is taken out of every request, and the marks with it",
  ],
  [
    "a header of marks that names the provider, of which a request that came back would have two",
    { select: { header: "X-Provider" }, loopTag: { name: "gw-1", maxPasses: 2, header: "x-provider" } },
    "loopTag.header: is what select reads: with a mark in it, it names no provider",
  ],
  [
    "a header of marks that is always taken out",
    { loopTag: { name: "gw-1", header: "x-envoy-via" } },
    "loopTag.header: is taken out of every request, and the marks with it",
  ],
  [
    "a key with the scheme before it",
    provider({ credential: bearer("Bearer sk-1") }),
    "providers[0].credential.from: begins with Bearer, which is put before it: the key alone belongs here",
  ],
  [
    "a provider without a name, behind one that is called none,",
    {
      providers: [
        { name: "a", credential: { type: "None" } },
        { name: "none", credential: { type: "None" } },
        { credential: { type: "None" } },
      ],
    },
    "providers[2].name: is required",
  ],
  [
    "a model that an earlier pattern takes",
    { ...provider({}), modelMapping: { a: { "gpt-*": "x", "gpt-4o": "y" } } },
    "modelMapping.a.gpt-4o: is never taken: gpt-* before it matches the same models",
  ],
  [
    "a pattern that an earlier one takes",
    { ...provider({}), modelMapping: { a: { "*": "x", "gpt-*": "y" } } },
    'modelMapping.a["gpt-*"]: is never taken: * before it matches the same models',
  ],
  [
    "a pattern in place of a model",
    { ...provider({}), modelMapping: { a: { "gpt-*": "claude-*" } } },
    'modelMapping.a["gpt-*"]: must be a model\'s name: only the pattern may have *',
  ],
  [
    "a model without a name",
    { ...provider({}), modelMapping: { a: { "": "x" } } },
    'modelMapping.a[""]: is the pattern of no model',
  ],
  [
    "a header of AWS that wouldn't be signed",
    provider({
      headers: { "X-Amz-Tier": "1" },
      credential: { ...ROLE, accessKeyId: { value: "k" }, secretAccessKey: { value: "s" } },
    }),
    "providers[0].headers.X-Amz-Tier: wouldn't be signed, and AWS takes no x-amz- header that isn't",
  ],
])("%s is refused", async (_what, config, complaint) => {
  expect(await complaints(config)).toEqual([`egress-auth: config.${complaint}`]);
});

test("a pattern that an earlier one leaves something may follow it", async () => {
  const modelMapping = { a: { "gpt-4o": "x", "gpt-*": "y", "*-mini": "z", "*": "w" } };
  expect(await complaints({ ...provider({}), modelMapping })).toEqual([]);
});

test.each(["api.openai.com", "localhost:8080", "10.0.0.1", "[::1]:443", "a_b.internal", "vllm:65535"])(
  "a provider's host can be %s",
  async (host) => {
    expect(await complaints({ providers: [{ name: "a", credential: { type: "None" }, host }] })).toEqual([]);
  },
);

test("a fixed header's value may have spaces in it", async () => {
  const headers = { "anthropic-beta": "a-2025-01-01, b-2025-01-01" };
  const outcome = await send(
    { providers: [{ name: "openai", credential: { type: "None" }, headers }] },
    chat("openai"),
  );
  expect(upstream(outcome, "anthropic-beta")).toEqual(["a-2025-01-01, b-2025-01-01"]);
});

describe("a secret", () => {
  const of = (from: unknown) => ({ providers: [{ name: "openai", credential: { type: "Bearer", from } }] });

  test.each<[what: string, from: unknown, environment: Record<string, string>, complaint: string]>([
    [
      "whose variable is missing",
      { env: "MISSING_KEY" },
      {},
      "from.env: names no variable that this VM has: MISSING_KEY",
    ],
    [
      "with a line end",
      { env: "KEY" },
      { KEY: "marked-secret\n" },
      "from.env: names a variable whose value can't be sent: KEY",
    ],
    ["that is empty", { env: "KEY" }, { KEY: "" }, "from.env: names a variable whose value can't be sent: KEY"],
    ["that is written with a line end", { value: "marked-secret\r\nx: y" }, {}, "from.value: must be 1 to 16384 bytes"],
    [
      "that is a placeholder",
      { value: "${marked-secret}" },
      {},
      "from.value: is a placeholder that nobody filled in: a variable of the VM is named with env",
    ],
    ["that is written as a text", "marked-secret", {}, "from: must be an object with exactly one of env, value"],
    ["in a pool, written as a text", ["marked-secret"], {}, "from: must hold objects with exactly one of env, value"],
    [
      "where a variable's name belongs",
      { env: "marked-secret" },
      {},
      "from.env: must be the name of an environment variable",
    ],
  ])("%s is refused by name, never by value", async (_what, from, environment, complaint) => {
    const lines = await complaints(of(from), { environment });
    expect(lines.join("\n")).toContain(`egress-auth: config.providers[0].credential.${complaint}`);
    expect(lines.join("\n")).not.toContain("marked-secret");
  });

  const BEARER = { type: "Bearer", from: { value: "k" } };
  test.each<[what: string, provider: object, complaint: string]>([
    ["header's value", { credential: BEARER, headers: { "x-a": "marked-secret\n" } }, "headers.x-a: must be 1 to"],
    ["path", { credential: BEARER, path: "/v1?key=marked-secret x" }, "path: must be a path"],
    ["credential's type", { credential: { type: "marked-secret" } }, "credential.type: must be one of None, Bearer"],
    [
      "secret access key of 257 bytes",
      {
        credential: {
          type: "AwsSigV4",
          region: "us-east-1",
          service: "bedrock",
          accessKeyId: { value: "AKIDEXAMPLE" },
          secretAccessKey: { value: "marked-secret".padEnd(257, "x") },
        },
      },
      "credential.secretAccessKey: must be at most 256 bytes",
    ],
    ["host", { credential: BEARER, host: "user:marked-secret@host" }, "host: must be a host, with or without a port"],
    [
      "credential's header",
      { credential: { ...BEARER, type: "Header", header: "marked-secret x" } },
      "credential.header: must be the name of an HTTP header",
    ],
    [
      "token server's path",
      {
        credential: {
          type: "OAuth2ClientCredentials",
          tokenCluster: "idp",
          tokenPath: "marked-secret",
          clientId: { value: "c" },
          clientSecret: { value: "s" },
        },
      },
      "credential.tokenPath: must be a path",
    ],
  ])("in the place of a %s is not quoted", async (_what, provider, complaint) => {
    const lines = (await complaints({ providers: [{ name: "openai", ...provider }] })).join("\n");
    expect(lines).toContain(`egress-auth: config.providers[0].${complaint}`);
    expect(lines).not.toContain("marked-secret");
  });

  test("that stands for the whole credential is not quoted", async () => {
    const lines = await complaints({ providers: [{ name: "openai", credential: "marked-secret" }] });
    expect(lines).toEqual(["egress-auth: config.providers[0].credential: must be an object with a type"]);
  });

  test("of the environment is sent as it is", async () => {
    const options = { environment: { OTHER: "x", KEY: "a b=c", KEY_2: "y" } };
    expect(upstream(await send(of({ env: "KEY" }), chat("openai"), options), "authorization")).toEqual([
      "Bearer a b=c",
    ]);
  });
});

describe("another configuration in the same VM", () => {
  const template = { providers: [{ name: "p", credential: { type: "None" }, path: "/x/{model}" }] };
  const other = (path: string) => ({ providers: [{ name: "q", credential: { type: "None" }, path }] });

  test.each([
    ["with a path longer than most", "/model/secret/invoke", "/" + "b".repeat(300)],
    ["with a path as long as the last request's", "/zzzzz/zzzzzz/zzzzzz", "/model/secret/invoke"],
  ])("%s changes nothing for the requests of this one", async (_what, before, path) => {
    const { host, egress } = await startEgress(template);
    const ask = (asked: string) => upstream(egress.send(post("p", asked, {})), ":path");
    ask(before);
    host.createPlugin({ configuration: other(path) });
    expect(ask("/model/secret/invoke")).toEqual(["/x/secret"]);
  });
});
