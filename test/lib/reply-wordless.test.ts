import { beforeAll, describe, expect, test } from "vitest";
import { anthropic, CHAT, MESSAGES, openAi, RESPONSES } from "./clients.ts";
import { type Dialect, ReplyStreamModule } from "./reply-module.ts";
import { readLines, readSse, sse } from "./reply-wire.ts";

let replies: ReplyStreamModule;

beforeAll(async () => {
  replies = await ReplyStreamModule.load();
});

describe("a stream that is declined says the message where no words of it are out, but", () => {
  const stream = (...objects: object[]): string => sse(objects, { named: "type" in objects[0]! });
  const declined = (answer: string, declines: Dialect): Buffer => {
    const { seen, outcome } = replies.show(answer, [answer.length - 12], { rejected: ["SECRET-42"], declines });
    expect(outcome).toBe("Rejected");
    expect(seen.toString()).not.toContain("SECRET");
    return seen;
  };
  const chunk = (index: number, delta: object): object => ({
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    created: 1,
    model: "m",
    choices: [{ index, delta, finish_reason: null }],
  });
  const bad = { content: "SECRET-42" };

  test.each<[string, object[], string[]]>([
    ["the role", [chunk(0, { role: "assistant", content: "" })], ["Declined."]],
    [
      "a filter's verdict",
      [{ ...chunk(0, {}), choices: [], prompt_filter_results: [{ prompt_index: 0 }] }],
      ["Declined."],
    ],
    [
      "two roles",
      [chunk(0, { role: "assistant", content: "" }), chunk(1, { role: "assistant", content: "" })],
      ["Declined.", "Declined."],
    ],
    ["reasoning", [chunk(0, { role: "assistant", reasoning_content: "I think" })], ["Declined."]],
  ])("%s, in OpenAI's chat", async (_, before, expected) => {
    const seen = declined(stream(...before, chunk(0, bad)), "OpenAiChat");
    const { choices } = await openAi(seen).chat.completions.stream(CHAT).finalChatCompletion();
    expect(choices.map(({ message }) => message.content)).toEqual(expected);
    expect(choices.every((choice) => choice.finish_reason === "content_filter")).toBe(true);
  });

  const item = { id: "msg_1", type: "message", status: "in_progress", role: "assistant", content: [] };
  const begun = { id: "resp_1", object: "response", status: "in_progress", model: "gpt-5", output: [] };
  const place = { item_id: "msg_1", output_index: 0, content_index: 0 };
  const opening = [
    { type: "response.created", sequence_number: 0, response: begun },
    { type: "response.in_progress", sequence_number: 1, response: begun },
    { type: "response.output_item.added", sequence_number: 2, output_index: 0, item },
    {
      type: "response.content_part.added",
      sequence_number: 3,
      ...place,
      part: { type: "output_text", text: "", annotations: [] },
    },
  ];

  test.each([1, 2, 3, 4])("%i events of OpenAI's responses", async (count) => {
    const rejected = { type: "response.output_text.delta", sequence_number: count, ...place, delta: "SECRET-42" };
    const events = openAi(declined(stream(...opening.slice(0, count), rejected), "OpenAiResponses"));
    const told = events.responses.stream(RESPONSES);
    let text = "";
    const numbers: number[] = [];
    for await (const event of told) {
      numbers.push(event.sequence_number);
      if (event.type === "response.output_text.delta") text += event.delta;
    }
    expect(text).toBe("Declined.");
    expect(numbers).toEqual([...numbers.keys()]);
    expect(await told.finalResponse()).toMatchObject({
      id: "resp_1",
      status: "incomplete",
      output: [{ content: [{ text: "Declined." }] }],
    });
  });

  const start = {
    type: "message_start",
    message: {
      id: "msg_1",
      type: "message",
      role: "assistant",
      content: [],
      model: "c",
      usage: { input_tokens: 1, output_tokens: 1 },
    },
  };
  const blockStart = (index: number, block: object): object => ({
    type: "content_block_start",
    index,
    content_block: block,
  });
  const thought = blockStart(0, { type: "thinking", thinking: "", signature: "" });
  const thinking = { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "I think" } };

  test.each<[string, object[], number]>([
    ["its beginning", [], 0],
    ["a block's beginning", [blockStart(0, { type: "text", text: "" })], 0],
    ["an open thought", [thought, thinking], 0],
    [
      "a thought",
      [thought, thinking, { type: "content_block_stop", index: 0 }, blockStart(1, { type: "text", text: "" })],
      1,
    ],
  ])("%s, in Anthropic's messages", async (_, before, index) => {
    const rejected = { type: "content_block_delta", index, delta: { type: "text_delta", text: "SECRET-42" } };
    const seen = declined(stream(start, ...before, rejected), "AnthropicMessages");
    const client = anthropic(seen).messages.stream(MESSAGES);
    const { content, stop_reason: reason } = await client.finalMessage();
    expect(content.at(-1)).toEqual({ type: "text", text: "Declined." });
    expect(reason).toBe("refusal");
  });

  const said = (text: string): object => ({ message: { content: { text } } });

  test.each<[Dialect, object, (text: string) => object, at: number]>([
    ["OpenAiCompletions", {}, (text) => ({ choices: [{ index: 0, text }] }), -2],
    ["AnthropicComplete", {}, (completion) => ({ completion }), -1],
    ["Gemini", { usageMetadata: {} }, (text) => ({ candidates: [{ content: { parts: [{ text }] } }] }), -1],
    ["CohereChat", { type: "message-start" }, (text) => ({ type: "content-delta", index: 0, delta: said(text) }), -3],
  ])("an event without words, in %s", (dialect, first, event, at) => {
    const events = readSse(declined(stream(first, event("SECRET-42")), dialect).toString());
    expect(JSON.parse(events.at(at)!.data)).toMatchObject(event("Declined."));
  });

  test.each<[Dialect, object, object, object]>([
    ["OllamaChat", { message: { content: "" } }, { message: bad }, { message: { content: "Declined." }, done: true }],
    ["OllamaGenerate", { response: "" }, { response: "SECRET-42" }, { response: "Declined.", done: true }],
  ])("a line without words, in %s", (dialect, first, second, expected) => {
    const answer = [first, second].map((line) => `${JSON.stringify(line)}\n`).join("");
    expect(readLines(declined(answer, dialect).toString()).at(-1)).toMatchObject(expected);
  });
});
