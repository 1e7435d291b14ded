import { describe, expect, test } from "vitest";
import { answer, auditOf, chat, metricsOf, startTelemetry } from "./support/telemetry.ts";

const USAGE = { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 };
const PRICES = [{ model: "gpt-4o", input: 2.5, output: 10 }];

test("an answer that a plugin in front refuses has the status that its client saw, and costs what it used", async () => {
  const { host, telemetry } = await startTelemetry({ prices: PRICES });
  const refusal = { code: 403, code_details: "weir.response-guard.rule.markers" };
  const stream = telemetry.stream({ properties: { response: refusal } });
  stream.request(chat());
  stream.respond(answer(USAGE));
  expect(auditOf({ filterState: stream.filterState.all })).toMatchObject({
    status: 403,
    error: "403",
    details: refusal.code_details,
    input_tokens: 100,
    cost_micros: 750,
  });
  const requests = metricsOf(host).filter(({ name }) => name === "requests");
  expect(requests.map(({ tags, value }) => [tags["error_type"], value])).toEqual([["403", 1]]);
});

describe("a request that a filter in front refuses", () => {
  const OURS = "weir.prompt-guard.rule.names";

  test.each([
    ["on an unknown path, by a plugin of this project", "/any", 403, OURS, {}, "other"],
    ["that has been routed", "/any", 503, "no_healthy_upstream", { "weir.model": "gpt-4o" }, "other"],
    ["that names a model", "/any", 404, "direct_response", { "weir.requested_model": "x" }, "other"],
    ["on an unknown path, for its path alone", "/any", 404, "weir.model-router.unknown_path", {}, undefined],
    ["on an unknown path, by another filter", "/any", 403, "rbac_access_denied", {}, undefined],
    ["on a known path", "/v1/chat/completions", 401, "invalid_api_key", {}, "chat"],
  ])("%s: %s, %i %s", async (_name, path, status, details, published, operation) => {
    const { host, telemetry } = await startTelemetry();
    const stream = telemetry.stream();
    for (const [name, value] of Object.entries<string>(published)) stream.filterState.set(name, value);
    const record = auditOf(stream.endInFront({ ...chat(), path }, status, details));
    expect(record?.["operation"]).toBe(operation);
    expect(metricsOf(host).find(({ name }) => name === "in_flight")?.value ?? 0).toBe(0);
    if (operation !== undefined) expect(record).toMatchObject({ status, error: String(status), details });
    expect(record?.["provider"]).toBe(operation === "chat" ? "openai" : undefined);
  });

  test.each(["HEAD", "OPTIONS"])("is no call when it is %s", async (method) => {
    const { host, telemetry } = await startTelemetry();
    const stream = telemetry.stream();
    const { body: _, ...head } = chat();
    expect(auditOf(stream.endInFront({ ...head, method }, 401, "invalid_api_key"))).toBeNull();
    expect(metricsOf(host).filter(({ name }) => name === "requests")).toEqual([]);
  });

  test("on an unknown path, when its headers have been here already", async () => {
    const { telemetry } = await startTelemetry();
    const stream = telemetry.stream({ properties: { response: { code: 403, code_details: OURS } } });
    stream.onRequestHeaders({ ":method": "POST", ":path": "/any", "x-consumer": "team-a" }, false);
    stream.finish();
    expect(auditOf({ filterState: stream.filterState.all })).toMatchObject({ operation: "other", status: 403 });
  });

  test.each([
    ["by a plugin of this project: who asks", 403, OURS, "team-a"],
    ["by an authentication: nobody, for anybody could be named", 401, "invalid_api_key", undefined],
  ])("%s", async (_name, status, details, consumer) => {
    const { telemetry } = await startTelemetry();
    const { filterState } = telemetry.stream().endInFront(chat(), status, details);
    expect([auditOf({ filterState })["consumer"], filterState["weir.consumer"]]).toEqual([consumer, consumer]);
  });

  test("took as long as the host says", async () => {
    const { host, telemetry } = await startTelemetry();
    const now = host.process.clock.milliseconds;
    const time = BigInt(now - 1200) * 1_000_000n;
    const record = auditOf(telemetry.stream({ properties: { request: { time } } }).endInFront(chat(), 403, OURS));
    expect(record).toMatchObject({ time_ms: now - 1200, duration_ms: 1200 });
  });

  test("has no duration where the host doesn't say, and doesn't make others look short", async () => {
    const { host, telemetry } = await startTelemetry();
    expect(auditOf(telemetry.stream().endInFront(chat(), 403, OURS))).not.toHaveProperty("duration_ms");
    const durations = metricsOf(host).filter(({ name }) => name.startsWith("gen_ai.server.request.duration_us"));
    expect(durations).toEqual([]);
  });
});

describe("a call that no provider has served", () => {
  const config = { prices: PRICES };

  test.each([
    ["refused by the provider", { status: 429, headers: { "content-type": "application/json" }, body: "{}" }],
    ["reset before the answer", { status: 503, headers: { "content-type": "text/plain" }, body: "reset" }],
  ])("%s: nothing is estimated, nothing costs", async (_name, response) => {
    const { telemetry } = await startTelemetry(config);
    const { filterState } = telemetry.send(chat(), response);
    expect(filterState).not.toHaveProperty("weir.usage_source");
    const record = auditOf({ filterState });
    for (const key of ["input_tokens", "usage_source", "cost_micros"]) expect(record).not.toHaveProperty(key);
  });

  test("costs nothing by another plugin's estimate either", async () => {
    const { telemetry } = await startTelemetry({ ...config, usage: "Published" });
    const stream = telemetry.stream();
    stream.request(chat());
    stream.filterState.set("weir.input_tokens", "2003");
    stream.filterState.set("weir.usage_source", "estimated");
    stream.respond({ status: 429, body: "{}" });
    const record = auditOf({ filterState: stream.filterState.all });
    expect(record).toMatchObject({ input_tokens: 2003, usage_source: "estimated" });
    expect(record).not.toHaveProperty("cost_micros");
  });

  test("costs what it reports all the same", async () => {
    const { telemetry } = await startTelemetry(config);
    expect(auditOf(telemetry.send(chat(), { ...answer(USAGE), status: 400 }))["cost_micros"]).toBe(750);
  });
});
