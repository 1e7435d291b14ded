import { createHash, createSign, generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Json, NativeFilter } from "../support/gateway-config.ts";
import { until } from "../support/until.ts";
import { certificates } from "./certificates.ts";
import { type Answer, send, sendTls } from "../support/client.ts";
import type { Listener } from "../support/plugin-gateway.ts";
import { useRouter } from "./router-gateway.ts";

const TYPE = "type.googleapis.com/envoy.extensions";
const BODY = JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "hi" }] });
const KEY = "sk-a-key";
const KEY_CONSUMER = createHash("sha256").update(KEY).digest("hex").slice(0, 32);

const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const JWKS = JSON.stringify({ keys: [{ ...publicKey.export({ format: "jwk" }), kid: "k", alg: "RS256", use: "sig" }] });

const JWT_AUTHENTICATION: NativeFilter = {
  name: "envoy.filters.http.jwt_authn",
  typed_config: {
    "@type": `${TYPE}.filters.http.jwt_authn.v3.JwtAuthentication`,
    providers: {
      test: {
        issuer: "test",
        local_jwks: { inline_string: JWKS },
        payload_in_metadata: "payload",
        claim_to_headers: [{ header_name: "x-consumer", claim_name: "sub" }],
      },
    },
    rules: [{ match: { prefix: "/" }, requires: { provider_name: "test" } }],
  },
};

/** Envoy's own API-key filter, which overwrites `x-consumer`. */
const AUTHENTICATION: NativeFilter = {
  name: "envoy.filters.http.api_key_auth",
  typed_config: {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.api_key_auth.v3.ApiKeyAuth",
    credentials: ["team-a", "team-b"].map((client) => ({ client, key: `key-of-${client}` })),
    key_sources: [{ header: "authorization" }],
    forwarding: { header: "x-consumer", hide_credentials: true },
  },
};

const SET_METADATA: NativeFilter = {
  name: "envoy.filters.http.set_metadata",
  typed_config: {
    "@type": `${TYPE}.filters.http.set_metadata.v3.Config`,
    metadata: [{ metadata_namespace: "who", value: { name: "team-a", groups: ["a,b", "research"], nobody: "" } }],
  },
};

function token(claims: object): string {
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString("base64url");
  const signed = `${encode({ alg: "RS256", kid: "k", typ: "JWT" })}.${encode({ iss: "test", exp: 4e9, ...claims })}`;
  return `${signed}.${createSign("RSA-SHA256").update(signed).sign(privateKey, "base64url")}`;
}

/** A router of one model that only these may use. */
const only = (consumer: Json | undefined, allow: { [key: string]: Json }): Json => ({
  models: [{ name: "gpt-4o", provider: "openai", ...allow }],
  ...(consumer === undefined ? {} : { consumer }),
});

const SUB = { metadata: ["envoy.filters.http.jwt_authn", "payload", "sub"] };
const GROUPS = { group: { metadata: ["envoy.filters.http.jwt_authn", "payload", "groups"] } };
const TEAM_A = { allowConsumers: ["team-a"] };
const RESEARCH = { allowGroups: ["research"] };

const LISTENERS: Record<string, Listener> = {
  header: { configuration: only([{ header: "x-consumer" }], TEAM_A) },
  "group header": { configuration: only([{ group: { header: "x-groups" } }], RESEARCH) },
  default: { configuration: only(undefined, { allowConsumers: ["team-a", KEY_CONSUMER] }) },
  "default with JWT": { configuration: only(undefined, TEAM_A), before: [JWT_AUTHENTICATION] },
  "JWT to header": { configuration: only([{ header: "x-consumer" }], TEAM_A), before: [JWT_AUTHENTICATION] },
  "JWT groups": { configuration: only([SUB, GROUPS], { ...RESEARCH, ...TEAM_A }), before: [JWT_AUTHENTICATION] },
  "any JWT group": { configuration: only([GROUPS], { allowGroups: ["*"] }), before: [JWT_AUTHENTICATION] },
  "API keys": { configuration: only([{ header: "x-consumer" }], TEAM_A), before: [AUTHENTICATION] },
  metadata: {
    configuration: only([{ metadata: ["who", "nobody"] }, { metadata: ["who", "name"] }], TEAM_A),
    before: [SET_METADATA],
  },
  "metadata groups": {
    configuration: only([{ group: { metadata: ["who", "groups"] } }], RESEARCH),
    before: [SET_METADATA],
  },
  "a group in an element": {
    configuration: only([{ group: { metadata: ["who", "groups"] } }], { allowGroups: ["a", "b"] }),
    before: [SET_METADATA],
  },
  credential: { configuration: only([{ credential: true }], { allowConsumers: [KEY_CONSUMER] }) },
  address: { configuration: only([{ sourceAddress: true }], { allowConsumers: ["127.0.0.1"] }) },
  "another address": {
    configuration: only([{ sourceAddress: true }], { allowConsumers: ["10.*"] }),
    manager: { use_remote_address: true },
  },
  "header, else address": {
    configuration: only([{ header: "x-consumer" }, { sourceAddress: true }], { allowConsumers: ["127.0.0.1"] }),
  },
};

const identities = certificates({
  server: { subject: "/CN=gateway", san: "DNS:localhost" },
  a: { subject: "/O=Test/CN=team-a", san: "URI:spiffe://test/team-a" },
  b: { subject: "/O=Test/CN=team-b", san: "URI:spiffe://test/team-b,URI:spiffe://test/team-a" },
  dns: { subject: "/O=Test/CN=team-a", san: "DNS:team-a.test" },
});

/** TLS that asks for a client certificate of the test's own authority. */
function mutualTls(): Json {
  const { cert, key } = identities.server;
  return {
    name: "envoy.transport_sockets.tls",
    typed_config: {
      "@type": `${TYPE}.transport_sockets.tls.v3.DownstreamTlsContext`,
      require_client_certificate: true,
      common_tls_context: {
        tls_certificates: [{ certificate_chain: { inline_string: cert }, private_key: { inline_string: key } }],
        validation_context: { trusted_ca: { inline_string: identities.ca.cert } },
      },
    },
  };
}

const chain = { transport_socket: mutualTls() };

const router = useRouter({
  ...LISTENERS,
  san: {
    configuration: only([{ peerCertificate: "San" }], { allowConsumers: ["spiffe://test/team-a", "team-a.test"] }),
    chain,
  },
  subject: { configuration: only([{ peerCertificate: "Subject" }], { allowConsumers: ["*CN=team-a*"] }), chain },
});

const ask = (listener: string, headers: Record<string, string | string[]> = {}, query = ""): Promise<Answer> =>
  send(router.envoy.address(listener), { path: `/v1/chat/completions${query}`, body: BODY, headers });

const bearer = (claims: object): Record<string, string> => ({ authorization: `Bearer ${token(claims)}` });

const A = { sub: "team-a" };
const B = { sub: "team-b" };
const CASES: [listener: string, what: string, headers: Record<string, string | string[]>, status: number][] = [
  ["header", "the one allowed", { "x-consumer": "team-a" }, 200],
  ["header", "another", { "x-consumer": "team-b" }, 403],
  ["header", "none", {}, 403],
  ["header", "an empty one", { "x-consumer": "" }, 403],
  ["header", "two values", { "x-consumer": ["team-a", "team-b"] }, 403],
  ["header", "twice the same value", { "x-consumer": ["team-a", "team-a"] }, 403],
  ["group header", "a list that has it", { "x-groups": "dev, research" }, 200],
  ["group header", "a list that hasn't", { "x-groups": "dev,researchers" }, 403],
  ["group header", "two headers", { "x-groups": ["dev", "research"] }, 403],
  ["default", "a credential", { authorization: `Bearer ${KEY}` }, 200],
  ["default", "another credential", { authorization: "Bearer sk-other" }, 403],
  ["default", "a header, which is not looked at", { "x-consumer": "team-a" }, 403],
  ["default with JWT", "the subject allowed", bearer(A), 200],
  ["default with JWT", "another subject", bearer(B), 403],
  ["JWT to header", "a subject in the header", bearer(A), 200],
  ["JWT to header", "another subject and a forged header", { ...bearer(B), "x-consumer": "team-a" }, 403],
  ["JWT to header", "no subject and a forged header", { ...bearer({}), "x-consumer": "team-a" }, 403],
  ["JWT to header", "a forged header alone", { "x-consumer": "team-a" }, 401],
  ["JWT groups", "a list that has it", bearer({ ...B, groups: ["dev", "research"] }), 200],
  ["JWT groups", "a list that hasn't", bearer({ ...B, groups: ["dev", "research,x"] }), 403],
  ["JWT groups", "a string", bearer({ ...B, groups: "research" }), 200],
  ["JWT groups", "a string of several", bearer({ ...B, groups: "dev,research" }), 200],
  ["JWT groups", "an empty list", bearer({ ...B, groups: [] }), 403],
  ["JWT groups", "a list of numbers", bearer({ ...B, groups: [1, 2] }), 403],
  ["JWT groups", "an object", bearer({ ...B, groups: { research: true } }), 403],
  ["JWT groups", "no groups", bearer(B), 403],
  ["JWT groups", "no groups, but the consumer allowed", bearer(A), 200],
  ["any JWT group", "one", bearer({ groups: ["x"] }), 200],
  ["any JWT group", "an empty list", bearer({ groups: [] }), 403],
  ["any JWT group", "a list of an empty string", bearer({ groups: [""] }), 403],
  ["API keys", "the team's own", { authorization: "Bearer key-of-team-a" }, 200],
  ["API keys", "another team's", { authorization: "Bearer key-of-team-b" }, 403],
  [
    "API keys",
    "another team's and a forged header",
    { authorization: "Bearer key-of-team-b", "x-consumer": "team-a" },
    403,
  ],
  [
    "API keys",
    "another team's and two forged headers",
    { authorization: "Bearer key-of-team-b", "X-Consumer": ["team-a", "team-a"] },
    403,
  ],
  ["API keys", "a forged header alone", { "x-consumer": "team-a" }, 401],
  ["metadata", "the first source that is not empty", {}, 200],
  ["metadata groups", "a list", {}, 200],
  ["a group in an element", "no part of an element is a group", {}, 403],
  ["credential", "authorization", { authorization: `Bearer ${KEY}` }, 200],
  ["credential", "authorization, in capitals", { Authorization: `BEARER ${KEY}` }, 200],
  ["credential", "x-api-key", { "x-api-key": KEY }, 200],
  ["credential", "api-key", { "api-key": KEY }, 200],
  ["credential", "x-goog-api-key", { "x-goog-api-key": KEY }, 200],
  ["credential", "another key", { "x-api-key": "sk" }, 403],
  ["credential", "two keys in one header", { "x-api-key": [KEY, "sk"] }, 403],
  ["credential", "none", {}, 403],
  ["address", "the client's", {}, 200],
  ["another address", "a forged one", { "x-forwarded-for": "10.0.0.1" }, 403],
  ["header, else address", "no header", {}, 200],
  ["header, else address", "a header", { "x-consumer": "team-b" }, 403],
];

test.each(CASES)("%s: %s", async (listener, _, headers, status) => {
  const answer = await ask(listener, headers);
  expect([answer.status, router.providers.seen.length]).toEqual([status, status === 200 ? 1 : 0]);
});

test("a credential in the query is one", async () => {
  expect((await ask("credential", {}, `?key=${KEY}`)).status).not.toBe(403);
});

test("who asked is published, a key only as its hash", async () => {
  const path = `?published=1&key=${KEY}`;
  await ask("credential", {}, path);
  const line = await until("it is logged", async () =>
    (await router.envoy.accessLog(0)).find((one) => String(one["path"]).endsWith(path)),
  );
  expect(line).toMatchObject({ consumer: KEY_CONSUMER, provider: "openai" });
  expect(router.envoy.log).not.toContain(KEY);
});

describe("a client certificate", () => {
  const status = async (listener: string, name: string): Promise<number> => {
    const identity = identities[name as keyof typeof identities];
    const tls = { identity, ca: identities.ca.cert, serverName: "localhost" };
    return (await sendTls(router.envoy.address(listener), tls, { path: "/v1/chat/completions", body: BODY })).status;
  };

  test.each([
    ["san", "a", true],
    ["san", "b", false],
    ["san", "dns", true],
    ["subject", "a", true],
    ["subject", "b", false],
  ])("%s of %s: allowed is %s", async (listener, identity, isAllowed) => {
    expect((await status(listener, identity)) !== 403).toBe(isAllowed);
    expect(router.providers.seen.length).toBe(isAllowed ? 1 : 0);
  });
});
