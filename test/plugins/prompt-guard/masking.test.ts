import { beforeAll, describe, expect, test } from "vitest";
import { randomFrom, SEED } from "../../lib/seeded.ts";
import { chat, decided, masked, partsOf, post, received, startGuard, words, type Guard } from "./support/guard.ts";

const CARD = "4111 1111 1111 1111";
const EMAIL = "jane.doe@example.com";

let guard: Guard;
beforeAll(async () => {
  guard = await startGuard({ rules: [masked("CreditCard", "Email")] });
});

const send = (request: Parameters<Guard["guard"]["send"]>[0]) => guard.guard.send(request);

describe("what is masked", () => {
  test("is replaced by the rule's name, and every other byte stays", () => {
    const body = `{ "model":"gpt-4o",\n "messages" : [ {"role":"user","content":"Pay with ${CARD}, caf\\u00e9 \\/ \\ud83d\\ude00"} ] , "n":1.0 }`;
    const { upstream, status } = send(post("/v1/chat/completions", body));
    expect(status).toBe("forwarded");
    expect(upstream.body).toBe(body.replace(CARD, "[pii]"));
    expect(upstream.headers?.get("content-length")).toBe(String(Buffer.byteLength(upstream.body)));
  });

  test("is masked in every text, as often as it is there", () => {
    const messages = [
      { role: "system", content: `a ${EMAIL} b` },
      {
        role: "user",
        content: [
          { type: "text", text: `${CARD} and ${EMAIL}` },
          { type: "text", text: EMAIL },
        ],
      },
      { role: "tool", tool_call_id: "1", content: JSON.stringify({ mail: EMAIL }) },
    ];
    const outcome = send(post("/v1/chat/completions", { model: "gpt-4o", messages }));
    expect(received(outcome)["messages"]).toEqual([
      { role: "system", content: "a [pii] b" },
      {
        role: "user",
        content: [
          { type: "text", text: "[pii] and [pii]" },
          { type: "text", text: "[pii]" },
        ],
      },
      { role: "tool", tool_call_id: "1", content: '{"mail":"[pii]"}' },
    ]);
    expect(decided(outcome)).toBe("pii:Mask");
  });

  test("is masked where its digits are disguised", () => {
    const full = [...CARD].map((one) => (/\d/.test(one) ? String.fromCodePoint(0xff10 + Number(one)) : one)).join("");
    const outcome = send(chat(`pay ${full} now`));
    expect(received(outcome)).toMatchObject({ messages: [{ content: "pay [pii] now" }] });
  });

  test("is masked over the border of two parts", () => {
    const outcome = send(
      chat([
        { type: "text", text: "pay 4111 1111 " },
        { type: "text", text: "1111 1111 now" },
      ]),
    );
    const text = partsOf(outcome).join("");
    expect(text).toContain("pay [pii]");
    expect(text).not.toMatch(/\d/);
  });

  test("is masked over that border behind a long text, where it is", () => {
    const filler = "words and more words ".repeat(100);
    for (let i = 0; i < 2; i++) {
      const outcome = send(
        chat([
          { type: "text", text: `${filler}pay 4111 1111 ` },
          { type: "text", text: "1111 1111 now" },
        ]),
      );
      expect(partsOf(outcome)).toEqual([`${filler}pay [pii]`, "[pii] now"]);
    }
  });

  test("may be a long body's, of which the gateway keeps no copy", () => {
    const filler = "words and more words ".repeat(30_000);
    const outcome = send(chat(`${EMAIL} ${filler} ${CARD}`));
    expect(received(outcome)).toMatchObject({ messages: [{ content: `[pii] ${filler} [pii]` }] });
  });

  test(`is the same however the body is cut (SEED=${SEED})`, () => {
    const request = chat(`Write ${EMAIL}, pay ${CARD} \u{1f600} "quoted"`, { stream: true });
    const whole = send(request).upstream.body;
    expect(whole).toContain("[pii]");
    const length = Buffer.byteLength(request.body as string);
    for (let at = 1; at < length; at++) expect(send({ ...request, split: [at] }).upstream.body).toBe(whole);
    const random = randomFrom(SEED);
    for (let round = 0; round < 20; round++) {
      const split = Array.from({ length: 4 }, () => random(length)).sort((a, b) => a - b);
      expect(send({ ...request, split }).upstream.body).toBe(whole);
      expect(send({ ...request, split, protocol: "HTTP/2" }).upstream.body).toBe(whole);
    }
  });
});

test("the mask is what is configured, escaped for JSON", async () => {
  const { guard } = await startGuard({ rules: [masked("Email")], mask: '"{rule}"\n' });
  expect(received(guard.send(chat(`to ${EMAIL}`)))).toMatchObject({ messages: [{ content: 'to "pii"\n' }] });
});

describe("in the arguments of a tool's call", () => {
  const called = (json: string) =>
    post("/v1/chat/completions", {
      model: "m",
      messages: [{ role: "assistant", tool_calls: [{ id: "1", function: { name: "pay", arguments: json } }] }],
    });
  const argumentsOf = (outcome: ReturnType<typeof send>) => {
    const [{ tool_calls }] = received(outcome)["messages"] as [{ tool_calls: [{ function: { arguments: string } }] }];
    return JSON.parse(tool_calls[0].function.arguments) as unknown;
  };

  test.each<[name: string, json: string, expected: unknown]>([
    ["a number", '{"card":4111111111111111}', { card: '"pii"\n' }],
    ["a number with a sign", '{"card":-4111111111111111,"b":1}', { card: '"pii"\n', b: 1 }],
    ["a number behind white space", ' \n {"card":4111111111111111}', { card: '"pii"\n' }],
    ["a string", `{"card":"${CARD}"}`, { card: '"pii"\n' }],
    ["behind an escape", `{"to":"a\\n${EMAIL}"}`, { to: 'a\n"pii"\n' }],
  ])("%s becomes a mask, and they stay JSON", async (_name, json, expected) => {
    const { guard } = await startGuard({ rules: [masked("CreditCard", "Email")], mask: '"{rule}"\n' });
    expect(argumentsOf(guard.send(called(json)))).toEqual(expected);
  });

  test("what is masked within an escape leaves JSON", async () => {
    const rule = { id: "d", detect: { pattern: "[0-9]{2,}|A" }, action: "Mask" };
    const { guard } = await startGuard({ rules: [rule] });
    const { upstream } = guard.send(called(String.raw`{"a":"\u1234 \u00e9 \u12ab34 \u0041 \uab12 \\u12","b":12}`));
    const expected = String.raw`{"a":"\ufffd[d] \ufffd[d]e9 \ufffd[d]ab[d] [d] \uab00[d] \\u[d]","b":"[d]"}`;
    expect(upstream.body).toContain(JSON.stringify(expected));
    JSON.parse(expected);
  });

  test.each<[name: string, number: string]>([
    ["its sign", String.raw`\u002d4111111111111111`],
    [
      "digits before what is masked",
      String.raw`\u002d\u0031\u0030\u0030\u0030\u0030\u0030\u0030\u0030\u0030\u0030\u002e123`,
    ],
    ["digits behind it", String.raw`123\u0034\u0035`],
    ["its exponent", String.raw`123\u00455`],
  ])("a number goes as a whole when it has %s in escapes, wherever the body is cut", async (_name, number) => {
    const rule = { id: "d", detect: { pattern: "4111111111111111|123" }, action: "Mask" };
    const { guard } = await startGuard({ rules: [rule] });
    const spec = called("{}");
    const body = String(spec.body).replace('"{}"', String.raw`"{\"a\":${number}\u002c\"b\":2}"`);
    for (let cut = body.indexOf("{", 60); cut < body.length; cut++) {
      expect(argumentsOf(guard.send({ ...spec, body, split: [cut] }))).toEqual({ a: "[d]", b: 2 });
    }
  });

  test("words that only look like JSON elsewhere are masked as words", () => {
    expect(received(send(chat(`[note] pay ${CARD}`)))).toMatchObject({ messages: [{ content: "[note] pay [pii]" }] });
  });
});

describe("in a file's bytes", () => {
  const file = (text: string) =>
    post("/v1beta/models/gemini-x:generateContent", {
      contents: [{ parts: [{ inlineData: { mimeType: "text/plain", data: Buffer.from(text).toString("base64") } }] }],
    });

  test("nothing can be masked: the request is refused", () => {
    expect(send(file(`Write to ${EMAIL} soon`)).localReply).toMatchObject({ status: 400 });
    expect(send(file("Write to nobody soon")).status).toBe("forwarded");
  });

  test("what is recorded only passes", async () => {
    const { guard } = await startGuard({ mode: "Audit", rules: [masked("Email")] });
    expect(guard.send(file(`Write to ${EMAIL} soon`)).status).toBe("forwarded");
  });
});

test.each([
  [
    "tool calls, and be JSON",
    (last: boolean) => ({
      role: "assistant",
      tool_calls: [{ id: "1", function: { name: "f", arguments: last ? `{"a":${CARD.replaceAll(" ", "")}}` : "{}" } }],
    }),
  ],
  [
    "text files, and be base64",
    (last: boolean) => {
      const bytes = Buffer.from(last ? `a ${CARD}` : "a").toString("base64");
      return { role: "user", content: [{ type: "file", file: { file_data: `data:text/plain;base64,${bytes}` } }] };
    },
  ],
])("what can't be masked among too many %s, is refused", async (_name, message) => {
  const messages = Array.from({ length: 4100 }, (_, index) => message(index === 4099));
  expect(send(post("/v1/chat/completions", { model: "m", messages })).localReply?.status).toBe(413);
  const harmless = messages.slice(0, -1);
  expect(send(post("/v1/chat/completions", { model: "m", messages: harmless })).status).toBe("forwarded");
});

test("hits over more borders than can be masked cost about what it costs to record them", async () => {
  const prompt = Array.from({ length: 60_000 }, (_, index) => (index % 2 === 0 ? " a" : "b "));
  const request = post("/v1/completions", { model: "m", prompt });
  const costs: number[] = [];
  for (const action of ["Audit", "Mask"]) {
    const { guard } = await startGuard({ rules: [{ ...words("ab"), action }] });
    const times = [0, 1, 2].map(() => {
      const before = process.cpuUsage();
      expect(guard.send(request).localReply?.status).toBe(action === "Mask" ? 413 : undefined);
      return process.cpuUsage(before).user;
    });
    costs.push(Math.min(...times));
  }
  expect(costs[1]! / costs[0]!).toBeLessThan(4);
});

test("an empty mask leaves nothing", async () => {
  const { guard } = await startGuard({ rules: [masked("Email")], mask: "" });
  expect(received(guard.send(chat(`to ${EMAIL}.`)))).toMatchObject({ messages: [{ content: "to ." }] });
});

test("where two rules mask the same, the first to begin names it", async () => {
  const rules = [
    { id: "mail", detect: { builtin: ["Email"] }, action: "Mask" },
    { id: "domain", detect: { words: ["example.com"] }, action: "Mask" },
  ];
  const { guard } = await startGuard({ rules });
  const outcome = guard.send(chat(`to ${EMAIL} at example.com`));
  expect(received(outcome)).toMatchObject({ messages: [{ content: "to [mail] at [domain]" }] });
  expect(decided(outcome)).toBe("mail:Mask,domain:Mask");
});

test("a mask in a scope leaves the other scopes as they are", async () => {
  const { guard } = await startGuard({ rules: [{ ...masked("Email"), scopes: ["User"] }] });
  const messages = [
    { content: `from ${EMAIL}`, role: "system" },
    { content: `from ${EMAIL}`, role: "user" },
  ];
  const outcome = guard.send(post("/v1/chat/completions", { model: "m", messages }));
  expect(received(outcome)["messages"]).toEqual([messages[0], { content: "from [pii]", role: "user" }]);
});

test("Audit mode masks nothing and says what it would have", async () => {
  const { guard } = await startGuard({ mode: "Audit", rules: [masked("Email"), words("weir")] });
  const outcome = guard.send(chat(`a weir for ${EMAIL}`));
  expect(received(outcome)).toMatchObject({ messages: [{ content: `a weir for ${EMAIL}` }] });
  expect(decided(outcome)).toBe("pii:Mask,words:Reject");
});
