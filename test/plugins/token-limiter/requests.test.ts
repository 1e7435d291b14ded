import { describe, expect, test } from "vitest";
import { type RequestSpec } from "../../host/exchange.ts";
import {
  answer,
  chat,
  left,
  open,
  outputLimit,
  post,
  rateHeaders,
  startLimiter,
  textOf,
  verdict,
  without,
  type Config,
} from "./support/limiter.ts";

const messages = [{ role: "user", content: "hi" }];
const once: Config = { limits: [{ name: "once", by: ["consumer"], count: "Requests", amount: 1, per: "1h" }] };
const twice = (request: RequestSpec, config: Config = once) =>
  startLimiter(config).then(({ limiter }) => [request, request].map((each) => verdict(limiter.send(each, answer(1)))));

describe("a body on a path that nobody knows", () => {
  const late = `{"model":"m","padding":"${"x".repeat(5000)}","messages":[]}`;

  test.each([
    ["a chat's shape is counted", { model: "m", messages }, "429 limited"],
    ["a completion's shape is counted", { model: "m", prompt: "x" }, "429 limited"],
    ["Gemini's shape is counted", { model: "m", contents: [] }, "429 limited"],
    ["a response's shape is counted", { model: "m", input: "x" }, "429 limited"],
    ["the shape of Mistral's conversations is counted", { model: "m", inputs: "x" }, "429 limited"],
    ["a model alone is not", { model: "m" }, "passed"],
    ["messages alone are not", { messages }, "passed"],
    ["a deeper shape is not", { data: { model: "m", messages } }, "passed"],
    ["a list is not", [{ model: "m", messages }], "passed"],
    ["a text is not", "hello", "passed"],
    ["nothing is not", "", "passed"],
  ] as [string, unknown, string][])("%s", async (_name, body, second) => {
    for (const type of ["application/json", "text/plain"]) {
      expect(await twice(post("/talk", body, { "content-type": type }))).toEqual(["passed", second]);
    }
  });

  test("is counted when its shape shows late, beyond what may be held", async () => {
    for (const split of [[], [100], [2000, 4000], [5000]]) {
      const request = { ...post("/talk", late), split };
      expect(await twice(request, { ...once, maxHeldBytes: "1KiB" })).toEqual(["passed", "429 limited"]);
    }
  });

  test("goes on as it came when it shows late and there is room", async () => {
    const { limiter } = await startLimiter({ ...once, maxHeldBytes: "1KiB" });
    const { upstream } = limiter.send({ ...post("/talk", late), split: [700, 3000] }, answer(1));
    expect([upstream.complete, upstream.body === late]).toEqual([true, true]);
  });

  test("is refused where the operator wants known paths only", async () => {
    const { limiter } = await startLimiter({ ...once, unknownPaths: "Reject" });
    expect(verdict(limiter.send(post("/talk", { text: "x" })))).toBe("404 unknown_path");
  });
});

describe("what is no request to a model passes untouched, however often", () => {
  const headers = { "x-consumer": "a", "accept-encoding": "gzip" };

  test.each([
    ["the list of models", { method: "GET", path: "/v1/models", headers }],
    ["a page", { method: "GET", path: "/", headers }],
    ["a chat's preflight", { method: "OPTIONS", path: "/v1/chat/completions", headers }],
    [
      "a ticket",
      { ...post("/tickets", { text: "model" }), headers: { ...headers, "content-type": "application/json" } },
    ],
  ] as [string, RequestSpec][])("%s", async (_name, request) => {
    const { limiter } = await startLimiter(once);
    for (let i = 0; i < 3; i++) {
      const outcome = limiter.send(request, { headers: { "content-length": "2" }, body: "ok" });
      expect(verdict(outcome)).toBe("passed");
      expect(outcome.upstream.headers?.get("accept-encoding")).toBe("gzip");
      expect(outcome.upstream.body).toBe(textOf(request));
      expect(outcome.client.headers?.pairs).toEqual([
        [":status", "200"],
        ["content-length", "2"],
      ]);
      expect(Object.keys(outcome.filterState).filter((name) => name !== "weir.consumer")).toEqual([]);
    }
  });
});

describe("a request that can't be read", () => {
  const BROKEN: [string, RequestSpec, string][] = [
    ["no JSON", post("/v1/chat/completions", '{"model":"m","messages":[}'), "400 not_json"],
    ["two caps", chat(60, {}), "400 duplicate_key"],
    [
      "compressed",
      { ...chat(60), headers: { ...(chat(60).headers as object), "content-encoding": "gzip" } },
      "415 unsupported_encoding",
    ],
    [
      "with a form's field in a text",
      {
        ...chat(60, { user: "&max_tokens=1" }),
        headers: { ...(chat(60).headers as object), "content-type": "application/x-www-form-urlencoded" },
      },
      "415 unsupported_encoding",
    ],
    ["too large to hold", chat(60, { padding: "x".repeat(3000) }), "413 held_too_large"],
  ];
  BROKEN[1]![1] = { ...chat(60), body: textOf(chat(60)).replace("{", '{"max_tokens":1,') };
  const config = { ...once, maxHeldBytes: "2KiB" };

  test.each(BROKEN)("%s: FailClosed refuses it", async (_name, request, expected) => {
    expect(await twice(request, config)).toEqual([expected, expected]);
  });

  test.each(BROKEN)("%s: FailOpen lets it by, counts it and limits it all the same", async (_name, request, reason) => {
    const { host, limiter } = await startLimiter({ ...config, failureMode: "FailOpen" });
    const first = limiter.send(request, answer(7, 3));
    expect(verdict(first)).toBe("passed");
    expect(first.upstream.body).toBe(textOf(request));
    expect(first.filterState).toMatchObject({ "weir.total_tokens": "10", "weir.limit.once": "1" });
    expect(verdict(limiter.send(request, answer(7, 3)))).toBe("429 limited");
    expect(host.metrics.counter(`weir.token-limiter.bypassed.reason.=.${reason.slice(4)}.=;.`)).toBe(2);
  });
});

test.each([
  ["has been read of its bound", '{"model":"m","max_tokens":60,"messages":[}', 940],
  ["is assumed, where no bound was read", '{"model":"m","messages":[}', 500],
  ["is nothing, where none of it can be read", chat(60).body as string, 1000],
] as [string, string, number][])("what FailOpen lets by reserves what %s", async (_name, body, remaining) => {
  const config = { limits: [outputLimit({ amount: 1000, per: "1h" })], reserve: { outputDefault: 500 } };
  const { limiter } = await startLimiter({ ...config, failureMode: "FailOpen" });
  const packed: Record<string, string> = remaining === 1000 ? { "content-encoding": "gzip" } : {};
  const outcome = limiter.send(post("/v1/chat/completions", body, packed), answer(1));
  expect(rateHeaders(outcome)["remaining-tokens"]).toBe(String(remaining));
});

describe("Audit", () => {
  const NO_ROOM = { name: "none", by: ["model"], count: "Output", amount: 1, per: "1h" };

  test.each([
    ["a denial", once, chat(1), "limited"],
    ["a request too large for a limit", { limits: [NO_ROOM] }, chat(60), "request_too_large"],
    [
      "a request too large by itself",
      { limits: [{ name: "one", count: "Output", amount: 1, per: "request" }] },
      chat(60),
      "request_too_large",
    ],
    ["a request without a consumer", once, without(chat(1), "x-consumer"), "no_consumer"],
  ] as [string, Config, RequestSpec, string][])(
    "passes, counts and meters %s",
    async (_name, config, request, reason) => {
      const { host, limiter } = await startLimiter({ ...config, mode: "Audit" });
      limiter.send(request, answer(1));
      const audited = limiter.send(request, answer(7, 3));
      expect(verdict(audited)).toBe("passed");
      expect(audited.filterState).toMatchObject({ "weir.output_tokens": "7", "weir.usage_source": "reported" });
      expect(audited.client.headers?.has("retry-after")).toBe(false);
      expect(host.metrics.counter(`weir.token-limiter.audited.reason.=.${reason}.=;.`)).toBeGreaterThan(0);
    },
  );

  test("Off counts nothing and publishes nothing", async () => {
    const { limiter } = await startLimiter({ ...once, mode: "Off" });
    for (let i = 0; i < 3; i++) {
      const outcome = limiter.send(chat(1), answer(1));
      expect([verdict(outcome), outcome.filterState]).toEqual(["passed", {}]);
    }
  });
});

describe("accept-encoding", () => {
  const asking = chat(1, {}, { "accept-encoding": "gzip, br" });

  test("is taken off requests that are counted", async () => {
    const { limiter } = await startLimiter({ limits: [outputLimit()] });
    expect(limiter.send(asking, answer(1)).upstream.headers?.has("accept-encoding")).toBe(false);
  });

  test("stays where the operator wants it", async () => {
    const { limiter } = await startLimiter({ limits: [outputLimit()], stripAcceptEncoding: false });
    expect(limiter.send(asking, answer(1)).upstream.headers?.get("accept-encoding")).toBe("gzip, br");
  });
});

/** `M` stands for what else the request has. */
const EDITS: [name: string, before: string, after: string][] = [
  ["none", `{"stream":true,M}`, `{"stream_options":{"include_usage":true},"stream":true,M}`],
  [
    "null",
    `{M,"stream":true, "stream_options" : null }`,
    `{M,"stream":true, "stream_options" : {"include_usage":true} }`,
  ],
  ["empty", `{M,"stream":true,"stream_options":{ }}`, `{M,"stream":true,"stream_options":{"include_usage":true }}`],
  [
    "false",
    `{M,"stream":true,"stream_options":{"include_usage":false}}`,
    `{M,"stream":true,"stream_options":{"include_usage":true}}`,
  ],
  [
    "null inside",
    `{M,"stream":true,"stream_options":{"include_usage":null}}`,
    `{M,"stream":true,"stream_options":{"include_usage":true}}`,
  ],
  [
    "others",
    `{"stream_options":{"x":[1, 2],"include_obfuscation":false},M,"stream":true}`,
    `{"stream_options":{"include_usage":true,"x":[1, 2],"include_obfuscation":false},M,"stream":true}`,
  ],
  [
    "escaped",
    `{M,"stream":true,"stream\\u005foptions":{"include\\u005fusage":false }}`,
    `{M,"stream":true,"stream\\u005foptions":{"include\\u005fusage":true }}`,
  ],
  [
    "true",
    `{M,"stream":true,"stream_options":{"include_usage":true}}`,
    `{M,"stream":true,"stream_options":{"include_usage":true}}`,
  ],
  [
    "none, with what some servers take for true",
    `{M,"stream":1}`,
    `{"stream_options":{"include_usage":true},M,"stream":1}`,
  ],
  ["no object", `{M,"stream":true,"stream_options":7}`, `{M,"stream":true,"stream_options":7}`],
];
const REST = `"model":"m", "messages":[{"role":"user","content":"h\\u00e9 \\"x\\" é😀"}]`;

describe("a stream is asked for its usage", () => {
  test.each(EDITS)("where its stream_options are %s, however the request is cut", async (_name, before, after) => {
    const { limiter } = await startLimiter({});
    const body = before.replace("M", REST);
    for (let at = 0; at < new TextEncoder().encode(body).length; at++) {
      const { upstream } = limiter.send({ ...post("/v1/chat/completions", body), split: [at] }, answer(1));
      expect({ at, body: upstream.body, framed: upstream.isFramed }).toEqual({
        at,
        body: after.replace("M", REST),
        framed: true,
      });
    }
  });

  test.each([
    ["a chat that isn't streamed", post("/v1/chat/completions", `{${REST}}`), {}],
    ["a chat that says it isn't streamed", post("/v1/chat/completions", `{${REST},"stream":false}`), {}],
    ["messages to Anthropic", post("/v1/messages", `{${REST},"stream":true}`), {}],
    ["a response", post("/v1/responses", '{"model":"m","input":"x","stream":true}'), {}],
    [
      "a chat where the operator doesn't want it",
      post("/v1/chat/completions", `{${REST},"stream":true}`),
      { includeUsage: false },
    ],
  ] as [string, RequestSpec, Config][])("but not %s", async (_name, request, config) => {
    const { limiter } = await startLimiter(config);
    expect(limiter.send(request, answer(1)).upstream.body).toBe(textOf(request));
  });

  test("with completions too", async () => {
    const { limiter } = await startLimiter({});
    const { upstream } = limiter.send(post("/v1/completions", '{"prompt":"x","model":"m","stream":true}'), answer(1));
    expect(JSON.parse(upstream.body)).toMatchObject({ stream_options: { include_usage: true } });
  });
});

test("two requests at once hold what each of them reserved", async () => {
  const { limiter } = await startLimiter({ limits: [outputLimit()] });
  const streams = [open(limiter, chat(30)), open(limiter, chat(40))];
  expect(left(limiter)).toBe(30);
  streams[1]!.respond(answer(5));
  expect(left(limiter)).toBe(65);
});

describe("what opens a realtime session over plain HTTP", () => {
  const SESSIONS: [string, RequestSpec][] = [
    [
      "a client's secret",
      post("/v1/realtime/client_secrets", { session: { type: "realtime", model: "gpt-realtime" } }),
    ],
    ["a call", post("/v1/realtime/calls", "v=0", { "content-type": "application/sdp" })],
    ["a session", post("/v1/realtime/sessions", { model: "gpt-realtime" })],
    ["a session for transcripts", post("/v1/realtime/transcription_sessions", {})],
    ["a session without a body", { ...post("/v1/realtime/sessions", ""), body: undefined }],
    ["a call behind a prefix", post("/openai/v1/realtime/calls?x=1", "v=0")],
  ];

  test.each(SESSIONS)("%s is refused, as an upgrade is", async (_name, request) => {
    expect(await twice(request)).toEqual(["403 realtime", "403 realtime"]);
  });

  test.each(SESSIONS)("%s passes when FailOpen, counted and limited", async (_name, request) => {
    const { host, limiter } = await startLimiter({ ...once, failureMode: "FailOpen" });
    expect([request, request].map((each) => verdict(limiter.send(each)))).toEqual(["passed", "429 limited"]);
    expect(host.metrics.counter("weir.token-limiter.bypassed.reason.=.realtime.=;.")).toBe(2);
  });

  test("is told in Audit", async () => {
    const { host, limiter } = await startLimiter({ ...once, mode: "Audit" });
    expect(verdict(limiter.send(SESSIONS[0]![1]))).toBe("passed");
    expect(host.metrics.counter("weir.token-limiter.audited.reason.=.realtime.=;.")).toBe(1);
  });

  test("is no request that only reads", async () => {
    expect(await twice({ ...post("/v1/realtime/sessions", ""), method: "GET", body: undefined })).toEqual([
      "passed",
      "passed",
    ]);
  });
});

test.each(["GET", "POST"])("a %s upgrade that FailOpen lets by is its consumer's", async (method) => {
  const { limiter } = await startLimiter({ ...once, failureMode: "FailOpen" });
  const upgrade = (consumer: string): RequestSpec => ({
    method,
    path: "/v1/realtime?model=m",
    headers: { upgrade: "websocket", connection: "upgrade", "x-consumer": consumer },
  });
  expect(["a", "a", "b"].map((consumer) => verdict(limiter.send(upgrade(consumer))))).toEqual([
    "passed",
    "429 limited",
    "passed",
  ]);
});

describe("the most output that is reserved", () => {
  const RESERVED: [string, RequestSpec, number][] = [
    ["of a chat", chat(60), 60],
    ["of a chat with another API's cap", chat(undefined, { max_gen_len: 1, options: { num_predict: 1 } }), 500],
    ["of Ollama's chat", post("/api/chat", { model: "m", messages, options: { num_predict: 60 } }), 60],
    [
      "of Ollama's chat, which doesn't know max_tokens",
      post("/api/chat", { model: "m", messages, max_tokens: 1, options: { num_predict: -1 } }),
      500,
    ],
    ["of Ollama's completion", post("/api/generate", { model: "m", prompt: "x", max_tokens: 1 }), 500],
    ["of one prompt", post("/v1/completions", { model: "m", prompt: "x", max_tokens: 60 }), 60],
    ["of several prompts", post("/v1/completions", { model: "m", prompt: ["x", "y"], max_tokens: 60 }), 120],
    ["of several prompts of tokens", post("/v1/completions", { model: "m", prompt: [[1], [2]], max_tokens: 60 }), 120],
  ];

  test.each(RESERVED)("%s", async (_name, request, reserved) => {
    const { limiter } = await startLimiter({
      limits: [outputLimit({ amount: 1000 })],
      reserve: { outputDefault: 500 },
    });
    open(limiter, request);
    expect(left(limiter)).toBe(1000 - reserved);
  });

  test("of all prompts together is what a limit of single requests looks at", async () => {
    const { limiter } = await startLimiter({ limits: [{ name: "one", count: "Output", amount: 100, per: "request" }] });
    const prompts = post("/v1/completions", { model: "m", prompt: ["x", "y"], max_tokens: 60 });
    expect(verdict(limiter.send(prompts))).toBe("400 request_too_large");
  });
});

describe("a request that only counts tokens", () => {
  const text = "weir ".repeat(2000);
  const COUNTS: [string, RequestSpec][] = [
    ["Anthropic's", post("/v1/messages/count_tokens", { model: "m", messages: [{ role: "user", content: text }] })],
    [
      "Anthropic's on Vertex",
      post("/v1/projects/p/locations/l/publishers/anthropic/models/count-tokens:rawPredict", {
        model: "m",
        messages: [{ role: "user", content: text }],
      }),
    ],
    ["OpenAI's", post("/v1/responses/input_tokens", { model: "m", input: text })],
    ["Gemini's", post("/v1beta/models/m:countTokens", { contents: [{ parts: [{ text }] }] })],
    ["Bedrock's", post("/model/m/count-tokens", { input: { converse: { messages: [{ content: [{ text }] }] } } })],
  ];
  const counted = { headers: { "content-type": "application/json" }, body: '{"input_tokens":2000}' };

  test.each(COUNTS)("costs no tokens: %s", async (_name, request) => {
    const { limiter } = await startLimiter({
      limits: [outputLimit({ count: "Total" }), { name: "one", count: "Input", amount: 10, per: "request" }],
    });
    const outcome = limiter.send(request, counted);
    expect(verdict(outcome)).toBe("passed");
    expect(outcome.filterState).toMatchObject({ "weir.limit.tokens": "0", "weir.total_tokens": "0" });
  });

  test.each(COUNTS)("is a request: %s", async (_name, request) => {
    expect(await twice(request)).toEqual(["passed", "429 limited"]);
  });

  test("is none where a model runs, whatever the query says", async () => {
    const { limiter } = await startLimiter({ limits: [outputLimit({ count: "Input" })] });
    const request = post("/v1/embeddings?x=/count_tokens", { model: "m", input: text });
    expect(verdict(limiter.send(request))).toBe("400 request_too_large");
  });
});

describe("what servers read that take keys in any case, and numbers as texts", () => {
  const lots: Config = { limits: [{ name: "one", count: "Output", amount: 2000, per: "request" }] };

  test.each<[what: string, path: string, body: object, expected: string]>([
    ["a cap as a number", "/v1/chat/completions", { max_tokens: 50000 }, "400 request_too_large"],
    ["a cap as a text", "/v1/chat/completions", { max_tokens: "50000" }, "400 request_too_large"],
    [
      "a cap as a text beside one of 0",
      "/v1/chat/completions",
      { max_completion_tokens: 0, max_tokens: " 50_000.0 " },
      "400 request_too_large",
    ],
    ["answers as a text", "/v1/chat/completions", { max_tokens: 1000, n: "100" }, "400 request_too_large"],
    ["a small cap as a text", "/v1/chat/completions", { max_tokens: "5" }, "passed"],
    ["a cap that is no number", "/v1/chat/completions", { max_tokens: "a lot", max_completion_tokens: "" }, "passed"],
    ["a model in capitals", "/api/chat", { MODEL: "other" }, "400 duplicate_key"],
    ["options in another case", "/api/chat", { Options: { num_predict: 50000 } }, "400 duplicate_key"],
    ["a cap in another case", "/v1/chat/completions", { max_tokens: 5, Max_Tokens: 50000 }, "400 duplicate_key"],
    ["capitals further in", "/v1/chat/completions", { max_tokens: 5, tools: [{ Model: "x" }] }, "passed"],
  ])("%s", async (_what, path, body, expected) => {
    const { limiter } = await startLimiter(lots);
    expect(verdict(limiter.send(post(path, { model: "m", messages, ...body }), answer(1)))).toBe(expected);
  });

  const text = "hello world ".repeat(5000);
  test.each<[what: string, path: string, body: object]>([
    ["reasoning", "/v1/chat/completions", { messages: [{ role: "assistant", content: "x", reasoning: text }] }],
    ["tokens of a context", "/api/generate", { prompt: "x", context: Array.from({ length: 5000 }, (_, i) => i) }],
  ])("%s counts as input", async (_what, path, body) => {
    const { limiter } = await startLimiter({ limits: [{ name: "one", count: "Input", amount: 1000, per: "request" }] });
    expect(verdict(limiter.send(post(path, { model: "m", ...body }), answer(1)))).toBe("400 request_too_large");
  });
});
