import { describe, expect, test } from "vitest";
import { randomFrom, SEED } from "../../lib/seeded.ts";
import { type ResponseSpec } from "../../host/exchange.ts";
import { type Callout } from "../../host/callout.ts";
import { CHAT, EMAIL, RULES, delta, events, json, said, startGuard, type Guard } from "./support/guard.ts";

const DONE = "[DONE]";
const SPLIT_EMAIL = events(delta("write to jane"), delta(".doe@exam"), delta("ple.com"), delta(" soon"), DONE);
const WORD = events(delta("about pro"), delta("ject-x, "), delta("and more"), DONE);
const CHOICES = events(
  delta("a jane.doe@", 0),
  delta("jane.doe@", 1),
  delta("example.com", 0),
  delta(" nothing", 1),
  DONE,
);
const KEY = [
  "-----BEGIN RSA ",
  "PRIVATE KEY-----\n",
  ...Array.from({ length: 30 }, () => `${"MIIEow".repeat(10)}\n`),
  "-----END RSA PRIVATE KEY-----",
  " bye",
];

const STREAMS: Record<string, ResponseSpec> = {
  "an address over four events": SPLIT_EMAIL,
  "a word that ends it": WORD,
  "two choices by turns": CHOICES,
  "CRLF and comments": {
    ...SPLIT_EMAIL,
    body: `: ping\r\n\r\n${(SPLIT_EMAIL.body as string).replaceAll("\n", "\r\n")}`,
  },
  "events without a blank": { ...SPLIT_EMAIL, body: (SPLIT_EMAIL.body as string).replaceAll("data: ", "data:") },
};

test("is masked over events, and every other byte stays", async () => {
  const { guard } = await startGuard();
  const { client, filterState } = guard.send(CHAT, SPLIT_EMAIL);
  expect(client.body).toBe(events(delta("write to [pii]"), delta(""), delta(""), delta(" soon"), DONE).body);
  expect(filterState["weir.guard"]).toBe("pii:Mask");
});

test.each(Object.entries(STREAMS))(`%s comes to the same however it is cut (SEED=${SEED})`, async (_name, answer) => {
  const { guard } = await startGuard();
  const whole = guard.send(CHAT, answer).client.body;
  const length = Buffer.byteLength(answer.body as string);
  for (let at = 1; at < length; at++) expect(guard.send(CHAT, { ...answer, split: [at] }).client.body).toBe(whole);
  const random = randomFrom(SEED);
  for (let round = 0; round < 20; round++) {
    const split = Array.from({ length: 5 }, () => random(length)).sort((a, b) => a - b);
    expect(guard.send(CHAT, { ...answer, split, protocol: "HTTP/2" }).client.body).toBe(whole);
  }
});

test("keeps choices apart", async () => {
  const { guard } = await startGuard();
  expect(said(guard.send(CHAT, CHOICES))).toEqual(["a [pii]", "jane.doe@ nothing"]);
});

test("a word is refused though its letters are cut into halves of surrogates", async () => {
  const { guard } = await startGuard();
  const word = [..."project"].map((letter) => String.fromCodePoint(0x1d41a + letter.charCodeAt(0) - 0x61)).join("");
  for (let at = 1; at < word.length; at++) {
    const parts = [`about ${word.slice(0, at)}`, `${word.slice(at)}-x, `];
    const { client } = guard.send(CHAT, events(...parts.map((content) => delta(content)), DONE));
    expect(client.body).toContain("content_policy_violation");
  }
});

test("a message in a stream is refused by itself, and by what it goes on from", async () => {
  const { guard } = await startGuard();
  const message = (content: string): object => ({ choices: [{ index: 0, message: { content } }] });
  for (const parts of [
    ["about pro", "ject-x."],
    ["project-x", "a"],
    ["a", "project-x"],
  ]) {
    expect(guard.send(CHAT, events(...parts.map(message), DONE)).client.body).toContain("content_policy_violation");
  }
  const fine = events(...["about pro", "about projects"].map(message), DONE);
  expect(guard.send(CHAT, fine).client.body).toBe(fine.body);
});

test("a message that repeats all so far beside each delta has no beginning of what is masked", async () => {
  const { guard } = await startGuard();
  const both = (content: string, all: string, isFirst: boolean): object => {
    const message = { role: "assistant", content: all };
    return { choices: [{ index: 0, ...(isFirst ? { message } : {}), delta: { content }, message }] };
  };
  const parts = ["pay 4111 1111 \ud83d", "\ude00 or 4111 11", "11 1111 111", "1 now", ", ok"];
  const masked = ["pay 4111 1111 \ud83d", "\ude00 or [pii]", "", " now", ", ok"];
  for (const isFirst of [true, false]) {
    const of = (texts: string[]): ResponseSpec =>
      events(...texts.map((text, i) => both(text, texts.slice(0, i + 1).join(""), isFirst)), DONE);
    const { client } = guard.send(CHAT, of(parts));
    expect(client.body).toBe(of(masked).body);
  }
});

test("is masked over events that have a long list of sources before their text", async () => {
  const { guard } = await startGuard();
  const sources = Array.from({ length: 100 }, (_, index) => ({ index, title: `By ${EMAIL}`, at: [{ index: 1 }] }));
  const of = (title: string, ...texts: string[]): ResponseSpec => {
    const list = sources.map((source) => ({ ...source, title }));
    return events(...texts.map((text) => ({ search_results: list, ...delta(text) })), DONE);
  };
  const { client } = guard.send(CHAT, of(`By ${EMAIL}`, "write to jane", ".doe@example.com", " soon"));
  expect(client.body).toBe(of("By [pii]", "write to [pii]", "", " soon").body);
});

test("goes out at once as far as nothing in it could go on", async () => {
  const { guard } = await startGuard();
  const stream = guard.stream();
  stream.request(CHAT);
  stream.onResponseHeaders({ ":status": "200", "content-type": "text/event-stream" }, false);
  const event = (content: string): string => `data: ${JSON.stringify(delta(content))}\n\n`;
  stream.onResponseBody(event("fine words, "), false);
  expect(stream.client.body).toBe(event("fine words, "));
  stream.onResponseBody(event("jane.doe"), false);
  expect(stream.client.body).toBe(event("fine words, "));
  stream.onResponseBody(event(" said so. "), false);
  expect(stream.client.body).toBe(event("fine words, ") + event("jane.doe") + event(" said so. "));
});

describe("goes out while it comes, as a stream", () => {
  const EVENT = `data: ${JSON.stringify(delta("fine words, "))}\n\n`;
  const LINE = `${JSON.stringify({ model: "m", message: { content: "fine words, " }, done: false })}\n`;

  test.each([
    ["text/event-stream", EVENT],
    ["Text/Event-Stream; charset=utf-8", EVENT],
    ["text/event-stream;charset=utf-8", EVENT],
    ["application/x-ndjson", LINE],
    ["Application/X-NDJSON", LINE],
    ["application/stream+json", LINE],
    ["application/jsonl; charset=utf-8", LINE],
    ["application/x-jsonlines", LINE],
    ["", EVENT],
    ["text/plain", EVENT],
  ])("of the type %j", async (type, event) => {
    const { guard } = await startGuard();
    const stream = guard.stream();
    stream.request(CHAT);
    const headers: Record<string, string> = type === "" ? {} : { "content-type": type };
    stream.onResponseHeaders({ ":status": "200", ...headers }, false);
    stream.onResponseBody(event, false);
    stream.onResponseBody(event, false);
    // The gap behind an object may still belong to it.
    expect(stream.client.body.trimEnd()).toBe((event + event).trimEnd());
  });

  test("without a type, in the same words however it is cut", async () => {
    const { guard } = await startGuard();
    for (const { body } of [SPLIT_EMAIL, WORD]) {
      const whole = guard.send(CHAT, { headers: {}, body: body! }).client;
      for (let at = 1; at < Buffer.byteLength(body as string); at++) {
        const { client } = guard.send(CHAT, { headers: {}, body: body!, split: [at] });
        expect([client.status, client.body]).toEqual([whole.status, whole.body]);
      }
      const typed = guard.send(CHAT, { headers: { "content-type": "text/event-stream" }, body: body! }).client;
      expect(whole.body).toBe(typed.body);
    }
  });

  test("without a type, of which the host holds more than may be held at once", async () => {
    const { guard } = await startGuard({ rules: RULES, maxHeldBytes: 2000 });
    const { body } = events(...Array.from({ length: 100 }, () => delta(`write to ${EMAIL}, `)), DONE);
    const { client } = guard.send(CHAT, { headers: {}, body: body! });
    expect(client.body).toBe((body as string).replaceAll(EMAIL, "[pii]"));
  });
});

test("never holds back more of a text than maxHoldBack", async () => {
  const { guard } = await startGuard({
    rules: [{ id: "any", detect: { pattern: "(?:up, )+z" }, action: "Mask" }],
    maxHoldBack: 128,
  });
  const stream = guard.stream();
  stream.request(CHAT);
  stream.onResponseHeaders({ ":status": "200", "content-type": "text/event-stream" }, false);
  let sent = 0;
  for (let i = 0; i < 100; i++) {
    stream.onResponseBody(`data: ${JSON.stringify(delta("up, up, up, "))}\n\n`, false);
    sent += 12;
    const out = said({ client: stream.client } as never)[0]?.length ?? 0;
    expect(sent - out).toBeLessThanOrEqual(128 + 12);
  }
});

test("a private key is masked while it comes, however long it is", async () => {
  const { guard } = await startGuard({ rules: [{ id: "key", detect: { builtin: ["PrivateKey"] }, action: "Mask" }] });
  const outcome = guard.send(CHAT, events(...KEY.map((piece) => delta(piece)), DONE));
  expect(said(outcome)).toEqual(["[key] bye"]);
});

describe("a rejection", () => {
  test("ends the stream in the dialect's words, and what the provider still sends is thrown away", async () => {
    const { guard } = await startGuard();
    const stream = guard.stream();
    stream.request(CHAT);
    stream.onResponseHeaders({ ":status": "200", "content-type": "text/event-stream" }, false);
    stream.onResponseBody(WORD.body as string, false);
    const { body } = stream.client;
    expect(body).not.toContain("ject-x");
    expect(body).toContain('"code":"content_policy_violation"');
    expect(body.endsWith("data: [DONE]\n\n")).toBe(true);
    stream.onResponseBody(`data: ${JSON.stringify(delta("more of project-x"))}\n\n`, false);
    stream.onResponseBody("", true);
    expect(stream.client.body).toBe(body);
    expect(stream.client.complete).toBe(true);
  });

  test("finishes as a filter of the provider's would where that is the style", async () => {
    const { guard } = await startGuard({ rules: RULES, refusal: { style: "Completion" } });
    const { client } = guard.send(CHAT, WORD);
    expect(client.body).toContain('"finish_reason":"content_filter"');
    expect(client.body.endsWith("data: [DONE]\n\n")).toBe(true);
  });

  test("ends a response that is taken up again, of which nothing is out, and begins none", async () => {
    const { guard } = await startGuard({ rules: RULES, refusal: { style: "Completion" } });
    const path = "/v1/responses/resp_1?stream=true&starting_after=42";
    const more = { type: "response.output_text.delta", sequence_number: 43, output_index: 0, delta: "project-x, " };
    const { client } = guard.send({ method: "GET", path, headers: {} }, events(more));
    expect(client.body).toMatch(/^event: response\.incomplete\ndata: \{[^\n]*"sequence_number":43,[^\n]*\n\n$/);
  });
});

/** What calls a tool. */
interface Called {
  tool_calls: [{ function: { arguments: string } }];
}

describe("a number in a tool's arguments", () => {
  const CARD = "4111111111111111";
  const part = (text: string): object => ({
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta: { tool_calls: [{ index: 0, function: { arguments: text } }] } }],
  });
  const args = (...parts: string[]): ResponseSpec =>
    events(...parts.map(part), { choices: [{ index: 0, delta: {}, finish_reason: "tool_calls" }] }, DONE);
  const whole = (text: string): ResponseSpec =>
    json({ choices: [{ message: { tool_calls: [{ function: { name: "f", arguments: text } }] } }] });

  const RULE = [
    { id: "pii", detect: { builtin: ["CreditCard"] }, action: "Mask" },
    { id: "digits", detect: { pattern: "77+" }, action: "Mask" },
  ];

  test.each([
    [[`{"card":-${CARD}}`], { card: "[pii]" }],
    [[`{"card":`, "-", CARD, "}"], { card: "[pii]" }],
    [[`{"card":`, "-4111", "111111111111", `,"b":-1}`], { card: "[pii]", b: -1 }],
    [[`{"a":-1.5e3,"card":`, `-${CARD}`, "}"], { a: -1500, card: "[pii]" }],
    [
      [`[-1,-`, `${CARD},-2]`],
      [-1, "[pii]", -2],
    ],
    [[`{"n":-12`, `77`, `.5e`, `1}`], { n: "[digits]" }],
    [[`{"n":770077.77}`], { n: "[digits]" }],
    [[`{"n":1,"s":"-77","m":-77`], undefined],
  ])("is masked whole, so that %j stays JSON", async (parts, expected) => {
    const { guard } = await startGuard({ rules: RULE });
    const streamed = [...guard.send(CHAT, args(...parts)).client.body.matchAll(/^data: (\{.*)$/gm)]
      .map(([, data]) => JSON.parse(data!) as { choices: [{ delta: Partial<Called> }] })
      .map(({ choices }) => choices[0].delta.tool_calls?.[0].function.arguments ?? "")
      .join("");
    const { choices } = JSON.parse(guard.send(CHAT, whole(parts.join(""))).client.body) as {
      choices: [{ message: Called }];
    };
    expect(streamed).toBe(choices[0].message.tool_calls[0].function.arguments);
    if (expected === undefined) expect(streamed).toBe(`{"n":1,"s":"-[digits]","m":"[digits]"`);
    else expect(JSON.parse(streamed)).toEqual(expected);
  });

  test("is masked alike wherever it is cut", async () => {
    const { guard } = await startGuard({ rules: RULE });
    const answer = args(`{"a":[-77,1`, `277.5,-`, `${CARD},0.77e-7`, `],"b":"-77"}`);
    const expected = guard.send(CHAT, answer).client.body;
    for (let at = 1; at < Buffer.byteLength(answer.body as string); at++) {
      expect(guard.send(CHAT, { ...answer, split: [at] }).client.body).toBe(expected);
    }
  });

  test("is not waited for when it has no end", async () => {
    const { guard } = await startGuard({ rules: RULE });
    const stream = guard.stream();
    stream.request(CHAT);
    stream.onResponseHeaders({ ":status": "200", "content-type": "text/event-stream" }, false);
    let sent = "";
    for (const text of ["[1", ...Array.from({ length: 100 }, () => "2222222222")]) {
      sent += events(part(text)).body as string;
      stream.onResponseBody(events(part(text)).body as string, false);
    }
    expect(stream.client.body.length).toBeGreaterThan(0.8 * sent.length);
    expect(sent.startsWith(stream.client.body)).toBe(true);
  });
});

test("what is masked within an escape in a tool's arguments leaves JSON, wherever they are cut", async () => {
  const { guard } = await startGuard({ rules: [{ id: "d", detect: { pattern: "[0-9]{2,}|A" }, action: "Mask" }] });
  const args = String.raw`{"a":"\u1234 \u00e9 \u12ab34 \u0041 \uab12 \\u12","b":12}`;
  const masked = String.raw`{"a":"\ufffd[d] \ufffd[d]e9 \ufffd[d]ab[d] [d] \uab00[d] \\u[d]","b":"[d]"}`;
  const call = (text: string): object => ({ tool_calls: [{ index: 0, function: { arguments: text } }] });
  const { client } = guard.send(CHAT, json({ choices: [{ message: call(args) }] }));
  expect(client.body).toBe(JSON.stringify({ choices: [{ message: call(masked) }] }));
  JSON.parse(masked);
  for (let at = 1; at < args.length; at++) {
    const parts = [args.slice(0, at), args.slice(at)].map((text) => ({ choices: [{ index: 0, delta: call(text) }] }));
    const streamed = [
      ...guard.send(CHAT, events(...parts, DONE)).client.body.matchAll(/"arguments":("(?:[^"\\]|\\.)*")/gu),
    ];
    expect(streamed.map(([, text]) => JSON.parse(text!) as string).join("")).toBe(masked);
  }
});

test("an event that is larger than what may be held ends the stream, or passes it when FailOpen", async () => {
  const answer = { ...events(delta("fine, "), delta("x".repeat(3000)), DONE), split: [1000, 2900] };
  const closed = await startGuard({ rules: RULES, maxHeldBytes: 2000 });
  expect(closed.guard.send(CHAT, answer).client.body).toContain("too large to be checked");
  const open = await startGuard({ rules: RULES, maxHeldBytes: 2000, failureMode: "FailOpen" });
  expect(open.guard.send(CHAT, answer).client.body).toBe(answer.body);
});

test("with FailOpen a stream that is given up is refused for what was held of it", async () => {
  const { guard } = await startGuard({ rules: RULES, maxHeldBytes: 2000, failureMode: "FailOpen" });
  const fine = events(delta("fine, ")).body as string;
  const answer = events(delta("fine, "), delta("about project-x"), delta("z".repeat(3000)), DONE);
  const { client } = guard.send(CHAT, { ...answer, split: [300, 1000, 2900] });
  expect(client.body.startsWith(fine)).toBe(true);
  expect(client.body.slice(fine.length)).toMatch(
    /^data: \{"error":[^\n]*content_policy_violation[^\n]*\n\ndata: \[DONE\]\n\n$/,
  );
});

test("Audit lets a stream by as it came, piece by piece", async () => {
  const { guard } = await startGuard({ rules: RULES, mode: "Audit" });
  const { client, filterState } = guard.send(CHAT, { ...WORD, split: [20, 60] });
  expect([client.body, client.pieces.length]).toEqual([WORD.body, 3]);
  expect(filterState["weir.guard"]).toBe("words:Reject");
});

describe("a service", () => {
  const rules = [{ id: "hook", detect: { service: { cluster: "guard" } }, action: "Reject" }];
  const many = Array.from({ length: 40 }, (_, choice) => choice);

  /** A guard whose service says yes, and what it was asked. */
  async function startAsking(): Promise<Guard & { asked: string[] }> {
    const asked: string[] = [];
    const service = (callout: Callout): void => {
      asked.push(callout.text);
      callout.answer({ body: '{"action":{}}' });
    };
    return { ...(await startGuard({ rules }, { clusters: { guard: service } })), asked };
  }

  test.each<[string, ResponseSpec, string[]]>([
    ["of one choice", SPLIT_EMAIL, [`write to ${EMAIL} soon`]],
    ["of two choices by turns", CHOICES, [`a ${EMAIL}`, "jane.doe@ nothing"]],
    [
      "of many choices by turns",
      events(...many.flatMap(() => many.map((choice) => delta(`\u00fc${choice} `, choice))), DONE),
      many.map((choice) => `\u00fc${choice} `.repeat(many.length)),
    ],
    ["with one text that could grow and one that is whole", json({ text: "hide", images: ["A"] }), ["hide", "A"]],
  ])("sees the texts of an answer %s, which goes out when it has said yes", async (_name, answer, texts) => {
    const { host, guard, asked } = await startAsking();
    const { stream } = guard.send(CHAT, answer);
    expect(stream.client.body).toBe("");
    host.tick();
    expect(stream.client.body).toBe(answer.body);
    const { choices } = (JSON.parse(asked[0]!) as { body: { choices: { message: object }[] } }).body;
    expect(choices.map(({ message }) => message)).toEqual(texts.map((content) => ({ role: "assistant", content })));
  });
});

test.each(["project-x, ", "fine"])(
  "a service's answer of %j, taken up again, is ended in its numbers",
  async (text) => {
    const rules = [...RULES, { id: "hook", detect: { service: { cluster: "guard" } }, action: "Reject" }];
    const service = (callout: Callout): void => callout.answer({ body: '{"action":{"body":"no"}}' });
    const { host, guard } = await startGuard(
      { rules, refusal: { style: "Completion" } },
      { clusters: { guard: service } },
    );
    const path = "/v1/responses/resp_1?stream=true&starting_after=42";
    const more = { type: "response.output_text.delta", sequence_number: 43, output_index: 0, delta: text };
    const { stream } = guard.send({ method: "GET", path, headers: {} }, events(more));
    host.tick();
    expect(stream.client.body).toMatch(
      /^event: response\.incomplete\ndata: \{[^\n]*"sequence_number":4[34],[^\n]*\n\n$/,
    );
  },
);

test("in Audit an answer waits for no service; for one whose rule has that action it does, and what it says is recorded", async () => {
  const service = (callout: Callout): void => callout.answer({ body: '{"action":{"body":"no"}}' });
  const hook = (id: string, action: string): object => ({ id, detect: { service: { cluster: "guard" } }, action });
  for (const answer of [SPLIT_EMAIL, json({ choices: [{ message: { content: "hi" } }] })]) {
    const { guard: auditing } = await startGuard(
      { rules: [hook("first", "Reject")], mode: "Audit" },
      { clusters: { guard: service } },
    );
    const passed = auditing.send(CHAT, { ...answer, split: [20] }).stream;
    expect([passed.client.body, passed.client.complete]).toEqual([answer.body, true]);

    const rules = [hook("first", "Audit"), hook("second", "Audit")];
    const { host, guard } = await startGuard({ rules }, { clusters: { guard: service } });
    const { stream } = guard.send(CHAT, answer);
    host.tick();
    expect([stream.client.body, stream.client.complete]).toEqual([answer.body, true]);
    expect(stream.filterState.all["weir.guard"]).toBe("first:Audit,second:Audit");
  }
});

describe("a service of the action Mask", () => {
  const rules = [{ id: "hook", detect: { service: { cluster: "guard" } }, action: "Mask" }];

  test.each([
    ["masks", { body: { choices: [{ message: { content: "other words" } }] } }],
    ["rejects", { body: "no" }],
  ])("that %s refuses the answer", async (_what, action) => {
    const service = (callout: Callout): void => callout.answer({ body: JSON.stringify({ action }) });
    for (const answer of [SPLIT_EMAIL, json({ choices: [{ message: { content: "hi" } }] })]) {
      const { host, guard } = await startGuard({ rules }, { clusters: { guard: service } });
      const { stream } = guard.send(CHAT, answer);
      host.tick();
      expect(stream.client.body).toContain("content_policy_violation");
      expect(stream.client.body).not.toContain('"content"');
    }
  });
});

test.each(["HTTP/1.1", "HTTP/2"] as const)(
  "with FailOpen an event that is too large to be held passes, and all that came with it (%s)",
  async (protocol) => {
    const { guard } = await startGuard({ rules: RULES, failureMode: "FailOpen", maxHeldBytes: "64KiB" });
    const body = [10, 200_000, 300_000]
      .map((length) => `data: ${JSON.stringify(delta("x".repeat(length)))}\n\n`)
      .join("");
    const { client } = guard.send(CHAT, { headers: { "content-type": "text/event-stream" }, body, protocol });
    expect(Buffer.concat(client.pieces).toString() === body).toBe(true);
  },
);
