import { describe, expect, test } from "vitest";
import { type Callout, type HttpAnswer } from "../../host/callout.ts";
import { chat, decided, post, startGuard, words, type Rule } from "./support/guard.ts";

const CLUSTER = "guard";
const PASS = { action: { reason: "fine" } };
const REJECT = { action: { body: "Not here.", status_code: 451, reason: "policy" } };

const webhook = (action = "Reject", over: object = {}): Rule => ({
  id: "hook",
  detect: { service: { cluster: CLUSTER, path: "/check", timeout: "300ms" } },
  action,
  ...over,
});
const moderation: Rule = {
  id: "moderation",
  detect: { service: { cluster: CLUSTER, path: "/v1/moderations", protocol: "OpenAIModeration" } },
  action: "Reject",
};

/** A guard whose service answers so, or as the callout is told; `asked` has what it was asked. */
async function start(rules: Rule[], answer: object | ((callout: Callout) => void), over: object = {}) {
  const asked: Callout[] = [];
  const clusters = {
    [CLUSTER]: (callout: Callout) => {
      asked.push(callout);
      if (typeof answer === "function") (answer as (callout: Callout) => void)(callout);
      else callout.answer({ body: JSON.stringify(answer) } as HttpAnswer);
    },
  };
  return { asked, ...(await startGuard({ rules, ...over }, { clusters })) };
}

describe("a webhook", () => {
  test("whose cluster is not there refuses, and the log says so once", async () => {
    const { host, guard } = await startGuard({ rules: [webhook()] }, { clusters: [] });
    for (let i = 0; i < 2; i++) expect(guard.send(chat("a")).stream.localReply?.status).toBe(503);
    expect(host.logs.map(({ level, text }) => `${level} ${text}`)).toEqual([
      "warn prompt-guard: config.rules[0].detect.service.cluster: guard can't be asked",
    ]);
  });

  test("is asked with every text and its role, and what it passes goes on", async () => {
    const { host, guard, asked } = await start([webhook()], PASS);
    const messages = [
      { role: "system", content: "be brief" },
      {
        role: "user",
        content: [
          { type: "text", text: 'say "a"' },
          { type: "text", text: "b" },
        ],
      },
      { role: "tool", tool_call_id: "1", content: "é" },
    ];
    const { stream } = guard.send(post("/v1/chat/completions", { model: "m", messages }));
    expect(stream.upstream.complete).toBe(false);
    host.tick();
    expect(stream.upstream.complete).toBe(true);
    expect(asked[0]!.headers.get(":path")).toBe("/check");
    expect(asked[0]!.headers.get(":authority")).toBe(CLUSTER);
    expect(JSON.parse(asked[0]!.text)).toEqual({
      body: {
        messages: [
          { role: "system", content: "be brief" },
          { role: "user", content: 'say "a"' },
          { role: "user", content: "b" },
          { role: "tool", content: "é" },
        ],
      },
    });
  });

  test("is asked by its host where Istio named the cluster", async () => {
    const cluster = "outbound|8080||guard.ai.svc.cluster.local";
    const asked: Callout[] = [];
    const clusters = { [cluster]: (callout: Callout) => void asked.push(callout) };
    const rules = [webhook("Reject", { detect: { service: { cluster, path: "/check" } } })];
    const { host, guard } = await startGuard({ rules }, { clusters });
    guard.send(chat("a"));
    host.tick();
    expect(asked[0]!.headers.get(":authority")).toBe("guard.ai.svc.cluster.local");
  });

  test.each([
    [451, 451],
    [200, undefined],
  ])("that gives the status %d alone rejects with it if it is an error's", async (code, status) => {
    const { host, guard } = await start([webhook()], { action: { status_code: code } });
    const { stream } = guard.send(chat("hi"));
    host.tick();
    expect(stream.localReply?.status).toBe(status);
  });

  test("that rejects says with which status and words", async () => {
    const { host, guard } = await start([webhook()], REJECT);
    const { stream } = guard.send(chat("hi"));
    host.tick();
    expect(stream.localReply).toMatchObject({ status: 451, details: "weir.prompt-guard.rule.hook" });
    expect(stream.localReply!.body).toContain("Not here.");
  });

  test.each([0, 1, 2, 3])("that rejects in too many words says whole ones, %d letters in", async (letters) => {
    const body = `${"x".repeat(letters)}${"\u{1f512}".repeat(600)}`;
    const { host, guard } = await start([webhook()], { action: { body, status_code: 451 } });
    const { stream } = guard.send(chat("hi"));
    host.tick();
    const { message } = (JSON.parse(stream.localReply!.body) as { error: { message: string } }).error;
    expect(message).toBe(`${"x".repeat(letters)}${"\u{1f512}".repeat(letters === 0 ? 512 : 511)}`);
  });

  test.each([
    ["Mask", 451],
    ["Audit", undefined],
  ])("that rejects does with the action %s, too, unless that only records", async (action, status) => {
    const { host, guard } = await start([webhook(action)], REJECT);
    const { stream } = guard.send(chat("hi"));
    host.tick();
    expect(stream.localReply?.status).toBe(status);
    expect(stream.upstream.complete).toBe(status === undefined);
  });

  test("that masks replaces the texts, whatever stands around them", async () => {
    const reply = {
      action: {
        body: {
          messages: [
            { role: "system", content: "be brief" },
            { role: "user", content: 'a "mask"' },
          ],
        },
      },
    };
    const { host, guard } = await start([webhook("Mask")], reply);
    const messages = [
      { role: "system", content: "be brief" },
      { role: "user", content: "my secret" },
    ];
    const { stream } = guard.send(post("/v1/chat/completions", { model: "m", messages, n: 1 }));
    host.tick();
    expect(JSON.parse(stream.upstream.body)).toEqual({
      model: "m",
      messages: [messages[0], { role: "user", content: 'a "mask"' }],
      n: 1,
    });
  });

  test("that masks another number of texts can't be understood", async () => {
    const { host, guard } = await start([webhook("Mask")], { action: { body: { messages: [] } } });
    const { stream } = guard.send(chat("hi"));
    host.tick();
    expect(stream.localReply?.status).toBe(503);
  });

  test.each([
    ["null", null],
    ["a number", 5],
    ["a list", [{ type: "text", text: "a" }]],
  ])("that gives %s in place of a text can't be understood", async (_name, content) => {
    const { host, guard } = await start([webhook("Mask")], { action: { body: { messages: [{ content }] } } });
    const { stream } = guard.send(chat("hi"));
    host.tick();
    expect(stream.localReply).toMatchObject({ status: 503, details: "weir.prompt-guard.service_failure" });
  });

  test("is not asked where there are no words in its scopes", async () => {
    const { host, guard, asked } = await start([webhook("Reject", { scopes: ["User"] })], REJECT);
    const messages = [
      { role: "system", content: "a" },
      { role: "user", content: "" },
    ];
    const { stream } = guard.send(post("/v1/chat/completions", { model: "m", messages }));
    host.tick();
    expect(asked).toEqual([]);
    expect(stream.upstream.complete).toBe(true);
  });

  test("gets the texts of its scopes only", async () => {
    const { host, guard, asked } = await start([webhook("Reject", { scopes: ["User"] })], PASS);
    guard.send(
      post("/v1/chat/completions", {
        model: "m",
        messages: [
          { content: "s", role: "system" },
          { content: "u", role: "user" },
        ],
      }),
    );
    host.tick();
    expect(JSON.parse(asked[0]!.text)).toEqual({ body: { messages: [{ role: "user", content: "u" }] } });
  });

  test("is not asked about what a local rule refuses", async () => {
    const { guard, asked } = await start([webhook(), words("project-x")], PASS);
    expect(guard.send(chat("project-x")).localReply?.status).toBe(403);
    expect(asked).toEqual([]);
  });

  test("is asked once about the same texts, for a while", async () => {
    const { host, guard, asked } = await start([webhook()], { action: "Reject" });
    guard.send(chat("hi"));
    host.tick();
    expect(guard.send(chat("hi")).localReply?.status).toBe(403);
    expect(asked).toHaveLength(1);
    host.tick(31_000);
    guard.send(chat("hi"));
    host.tick();
    expect(asked).toHaveLength(2);
  });

  test("is asked each time about texts that it refuses in words of its own", async () => {
    const { host, guard, asked } = await start([webhook()], REJECT);
    for (let times = 1; times < 4; times++) {
      const { stream } = guard.send(chat("hi"));
      host.tick();
      expect([stream.localReply?.status, asked.length]).toEqual([451, times]);
    }
  });

  test("may mask while a local rule masks, too", async () => {
    const rules = [{ id: "pii", detect: { builtin: ["Email"] }, action: "Mask" }, webhook()];
    const { host, guard } = await start(rules, PASS);
    const { stream } = guard.send(chat("to a@example.com"));
    host.tick();
    expect(JSON.parse(stream.upstream.body)).toMatchObject({ messages: [{ content: "to [pii]" }] });
  });
});

/** Answers a callout with its texts as `change` makes them. */
const changing = (change: (text: string) => string) => (callout: Callout) => {
  const { body } = JSON.parse(callout.text) as { body: { messages: { role: string; content: string }[] } };
  const messages = body.messages.map(({ role, content }) => ({ role, content: change(content) }));
  callout.answer({ body: JSON.stringify({ action: { body: { messages } } }) });
};
const contents = (callout: Callout) => /"content":("(?:[^"\\]|\\.)*")/.exec(callout.text)?.[1];
const emails: Rule = { id: "pii", detect: { builtin: ["Email"] }, action: "Mask" };

describe("what a local rule masks", () => {
  test("no service sees", async () => {
    const { host, guard, asked } = await start([emails, webhook(), { ...moderation, id: "second" }], PASS);
    guard.send(chat('say "hi" to a@example.com'));
    host.tick();
    expect(asked.map(({ text }) => text).join()).not.toContain("example.com");
    expect(contents(asked[0]!)).toBe(String.raw`"say \"hi\" to [pii]"`);
  });

  test("stays masked where a service changes the text, and where it gives it back as it was", async () => {
    const { host, guard } = await start(
      [emails, webhook("Mask")],
      changing((text) => text.replace("4711", "****")),
    );
    const messages = [
      { role: "system", content: "Customer: a@example.com" },
      { role: "user", content: "b@example.com has badge 4711" },
    ];
    const outcome = guard.send(post("/v1/chat/completions", { model: "m", messages }));
    host.tick();
    expect(JSON.parse(outcome.stream.upstream.body)).toMatchObject({
      messages: [{ content: "Customer: [pii]" }, { content: "[pii] has badge ****" }],
    });
    expect(decided({ ...outcome, filterState: outcome.stream.filterState.all })).toBe("pii:Mask,hook:Mask");
  });
});

test.each([
  ["more than there is room for", (text: string) => (text.startsWith("b") ? "z".repeat(8000) : "changed")],
  ["the texts but for one", (text: string) => (text.startsWith("b") ? undefined : "changed")],
])("of a service that gives back %s nothing is taken when FailOpen, and local masks stay", async (_name, change) => {
  const over = { failureMode: "FailOpen", maxHeldBytes: "1KiB" };
  const { host, guard } = await start([emails, webhook("Mask")], changing(change as (text: string) => string), over);
  const messages = [
    { role: "system", content: "of a@example.com" },
    { role: "user", content: "by b@example.com" },
    { role: "user", content: "badge of c@example.com" },
  ];
  const outcome = guard.send(post("/v1/chat/completions", { model: "m", messages }));
  host.tick();
  expect(JSON.parse(outcome.stream.upstream.body)).toMatchObject({
    messages: [{ content: "of [pii]" }, { content: "by [pii]" }, { content: "badge of [pii]" }],
  });
  expect(decided({ ...outcome, filterState: outcome.stream.filterState.all })).toBe("pii:Mask");
});

describe("services that mask", () => {
  const second = { ...webhook("Mask"), id: "second" };

  test("are asked one after the other, each about what the one before has left", async () => {
    const steps = [(text: string) => `${text}, once`, (text: string) => `${text}, "twice"`];
    const { host, guard, asked } = await start([webhook("Mask"), second], (callout) =>
      changing(steps[asked.length - 1]!)(callout),
    );
    const outcome = guard.send(chat("said"));
    host.tick();
    host.tick();
    expect(asked.map(contents)).toEqual(['"said"', '"said, once"']);
    expect(JSON.parse(outcome.stream.upstream.body)).toMatchObject({ messages: [{ content: 'said, once, "twice"' }] });
    expect(decided({ ...outcome, filterState: outcome.stream.filterState.all })).toBe("hook:Mask,second:Mask");
  });

  test("and change nothing have masked nothing", async () => {
    const { host, guard } = await start(
      [webhook("Mask"), second],
      changing((text) => text),
    );
    const outcome = guard.send(chat("said"));
    host.tick();
    host.tick();
    expect(JSON.parse(outcome.stream.upstream.body)).toMatchObject({ messages: [{ content: "said" }] });
    expect(decided({ ...outcome, filterState: outcome.stream.filterState.all })).toBeUndefined();
  });

  test("still stop the request when the second doesn't answer", async () => {
    const { host, guard, asked } = await start([webhook("Mask"), second], (callout) => {
      if (asked.length === 1) changing((text) => `${text}!`)(callout);
      else callout.timeOut();
    });
    const { stream } = guard.send(chat("said"));
    host.tick();
    host.tick();
    expect(stream.localReply?.status).toBe(503);
  });
});

test("what a service writes into a form stands there as it is", async () => {
  const { host, guard } = await start(
    [webhook("Mask")],
    changing((text) => text.replace("me", '"me"')),
  );
  const form = ["--b", 'Content-Disposition: form-data; name="prompt"', "", "paint me", "--b--", ""].join("\r\n");
  const { stream } = guard.send(post("/v1/images/edits", form, { "content-type": "multipart/form-data; boundary=b" }));
  host.tick();
  expect(stream.upstream.body).toBe(form.replace("me\r\n--b--", '"me"\r\n--b--'));
});

const FAILURES: [name: string, answer: (callout: Callout) => void][] = [
  ["doesn't answer in time", (callout) => callout.timeOut()],
  ["goes away", (callout) => callout.fail()],
  ["answers 500", (callout) => callout.answer({ status: 500, body: JSON.stringify(PASS) })],
  ["answers what is no JSON", (callout) => callout.answer({ body: "fine" })],
  ["answers something else", (callout) => callout.answer({ body: "{}" })],
  ["answers nothing", (callout) => callout.answer({})],
];

describe.each(FAILURES)("a service that %s", (_name, answer) => {
  test("stops the request", async () => {
    const { host, guard } = await start([webhook()], answer);
    const { stream } = guard.send(chat("hi"));
    host.tick();
    expect(stream.localReply).toMatchObject({ status: 503, details: "weir.prompt-guard.service_failure" });
  });

  test("lets it by when FailOpen, and is counted", async () => {
    const { host, guard } = await start([webhook()], answer, { failureMode: "FailOpen" });
    const { stream } = guard.send(chat("hi"));
    host.tick();
    expect(stream.upstream.complete).toBe(true);
    expect(host.process.metrics.counter("weir.prompt-guard.bypassed.reason.=.service_failure.=;.")).toBe(1);
  });
});

test.each(FAILURES)(
  "a service whose rule only records stops nothing when it %s, and is counted",
  async (_name, answer) => {
    const { host, guard } = await start([webhook("Audit")], answer);
    const { stream } = guard.send(chat("hi"));
    host.tick();
    expect(stream.upstream.complete).toBe(true);
    expect(host.process.metrics.counter("weir.prompt-guard.bypassed.reason.=.service_failure.=;.")).toBe(1);
  },
);

test("a cluster that the host doesn't know counts as a service that fails", async () => {
  const { guard } = await startGuard({ rules: [webhook()] });
  expect(guard.send(chat("hi")).localReply?.status).toBe(503);
});

describe("a moderation", () => {
  test("gets the texts as its input and refuses what is flagged", async () => {
    const { host, guard, asked } = await start([moderation], { results: [{ flagged: false }, { flagged: true }] });
    const outcome = guard.send(
      chat([
        { type: "text", text: "a" },
        { type: "text", text: "b" },
      ]),
    );
    host.tick();
    expect(JSON.parse(asked[0]!.text)).toEqual({ input: ["a", "b"] });
    expect(outcome.stream.localReply?.status).toBe(403);
  });

  test("lets by what isn't", async () => {
    const { host, guard } = await start([moderation], { results: [{ flagged: false }] });
    const { stream } = guard.send(chat("a"));
    host.tick();
    expect(stream.upstream.complete).toBe(true);
  });
});

test.each([
  ["nothing", { results: [] }],
  ["something else", { results: [{ categories: {} }] }],
  ["not of each text", { results: [{ flagged: false }, {}] }],
  ["in words", { results: [{ flagged: "true" }] }],
  ["more than it was asked", { results: [{ flagged: false }, { flagged: false }] }],
])("a moderation that says %s has not said that nothing is flagged", async (_name, answer) => {
  const { host, guard } = await start([moderation], answer);
  const { stream } = guard.send(chat("a"));
  host.tick();
  expect(stream.localReply).toMatchObject({ status: 503, details: "weir.prompt-guard.service_failure" });
});

test("a moderation that leaves out a text has not said that nothing is flagged", async () => {
  const { host, guard } = await start([moderation], { results: [{ flagged: false }] });
  const messages = [
    { role: "system", content: "a" },
    { role: "user", content: "b" },
  ];
  const { stream } = guard.send(post("/v1/chat/completions", { model: "m", messages }));
  host.tick();
  expect(stream.localReply).toMatchObject({ status: 503, details: "weir.prompt-guard.service_failure" });
});

test("the words of a service whose rule only records are not those of another rule's refusal", async () => {
  const answer = (callout: Callout): void =>
    callout.answer({
      body: JSON.stringify(callout.headers.get(":path") === "/check" ? REJECT : { results: [{ flagged: true }] }),
    });
  const { host, guard } = await start([webhook("Audit"), moderation], answer);
  const { stream } = guard.send(chat("hi"));
  host.tick();
  expect(stream.localReply).toMatchObject({ status: 403, details: "weir.prompt-guard.rule.moderation" });
  expect(stream.localReply!.body).not.toContain("Not here.");
});

test("two services are asked at the same time, and the first that rejects ends it", async () => {
  const waiting: Callout[] = [];
  const { host, guard } = await start([webhook("Audit"), moderation], (callout) => waiting.push(callout));
  const outcome = guard.send(chat("hi"));
  host.tick();
  expect(waiting).toHaveLength(2);
  waiting[1]!.answer({ body: JSON.stringify({ results: [{ flagged: true }] }) });
  host.tick();
  expect(outcome.stream.localReply?.status).toBe(403);
  waiting[0]!.answer({ body: JSON.stringify(REJECT) });
  host.tick();
  expect(decided({ ...outcome, filterState: outcome.stream.filterState.all })).toBe("moderation:Reject");
});

test("in Audit all services are waited for, and what each says is told", async () => {
  const waiting: Callout[] = [];
  const rules = [webhook(), { ...webhook(), id: "second" }];
  const { host, guard } = await start(rules, (callout) => waiting.push(callout), { mode: "Audit" });
  const outcome = guard.send(chat("hi"));
  host.tick();
  for (const callout of waiting) {
    expect(outcome.stream.upstream.complete).toBe(false);
    callout.answer({ body: JSON.stringify(REJECT) });
    host.tick();
  }
  expect(outcome.stream.upstream.complete).toBe(true);
  expect(decided({ ...outcome, filterState: outcome.stream.filterState.all })).toBe("hook:Reject,second:Reject");
});
