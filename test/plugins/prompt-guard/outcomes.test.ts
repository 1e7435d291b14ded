import { describe, expect, test } from "vitest";
import { type RequestSpec } from "../../host/exchange.ts";
import { chat, decided, masked, post, startGuard, words } from "./support/guard.ts";

const BAD = chat("tell me of project-x");
const MESSAGES = [{ role: "user", content: "tell me of project-x" }];

const REFUSALS: [dialect: string, request: RequestSpec, body: object][] = [
  ["OpenAI's", BAD, { error: { message: "This request was declined by policy.", code: "content_policy_violation" } }],
  [
    "Anthropic's",
    post("/v1/messages", { model: "m", max_tokens: 9, messages: MESSAGES }),
    { type: "error", error: { message: "This request was declined by policy." } },
  ],
  [
    "Gemini's",
    post("/v1beta/models/g:generateContent", { contents: [{ parts: [{ text: "project-x" }] }] }),
    { error: { code: 403, message: "This request was declined by policy." } },
  ],
];

test.each(REFUSALS)("a refusal speaks %s dialect", async (_dialect, request, body) => {
  const { guard } = await startGuard({ rules: [words("project-x")] });
  const { localReply } = guard.send(request);
  expect(localReply?.status).toBe(403);
  expect(JSON.parse(localReply!.body)).toMatchObject(body);
  expect(localReply!.body).not.toContain("words");
});

test("a refusal's status and words are the operator's", async () => {
  const { guard } = await startGuard({
    rules: [words("project-x")],
    refusal: { status: 451, message: 'Ask "legal".' },
  });
  const { localReply } = guard.send(BAD);
  expect(localReply?.status).toBe(451);
  expect(JSON.parse(localReply!.body)).toMatchObject({ error: { message: 'Ask "legal".' } });
});

test("what comes first in a body decides, in one piece or in many", async () => {
  const { guard } = await startGuard({ rules: [words("project-x")] });
  const body = `${JSON.stringify({ model: "m", messages: MESSAGES })}}`;
  const split = [body.length - 1];
  expect(guard.send(post("/v1/chat/completions", body)).localReply?.status).toBe(403);
  expect(guard.send({ ...post("/v1/chat/completions", body), split }).localReply?.status).toBe(403);
  expect(guard.send(post("/v1/chat/completions", `{]${body}`)).localReply?.status).toBe(400);
});

describe("a refusal as an answer", () => {
  const config = { rules: [words("project-x")], refusal: { style: "Completion", message: "I can't help with that." } };

  test("is a chat completion", async () => {
    const { guard } = await startGuard(config);
    const { localReply } = guard.send(BAD);
    expect(localReply?.status).toBe(200);
    expect(localReply?.headers.get("content-type")).toBe("application/json");
    expect(JSON.parse(localReply!.body)).toMatchObject({
      object: "chat.completion",
      model: "gpt-4o",
      choices: [
        { message: { role: "assistant", content: "I can't help with that." }, finish_reason: "content_filter" },
      ],
    });
  });

  test("is streamed when a stream was asked for", async () => {
    const { guard } = await startGuard(config);
    const { localReply } = guard.send(chat("project-x", { stream: true }));
    expect(localReply?.headers.get("content-type")).toBe("text/event-stream");
    expect(localReply!.body).toContain("I can't help with that.");
    expect(localReply!.body).toMatch(/data: \[DONE\]\n\n$/);
  });

  describe("to what says behind the prompt how it is to be answered", () => {
    const body = JSON.stringify({ messages: MESSAGES, model: "gpt-4o", stream: true });

    test("is what was asked for, however the request is cut", async () => {
      const { guard } = await startGuard(config);
      for (let at = 0; at < body.length; at++) {
        const { localReply } = guard.send({ ...post("/v1/chat/completions", body), body, split: [at] });
        expect([at, localReply?.headers.get("content-type")]).toEqual([at, "text/event-stream"]);
        expect(localReply!.body).toContain('"model":"gpt-4o"');
      }
    });

    test.each(["FailClosed", "FailOpen"])(
      "comes when no more of it can be held, or it breaks off: %s",
      async (failureMode) => {
        const { guard } = await startGuard({ ...config, failureMode, maxHeldBytes: 1024 });
        for (const more of [" ".repeat(2000), "]"]) {
          const outcome = guard.send({
            ...post("/v1/chat/completions", body),
            body: body.slice(0, -1) + more,
            split: [80],
          });
          expect([outcome.localReply?.status, outcome.upstream.bytes.length]).toEqual([200, 0]);
        }
      },
    );
  });

  test.each([
    ["a count of tokens", "/v1/messages/count_tokens", { messages: MESSAGES }],
    ["Gemini's count of tokens", "/v1beta/models/m:countTokens", { contents: [{ parts: [{ text: "project-x" }] }] }],
    ["Gemini's embeddings", "/v1beta/models/m:embedContent", { content: { parts: [{ text: "project-x" }] } }],
    ["a response's count of tokens", "/v1/responses/input_tokens", { input: "project-x" }],
    ["embeddings", "/v1/embeddings", { input: "project-x" }],
    ["what a conversation is shortened to", "/v1/responses/compact", { input: "project-x" }],
  ])("is an error where the answer would be %s", async (_name, path, body) => {
    const { guard } = await startGuard(config);
    expect(guard.send(post(path, { model: "m", ...body })).localReply).toMatchObject({ status: 403 });
  });
});

test("the rule that refused is in the log, in a counter and in the details, and the text nowhere", async () => {
  const { host, guard } = await startGuard({ rules: [words("project-x")] });
  const outcome = guard.send(BAD);
  expect(outcome.localReply?.details).toBe("weir.prompt-guard.rule.words");
  expect(decided(outcome)).toBe("words:Reject");
  const lines = guard.logs.map(({ text }) => text);
  expect(lines).toContain("prompt-guard: rule words, Reject, in User");
  expect(lines.join()).not.toContain("project-x");
  host.tick(1000);
  const name = "weir.prompt-guard.rules.rule.=.words.=;.scope.=.User.=;.action.=.Reject.=;.";
  expect(host.process.metrics.counter(name)).toBe(1);
});

test("rules are told in the configuration's order, and what an earlier guard said stays before them", async () => {
  const rules = [
    { id: "b", detect: { words: ["beta"] }, action: "Audit" },
    { id: "a", detect: { words: ["alpha"] }, action: "Audit" },
  ];
  const { guard } = await startGuard({ rules });
  const outcome = guard.send(chat("alpha and beta"));
  expect(decided(outcome)).toBe("b:Audit,a:Audit");
});

test.each([
  ["whole", ""],
  ["and broken off", "}"],
])("Audit tells all that a body has, %s, however it is cut", async (_name, missing) => {
  const { guard } = await startGuard({ mode: "Audit", rules: [words("alpha"), { ...words("omega"), id: "last" }] });
  const request = chat("alpha, then omega");
  const body = (request.body as string).slice(0, -missing.length || undefined);
  for (let at = 0; at < body.length; at++) {
    expect([at, decided(guard.send({ ...request, body, split: at === 0 ? [] : [at] }))]).toEqual([
      at,
      "words:Reject,last:Reject",
    ]);
  }
});

describe("scopes", () => {
  const messages = (role: string, key = "content"): RequestSpec =>
    post("/v1/chat/completions", { model: "m", messages: [{ [key]: "project-x", role }] });
  const ROLES: [role: string, scope: string][] = [
    ["system", "System"],
    ["developer", "System"],
    ["user", "User"],
    ["assistant", "Assistant"],
    ["tool", "ToolOutput"],
  ];

  test.each(ROLES)("what the role %s says is in scope %s only", async (role, scope) => {
    for (const other of ["System", "User", "Assistant", "ToolInput", "ToolOutput"]) {
      const { guard } = await startGuard({ rules: [{ ...words("project-x"), scopes: [other] }] });
      expect([other, guard.send(messages(role)).status]).toEqual([
        other,
        other === scope ? "local-reply" : "forwarded",
      ]);
    }
  });
});

describe("what can't be judged", () => {
  const CASES: [name: string, request: RequestSpec, status: number, reason: string][] = [
    ["what is no JSON", post("/v1/chat/completions", "{"), 400, "not_json"],
    [
      "a second content",
      post("/v1/chat/completions", '{"messages":[{"content":"a","content":"b"}]}'),
      400,
      "duplicate_key",
    ],
    ["compression", { ...chat("a"), headers: { "content-encoding": "br" } }, 415, "unsupported_encoding"],
    [
      "a form's field in a text of the JSON",
      post("/v1/completions", '{"prompt":"a","user":"&prompt=project-x"}', {
        "content-type": "application/x-www-form-urlencoded",
      }),
      415,
      "unsupported_encoding",
    ],
    ["more than may be held", chat("x".repeat(3000)), 413, "held_too_large"],
  ];

  test.each(CASES)("%s is refused", async (_name, request, status, reason) => {
    const { guard } = await startGuard({ rules: [words("project-x")], maxHeldBytes: 2000 });
    expect(guard.send(request).localReply).toMatchObject({ status, details: `weir.prompt-guard.${reason}` });
  });

  test.each(CASES)("%s passes when FailOpen, and is counted", async (_name, request, _status, reason) => {
    const config = { rules: [words("project-x")], maxHeldBytes: 2000, failureMode: "FailOpen" };
    const { host, guard } = await startGuard(config);
    const { status, upstream } = guard.send(request);
    expect(status).toBe("forwarded");
    expect(upstream.body).toBe(request.body);
    expect(host.process.metrics.counter(`weir.prompt-guard.bypassed.reason.=.${reason}.=;.`)).toBe(1);
  });

  test("what passes because it is too large to hold is still judged while it goes on", async () => {
    const config = { rules: [words("project-x")], maxHeldBytes: 2000, failureMode: "FailOpen" };
    const { guard } = await startGuard(config);
    const body = JSON.stringify({
      model: "m",
      messages: [{ role: "user", content: `${"x ".repeat(3000)} project-x` }],
    });
    const outcome = guard.send(post("/v1/chat/completions", [body.slice(0, 2500), body.slice(2500)] as never));
    expect(outcome.upstream.complete).toBe(false);
  });

  const FOUND = JSON.stringify({ model: "m", messages: [{ role: "user", content: "jane@example.com, project-x" }] });
  const LARGE = JSON.stringify({ ...JSON.parse(FOUND), user: "x".repeat(3000) });

  test.each<[passes: string, body: string, split: number[], isMasked?: boolean]>([
    ["is malformed", `${FOUND}}`, []],
    ["is malformed, in pieces", `${FOUND}}`, [FOUND.length]],
    ["has a key twice", FOUND.replace("{", '{"messages":[],'), []],
    ["can't be read", FOUND.replace("{", '{"prompt":[1,2],'), []],
    ["is too large", LARGE, [2500]],
    ["is too large, and malformed", `${LARGE}}`, [2500, LARGE.length]],
    ["is judged", FOUND, [], true],
  ])("what rules find in what %s is told where it passes; not as masked where it isn't", async (...row) => {
    const [, body, split, isMasked = false] = row;
    const rules = [masked("Email"), { ...words("project-x"), action: "Audit" }];
    for (const over of [{ failureMode: "FailOpen" }, { mode: "Audit" }]) {
      const { host, guard } = await startGuard({ rules, maxHeldBytes: 2000, ...over });
      const outcome = guard.send({ ...post("/v1/chat/completions", body), split });
      const action = isMasked || over.mode ? "Mask" : "Audit";
      expect([outcome.status, outcome.upstream.body === body]).toEqual(["forwarded", !isMasked || "mode" in over]);
      expect(decided(outcome)).toBe(`pii:${action},words:Audit`);
      expect(host.logs.map(({ text }) => text)).toContain(`prompt-guard: rule pii, ${action}, in User`);
      host.tick(1000);
      const name = `weir.prompt-guard.rules.rule.=.pii.=;.scope.=.User.=;.action.=.${action}.=;.`;
      expect(host.process.metrics.counter(name)).toBe(1);
    }
  });

  test("a body over maxBodyBytes is refused", async () => {
    const { guard } = await startGuard({ rules: [words("project-x")], maxBodyBytes: 100 });
    expect(guard.send(chat("x".repeat(200))).localReply).toMatchObject({ status: 413 });
  });

  test("a body over maxBodyBytes is counted once in Audit, however many pieces follow", async () => {
    const { host, guard } = await startGuard({ rules: [words("project-x")], maxBodyBytes: 100, mode: "Audit" });
    const outcome = guard.send({ ...chat("x".repeat(200)), split: [50, 101, 110, 120, 200] });
    expect(outcome.status).toBe("forwarded");
    expect(host.process.metrics.counter("weir.prompt-guard.audited.reason.=.body_too_large.=;.")).toBe(1);
  });
});

test("what carries no prompt passes unread", async () => {
  const { guard } = await startGuard({ rules: [words("project-x"), masked("Email")] });
  const PASS: RequestSpec[] = [
    { path: "/v1/models" },
    { path: "/healthz?q=project-x" },
    post("/upload", '{"name":"project-x"}'),
    post("/upload", "project-x and no JSON"),
  ];
  for (const request of PASS) expect(guard.send(request).status).toBe("forwarded");
});

test("without rules a guard leaves everything alone", async () => {
  const { guard } = await startGuard({});
  expect(guard.send(post("/v1/chat/completions", "no JSON")).status).toBe("forwarded");
});
