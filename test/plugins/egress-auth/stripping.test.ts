import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SIGNING, chat, post, send, startEgress, upstream, verdict, type Config } from "./support/egress.ts";

const STRIP: Config = { unknownProvider: "Strip" };
const KEY = { type: "Bearer", from: { value: "key-of-openai" } };

const HEADERS = [
  "authorization",
  "proxy-authorization",
  "x-api-key",
  "api-key",
  "x-goog-api-key",
  "cookie",
  "openai-organization",
  "openai-project",
  "x-amz-security-token",
  "x-amz-date",
  "x-amz-content-sha256",
  "x-amz-meta-any",
  "ocp-apim-subscription-key",
  "x_api_key",
  "api_key",
  "x_amz-security_token",
  "x-envoy-retry-on",
  "x-envoy-upstream-rq-timeout-ms",
];

describe.each<[how: string, config: Config]>([
  ["without providers", STRIP],
  ["turned off", { mode: "Off", providers: [{ name: "openai", credential: KEY }] }],
  ["for another provider", { ...STRIP, providers: [{ name: "openai", credential: KEY }] }],
])("%s", (_how, config) => {
  test.each(HEADERS)("the client's %s goes nowhere, be it there once or twice", async (name) => {
    for (const headers of [
      { [name]: "secret" },
      [
        [name, "secret"],
        [name, "secret-2"],
      ],
    ]) {
      const own = { "content-type": "application/json", "x-kept": "1" };
      const pairs = [...Object.entries(own), ...(Array.isArray(headers) ? headers : Object.entries(headers))];
      const outcome = await send(config, { ...chat(undefined), headers: pairs as [string, string][] });
      expect([verdict(outcome), ...upstream(outcome, name, "x-kept")]).toEqual(["passed", undefined, "1"]);
    }
  });
});

test.each<[how: string, config: Config, more: object]>([
  ["without providers", STRIP, {}],
  ["turned off", { mode: "Off", providers: [{ name: "openai", credential: KEY }] }, {}],
  [
    "with a credential",
    { providers: [{ name: "openai", credential: KEY }], stripHeaders: ["x-mine"] },
    { "x-mine": "s" },
  ],
  ["signed", { providers: [{ name: "openai", credential: SIGNING }] }, {}],
])("what clients send of themselves goes nowhere in trailers either, %s", async (_how, config, more) => {
  const trailers = { "x-kept": "1", authorization: "secret", "x-api-key": "secret", "x-amz-date": "secret", ...more };
  const outcome = await send(config, { ...chat("openai"), trailers });
  expect([verdict(outcome), outcome.stream.upstream.trailers?.pairs]).toEqual(["passed", [["x-kept", "1"]]]);
});

test("a route that turns the plugin off is stripped all the same", async () => {
  const filter_metadata = { weir: { "egress-auth": "Off" } };
  const config = { providers: [{ name: "openai", credential: KEY }], stripHeaders: ["x-mine"], overrides: [] };
  const { egress } = await startEgress(config, { properties: { xds: { route_metadata: { filter_metadata } } } });
  const outcome = egress.send(chat("openai", "gpt-4o", { authorization: "secret", "x-mine": "secret" }));
  expect([verdict(outcome), ...upstream(outcome, "authorization", "x-mine")]).toEqual(["passed", undefined, undefined]);
});

test.each([STRIP, { mode: "Off" }])("%j: a host that gives no headers sends no request on", async (config) => {
  const { host, egress } = await startEgress(config);
  host.fail = { proxy_get_header_map_pairs: 10 };
  const outcome = egress.send(chat(undefined, "gpt-4o", { authorization: "secret" }));
  expect(verdict(outcome)).toBe("500 host_failure");
});

test("what the configuration names goes too: headers, and the credential headers of all its providers", async () => {
  const credential = { type: "Header", header: "X-Own-Key", from: { value: "k" } };
  const config = {
    unknownProvider: "Strip",
    stripHeaders: ["X-Internal"],
    providers: [
      { name: "own", credential, headers: { "x-version": "1" } },
      { name: "openai", credential: KEY },
    ],
  };
  const headers = { "x-own-key": "secret", "x-internal": "secret", "x-version": "0" };
  const unknown = await send(config, chat(undefined, "gpt-4o", headers));
  expect(upstream(unknown, "x-own-key", "x-internal", "x-version")).toEqual([undefined, undefined, "0"]);
  const other = await send(config, chat("openai", "gpt-4o", headers));
  expect(upstream(other, "x-own-key", "x-internal", "x-version")).toEqual([undefined, undefined, undefined]);
  const own = await send(config, chat("own", "gpt-4o", headers));
  expect(upstream(own, "x-own-key", "x-internal", "x-version", "authorization")).toEqual([
    "k",
    undefined,
    "1",
    undefined,
  ]);
});

test("a pattern that takes all headers leaves those that make a request", async () => {
  const config = { stripHeaders: ["*"], providers: [{ name: "openai", credential: KEY }] };
  const outcome = await send(config, chat("openai", "gpt-4o", { "x-any": "1" }));
  expect(upstream(outcome, ":method", ":path", "x-any")).toEqual(["POST", "/v1/chat/completions", undefined]);
});

test("a pattern that takes what proxies have added leaves the scheme, by which Envoy finds routes", async () => {
  const headers = { "x-forwarded-for": "10.0.0.1", "x-forwarded-proto": "https" };
  const outcome = await send({ ...STRIP, stripHeaders: ["X-Forwarded-*"] }, chat(undefined, "gpt-4o", headers));
  expect(upstream(outcome, "x-forwarded-for", "x-forwarded-proto")).toEqual([undefined, "https"]);
});

test("Azure's other key goes, from the headers and from the query", async () => {
  const config = { providers: [{ name: "openai", credential: KEY }] };
  const asked = post(
    "openai",
    "/v1/chat/completions?subscription-key=secret&a=1",
    {},
    {
      "ocp-apim-subscription-key": "secret",
    },
  );
  const outcome = await send(config, asked);
  expect(upstream(outcome, ":path", "ocp-apim-subscription-key")).toEqual(["/v1/chat/completions?a=1", undefined]);
});

const QUERIES: [name: string, before: string, after: string][] = [
  ["a key alone", "?key=s", ""],
  ["a key first", "?key=s&a=1", "?a=1"],
  ["a key last", "?a=1&key=s", "?a=1"],
  ["a key between others", "?a=1&key=s&b=2", "?a=1&b=2"],
  ["a token of OAuth 1", "?a=1&oauth_token=s", "?a=1"],
  ["several", "?api-key=s&access_token=t&a=1&key=u", "?a=1"],
  ["any case", "?KEY=s&Access_Token=t&a=1", "?a=1"],
  ["percent-encoded names", "?%6b%65y=s&a=1&api%2Dkey=t", "?a=1"],
  ["signatures", "?X-Amz-Signature=s&x-amz-date=d&a=1", "?a=1"],
  ["semicolons", "?a=1;key=s;b=2", "?a=1;b=2"],
  ["a semicolon after a key", "?key=s;b=2", "?b=2"],
  ["a name without a value", "?key&a=1", "?a=1"],
  ["configured names", "?sig-x=s&a=1", "?a=1"],
  ["names that only begin alike", "?keys=1&monkey=2&access_tokens=3", "?keys=1&monkey=2&access_tokens=3"],
  ["broken percent-encoding", "?%6=1&%zz=2&a=%", "?%6=1&%zz=2&a=%"],
  ["nothing", "?", "?"],
  ["a question mark in a value", "?a=?key=1&key=s", "?a=?key=1"],
];

test.each(QUERIES)("of a query with %s, %j, %j is left", async (_name, before, after) => {
  const outcome = await send({ ...STRIP, stripQuery: ["sig-*"] }, { ...chat(undefined), path: `/v1/x${before}` });
  expect(upstream(outcome, ":path")).toEqual([`/v1/x${after}`]);
});

test("whatever the query is, no parameter of a stripped name is left, and all others are, in order", async () => {
  const { egress } = await startEgress(STRIP);
  const name = fc.constantFrom("key", "api-key", "Access_Token", "x-amz-date", "a", "kez", "k%65y", "b", "");
  const value = fc.stringMatching(/^[\w%.?=-]{0,5}$/);
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value, fc.constantFrom("&", ";"))), (parts) => {
      const query = parts.map(([n, v, separator], i) => `${i === 0 ? "" : separator}${n}=${v}`).join("");
      const outcome = egress.send({ ...chat(undefined), path: `/v1/x?${query}` });
      const [path] = upstream(outcome, ":path");
      const left = path!.replace(/^\/v1\/x\??/, "");
      const kept = parts.filter(([n]) => ["a", "kez", "b", ""].includes(n)).map(([n, v]) => `${n}=${v}`);
      expect(left === "" ? [] : left.split(/[&;]/)).toEqual(kept);
      outcome.stream.finish();
    }),
  );
});

test.each([
  ["realtime, openai-insecure-api-key.sk-1, openai-beta.realtime-v1", "realtime, openai-beta.realtime-v1"],
  ["realtime,\topenai-insecure-api-key.sk-1\t,openai-organization.org-1", "realtime"],
  ["realtime,\topenai-organization.org-1", "realtime"],
  ["openai-insecure-api-key.sk-1", undefined],
  ["graphql-ws", "graphql-ws"],
  ["base64url.bearer.authorization.k8s.io.abc, v4.channel", "v4.channel"],
])("of the subprotocols %j, %j are left", async (protocols, left) => {
  const headers = { upgrade: "websocket", "sec-websocket-protocol": protocols };
  const outcome = await send(STRIP, { method: "GET", path: "/v1/realtime", headers });
  expect([verdict(outcome), ...upstream(outcome, "sec-websocket-protocol")]).toEqual(["passed", left]);
});
