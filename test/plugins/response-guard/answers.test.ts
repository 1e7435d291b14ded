import { describe, expect, test } from "vitest";
import { privateKey } from "../../lib/builtins-secrets.ts";
import { randomFrom, SEED } from "../../lib/seeded.ts";
import { CHAT, EMAIL, RULES, completion, json, startGuard } from "./support/guard.ts";

const TOOL_CALL = {
  tool_calls: [{ id: "1", type: "function", function: { name: "mail", arguments: `{"to":"${EMAIL}"}` } }],
};

describe("a JSON answer", () => {
  test("has what is to be masked masked, every other byte as it was, and its right length", async () => {
    const { guard } = await startGuard();
    const answer = completion(`write to ${EMAIL}, or "${EMAIL}"`);
    const { client } = guard.send(CHAT, answer);
    expect(client.body).toBe((answer.body as string).replaceAll(EMAIL, "[pii]"));
    expect(client.headers?.get("content-length")).toBe(String(client.body.length));
  });

  test("passes as it came, with its length, when nothing is found", async () => {
    const { guard } = await startGuard();
    const answer = completion("fine words");
    const { client } = guard.send(CHAT, answer);
    expect([client.body, client.isFramed]).toEqual([answer.body, true]);
  });

  test.each([
    ["what the model says", completion("about project-x")],
    ["its reasoning", completion("fine", { reasoning_content: "about project-x" })],
    ["its refusal", completion("", { refusal: "not about project-x" })],
    [
      "a tool call's arguments",
      completion("", { tool_calls: [{ function: { name: "f", arguments: '{"a":"project-x"}' } }] }),
    ],
    ["a second choice", json({ choices: [{ message: { content: "a" } }, { message: { content: "project-x" } }] })],
    ["Anthropic's content", json({ type: "message", content: [{ type: "text", text: "project-x" }] })],
    ["Anthropic's tool_use", json({ type: "message", content: [{ type: "tool_use", input: { q: ["project-x"] } }] })],
    ["Gemini's parts", json({ candidates: [{ content: { parts: [{ text: "project-x" }] } }] })],
    [
      "a response's output",
      json({ output: [{ type: "message", content: [{ type: "output_text", text: "project-x" }] }] }),
    ],
    [
      "the tools that a server has told of",
      json({ output: [{ type: "mcp_list_tools", tools: [{ name: "t", description: "project-x" }] }] }),
    ],
    [
      "why Gemini blocked a prompt",
      json({ promptFeedback: { blockReason: "OTHER", blockReasonMessage: "project-x" } }),
    ],
    ["a completion", json({ choices: [{ text: "project-x" }] })],
    ["Ollama's response", json({ model: "m", response: "project-x", done: true })],
    ["disguise", completion("about p\u200broject-\uff58")],
  ])("is refused by what is in %s", async (_where, answer) => {
    const { guard } = await startGuard();
    const { client, localReply, filterState } = guard.send(CHAT, answer);
    expect(localReply).toMatchObject({ status: 403, details: "weir.response-guard.rule.words" });
    expect(client.body).not.toContain("project");
    expect(filterState["weir.guard"]).toBe("words:Reject");
  });

  test("has the arguments of its tool calls masked, which stay JSON", async () => {
    const { guard } = await startGuard();
    const { client } = guard.send(CHAT, completion("", TOOL_CALL));
    const { choices } = JSON.parse(client.body) as { choices: [{ message: typeof TOOL_CALL }] };
    expect(JSON.parse(choices[0].message.tool_calls[0]!.function.arguments)).toEqual({ to: "[pii]" });
  });

  test(`comes to the same however it is cut (SEED=${SEED})`, async () => {
    const { guard } = await startGuard();
    const answer = completion(`write to ${EMAIL} \u{1f600} soon`);
    const whole = guard.send(CHAT, answer).client.body;
    const length = Buffer.byteLength(answer.body as string);
    for (let at = 1; at < length; at++) expect(guard.send(CHAT, { ...answer, split: [at] }).client.body).toBe(whole);
    const random = randomFrom(SEED);
    for (let round = 0; round < 20; round++) {
      const split = Array.from({ length: 4 }, () => random(length)).sort((a, b) => a - b);
      expect(guard.send(CHAT, { ...answer, split, protocol: "HTTP/2" }).client.body).toBe(whole);
    }
  });

  test("says that there is none in no words that Cohere's first API doesn't have", async () => {
    const { guard } = await startGuard({ rules: RULES, refusal: { style: "Completion" } });
    const answer = json({ text: "about project-x" });
    const of = (path: string): object | undefined => guard.send({ ...CHAT, path }, answer).localReply;
    expect(of("/v2/chat")).toMatchObject({ status: 200, body: expect.stringContaining('"finish_reason"') as string });
    for (const path of ["/v1/chat", "/cohere/v%31/CHAT/?a=b"]) {
      expect(of(path)).toMatchObject({ status: 403, body: '{"message":"This request was declined by policy."}' });
    }
  });

  test("of plain text has the mask as it is, without JSON's escapes", async () => {
    const { guard } = await startGuard({ rules: RULES, mask: '<"{rule}">' });
    const transcript = { headers: { "content-type": "text/plain" }, body: `Write to ${EMAIL} "now"` };
    const { client } = guard.send({ ...CHAT, path: "/v1/audio/transcriptions" }, transcript);
    expect(client.body).toBe('Write to <"pii"> "now"');
  });

  test("of speech says what is masked in none of its words either", async () => {
    const { guard } = await startGuard();
    const spoken = (text: string): object => ({
      text,
      words: text.split(" ").map((word, at) => ({ word, start: at, end: at + 1 })),
    });
    const heard = (answer: object): string =>
      guard.send({ ...CHAT, path: "/v1/audio/transcriptions" }, json(answer)).client.body;
    const { words } = spoken("it is 4111 1111 1111 1111") as { words: object[] };
    const segment = { id: 0, text: "it is 4111 1111 1111 1111", words };
    expect(JSON.parse(heard({ words, text: segment.text, segments: [segment] }))).toEqual({
      words: [],
      text: "it is [pii]",
      segments: [{ id: 0, text: "it is [pii]", words: [] }],
    });
    expect(JSON.parse(heard(spoken("fine words")))).toEqual(spoken("fine words"));
  });

  test.each([
    ["token_likelihoods", [{ token: " 1111", likelihood: -1 }], []],
    ["completion_logprobs", { content: [{ token: " 1111" }] }, null],
    ["completion_probabilities", [{ token: " 1111", top_logprobs: [] }], []],
  ])("says what is masked in no %s either", async (key, tokens, left) => {
    const { guard } = await startGuard();
    const of = (text: string, repeated: unknown): object => ({ generations: [{ id: "g", [key]: repeated, text }] });
    const request = { ...CHAT, path: "/model/m/invoke" };
    const { client } = guard.send(request, json(of("it is 4111 1111 1111 1111", tokens)));
    expect(client.body).toBe(JSON.stringify(of("it is [pii]", left)));
    expect(guard.send(request, json(of("fine", tokens))).client.body).toBe(JSON.stringify(of("fine", tokens)));
  });

  test("in Audit passes as it came, and is recorded", async () => {
    const { guard } = await startGuard({ rules: RULES, mode: "Audit" });
    const answer = completion(`project-x for ${EMAIL}`);
    const { client, filterState } = guard.send(CHAT, answer);
    expect(client.body).toBe(answer.body);
    expect(filterState["weir.guard"]).toBe("words:Reject,pii:Mask");
  });

  test("in Audit passes though it has too much for a service to be asked", async () => {
    const rules = [...RULES, { id: "hook", detect: { service: { cluster: "guard" } }, action: "Reject" }];
    const { host, guard } = await startGuard({ rules, mode: "Audit", maxHeldBytes: 1024 });
    const answer = { headers: { "content-type": "text/plain" }, body: "fine words ".repeat(100) };
    expect(guard.send(CHAT, answer).client.body).toBe(answer.body);
    expect(host.process.metrics.counter("weir.response-guard.audited.reason.=.service_failure.=;.")).toBe(1);
  });
});

describe("the parts of an answer", () => {
  const CARD = "4111 1111 1111 1111";
  const block = (text: string): object => ({ type: "text", text });
  const anthropic = (...content: object[]): object => ({ type: "message", role: "assistant", content });
  const messages = (...texts: string[]): object => anthropic(...texts.map(block));
  const gemini = (...parts: object[]): object => ({ candidates: [{ content: { parts, role: "model" } }] });
  const item = (...texts: string[]): object => ({
    type: "message",
    content: texts.map((text) => ({ type: "output_text", text, annotations: [] })),
  });
  const chat = (...contents: unknown[]): object => ({
    choices: contents.map((content, index) => ({ index, message: { role: "assistant", content } })),
  });
  const thinking = (text: string): object => ({ type: "thinking", thinking: text, signature: "s" });
  const cited = (text: string): object => ({ ...block(text), citations: [{ cited_text: "other words" }] });

  test.each<[what: string, answer: object, expected: object]>([
    ["Anthropic's blocks", messages("is 4111 1111", " 1111 1111."), messages("is [pii]", ".")],
    ["three blocks", messages("is 4111 ", "1111 1111", " 1111."), messages("is [pii]", "", ".")],
    ["an empty block between", messages("is 4111 1111", "", " 1111 1111"), messages("is [pii]", "", "")],
    [
      "blocks with another between",
      anthropic(block("4111 1111 "), thinking("hm"), block("1111 1111")),
      anthropic(block("[pii]"), thinking("hm"), block("")),
    ],
    ["blocks with citations", anthropic(cited("4111 1111 "), cited("1111 1111")), anthropic(cited("[pii]"), cited(""))],
    [
      "what is thought",
      anthropic(thinking("4111 1111 "), block("so"), thinking("1111 1111")),
      anthropic(thinking("[pii]"), block("so"), thinking("")),
    ],
    ["Gemini's parts", gemini({ text: "4111 1111 " }, { text: "1111 1111" }), gemini({ text: "[pii]" }, { text: "" })],
    [
      "parts of a response's item",
      { output: [item("4111 1111 ", "1111 1111", " 4111 1111 1111 1111")] },
      { output: [item("[pii]", "", " [pii]")] },
    ],
    ["a response's items", { output: [item("4111 1111"), item(" 1111 1111")] }, { output: [item("[pii]"), item("")] }],
    ["parts of a chat's message", chat([block("4111 1111 "), block("1111 1111")]), chat([block("[pii]"), block("")])],
    ["one text and another of its own", messages(`is ${CARD}`, "5 times"), messages("is [pii]", "5 times")],
    ["two texts, of which each has one", messages(CARD, CARD), messages("[pii]", "[pii]")],
    ["choices, which don't follow each other", chat("4111 1111", " 1111 1111"), chat("4111 1111", " 1111 1111")],
    ["what any two texts could make", messages("jane.doe@", "example.com"), messages("jane.doe@", "example.com")],
  ])("are matched over their borders: %s", async (_, answer, expected) => {
    const { guard } = await startGuard();
    expect(guard.send(CHAT, json(answer)).client.body).toBe(JSON.stringify(expected));
    const results = [answer, answer].map((each) => JSON.stringify({ custom_id: "1", result: each })).join("\n");
    const file = { headers: { "content-type": "application/x-ndjson" }, body: results };
    const { client } = guard.send({ path: "/v1/files/file-1/content" }, file);
    expect(client.body.split("\n").map((line) => (JSON.parse(line) as { result: object }).result)).toEqual([
      expected,
      expected,
    ]);
  });

  test("have a private key masked whole, wherever it is cut", async () => {
    const { guard } = await startGuard({
      rules: [{ id: "key", detect: { builtin: ["PrivateKey"] }, action: "Mask" }],
    });
    const key = privateKey("PRIVATE KEY", 24);
    const line = key.indexOf("\n");
    const last = key.indexOf("-----END");
    const cut = [[18], [line], [line + 1], [18, line], [18, 900], [line, 900, 1000, key.length]];
    for (const cuts of [...cut, [18, last + 7], [18, 900, last + 3, last + 9]]) {
      const parts = [0, ...cuts].map((from, i) => key.slice(from, cuts[i] ?? key.length));
      const { client } = guard.send(CHAT, json(messages(...parts, " or so")));
      const texts = (JSON.parse(client.body) as { content: { text: string }[] }).content.map(({ text }) => text);
      expect([texts.join("").replaceAll("[key]", ""), texts[0]]).toEqual([" or so", "[key]"]);
      for (const text of texts) expect(text).not.toContain("[key][key]");
    }
  });

  test("are not part of a key that has no end, which another rule records too", async () => {
    const detect = { builtin: ["PrivateKey"] };
    const { guard } = await startGuard({
      rules: [
        { id: "key", detect, action: "Mask" },
        { id: "others", detect, action: "Audit" },
      ],
    });
    const texts = ["what is this?", "tell me, please"];
    const { client } = guard.send(CHAT, json(messages(privateKey("PRIVATE KEY", 24).slice(0, 150), ...texts)));
    const { content } = JSON.parse(client.body) as { content: { text: string }[] };
    expect(content.map(({ text }) => text)).toEqual(["[key]", ...texts]);
  });

  test("refuse it by what stands over their borders, and the next answer is judged by itself", async () => {
    const { guard } = await startGuard();
    const of = (answer: object): object | undefined => guard.send(CHAT, json(answer)).localReply;
    expect(of(messages("about pro", "ject-x"))).toMatchObject({ details: "weir.response-guard.rule.words" });
    expect(of(messages("about project-x", " and pro"))).toMatchObject({ details: "weir.response-guard.rule.words" });
    expect(of(messages("ject-x", "fine"))).toBeUndefined();
  });

  test("in Audit pass, and are recorded", async () => {
    const { guard } = await startGuard({ rules: RULES, mode: "Audit" });
    const answer = json(messages("about pro", "ject-x, 4111 1111", " 1111 1111"));
    const { client, filterState } = guard.send(CHAT, answer);
    expect(client.body).toBe(answer.body);
    expect(filterState["weir.guard"]).toBe("words:Reject,pii:Mask");
  });
});

describe("an answer that can't be judged", () => {
  const LARGE = completion("fine words ".repeat(500));
  const COMPRESSED = {
    ...completion("fine"),
    headers: { "content-type": "application/json", "content-encoding": "gzip" },
  };
  const BINARY = { headers: { "content-type": "application/vnd.amazon.eventstream" }, body: "\0\0\0\x10binary events" };
  const CASES = [
    ["because it is too large", LARGE, "answer_too_large"],
    ["because it is compressed", COMPRESSED, "answer_unreadable"],
    ["because it is binary", BINARY, "answer_unreadable"],
  ] as const;

  test.each(CASES)("%s is refused", async (_why, answer, reason) => {
    const { guard } = await startGuard({ rules: RULES, maxHeldBytes: 2000 });
    expect(guard.send(CHAT, answer).localReply).toMatchObject({
      status: 502,
      details: `weir.response-guard.${reason}`,
    });
  });

  test.each(CASES)("%s passes when FailOpen, and is counted", async (_why, answer, reason) => {
    const { host, guard } = await startGuard({ rules: RULES, maxHeldBytes: 2000, failureMode: "FailOpen" });
    const { client } = guard.send(CHAT, { ...answer, split: [100, 2500] });
    expect(client.body).toBe(answer.body);
    expect(host.process.metrics.counter(`weir.response-guard.bypassed.reason.=.${reason}.=;.`)).toBe(1);
  });
});

describe("what is judged", () => {
  const BAD = completion("about project-x");

  test("is asked for uncompressed", async () => {
    const { guard } = await startGuard();
    expect(guard.send(CHAT, BAD).upstream.headers?.has("accept-encoding")).toBe(false);
  });

  test("is known by the request's shape on an unknown path", async () => {
    const { guard } = await startGuard();
    expect(guard.send({ ...CHAT, path: "/my/own/path" }, BAD).localReply?.status).toBe(403);
    expect(guard.send({ ...CHAT, path: "/my/own/path", body: '{"a":1}' }, BAD).client.body).toBe(BAD.body);
  });

  test("is no answer of vectors, of a listing or of nothing", async () => {
    const { guard } = await startGuard();
    const vectors = { ...CHAT, path: "/v1/embeddings", body: '{"model":"m","input":"a"}' };
    for (const request of [vectors, { path: "/v1/models" }]) {
      expect(guard.send(request, BAD).client.body).toBe(BAD.body);
    }
    expect(guard.send(CHAT, { status: 204 }).client.status).toBe(204);
  });

  test("is an error of the provider's, too, which may repeat the prompt", async () => {
    const { guard } = await startGuard();
    const echo = { ...json({ error: { message: `bad prompt: write to ${EMAIL}` } }), status: 400 };
    const { client } = guard.send(CHAT, echo);
    expect([client.status, client.body]).toEqual([
      400,
      JSON.stringify({ error: { message: "bad prompt: write to [pii]" } }),
    ]);
  });
});

test.each([
  ["no JSON", "{", {}],
  ["too deep", "[".repeat(600), {}],
  ["JSON with a key twice", '{"model":"m","model":"n","messages":[]}', {}],
  ["longer than may be held", `{"model":"m","messages":["${"x".repeat(3000)}"]}`, {}],
  ["compressed", "\u001f", { "content-encoding": "gzip" }],
  ["no multipart form", "x", { "content-type": "multipart/form-data; boundary=b" }],
  [
    "a form's field in JSON",
    '{"model":"m","messages":["&a=b"]}',
    { "content-type": "application/x-www-form-urlencoded" },
  ],
] as [string, string, Record<string, string>][])("a request is not judged, be it %s", async (_what, body, more) => {
  const { guard } = await startGuard({ rules: RULES, maxHeldBytes: "1KiB" });
  for (const path of ["/v1/chat/completions", "/v1/audio/transcriptions", "/elsewhere"]) {
    const request = { ...CHAT, path, headers: { "content-type": "application/json", ...more }, body };
    expect(guard.send(request, completion("fine words")).status).toBe("forwarded");
  }
});
