import { connect } from "node:http2";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { EnvoyProcess } from "../support/envoy-process.ts";
import { Gate } from "../support/gate.ts";
import type { Json, NativeFilter } from "../support/gateway-config.ts";
import type { SeenRequest } from "../support/mock-provider.ts";
import { until } from "../support/until.ts";
import { type Answer, Http2Client, OpenRequest, type Sent, send } from "./client.ts";
import { Providers, startRouter, traps } from "./router-gateway.ts";

const MODELS = [
  { name: "gpt-4o*", provider: "openai" },
  { name: "whisper-1", provider: "openai" },
  { name: "claude-*", provider: "anthropic" },
  { name: "gemini-*", provider: "gemini" },
];
const RESTRICTED = [...MODELS, { name: "internal-*", provider: "vllm", allowConsumers: ["team-a"] }];
const LIMITS = { maxHeldBytes: "64KiB", maxBodyBytes: "256KiB", consumer: [{ header: "x-consumer" }] };

/** What a listener does with a request that can't be judged. */
const CONFIGURATIONS = {
  FailClosed: { ...LIMITS, models: MODELS },
  "FailClosed with access lists": { ...LIMITS, models: RESTRICTED, unknownModels: "Pass" },
  FailOpen: { ...LIMITS, failureMode: "FailOpen", models: MODELS, unknownModels: "Pass" },
  "FailOpen with access lists": { ...LIMITS, failureMode: "FailOpen", models: RESTRICTED, unknownModels: "Pass" },
  "FailOpen that refuses unknown models": { ...LIMITS, failureMode: "FailOpen", models: MODELS },
  "FailClosed with unknown paths refused": { ...LIMITS, models: MODELS, unknownPaths: "Reject" },
} satisfies Record<string, Json>;

type Name = keyof typeof CONFIGURATIONS;
const NAMES = Object.keys(CONFIGURATIONS) as Name[];

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

const MANAGER = {
  upgrade_configs: [{ upgrade_type: "websocket" }],
  http2_protocol_options: { allow_connect: true },
  // How long Envoy waits before it closes a connection on which it ended a stream early.
  delayed_close_timeout: "0.2s",
};

let providers: Providers;
let envoy: EnvoyProcess;

beforeAll(async () => {
  providers = await Providers.start();
  const plain = NAMES.map(
    (name) => [name, { configuration: CONFIGURATIONS[name], trailers: true, manager: MANAGER }] as const,
  );
  const configuration = CONFIGURATIONS["FailClosed with access lists"];
  envoy = await startRouter(providers, {
    ...Object.fromEntries(plain),
    authenticated: { configuration, before: [AUTHENTICATION] },
  });
});

afterAll(async () => {
  await envoy?.stop();
  await providers?.stop();
});

beforeEach(() => providers.reset());
afterEach(() => expect(traps(envoy.log)).toEqual([]));

const TEXT = [{ role: "user", content: "hi" }];
const body = (model: string): string => JSON.stringify({ model, max_tokens: 9, messages: TEXT });
const ROUTING = ["x-gateway-model-name", "x-gateway-provider-name"];

const DIALECTS = {
  "/v1/chat/completions": (answer: Answer): void => {
    expect(answer.json).toEqual({
      error: {
        message: expect.any(String),
        type: "invalid_request_error",
        code: expect.any(String),
        param: answer.json["error"] ? expect.toSatisfy((param) => param === null || param === "model") : null,
      },
    });
  },
  "/v1/messages": (answer: Answer): void => {
    expect(answer.json).toEqual({
      type: "error",
      error: { type: expect.stringMatching(/_error$|^request_too_large$/), message: expect.any(String) },
    });
  },
};

function expectRefused(answer: Answer, status: number, path: string): void {
  expect([answer.status, answer.isWhole]).toEqual([status, true]);
  DIALECTS[path as keyof typeof DIALECTS]?.(answer);
  expect(providers.seen).toEqual([]);
}

/** The request passed as if the router weren't there, without a routing header. */
function expectUnrouted(): SeenRequest {
  const { provider, request } = providers.only();
  expect([provider, ...ROUTING.map((name) => request.headers[name])]).toEqual(["fallback", undefined, undefined]);
  return request;
}

/** Routing headers that a client brings, to be sure that they never count. */
const FORGED = { "X-Gateway-Model-Name": ["internal-x", "internal-y"], "x-gateway-provider-name": "vllm" };

interface Attack {
  name: string;
  body: string | Buffer;
  headers?: Record<string, string | string[]>;
  status: number;
}

const UNREADABLE: Attack[] = [
  { name: "a second model", body: '{"model":"gpt-4o","messages":[],"model":"internal-x"}', status: 400 },
  { name: "a second model, the same", body: '{"model":"gpt-4o","model":"gpt-4o","messages":[]}', status: 400 },
  {
    name: "a second model, its key escaped",
    body: '{"model":"gpt-4o","mod\\u0065l":"internal-x","messages":[]}',
    status: 400,
  },
  { name: "a second model, no string", body: '{"model":"gpt-4o","model":{"a":1},"messages":[]}', status: 400 },
  {
    name: "a first model, no string, and a second",
    body: '{"model":null,"model":"internal-x","messages":[]}',
    status: 400,
  },
  { name: "no JSON", body: "model=gpt-4o", status: 400 },
  { name: "JSON cut short", body: '{"messages":[],"x":', status: 400 },
  { name: "two JSON values", body: '{"messages":[]}{"model":"internal-x"}', status: 400 },
  { name: "a comment", body: '{/* "model":"gpt-4o" */"model":"internal-x"}', status: 400 },
  { name: "a trailing comma", body: '{"messages":[],}', status: 400 },
  { name: "single quotes", body: "{'model':'internal-x'}", status: 400 },
  { name: "NaN", body: '{"x":NaN,"model":"internal-x"}', status: 400 },
  { name: "a byte order mark", body: `\ufeff${body("gpt-4o")}`, status: 400 },
  { name: "UTF-16, little-endian", body: Buffer.from(body("gpt-4o"), "utf16le"), status: 400 },
  { name: "UTF-16, big-endian", body: Buffer.from(body("gpt-4o"), "utf16le").swap16(), status: 400 },
  { name: "UTF-32 with its mark", body: Buffer.from([0xff, 0xfe, 0, 0, 0x7b, 0, 0, 0]), status: 400 },
  { name: "bytes that are no UTF-8", body: Buffer.from('{"a":"\xc0\xaf","model":"gpt-4o"}', "latin1"), status: 400 },
  { name: "a NUL byte first", body: `\0${body("gpt-4o")}`, status: 400 },
  { name: "a NUL byte in a key", body: '{"mod\0el":"gpt-4o"}', status: 400 },
  { name: "a NUL byte in the model", body: '{"model":"gpt-4o\0"}', status: 400 },
  { name: "513 levels", body: `{"a":${"[".repeat(512)}${"]".repeat(512)},"model":"gpt-4o"}`, status: 400 },
  { name: "100,000 levels", body: `{"a":${"[".repeat(60_000)}`, status: 400 },
  { name: "gzip", body: gzipSync(body("gpt-4o")), headers: { "content-encoding": "gzip" }, status: 415 },
  { name: "an encoding that lies", body: body("gpt-4o"), headers: { "content-encoding": "br" }, status: 415 },
  { name: "an unknown encoding", body: body("gpt-4o"), headers: { "content-encoding": "x" }, status: 415 },
  { name: "two encodings", body: body("gpt-4o"), headers: { "content-encoding": "identity, gzip" }, status: 415 },
  {
    name: "two encoding headers",
    body: body("gpt-4o"),
    headers: { "content-encoding": ["identity", "gzip"] },
    status: 415,
  },
  { name: "a model after more than may be held", body: `{"a":"${"a".repeat(70_000)}","model":"gpt-4o"}`, status: 413 },
  { name: "white space without end", body: " ".repeat(70_000), status: 413 },
];

describe.each(NAMES)("%s", (name) => {
  const to = (sent: Sent): Promise<Answer> =>
    send(envoy.address(name), { ...sent, headers: { ...FORGED, ...sent.headers } });
  const isOpen = name === "FailOpen";
  const hasLists = name.includes("access lists");
  const passesUnknown = name === "FailOpen" || hasLists;

  describe.each(Object.keys(DIALECTS))("%s", (path) => {
    test.each(UNREADABLE)("$name", async ({ body, headers, status }) => {
      const answer = await to({ path, body, headers });
      if (!isOpen) return expectRefused(answer, status, path);
      const seen = expectUnrouted();
      expect(seen.body.equals(Buffer.from(body))).toBe(true);
    });

    test.each(["null", "7", '{"name":"gpt-4o"}', '["gpt-4o"]', "true", '""'])("the model %s", async (model) => {
      expectRefused(await to({ path, body: `{"messages":[],"model":${model}}` }), 400, path);
    });

    test.each([
      ["no model", "{}"],
      ["a model one level down", '{"x":{"model":"gpt-4o"},"messages":[]}'],
      ["an array", '[{"model":"gpt-4o"}]'],
      ["a string", '"gpt-4o"'],
      ["an empty body", ""],
    ])("%s", async (_, body) => expectRefused(await to({ path, body }), 400, path));

    test.each([
      ["a line break", "gpt-4o\\r\\nx-gateway-provider-name: vllm"],
      ["a NUL", "gpt-4o\\u0000"],
      ["10 KB", "gpt-4o".repeat(1700)],
      ["blanks around it", " gpt-4o "],
      ["half a surrogate pair", "gpt-9\\ud800"],
      ["quotes and markup", '\\"},{\\"a\\":\\"<b>'],
      ["an unknown name", "gpt-9"],
    ])("a model with %s", async (_, model) => {
      const answer = await to({ path, body: body("MODEL").replace("MODEL", model) });
      if (!passesUnknown) return expectRefused(answer, 404, path);
      const { provider, request } = providers.only();
      expect([provider, request.headers["x-gateway-provider-name"]]).toEqual(["fallback", undefined]);
      const named = request.headers["x-gateway-model-name"] as string | undefined;
      if (named !== undefined)
        expect(Buffer.from(named, "latin1").toString()).toBe(Buffer.from(String(request.json?.["model"])).toString());
    });

    test.each([
      ["as much as", 65_536, 200],
      ["one byte more than", 65_537, 413],
    ])("a model that ends after %s may be held", async (_, end, status) => {
      const model = path === "/v1/messages" ? '"claude-x"' : '"gpt-4o"';
      const head = '{"max_tokens":9,"messages":[],"a":"';
      const tail = `","model":${model}`;
      const answer = await to({ path, body: `${head}${"a".repeat(end - head.length - tail.length)}${tail},"b":1}` });
      if (status === 200) expect([answer.status, providers.only().provider]).not.toContain("fallback");
      else if (isOpen) expectUnrouted();
      else expectRefused(answer, status, path);
    });

    test("a body larger than maxBodyBytes", async () => {
      const head = body(path === "/v1/messages" ? "claude-x" : "gpt-4o").slice(0, -1);
      const arrival = providers.mock(path === "/v1/messages" ? "anthropic" : "openai").next();
      const open = new OpenRequest(envoy.address(name), { path });
      await open.write(`${head},"x":"`);
      const seen = await arrival;
      const piece = "x".repeat(16_384);
      for (let sent = 0; sent < 20; sent++) open.write(piece).catch(() => undefined);
      const answer = await open.answer;
      expect(answer.status).toBe(413);
      DIALECTS[path as keyof typeof DIALECTS](answer);
      await seen.ended();
      expect(seen.state).toBe("Aborted");
    });
  });

  test("an unreadable body that ends with trailers", async () => {
    const answer = await to({ path: "/v1/chat/completions", body: '{"messages":[', trailers: { "x-end": "yes" } });
    if (isOpen) expectUnrouted();
    else expectRefused(answer, 400, "/v1/chat/completions");
  });

  test("nothing but headers, over HTTP/1 and HTTP/2", async () => {
    expectRefused(await to({ path: "/v1/chat/completions" }), 400, "/v1/chat/completions");
    const client = new Http2Client(envoy.address(name));
    expectRefused(await client.send({ path: "/v1/messages", headers: FORGED }), 400, "/v1/messages");
    client.close();
  });

  test("routing headers that the client set are overwritten, and removed where nothing is routed", async () => {
    await to({ path: "/v1/chat/completions", body: body("gpt-4o") });
    const { provider, request } = providers.only();
    expect([provider, ...ROUTING.map((header) => request.headers[header])]).toEqual(["openai", "gpt-4o", "openai"]);
    expect(request.rawHeaders.filter((header) => ROUTING.includes(header.toLowerCase())).length).toBe(2);
    providers.reset();
    await to({ method: "GET", path: "/v1/models" });
    expectUnrouted();
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
    if (provider !== undefined) expect(providers.only().provider).toBe(provider);
    else if (isOpen) expectUnrouted();
    else expectRefused(answer, 400, path);
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
    const { provider, request } = providers.only();
    expect([provider, request.path]).toEqual(["openai", path]);
    providers.reset();
    const answer = await to({ path, body: body("internal-x"), headers: { "x-consumer": "team-b" } });
    if (hasLists) expect([answer.status, providers.seen]).toEqual([403, []]);
    else expect(providers.seen.every(({ provider }) => provider === "fallback")).toBe(true);
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
    if (name === "FailClosed with unknown paths refused") return expectRefused(answer, 404, "");
    expect(providers.only().provider).toBe(provider);
    if (provider === "fallback") expectUnrouted();
  });

  test("an unknown path and a body that names two models", async () => {
    const answer = await to({ path: "/api/ask", body: '{"messages":[],"model":"gpt-4o","model":"internal-x"}' });
    if (isOpen) expectUnrouted();
    else expectRefused(answer, name.includes("unknown paths") ? 404 : 400, "");
  });

  test("an unknown path and a model after more than may be held", async () => {
    const answer = await to({ path: "/api/ask", body: `{"messages":["${"a".repeat(100_000)}"],"model":"internal-x"}` });
    if (isOpen) return void expectUnrouted();
    expect(answer.status).toBe(name.includes("unknown paths") ? 404 : 413);
    expect(
      providers.seen.every(({ provider, request }) => provider === "fallback" && request.state === "Aborted"),
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
    if (isOpen) expectUnrouted();
    else
      expect([answer.status, answer.json, providers.seen]).toMatchObject([
        403,
        { error: { code: "upgrade_not_allowed" } },
        [],
      ]);
    providers.reset();
    const other = await to({ method: "GET", path: "/chat-room", headers: WEBSOCKET });
    if (name.includes("unknown paths")) expect(other.status).toBe(404);
    else expectUnrouted();
  });

  test("a WebSocket over HTTP/2", async () => {
    const session = connect(envoy.url("", name));
    session.on("error", () => undefined);
    await new Promise((settled) => session.once("remoteSettings", settled));
    const stream = session.request(
      { ":method": "CONNECT", ":protocol": "websocket", ":path": "/v1/realtime", ":scheme": "http" },
      { endStream: false },
    );
    stream.on("error", () => undefined);
    if (isOpen) {
      await until("it passed", () => (providers.seen.length > 0 ? expectUnrouted() : undefined));
    } else {
      const status = await new Promise((done) => stream.on("response", (headers) => done(headers[":status"])));
      expect([status, providers.seen]).toEqual([403, []]);
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
    expect([answer.status, providers.only().provider]).toEqual([200, "openai"]);
  });

  describe("found after the release", () => {
    interface Late {
      name: string;
      rest: string;
      /** The status in each kind of configuration; 200: the request goes on as it was routed. */
      closed: number;
      open: number;
      openWithLists: number;
    }
    const LATE: Late[] = [
      {
        name: "a second model, not allowed",
        rest: ',"model":"internal-x"}',
        closed: 400,
        open: 200,
        openWithLists: 403,
      },
      {
        name: "a second model, its key escaped",
        rest: ',"\\u006dodel":"internal-x"}',
        closed: 400,
        open: 200,
        openWithLists: 403,
      },
      { name: "a second model, allowed", rest: ',"model":"gpt-4o-mini"}', closed: 400, open: 200, openWithLists: 200 },
      {
        name: "a third model, not allowed",
        rest: ',"model":"gpt-4o","model":"internal-x"}',
        closed: 400,
        open: 200,
        openWithLists: 403,
      },
      { name: "no JSON", rest: ",]", closed: 400, open: 200, openWithLists: 400 },
      { name: "no end", rest: ',"x":', closed: 400, open: 200, openWithLists: 400 },
      {
        name: "no JSON, then a second model",
        rest: ',"x":NaN,"model":"internal-x"}',
        closed: 400,
        open: 200,
        openWithLists: 400,
      },
      { name: "a bad byte", rest: ',"x":"\0"}', closed: 400, open: 200, openWithLists: 400 },
      { name: "513 levels", rest: `,"x":${"[".repeat(512)}`, closed: 400, open: 200, openWithLists: 400 },
    ];
    const expected = (late: Late): number => {
      if (!name.startsWith("FailOpen")) return late.closed;
      if (
        name === "FailOpen that refuses unknown models" &&
        late.rest.includes('"internal-x"') &&
        !late.rest.includes("NaN")
      )
        return 404;
      return hasLists ? late.openWithLists : late.open;
    };
    /** Sends the beginning, and waits until the provider has it. */
    const begin = async (): Promise<[OpenRequest, SeenRequest]> => {
      const arrival = providers.mock("openai").next();
      const open = new OpenRequest(envoy.address(name), { path: "/v1/chat/completions" });
      await open.write('{"model":"gpt-4o","messages":[]');
      const seen = await arrival;
      await seen.firstByte();
      return [open, seen];
    };

    test.each(LATE)("$name, before the answer", async (late) => {
      const [open, seen] = await begin();
      const answer = await open.end(late.rest);
      await seen.ended();
      const status = expected(late);
      if (status === 200)
        return expect([seen.state, seen.headers["x-gateway-model-name"]]).toEqual(["Complete", "gpt-4o"]);
      expect([answer.status, answer.isWhole, seen.state]).toEqual([status, true, "Aborted"]);
      DIALECTS["/v1/chat/completions"](answer);
    });

    test.each(LATE)("$name, when the answer has begun", async (late) => {
      const more = new Gate();
      const pieces = ["data: 1\n\n", "data: 2\n\n"];
      providers
        .mock("openai")
        .behave({
          early: true,
          answer: { status: 200, pieces },
          beforePiece: (index) => (index === 1 ? more.opened : undefined),
        });
      const [open, seen] = await begin();
      const ended = open.end(late.rest);
      await seen.ended();
      more.release();
      const answer = await ended;
      const passes = expected(late) === 200;
      expect([answer.isWhole, seen.state]).toEqual(passes ? [true, "Complete"] : [false, "Aborted"]);
      if (passes) expect([answer.status, answer.text]).toEqual([200, pieces.join("")]);
      else expect(answer.text).not.toContain("data: 2");
    });
  });
});

describe("behind Envoy's API-key authentication", () => {
  const ask = (headers: Record<string, string | string[]>): Promise<Answer> =>
    send(envoy.address("authenticated"), { path: "/v1/chat/completions", body: body("internal-x"), headers });

  test.each([
    ["the team's own key", { authorization: "Bearer key-of-team-a" }, 200],
    ["another team's key", { authorization: "Bearer key-of-team-b" }, 403],
    [
      "another team's key and a forged identity",
      { authorization: "Bearer key-of-team-b", "x-consumer": "team-a" },
      403,
    ],
    [
      "another team's key and two forged identities",
      { authorization: "Bearer key-of-team-b", "X-Consumer": ["team-a", "team-a"] },
      403,
    ],
    ["a forged identity alone", { "x-consumer": "team-a" }, 401],
  ])("%s", async (_, headers, status) => {
    expect((await ask(headers)).status).toBe(status);
    expect(providers.seen.map(({ provider }) => provider)).toEqual(status === 200 ? ["vllm"] : []);
  });
});
