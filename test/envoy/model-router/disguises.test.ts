import { connect } from "node:http2";
import { describe, expect, test } from "vitest";
import { until } from "../support/until.ts";
import {
  FORGED,
  NAMES,
  ROUTING,
  body,
  expectRefused,
  expectUnrouted,
  leniency,
  useAttacked,
} from "./attack-fixture.ts";
import { type Answer, OpenRequest, type Sent, send } from "../support/client.ts";

const router = useAttacked();

describe.each(NAMES)("%s", (name) => {
  const to = (sent: Sent): Promise<Answer> =>
    send(router.envoy.address(name), { ...sent, headers: { ...FORGED, ...sent.headers } });
  const { isOpen, hasLists } = leniency(name);

  test("routing headers that the client set are overwritten, and removed where nothing is routed", async () => {
    await to({ path: "/v1/chat/completions", body: body("gpt-4o") });
    const { provider, request } = router.providers.only();
    expect([provider, ...ROUTING.map((header) => request.headers[header])]).toEqual(["openai", "gpt-4o", "openai"]);
    expect(request.rawHeaders.filter((header) => ROUTING.includes(header.toLowerCase())).length).toBe(2);
    router.providers.reset();
    await to({ method: "GET", path: "/v1/models" });
    expectUnrouted(router);
  });

  const FORM = "multipart/form-data; boundary=B";
  const part = (field: string, value: string): string =>
    `--B\r\ncontent-disposition: form-data; name="${field}"\r\n\r\n${value}\r\n`;
  const LYING: [what: string, path: string, type: string | undefined, body: string, provider: string | undefined][] = [
    ["JSON as text", "/v1/chat/completions", "text/plain", body("gpt-4o"), "openai"],
    ["JSON as a form", "/v1/chat/completions", FORM, body("gpt-4o"), "openai"],
    [
      "JSON as an URL-encoded form",
      "/v1/chat/completions",
      "application/x-www-form-urlencoded",
      body("gpt-4o"),
      "openai",
    ],
    ["JSON in UTF-16, it says", "/v1/chat/completions", "application/json; charset=utf-16", body("gpt-4o"), "openai"],
    ["JSON without a type", "/v1/chat/completions", "", body("gpt-4o"), "openai"],
    [
      "a form",
      "/v1/audio/transcriptions",
      FORM,
      `${part("file", "x")}${part("model", "whisper-1")}--B--\r\n`,
      "openai",
    ],
    [
      "a form as JSON",
      "/v1/audio/transcriptions",
      "application/json",
      `${part("model", "whisper-1")}--B--\r\n`,
      undefined,
    ],
    ["JSON as the form that is due", "/v1/audio/transcriptions", FORM, body("whisper-1"), undefined],
    [
      "a form with two models",
      "/v1/audio/transcriptions",
      FORM,
      `${part("model", "whisper-1")}${part("model", "internal-x")}--B--\r\n`,
      undefined,
    ],
    [
      "a form with the same model twice",
      "/v1/audio/transcriptions",
      FORM,
      `${part("model", "whisper-1")}${part("model", "whisper-1")}--B--\r\n`,
      undefined,
    ],
    [
      "a form without a boundary",
      "/v1/audio/transcriptions",
      "multipart/form-data",
      `${part("model", "whisper-1")}--B--\r\n`,
      undefined,
    ],
    [
      "a form with two boundaries",
      "/v1/audio/transcriptions",
      `${FORM}; boundary=C`,
      `${part("model", "whisper-1")}--B--\r\n`,
      undefined,
    ],
    ["a form that doesn't end", "/v1/audio/transcriptions", FORM, part("file", "x"), undefined],
  ];
  test.each(LYING)("%s", async (_, path, type, sent, provider) => {
    const answer = await to({ path, body: sent, headers: { "content-type": type } });
    if (provider !== undefined) expect(router.providers.only().provider).toBe(provider);
    else if (isOpen) expectUnrouted(router);
    else expectRefused(router, answer, 400, path);
  });

  test.each([
    "//v1//chat/completions",
    "/v1/chat/completions/",
    "/v1/./chat/completions",
    "/v1/x/../chat/completions",
    "/v1/chat%2fcompletions",
    "/v1/chat%2Fcompletions",
    "/V1/Chat/COMPLETIONS",
    "/any/prefix/v1/chat/completions",
    "/v1/chat/completions;a=b",
    "/v1/chat;a=b/completions",
    "/v1/chat\\completions",
    "/v1/ch%61t/completions",
    "/v1/chat/completions?model=gpt-4o",
    "/v1/%2e%2e/chat/completions",
    "/v1/models/..;/chat/completions",
  ])("the path %s", async (path) => {
    await to({ path, body: body("gpt-4o") });
    const { provider, request } = router.providers.only();
    expect([provider, request.path]).toEqual(["openai", path]);
    router.providers.reset();
    const answer = await to({ path, body: body("internal-x"), headers: { "x-consumer": "team-b" } });
    if (hasLists) expect([answer.status, router.providers.seen]).toEqual([403, []]);
    else expect(router.providers.seen.every(({ provider }) => provider === "fallback")).toBe(true);
  });

  test.each([
    ["messages", '{"messages":[],"model":"gpt-4o"}', "openai"],
    ["a prompt", '{"model":"gpt-4o","prompt":"hi"}', "openai"],
    ["input", '{"input":"hi","model":"gpt-4o"}', "openai"],
    ["contents", '{"contents":[],"model":"gemini-pro"}', "gemini"],
    ["nothing else", '{"model":"gpt-4o"}', "fallback"],
    ["no model", '{"messages":[]}', "fallback"],
    ["no JSON", "messages and model", "fallback"],
  ])("an unknown path and a body with a model and %s", async (_, sent, provider) => {
    const answer = await to({ path: "/api/ask", body: sent, headers: { "content-type": "text/plain" } });
    if (name === "FailClosed with unknown paths refused") return expectRefused(router, answer, 404, "");
    expect(router.providers.only().provider).toBe(provider);
    if (provider === "fallback") expectUnrouted(router);
  });

  test("an unknown path and a body that names two models", async () => {
    const answer = await to({ path: "/api/ask", body: '{"messages":[],"model":"gpt-4o","model":"internal-x"}' });
    if (isOpen) expectUnrouted(router);
    else expectRefused(router, answer, name.includes("unknown paths") ? 404 : 400, "");
  });

  test("an unknown path and a model after more than may be held", async () => {
    const answer = await to({ path: "/api/ask", body: `{"messages":["${"a".repeat(100_000)}"],"model":"internal-x"}` });
    if (isOpen) return void expectUnrouted(router);
    expect(answer.status).toBe(name.includes("unknown paths") ? 404 : 413);
    expect(
      router.providers.seen.every(({ provider, request }) => provider === "fallback" && request.state === "Aborted"),
    ).toBe(true);
  });

  const WEBSOCKET = {
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    "sec-websocket-version": "13",
  };

  test("a WebSocket on an AI path, and on another", async () => {
    const answer = await to({ method: "GET", path: "/v1/realtime?model=internal-x", headers: WEBSOCKET });
    if (isOpen) expectUnrouted(router);
    else
      expect([answer.status, answer.json, router.providers.seen]).toMatchObject([
        403,
        { error: { code: "upgrade_not_allowed" } },
        [],
      ]);
    router.providers.reset();
    const other = await to({ method: "GET", path: "/chat-room", headers: WEBSOCKET });
    if (name.includes("unknown paths")) expect(other.status).toBe(404);
    else expectUnrouted(router);
  });

  test("a request for a model that is dressed as an upgrade", async () => {
    const arrival = router.providers.mock("fallback").next();
    arrival.catch(() => undefined);
    const open = new OpenRequest(router.address(name), {
      path: "/api/ask",
      headers: { ...WEBSOCKET, "content-length": body("internal-x").length },
    });
    void open.end(body("internal-x")).catch(() => undefined);
    if (isOpen) {
      expect((await arrival).headers["x-gateway-provider-name"]).toBeUndefined();
      open.destroy();
    } else {
      expect([(await open.answer).status, router.providers.seen]).toEqual([hasLists ? 403 : 404, []]);
    }
  });

  test("a WebSocket over HTTP/2", async () => {
    const session = connect(router.envoy.url("", name));
    session.on("error", () => undefined);
    await new Promise((settled) => session.once("remoteSettings", settled));
    const stream = session.request(
      { ":method": "CONNECT", ":protocol": "websocket", ":path": "/v1/realtime", ":scheme": "http" },
      { endStream: false },
    );
    stream.on("error", () => undefined);
    if (isOpen) {
      await until("it passed", () => (router.providers.seen.length > 0 ? expectUnrouted(router) : undefined));
    } else {
      const status = await new Promise((done) => stream.on("response", (headers) => done(headers[":status"])));
      expect([status, router.providers.seen]).toEqual([403, []]);
    }
    session.destroy();
  });

  test("a client that offers HTTP/2 as an upgrade, as Java's does, is served", async () => {
    const headers = {
      connection: "Upgrade, HTTP2-Settings",
      upgrade: "h2c",
      "http2-settings": "AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA",
    };
    const answer = await to({ path: "/v1/chat/completions", body: body("gpt-4o"), headers });
    expect([answer.status, router.providers.only().provider]).toEqual([200, "openai"]);
  });
});
