import { expect, test } from "vitest";
import { HeaderMap } from "../../host/header-map.ts";
import { Status } from "../../host/status.ts";
import { startEgress } from "./support/egress.ts";

const NONE = { type: "None" };

test("an attempt that can't be undone is not made: the next would go out with its path and host", async () => {
  const { host, egress } = await startEgress({
    select: { cluster: true },
    providers: [
      { name: "a", path: "/a/chat", host: "a.example", credential: NONE },
      { name: "b", credential: NONE },
    ],
  });
  host.fail = { proxy_set_property: Status.InternalFailure };
  host.properties = { xds: { cluster_name: "a" } };
  const headers = new HeaderMap({
    ":authority": "gateway",
    ":path": "/v1/models",
    ":method": "GET",
    ":scheme": "http",
  });
  const attempt = egress.stream();
  attempt.onRequestHeaders(headers, true);
  expect(attempt.localReply).toMatchObject({ status: 500 });
  expect([headers.get(":path"), headers.get(":authority")]).toEqual(["/v1/models", "gateway"]);
});

test("what another client's headers are doesn't decide a request whose body is still to come", async () => {
  const { egress } = await startEgress({
    modelMapping: { a: { old: "new" } },
    providers: [
      { name: "a", credential: NONE },
      { name: "b", path: "/b/{model}", credential: NONE },
    ],
  });
  const head = (method: string, path: string, provider: string, ...models: string[]): [string, string][] => [
    [":authority", "gateway"],
    [":method", method],
    [":path", path],
    ["content-type", "application/json"],
    ["x-gateway-provider-name", provider],
    ...models.map((model): [string, string] => ["x-gateway-model-name", model]),
  ];
  const victim = egress.stream();
  victim.onRequestHeaders(head("POST", "/v1/chat/completions", "b", "gpt-4o"), false);
  egress.stream().onRequestHeaders(head("GET", "/v1/models", "a", "one", "two"), true);
  victim.onRequestBody('{"messages":[]}', true);
  expect([victim.localReply, victim.upstream.headers?.get(":path")]).toEqual([undefined, "/b/gpt-4o"]);
});
