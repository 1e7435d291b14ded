import { beforeAll, describe, expect, test } from "vitest";
import { anthropic, CHAT, MESSAGES, openAi, RESPONSES } from "./clients.ts";
import { CASES, WORDS } from "./reply-cases.ts";
import { maskParts, sent } from "./reply-marks.ts";
import { type Dialect, type Options, ReplyStreamModule } from "./reply-module.ts";
import { readLines, readSse, sse } from "./reply-wire.ts";

let replies: ReplyStreamModule;

beforeAll(async () => {
  replies = await ReplyStreamModule.load();
});

/** A case's stream as its client gets it, in pieces of 50 bytes. */
function shown(name: string, options: Options): Buffer {
  const { documents, framing, end } = CASES.find((one) => one.name === name)!;
  const stream = Buffer.from(sse(documents.map(sent), { named: framing === "named sse", end }));
  const cuts = Array.from({ length: Math.floor(stream.length / 50) }, (_, i) => (i + 1) * 50);
  return replies.show(stream, cuts, options).seen;
}

const mask = (text: string): string => maskParts([text], WORDS, text.startsWith("{"))[0]!;

describe("a masked stream is one to the real client", () => {
  test("of OpenAI's chat", async () => {
    const stream = openAi(shown("OpenAI chat, streamed, two choices", { words: WORDS })).chat.completions.stream(CHAT);
    let told = "";
    stream.on("content", (delta) => (told += delta));
    const { choices } = await stream.finalChatCompletion();
    const content = 'The key is SECRET-42 and not SECRET-4; SECRET-42!SECRET-42\u{1f600} caf\u00e9 "q"';
    expect(choices[0]!.message.content).toBe(mask(content));
    expect(choices[1]!.message.content).toBe(mask("SECRET-42hide me"));
    expect(told).not.toContain("SECRET-42");
    expect(choices[0]!.message.refusal).toBe(mask("I won't hide me"));
    const [first, second] = choices[0]!.message.tool_calls!.map(
      (call) => call.type === "function" && call.function.arguments,
    );
    expect(JSON.parse(first as string)).toEqual({ api: "[gone]\n", card: "[card]", x: [`${WORDS[1]!.mask}"`, 1] });
    expect(JSON.parse(second as string)).toEqual({ b: "[gone]" });
  });

  test("of OpenAI's responses", async () => {
    const stream = openAi(shown("OpenAI responses, streamed", { words: WORDS })).responses.stream(RESPONSES);
    let text = "";
    let calling = "";
    stream.on("response.output_text.delta", ({ delta }) => (text += delta));
    stream.on("response.function_call_arguments.delta", ({ delta }) => (calling += delta));
    const { output_text: whole, output } = await stream.finalResponse();
    expect(whole).toBe(mask("Call SECRET-42 \u{1f511} or hide me"));
    expect(text).toBe(whole);
    const call = output.find(({ type }) => type === "function_call");
    expect(call).toMatchObject({ arguments: calling });
    expect(JSON.parse(calling)).toEqual({ q: WORDS[1]!.mask, n: "[card]" });
  });

  test("of Anthropic's", async () => {
    const stream = anthropic(shown("Anthropic, streamed", { words: WORDS })).messages.stream(MESSAGES);
    let text = "";
    stream.on("text", (delta) => (text += delta));
    const { content } = await stream.finalMessage();
    expect(content).toMatchObject([
      { type: "thinking", thinking: mask("I know SECRET-42.") },
      {
        type: "text",
        text: mask("It is hide me, caf\u00e9 SECRET-42"),
        citations: [{ cited_text: mask("hide me here") }],
      },
      { type: "tool_use", input: { card: "[card]", to: WORDS[1]!.mask } },
    ]);
    expect(text).not.toContain("SECRET-42");
  });
});

describe("a stream that is ended early", () => {
  const chat = "OpenAI chat, streamed, two choices";

  test("finishes each choice of OpenAI's chat", async () => {
    const options: Options = { rejected: ["and not"], declines: "OpenAiChat" };
    const final = await openAi(shown(chat, options)).chat.completions.stream(CHAT).finalChatCompletion();
    expect(final).toMatchObject({ id: "chatcmpl-1", model: "gpt-4o-mini" });
    expect(final.choices.map(({ finish_reason: reason }) => reason)).toEqual(["content_filter", "content_filter"]);
    expect(final.choices[0]!.message.content).toBe("The key is SECRET");
  });

  test("is an error to OpenAI's client where that is wanted", async () => {
    const stream = openAi(shown(chat, { rejected: ["and not"], refuses: "OpenAiChat" })).chat.completions.stream(CHAT);
    await expect(stream.finalChatCompletion()).rejects.toThrow("Declined.");
  });

  test("is incomplete to OpenAI's responses", async () => {
    const options: Options = { rejected: ["or hide"], declines: "OpenAiResponses" };
    const stream = openAi(shown("OpenAI responses, streamed", options)).responses.stream(RESPONSES);
    const numbers: number[] = [];
    for await (const event of stream) numbers.push(event.sequence_number);
    expect(numbers).toEqual([...numbers.keys()]);
    expect(await stream.finalResponse()).toMatchObject({
      id: "resp_1",
      model: "gpt-5",
      status: "incomplete",
      incomplete_details: { reason: "content_filter" },
    });
  });

  const numbered = (type: string, number: number | undefined, delta: string): string =>
    `data: ${JSON.stringify({ type, sequence_number: number, output_index: 0, content_index: 0, delta })}\n\n`;
  const OUTPUT = "response.output_text.delta";
  const BAD = numbered(OUTPUT, 99, "SECRET-42");

  test.each<[what: string, events: string[], expected: number]>([
    ["all events", [0, 1, 2].map((number) => numbered(OUTPUT, number, "a")), 3],
    ["a stream that is taken up again", [43, 44].map((number) => numbered(OUTPUT, number, "a")), 45],
    ["a stream that is taken up again, of which nothing is out", [], 99],
    ["events of other types", [numbered(OUTPUT, 0, "a"), numbered("keepalive", 1, "")], 2],
    ["an event that is longer than most", [numbered(OUTPUT, 7, "a".repeat(2000))], 8],
    ["events without numbers", [0, 1].map(() => numbered(OUTPUT, undefined, "a")), 2],
    ["a number that is none", [numbered(OUTPUT, -5, "a"), numbered(OUTPUT, 1e12, "a")], 2],
  ])("goes on in the numbers of OpenAI's events: %s", (_, events, expected) => {
    const answer = [...events, BAD].join("");
    for (let cut = 0; cut <= answer.length; cut += 7) {
      for (const end of [{ refuses: "OpenAiResponses" }, { declines: "OpenAiResponses" }] as Options[]) {
        const { seen } = replies.show(answer, [cut], { rejected: ["SECRET-42"], ...end });
        const last = JSON.parse(readSse(seen.toString()).at(-1)!.data) as { type: string; sequence_number: number };
        expect([last.type, last.sequence_number]).toEqual([end.refuses ? "error" : "response.incomplete", expected]);
      }
    }
  });

  test.each([
    ["within a block", "SECRET-42."],
    ["in another block", "caf\u00e9"],
    ["in a tool's input", 'hide me"}'],
    ["between blocks", "hide me here"],
  ])("is a message that Anthropic's client takes: %s", async (_, word) => {
    const options: Options = { rejected: [word], declines: "AnthropicMessages" };
    const bytes = shown("Anthropic, streamed", options);
    const message = await anthropic(bytes).messages.stream(MESSAGES).finalMessage();
    expect(message).toMatchObject({ id: "msg_1", stop_reason: "refusal" });
    const types = readSse(bytes.toString()).map(({ data }) => (JSON.parse(data) as { type: string }).type);
    const starts = types.filter((type) => type === "content_block_start").length;
    expect(types.filter((type) => type === "content_block_stop")).toHaveLength(starts);
    expect(types.slice(-2)).toEqual(["message_delta", "message_stop"]);
  });

  test.each<Dialect>(["OpenAiChat", "AnthropicMessages", "OpenAiResponses"])(
    "says the message where nothing of it is out: %s",
    async (dialect) => {
      const first = 'data: {"text":"SECRET-42"}\n\n';
      const { seen } = replies.show(first, [5], { rejected: ["SECRET-42"], declines: dialect });
      if (dialect === "OpenAiChat") {
        const { choices } = await openAi(seen).chat.completions.stream(CHAT).finalChatCompletion();
        expect(choices[0]!.message.content).toBe("Declined.");
      } else if (dialect === "AnthropicMessages") {
        expect(await anthropic(seen).messages.stream(MESSAGES).finalText()).toBe("Declined.");
      } else {
        expect((await openAi(seen).responses.stream(RESPONSES).finalResponse()).output_text).toBe("Declined.");
      }
    },
  );

  const content = (type: string, index: number, of?: object): object => ({
    type: `content-${type}`,
    index,
    ...(of && { delta: { message: { content: of } } }),
  });
  const thought = [{ type: "message-start" }, content("start", 0, { type: "thinking", thinking: "" })];
  const thinking = [...thought, content("delta", 0, { thinking: "I think" })];
  const begun = [...thinking, content("end", 0), content("start", 1, { type: "text", text: "" })];
  const saying = content("delta", 1, { text: "I say" });
  const bad = content("delta", 1, { text: "SECRET-42" });
  const itself = ["content-start 1", "content-delta 1", "content-end 1"];

  test.each<[where: string, events: object[], declined: string[], refused: string[]]>([
    ["a thought", [...thinking, bad], ["content-end 0", ...itself], ["content-end 0"]],
    ["between contents", [...begun.slice(0, -1), bad], itself, []],
    ["a text that has words", [...begun, saying, bad], ["content-end 1"], ["content-end 1"]],
    ["behind the last content", [...begun, saying, content("end", 1), { type: "x", ...bad }], [], []],
  ])("closes the content of Cohere's that is open: %s", (_, events, declined, refused) => {
    const answer = sse(events, { named: true });
    for (const [end, added] of [["declines", declined] as const, ["refuses", refused] as const]) {
      const { seen } = replies.show(answer, [], { rejected: ["SECRET-42"], [end]: "CohereChat" });
      const told = readSse(seen.toString()).map(({ data }) => JSON.parse(data) as { type: string; index?: number });
      const types = told.slice(events.length - 1).map(({ type, index = "" }) => `${type} ${index}`.trim());
      expect(types).toEqual([...added, "message-end"]);
    }
  });

  const items = [
    '{"candidates":[{"content":{"parts":[{"text":"a"}]}}]}',
    '{"candidates":[{"content":{"parts":[{"text":"SECRET-42"}]}}]}',
  ];

  test.each([
    ["before anything", `[${items[1]!}]`, 1],
    ["after a bracket", `[ \n${items[1]!}]`, 1],
    ["after an element", `[${items.join("\n,\n")}]`, 2],
  ])("is an array still, %s, whatever the pieces", (_, answer, count) => {
    for (let cut = 0; cut <= answer.length; cut++) {
      const declined = replies.show(answer, [cut], { rejected: ["SECRET-42"], declines: "Gemini" }).seen.toString();
      const list = JSON.parse(declined) as { candidates: { finishReason?: string }[] }[];
      expect(list).toHaveLength(count);
      expect(list.at(-1)!.candidates[0]!.finishReason).toBe("SAFETY");
      const refused = replies.show(answer, [cut], { rejected: ["SECRET-42"], refuses: "Gemini" }).seen.toString();
      expect(JSON.parse(refused)).toMatchObject([
        ...Array<unknown>(count - 1).fill({}),
        { error: { message: "Declined." } },
      ]);
    }
  });

  test("ends in each other dialect", () => {
    const rejected = ["SECRET-42"];
    const end = (answer: string, declines: Dialect): string =>
      replies.show(answer, [], { rejected, declines }).seen.toString();
    const completions = '{"id":"cmpl-1","model":"m\\"","choices":[{"index":0,"text":"a"}]}';
    const seen = readSse(end(`data: ${completions}\n\ndata: {"text":"SECRET-42"}\n\n`, "OpenAiCompletions"));
    expect(JSON.parse(seen[1]!.data)).toMatchObject({
      id: "cmpl-1",
      model: 'm"',
      choices: [{ text: "", finish_reason: "content_filter" }],
    });
    expect(seen.map(({ data }) => data).at(-1)).toBe("[DONE]");
    const gemini = readSse(end(`data: ${items[0]!}\r\n\r\ndata: ${items[1]!}\r\n\r\n`, "Gemini"));
    expect(JSON.parse(gemini[1]!.data)).toMatchObject({ candidates: [{ finishReason: "SAFETY" }] });
    const cohere = end('data: {"text":"a"}\n\ndata: {"text":"SECRET-42"}\n\n', "CohereChat");
    expect(JSON.parse(readSse(cohere)[1]!.data)).toMatchObject({
      type: "message-end",
      delta: { finish_reason: "ERROR" },
    });
    expect(
      readLines(end('{"model":"l","message":{"content":"a"}}\n{"response":"SECRET-42"}\n', "OllamaChat")),
    ).toMatchObject([
      { message: { content: "a" } },
      { model: "l", created_at: "2025-03-10T01:25:52Z", message: { content: "" }, done: true },
    ]);
    expect(readLines(end('{"model":"l","response":"a"}\n{"response":"SECRET-42"}\n', "OllamaGenerate"))).toMatchObject([
      { response: "a" },
      { response: "", done: true },
    ]);
    const complete = end(
      'data: {"completion":"a","id":"c"}\n\ndata: {"completion":"SECRET-42"}\n\n',
      "AnthropicComplete",
    );
    expect(JSON.parse(readSse(complete)[1]!.data)).toMatchObject({ id: "c", stop_reason: "stop_sequence" });
  });
});
