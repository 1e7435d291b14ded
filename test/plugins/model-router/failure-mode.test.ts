import { describe, expect, test } from "vitest";
import { type RequestSpec } from "../../host/exchange.ts";
import {
  MODEL_HEADER,
  PROVIDER_HEADER,
  chat,
  form,
  post,
  route,
  startRouter,
  verdict,
  type Config,
} from "./support/router.ts";

/** Nothing here must know the model: no list, and unknown models pass. */
const OPEN: Config = { models: [{ name: "m", provider: "p" }], unknownModels: "Pass", maxHeldBytes: "1KiB" };
const STRICT: Config = { ...OPEN, unknownModels: "Reject" };
const LISTED: Config = {
  ...OPEN,
  models: [
    { name: "m", provider: "p" },
    { name: "closed", provider: "p", allowConsumers: ["nobody"] },
  ],
};

const path = "/v1/chat/completions";
const padding = "x".repeat(2000);
const model = { name: "model", content: "m" };

const PROBLEMS: [name: string, request: RequestSpec, refusal: string][] = [
  ["no JSON", post(path, '{"model":"m",}'), "400 not_json"],
  ["more than JSON", post(path, '{"model":"m"}{}'), "400 not_json"],
  ["half of it", { ...post(path, '{"model":"m"'), protocol: "HTTP/2" }, "400 not_json"],
  ["blanks", post(path, " \n"), "400 not_json"],
  ["a byte order mark", post(path, '\uFEFF{"model":"m"}'), "400 not_json"],
  ["UTF-16", { ...post(path, ""), body: new Uint8Array(Buffer.from('{"model":"m"}', "utf16le")) }, "400 not_json"],
  [
    "bytes that are no UTF-8",
    { ...post(path, ""), body: Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d) },
    "400 not_json",
  ],
  ["too deep", post(path, `{"x":${"[".repeat(600)}${"]".repeat(600)},"model":"m"}`), "400 too_deep"],
  ["two models", post(path, '{"model":"m","model":"closed"}'), "400 duplicate_key"],
  ["two equal models", post(path, '{"model":"m","model":"m"}'), "400 duplicate_key"],
  ["two models, one escaped", post(path, '{"model":"m","m\\u006fdel":"closed"}'), "400 duplicate_key"],
  ["a second model in capitals", post(path, '{"model":"m","MODEL":"closed"}'), "400 duplicate_key"],
  ["a first model in capitals", post(path, '{"Model":"closed","model":"m"}'), "400 duplicate_key"],
  ["a model in capitals alone", post(path, '{"Model":"closed"}'), "400 duplicate_key"],
  ["a model in escaped capitals", post(path, '{"model":"m","m\\u004fdel":"closed"}'), "400 duplicate_key"],
  ["a model in capitals that is cut", { ...post(path, '{"MODEL":"closed"}'), split: [4] }, "400 duplicate_key"],
  [
    "a model that is too far",
    { ...post(path, { messages: padding, model: "m" }), split: [1500] },
    "413 held_too_large",
  ],
  ["gzip", chat("m", { "content-encoding": "gzip" }), "415 unsupported_encoding"],
  [
    "a form's field in a text of the JSON",
    post(path, '{"model":"m","user":"&model=closed"}', { "content-type": "application/x-www-form-urlencoded" }),
    "415 unsupported_encoding",
  ],
  ["two encodings", chat("m", { "content-encoding": "identity, br" }), "415 unsupported_encoding"],
  ["two form fields", form("/v1/audio/transcriptions", [model, { ...model, content: "closed" }]), "400 duplicate_part"],
  ["no form", { ...form("/v1/audio/transcriptions", []), body: "x" }, "400 bad_multipart"],
  ["half a form", { ...form("/v1/audio/transcriptions", []), body: "------cut\r\nContent-Dis" }, "400 bad_multipart"],
  [
    "a form without a boundary",
    post("/v1/audio/transcriptions", "x", { "content-type": "multipart/form-data" }),
    "400 bad_multipart",
  ],
];

const FORGED = { [MODEL_HEADER]: "forged", [PROVIDER_HEADER]: "forged" };

describe.each(PROBLEMS)("%s", (_name, request, refusal) => {
  const headers = { ...(request.headers as object), ...FORGED };

  test("is refused when FailClosed", async () => {
    for (const config of [OPEN, STRICT, LISTED]) {
      const outcome = await route(config, { ...request, headers });
      expect([verdict(outcome), outcome.upstream.complete]).toEqual([refusal, false]);
    }
  });

  test("passes as it is when FailOpen, without routing headers, and is counted", async () => {
    const { host, router } = await startRouter({ ...OPEN, failureMode: "FailOpen" });
    const outcome = router.send({ ...request, headers });
    expect([verdict(outcome), outcome.filterState]).toEqual(["- -", {}]);
    expect(Buffer.from(outcome.upstream.bytes)).toEqual(Buffer.from(request.body as string));
    const reason = refusal.split(" ")[1]!;
    expect(host.metrics.counter(`weir.model-router.bypassed.reason.=.${reason}.=;.`)).toBe(1);
  });

  test("opens no list and no unknown model, whatever the failure mode", async () => {
    for (const config of [STRICT, LISTED]) {
      expect(verdict(await route({ ...config, failureMode: "FailOpen" }, { ...request, headers }))).toBe(refusal);
    }
  });
});

test("an encoding that leaves the body as it is, named twice, is none", async () => {
  expect(verdict(await route(OPEN, chat("m", { "content-encoding": "identity,identity" })))).toBe("p m");
});

describe("what is not the body's fault is no matter of the failure mode", () => {
  test.each([
    ["an unknown model", STRICT, chat("nobody"), "404 unknown_model"],
    ["a closed model", LISTED, chat("closed"), "403 forbidden_model"],
    ["no model", OPEN, chat(undefined), "400 no_model"],
    ["a model that is no text", OPEN, chat(5), "400 bad_model"],
    [
      "a body that is too large",
      { ...OPEN, maxBodyBytes: 1000 },
      post(path, { model: "m", x: padding }),
      "413 body_too_large",
    ],
  ] as [string, Config, RequestSpec, string][])("%s", async (_name, config, request, expected) => {
    expect(verdict(await route({ ...config, failureMode: "FailOpen" }, request))).toBe(expected);
  });
});

describe("an upgrade on an AI path", () => {
  const upgrade: RequestSpec = { path: "/v1/realtime", headers: { upgrade: "websocket", connection: "upgrade" } };

  test("is refused when FailClosed, and passes when FailOpen unless a list must hold", async () => {
    expect(verdict(await route(OPEN, upgrade))).toBe("403 upgrade");
    expect(verdict(await route({ ...OPEN, failureMode: "FailOpen" }, upgrade))).toBe("- -");
    expect(verdict(await route({ ...LISTED, failureMode: "FailOpen" }, upgrade))).toBe("403 upgrade");
  });

  test("elsewhere is nobody's business", async () => {
    expect(verdict(await route(OPEN, { ...upgrade, path: "/socket" }))).toBe("- -");
  });
});

describe("found after the request was let go", () => {
  const begin = '{"model":"m","messages":["';

  /** Sends `begin`, then `rest` once that is with the upstream. */
  async function after(config: Config, rest: string) {
    const { host, router } = await startRouter(config);
    const stream = router.stream();
    stream.onRequestHeaders({ ":method": "POST", ":path": path, "content-type": "application/json" }, false);
    stream.onRequestBody(begin, false);
    expect(stream.upstream.body).toBe(begin);
    stream.onRequestBody(rest, true);
    return { host, stream };
  }

  test.each([
    ["a second model", '"],"model":"m"}', "duplicate_key"],
    ["an end that is no JSON", '"]', "not_json"],
  ])("%s ends the exchange when FailClosed", async (_name, rest, reason) => {
    const { stream } = await after(OPEN, rest);
    expect(stream.localReply?.details).toBe(`weir.model-router.${reason}`);
    expect(stream.upstream.complete).toBe(false);
  });

  test.each([
    ["a second model", '"],"model":"m"}', "duplicate_key"],
    ["an end that is no JSON", '"]', "not_json"],
  ])("%s stays routed by the first when FailOpen, counted once", async (_name, rest, reason) => {
    for (const config of [OPEN, STRICT]) {
      const { host, stream } = await after({ ...config, failureMode: "FailOpen" }, rest);
      expect([stream.upstream.complete, stream.upstream.body]).toEqual([true, begin + rest]);
      expect(stream.upstream.headers?.get(MODEL_HEADER)).toBe("m");
      expect(host.metrics.counter(`weir.model-router.bypassed.reason.=.${reason}.=;.`)).toBe(1);
    }
  });

  test.each([
    ["a closed model", LISTED, '"],"model":"closed"}', "403 forbidden_model"],
    ["a closed model behind an open one", LISTED, '"],"model":"m","model":"closed"}', "403 forbidden_model"],
    ["an unknown model", STRICT, '"],"model":"nobody"}', "404 unknown_model"],
    ["a closed model in capitals", LISTED, '"],"MODEL":"closed"}', "400 duplicate_key"],
    ["more models than are kept", OPEN, `"]${',"model":"mmmmmmmmmmmm"'.repeat(500)}}`, "400 duplicate_key"],
  ])("%s ends the exchange even when FailOpen", async (_name, config, rest, expected) => {
    const { stream } = await after({ ...config, failureMode: "FailOpen" }, rest);
    const reply = stream.localReply!;
    expect(`${reply.status} ${reply.details.replace("weir.model-router.", "")}`).toBe(expected);
    expect(stream.upstream.complete).toBe(false);
  });

  test("cuts an answer that has begun", async () => {
    const { router } = await startRouter(OPEN);
    const stream = router.stream();
    stream.onRequestHeaders({ ":method": "POST", ":path": path }, false);
    stream.onRequestBody(begin, false);
    stream.onResponseHeaders({ ":status": "200" }, false);
    stream.onResponseBody("data: 1\n\n", false);
    stream.onRequestBody('"],"model":"m"}', true);
    expect([stream.wasReset, stream.client.complete]).toEqual([true, false]);
  });
});

describe("a body over maxBodyBytes", () => {
  const config = { ...OPEN, maxBodyBytes: 3000 };

  test.each([[[]], [[30]], [[30, 1000, 2000, 2999, 3000, 3001]]])("is cut, in pieces at %j", async (split) => {
    const body = `{"model":"m","x":"${"x".repeat(3000)}"}`;
    expect(verdict(await route(config, { ...post(path, body), split }))).toBe("413 body_too_large");
    const just = `{"model":"m","x":"${"x".repeat(3000 - 20)}"}`;
    expect(just.length).toBe(3000);
    expect(verdict(await route(config, { ...post(path, just), split }))).toBe("p m");
  });
});

describe("a host that doesn't let us write", () => {
  test.each([
    "proxy_remove_header_map_value",
    "proxy_replace_header_map_value",
    "proxy_set_buffer_bytes",
    "proxy_get_header_map_pairs",
  ])("%s never sends a request on with a route that isn't ours", async (call) => {
    const models = [{ name: "m", targets: [{ model: "other", provider: "p" }] }];
    for (const failureMode of ["FailClosed", "FailOpen"]) {
      const { host, router } = await startRouter({ ...OPEN, models, failureMode });
      host.fail = { [call]: 10 };
      expect(verdict(router.send(chat("m", FORGED)))).toBe("500 host_failure");
    }
  });
});

test("a host that never sends the body of a held request is found within 5 s, even when FailOpen", async () => {
  const { host, router } = await startRouter(
    { ...OPEN, failureMode: "FailOpen" },
    { allowOnHeadersStopIteration: false },
  );
  const { stream, status } = router.send(chat("m"));
  host.tick(5000);
  expect([status, stream.localReply?.status, stream.upstream.complete]).toEqual(["held", 500, false]);
});

test("Off is off: nothing is read, written or refused", async () => {
  const request = chat("nobody", FORGED);
  const outcome = await route({ ...LISTED, mode: "Off" }, request);
  expect([verdict(outcome), outcome.upstream.body, outcome.filterState]).toEqual(["forged forged", request.body, {}]);
});
