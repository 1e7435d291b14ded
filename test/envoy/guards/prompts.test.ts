import Anthropic, { PermissionDeniedError as AnthropicDenied } from "@anthropic-ai/sdk";
import OpenAI, { PermissionDeniedError } from "openai";
import { describe, expect, test } from "vitest";
import { CARD, EMAIL, RULES, ask, chat, decided, useGuard } from "./guard-gateway.ts";

const COMPLETION = { rules: RULES, refusal: { style: "Completion", message: "I can't help with that." } };

const guarded = useGuard("prompt-guard", {
  gateway: { configuration: { rules: RULES } },
  polite: { configuration: COMPLETION },
  audit: { configuration: { rules: RULES, mode: "Audit" } },
  unpaused: { configuration: { rules: RULES }, filter: { allowOnHeadersStopIteration: false } },
});

const seen = () => guarded.providers.provider.seen;
const last = () => seen().at(-1)!;

describe("the openai package", () => {
  const client = (listener?: string): OpenAI =>
    new OpenAI({ apiKey: "sk-test", maxRetries: 0, baseURL: guarded.envoy.url("/v1", listener) });
  const messages = [{ role: "user" as const, content: "about project-x" }];

  test("is refused, and the provider sees nothing", async () => {
    for (const stream of [false, true]) {
      const call = client().chat.completions.create({ model: "gpt-4o", messages, stream });
      await expect(call).rejects.toBeInstanceOf(PermissionDeniedError);
    }
    expect(seen()).toEqual([]);
  });

  test("gets an answer that says so where that is the style", async () => {
    const answer = await client("polite").chat.completions.create({ model: "gpt-4o", messages });
    expect(answer.choices[0]).toMatchObject({
      message: { role: "assistant", content: "I can't help with that." },
      finish_reason: "content_filter",
    });
    let words = "";
    for await (const chunk of await client("polite").chat.completions.create({
      model: "gpt-4o",
      messages,
      stream: true,
    }))
      words += chunk.choices[0]?.delta.content ?? "";
    expect(words).toBe("I can't help with that.");
    expect(seen()).toEqual([]);
  });

  test("has its prompt masked", async () => {
    const content = `pay ${CARD}, write to ${EMAIL}`;
    await client().chat.completions.create({ model: "gpt-4o", messages: [{ role: "user", content }] });
    expect(seen()[0]?.json).toMatchObject({ messages: [{ content: "pay [pii], write to [pii]" }] });
  });
});

describe("@anthropic-ai/sdk", () => {
  const client = (listener?: string): Anthropic =>
    new Anthropic({ apiKey: "test", maxRetries: 0, baseURL: guarded.envoy.url("", listener) });

  test("is refused in its dialect", async () => {
    const messages = [{ role: "user" as const, content: [{ type: "text" as const, text: "about project-x" }] }];
    const error = await client()
      .messages.create({ model: "claude-x", max_tokens: 9, messages })
      .then(
        () => expect.fail("it passed"),
        (thrown: unknown) => thrown as AnthropicDenied,
      );
    expect(error).toBeInstanceOf(AnthropicDenied);
    expect(error.error).toMatchObject({ type: "error", error: { type: "permission_error" } });
  });

  test("gets an answer that says so, streamed too", async () => {
    const asked = { model: "claude-x", max_tokens: 9, messages: [{ role: "user" as const, content: "project-x" }] };
    const answer = await client("polite").messages.create(asked);
    expect(answer).toMatchObject({
      stop_reason: "refusal",
      content: [{ type: "text", text: "I can't help with that." }],
    });
    const streamed = await client("polite").messages.stream(asked).finalMessage();
    expect(streamed.content).toMatchObject([{ type: "text", text: "I can't help with that." }]);
  });
});

describe("a body in pieces", () => {
  test("reaches the provider only when all of it has been judged", async () => {
    const body = JSON.stringify(chat(`${"fine words ".repeat(50_000)} project-x`));
    expect((await ask(guarded, {}, { body })).status).toBe(403);
    expect(seen()).toEqual([]);
  });

  test("of half a megabyte goes out whole, masked at both ends", async () => {
    const filler = "fine words ".repeat(50_000);
    expect((await ask(guarded, chat(`${EMAIL} ${filler}${CARD}`))).status).toBe(200);
    const request = last();
    expect(request.json).toMatchObject({ messages: [{ content: `[pii] ${filler}[pii]` }] });
    expect(Number(request.headers["content-length"])).toBe(request.body.length);
  });

  test("with trailers is judged and masked, too", async () => {
    const answer = await ask(guarded, chat(`to ${EMAIL}`), { trailers: { "x-end": "1" } });
    expect(answer.status).toBe(200);
    expect(last().json).toMatchObject({ messages: [{ content: "to [pii]" }] });
  });
});

describe("without the pausing flag", () => {
  test("the body is withheld: refused, masked or let by as with it", async () => {
    const listener = "unpaused";
    expect((await ask(guarded, chat("about project-x"), { listener })).status).toBe(403);
    expect(guarded.envoy.log).toContain("allow_on_headers_stop_iteration");
    expect((await ask(guarded, chat("about project-x"), { listener })).status).toBe(403);
    expect(seen().every(({ body }) => body.length === 0)).toBe(true);
    expect((await ask(guarded, chat(`to ${EMAIL}`), { listener })).status).toBe(200);
    expect(last().json).toMatchObject({ messages: [{ content: "to [pii]" }] });
    expect((await ask(guarded, chat("fine"), { listener })).status).toBe(200);
    expect(last().json).toEqual(chat("fine"));
  });
});

test("Audit passes everything as it came, and says what it found", async () => {
  const json = chat(`project-x for ${EMAIL}`);
  expect((await ask(guarded, json, { listener: "audit" })).status).toBe(200);
  expect(seen()[0]?.json).toEqual(json);
  await decided(guarded, "words:Reject,pii:Mask");
});
