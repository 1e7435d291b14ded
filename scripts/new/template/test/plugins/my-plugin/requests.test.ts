import { expect, test } from "vitest";
import { loadVm } from "../../contract/support/plugins.ts";
import type { Outcome, RequestSpec } from "../../host/exchange.ts";

const JSON_TYPE = { "content-type": "application/json" };

function chat(over: object = {}, headers: Record<string, string> = {}): RequestSpec {
  const body = JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "hi" }], ...over });
  return { method: "POST", path: "/v1/chat/completions", headers: { ...JSON_TYPE, ...headers }, body };
}

/** The release build with this configuration, in a VM of its own, and what becomes of a request. */
async function send(configuration: object, request: RequestSpec): Promise<Outcome> {
  const context = (await loadVm("my-plugin")).createPlugin({ configuration });
  expect(context.logs).toEqual([]);
  return context.send(request);
}

const OUTCOMES: [name: string, configuration: object, request: RequestSpec, header: string | undefined][] = [
  ["a cap within the limit", { maxOutputTokens: 100 }, chat({ max_tokens: 100 }), "100"],
  ["several answers, together", { maxOutputTokens: 100 }, chat({ max_tokens: 50, n: 2 }), "100"],
  ["no cap", {}, chat(), undefined],
  ["a header that the client forged", {}, chat({}, { "x-output-tokens": "1" }), undefined],
  ["too long an answer, where it is only watched", { mode: "Audit" }, chat({ max_tokens: 9999 }), "9999"],
];

test.each(OUTCOMES)("forwards %s, and says what was asked for", async (_name, configuration, request, header) => {
  const { status, upstream } = await send(configuration, request);
  expect([status, upstream.body]).toEqual(["forwarded", request.body]);
  expect(upstream.headers?.get("x-output-tokens")).toBe(header);
});

const REFUSED: [name: string, configuration: object, request: RequestSpec, status: number, reason: string][] = [
  ["too long an answer", { maxOutputTokens: 100 }, chat({ max_tokens: 101 }), 400, "over_cap"],
  ["too many answers", { maxOutputTokens: 100 }, chat({ max_tokens: 51, n: 2 }), 400, "over_cap"],
  ["no cap, where there must be one", { requireCap: true }, chat(), 400, "no_cap"],
  ["a cap twice", {}, { ...chat(), body: '{"max_tokens":1,"max_tokens":9999}' }, 400, "duplicate_key"],
  ["a body that is no JSON", {}, { ...chat(), body: "{" }, 400, "not_json"],
  ["a compressed body", {}, chat({}, { "content-encoding": "gzip" }), 415, "unsupported_encoding"],
];

test.each(REFUSED)("refuses %s", async (_name, configuration, request, status, reason) => {
  const { localReply } = await send(configuration, request);
  expect([localReply?.status, localReply?.details]).toEqual([status, `weir.my-plugin.${reason}`]);
});

test("FailOpen lets by what can't be judged, and refuses what can", async () => {
  const open = { failureMode: "FailOpen", maxOutputTokens: 100 };
  expect((await send(open, { ...chat(), body: "{" })).status).toBe("forwarded");
  expect((await send(open, chat({ max_tokens: 101 }))).localReply?.status).toBe(400);
});

test("an override has limits of its own", async () => {
  const long = { name: "long", match: { headers: { "x-tier": "gold" } }, config: { maxOutputTokens: 200 } };
  const configuration = { maxOutputTokens: 100, overrides: [long] };
  expect((await send(configuration, chat({ max_tokens: 200 }))).status).toBe("local-reply");
  expect((await send(configuration, chat({ max_tokens: 200 }, { "x-tier": "gold" }))).status).toBe("forwarded");
});
