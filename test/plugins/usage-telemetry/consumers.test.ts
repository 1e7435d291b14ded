import { expect, test } from "vitest";
import { answer, auditOf, chat, metricsOf, startTelemetry } from "./support/telemetry.ts";

const KEY = { authorization: "Bearer sk-123456" };
const KEY_HASH = "16d87a742d37f4552c970f288e8eec87";
const JWT = { metadata: { filter_metadata: { "envoy.filters.http.jwt_authn": { payload: { sub: "team-a" } } } } };
const ANSWER = answer({ prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 });

test.each([
  ["the subject of its token", JWT, {}, "team-a"],
  ["the hash of its key", {}, {}, KEY_HASH],
  ["whom a plugin in front has published", JWT, { "weir.consumer": "team-b" }, "team-b"],
])("without `consumer` a call is %s's", async (_name, properties, published, consumer) => {
  const { host, telemetry } = await startTelemetry({ consumer: undefined, consumers: ["team-a", "team-b"] });
  const stream = telemetry.stream({ properties });
  for (const [name, value] of Object.entries<string>(published)) stream.filterState.set(name, value);
  stream.request(chat({}, KEY));
  stream.respond(ANSWER);
  const filterState = stream.filterState.all;
  expect(auditOf({ filterState })["consumer"]).toBe(consumer);
  expect(filterState["weir.consumer"]).toBe((published as Record<string, string>)["weir.consumer"]);
  const labels = metricsOf(host).filter(({ name }) => name === "requests");
  expect(labels.map(({ tags }) => tags["consumer"])).toEqual([consumer === KEY_HASH ? "other" : consumer]);
});

test("a consumer that a plugin behind publishes goes before the default", async () => {
  const { telemetry } = await startTelemetry({ consumer: undefined });
  const stream = telemetry.stream();
  stream.request(chat({}, KEY));
  stream.filterState.set("weir.consumer", "team-b");
  stream.respond(ANSWER);
  expect(auditOf({ filterState: stream.filterState.all })["consumer"]).toBe("team-b");
});
