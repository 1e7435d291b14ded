import Anthropic from "@anthropic-ai/sdk";
import OpenAI, { PermissionDeniedError } from "openai";
import { describe, expect, test } from "vitest";
import { Gate } from "../support/gate.ts";
import { OpenRequest, send } from "../support/client.ts";
import type { JsonObject } from "../support/mock-shape.ts";
import { CARD, EMAIL, RULES, ask, chat, decided, useGuard } from "./guard-gateway.ts";

const guarded = useGuard("response-guard", {
  gateway: { configuration: { rules: RULES } },
  polite: { configuration: { rules: RULES, refusal: { style: "Completion", message: "I can't help with that." } } },
  audit: { configuration: { rules: RULES, mode: "Audit" } },
  unpaused: { configuration: { rules: RULES }, filter: { allowOnHeadersStopIteration: false } },
  small: { configuration: { rules: RULES, maxHeldBytes: 2000 } },
  open: { configuration: { rules: RULES, maxHeldBytes: 2000, failureMode: "FailOpen" } },
});

const provider = () => guarded.providers.provider;

/** A chat's answer in one piece. */
function completion(content: string): JsonObject {
  return {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model: "gpt-4o",
    choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }],
    usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
  };
}

/** A chat's answer as a stream of these words. */
function chunks(...words: string[]): string[] {
  const event = (delta: object, finish: string | null): string =>
    `data: ${JSON.stringify({ id: "1", object: "chat.completion.chunk", created: 1, model: "gpt-4o", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
  return [
    event({ role: "assistant", content: "" }, null),
    ...words.map((content) => event({ content }, null)),
    event({}, "stop"),
    "data: [DONE]\n\n",
  ];
}

const answerWith = (json: JsonObject): void => provider().behave({ answer: { pieces: [JSON.stringify(json)] } });
const streamOf = (pieces: string[]): void =>
  provider().behave({ answer: { pieces, headers: { "content-type": "text/event-stream" } } });

const openai = (listener?: string): OpenAI =>
  new OpenAI({ apiKey: "sk-test", maxRetries: 0, baseURL: guarded.envoy.url("/v1", listener) });
const ASKED = { model: "gpt-4o", messages: [{ role: "user" as const, content: "hi" }] };

describe("a JSON answer", () => {
  test("is masked, every other byte as it was", async () => {
    const json = completion(`pay ${CARD} or write to ${EMAIL}`);
    answerWith(json);
    const answer = await ask(guarded, chat("hi"));
    expect(answer.text).toBe(JSON.stringify(json).replace(CARD, "[pii]").replace(EMAIL, "[pii]"));
    expect(answer.isWhole).toBe(true);
  });

  test("is refused with the refusal's own status", async () => {
    answerWith(completion("about project-x"));
    const call = openai().chat.completions.create(ASKED);
    await expect(call).rejects.toBeInstanceOf(PermissionDeniedError);
  });

  test("says that there is none where that is the style", async () => {
    answerWith(completion("about project-x"));
    const { choices } = await openai("polite").chat.completions.create(ASKED);
    expect(choices[0]).toMatchObject({
      message: { content: "I can't help with that." },
      finish_reason: "content_filter",
    });
  });

  test("passes as it came when nothing is found", async () => {
    const json = completion("fine words");
    answerWith(json);
    const answer = await ask(guarded, chat("hi"));
    expect(answer.text).toBe(JSON.stringify(json));
  });

  test("that is too large to hold is refused, or passes when FailOpen", async () => {
    answerWith(completion("fine words ".repeat(1000)));
    expect((await ask(guarded, chat("hi"), { listener: "small" })).status).toBe(502);
    const answer = await ask(guarded, chat("hi"), { listener: "open" });
    expect([answer.status, answer.isWhole]).toEqual([200, true]);
  });

  test("without the pausing flag is replaced under the provider's status", async () => {
    answerWith(completion("about project-x"));
    const answer = await ask(guarded, chat("hi"), { listener: "unpaused" });
    expect([answer.status, answer.isWhole]).toEqual([200, true]);
    expect(answer.json).toMatchObject({ error: { code: "content_policy_violation" } });
    expect(answer.text).not.toContain("project-x");
    answerWith(completion(`write to ${EMAIL}`));
    expect((await ask(guarded, chat("hi"), { listener: "unpaused" })).json).toEqual(completion("write to [pii]"));
  });
});

describe("a stream", () => {
  test("is masked where what it says is split over events", async () => {
    streamOf(chunks("pay 41", "11 1111 ", "1111 11", "11, then write to jane", ".doe@exam", "ple.com", " soon"));
    let words = "";
    for await (const chunk of await openai().chat.completions.create({ ...ASKED, stream: true }))
      words += chunk.choices[0]?.delta.content ?? "";
    expect(words).toBe("pay [pii], then write to [pii] soon");
  });

  test("passes byte for byte when nothing is found", async () => {
    const pieces = chunks("fine ", "words, ", "4111 and no more");
    streamOf(pieces);
    const answer = await ask(guarded, chat("hi", { stream: true }));
    expect(answer.text).toBe(pieces.join(""));
  });

  test("goes out at once as far as nothing could begin", async () => {
    const rest = new Gate();
    provider().behave({
      answer: { pieces: chunks("fine words ", "and", " more"), headers: { "content-type": "text/event-stream" } },
      beforePiece: (index) => (index === 2 ? rest.opened : undefined),
    });
    const request = new OpenRequest(guarded.address(), { path: "/v1/chat/completions" });
    request.end(JSON.stringify(chat("hi", { stream: true })));
    await request.received("fine words");
    rest.release();
    expect((await request.answer).isWhole).toBe(true);
  });

  test("that is refused ends with the dialect's error and its own end", async () => {
    streamOf(chunks("about pro", "ject-x is", " all I can say"));
    const answer = await ask(guarded, chat("hi", { stream: true }));
    expect(answer.text).not.toContain("ject-x");
    expect(answer.text).toContain("content_policy_violation");
    expect(answer.text.endsWith("data: [DONE]\n\n")).toBe(true);
    await expect(async () => {
      for await (const chunk of await openai().chat.completions.create({ ...ASKED, stream: true })) void chunk;
    }).rejects.toThrow(/declined by policy/);
  });

  test("of Anthropic's is masked for its SDK", async () => {
    const event = (type: string, data: object): string =>
      `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
    const delta = (text: string): string =>
      event("content_block_delta", { index: 0, delta: { type: "text_delta", text } });
    streamOf([
      event("message_start", {
        message: {
          id: "m",
          type: "message",
          role: "assistant",
          model: "c",
          content: [],
          usage: { input_tokens: 1, output_tokens: 1 },
        },
      }),
      event("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
      delta("write to jane.d"),
      delta("oe@example.com now"),
      event("content_block_stop", { index: 0 }),
      event("message_delta", { delta: { stop_reason: "end_turn" }, usage: { output_tokens: 9 } }),
      event("message_stop", {}),
    ]);
    const client = new Anthropic({ apiKey: "test", maxRetries: 0, baseURL: guarded.envoy.url("") });
    const message = await client.messages
      .stream({ model: "c", max_tokens: 9, messages: ASKED.messages })
      .finalMessage();
    expect(message.content).toMatchObject([{ type: "text", text: "write to [pii] now" }]);
  });

  test("in Audit passes as it came", async () => {
    const pieces = chunks("about project-x ", EMAIL);
    streamOf(pieces);
    expect((await ask(guarded, chat("hi", { stream: true }), { listener: "audit" })).text).toBe(pieces.join(""));
    await decided(guarded, "words:Reject,pii:Mask");
  });

  test("keeps choices apart", async () => {
    const event = (index: number, content: string): string =>
      `data: ${JSON.stringify({ object: "chat.completion.chunk", choices: [{ delta: { content }, index }] })}\n\n`;
    streamOf([
      event(0, "4111 1111 "),
      event(1, "4111 1111 "),
      event(0, "1111 1111"),
      event(1, "fine"),
      "data: [DONE]\n\n",
    ]);
    const { text } = await ask(guarded, chat("hi", { stream: true }));
    const said = ["", ""];
    for (const [, json] of text.matchAll(/^data: (\{.*)$/gm)) {
      const [{ index, delta }] = (JSON.parse(json!) as { choices: [{ index: number; delta: { content: string } }] })
        .choices;
      said[index] += delta.content;
    }
    expect(said).toEqual(["[pii]", "4111 1111 fine"]);
  });
});

describe("an answer that was stored", () => {
  const get = (path: string): ReturnType<typeof send> =>
    send(guarded.address(), { method: "GET", path, headers: { range: "bytes=0-99" } });
  const answerAs = (type: string, ...pieces: (string | Buffer)[]): void =>
    provider().behave({ answer: { status: 200, pieces, headers: { "content-type": type } } });

  test("is judged, though its request has no body", async () => {
    const json = { object: "response", output: [{ content: [{ type: "output_text", text: `write to ${EMAIL}` }] }] };
    answerWith(json);
    const answer = await get("/v1/responses/resp_1");
    expect([answer.text, answer.isWhole]).toEqual([JSON.stringify(json).replace(EMAIL, "[pii]"), true]);
    expect(provider().only().headers.range).toBeUndefined();
    answerWith(completion("about project-x"));
    expect((await get("/v1/chat/completions/c")).status).toBe(403);
    const cancelled = await send(guarded.address(), { path: "/v1/responses/resp_1/cancel" });
    expect(cancelled.status).toBe(403);
  });

  test("as a stream is masked", async () => {
    streamOf(chunks("jane.doe@exam", "ple.com"));
    expect((await get("/v1/chat/completions/c?stream=true")).text).not.toContain("ple.com");
  });

  test("as results is masked line by line, more of them than could be held", async () => {
    const line = `${JSON.stringify({ custom_id: "a", response: { body: completion(`write to ${EMAIL}`) } })}\n`;
    answerAs("application/octet-stream", ...Array.from({ length: 20 }, () => line.repeat(500)));
    const answer = await get("/v1/files/f/content");
    expect(answer.text).toBe(line.replace(EMAIL, "[pii]").repeat(10_000));
  });

  test.each(["application/pdf", "application/octet-stream"])("as a file that is no text passes: %s", async (type) => {
    const body = Buffer.concat([Buffer.from(`%PDF-1.7\n${EMAIL}`), Buffer.alloc(2_000_000, 0xe2)]);
    answerAs(type, body);
    const answer = await get("/v1/files/f/content");
    expect([answer.status, answer.body.equals(body)]).toEqual([200, true]);
  });
});

test("an answer is asked for uncompressed", async () => {
  await ask(guarded, chat("hi"), { headers: { "accept-encoding": "gzip" } });
  expect(provider().only().headers["accept-encoding"]).toBeUndefined();
});
