import { beforeAll, describe, expect, test } from "vitest";
import { type RequestSpec } from "../../host/exchange.ts";
import { chat, post, startGuard, words, type Guard } from "./support/guard.ts";

const WORD = "project-x";
const TEXT = `Tell me about ${WORD} now`;

const escapedAll = (text: string): string =>
  [...text].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
const shifted = (base: number, text: string): string =>
  [...text]
    .map((letter) => (/[a-z]/.test(letter) ? String.fromCodePoint(base + letter.charCodeAt(0) - 97) : letter))
    .join("");
const between = (mark: string): string => [...WORD].join(mark);
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const percent = (text: string): string => [...Buffer.from(text)].map((byte) => `%${byte.toString(16)}`).join("");
const raw = (body: string, headers: Record<string, string> = {}): RequestSpec =>
  post("/v1/chat/completions", body, headers);
const messages = (...list: object[]): RequestSpec => post("/v1/chat/completions", { model: "gpt-4o", messages: list });
const user = (content: unknown): object => ({ role: "user", content });
const anthropic = (body: object): RequestSpec => post("/v1/messages", { model: "claude-x", max_tokens: 9, ...body });
const gemini = (body: object): RequestSpec => post("/v1beta/models/gemini-x:generateContent", body);
const inline = (data: string): RequestSpec =>
  gemini({ contents: [{ parts: [{ inlineData: { mimeType: "text/plain", data } }] }] });
const file = (bytes: string | Buffer): RequestSpec => inline(Buffer.from(bytes).toString("base64"));
const fileAt = (url: string): RequestSpec => chat([{ type: "file", file: { file_data: url } }]);
const broken = (text: string, by: string): string =>
  base64(text)
    .match(/.{1,4}/g)!
    .join(by);
const tool = (args: string): object => ({
  role: "assistant",
  tool_calls: [{ id: "1", type: "function", function: { name: "find", arguments: args } }],
});

/** How somebody could try to say the word without being heard. */
const TRICKS: Record<string, RequestSpec> = {
  plainly: chat(TEXT),
  "in capitals": chat(TEXT.toUpperCase()),
  "in mixed case": chat("PrOjEcT-x"),
  "escaped in JSON": raw(`{"model":"gpt-4o","messages":[{"role":"user","content":"${escapedAll(WORD)}"}]}`),
  "with an escaped key": raw(`{"model":"gpt-4o","messages":[{"role":"user","cont\\u0065nt":"${WORD}"}]}`),
  "with escaped keys all the way": raw(
    `{"model":"gpt-4o","${escapedAll("messages")}":[{"${escapedAll("role")}":"user","${escapedAll("content")}":"${WORD}"}]}`,
  ),
  "with the role after the content": raw(`{"messages":[{"content":"${WORD}","role":"user"}],"model":"gpt-4o"}`),
  "in full-width letters": chat(shifted(0xff41, WORD)),
  "in mathematical bold": chat(shifted(0x1d41a, WORD)),
  "in mathematical script": chat(shifted(0x1d4ea, WORD)),
  "in double-struck letters": chat(shifted(0x1d552, WORD)),
  "in monospace letters": chat(shifted(0x1d68a, WORD)),
  "in circled letters": chat(shifted(0x24d0, WORD)),
  "with Cyrillic look-alikes": chat("рrоjесt-х"),
  "with Greek look-alikes": chat("ρrοject-χ"),
  "with accents": chat("prójéct-x"),
  "with combining marks": chat(between("\u0301")),
  "with zero-width spaces": chat(between("\u200b")),
  "with zero-width joiners": chat(between("\u200d")),
  "with soft hyphens": chat(between("\u00ad")),
  "with word joiners": chat(between("\u2060")),
  "with byte order marks": chat(between("\ufeff")),
  "with variation selectors": chat(between("\ufe0f")),
  "with bidi marks": chat(between("\u202e")),
  "with a control character": chat("pro\u0001ject-x"),
  "in tag characters": chat([...WORD].map((letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0))).join("")),
  "with another dash": chat("project\u2010x"),
  "with a minus sign": chat("project\u2212x"),
  "with an en dash": chat("project\u2013x"),
  "spaced out": chat(between(" ")),
  "dotted out": chat(between(".")),
  underscored: chat(between("_")),
  "in base64": chat(`Decode this: ${base64(`please explain ${WORD} to me`)}`),
  "in base64 for URLs": chat(Buffer.from(`please explain ${WORD} to me ???`).toString("base64url")),
  "in percent-encoding": chat(percent(WORD)),
  "with one letter percent-encoded": chat("pr%6Fject-x"),
  "in escapes inside the text": chat(`Print "${escapedAll(WORD)}"`),
  "in HTML entities": chat([...WORD].map((letter) => `&#${letter.charCodeAt(0)};`).join("")),
  "in hexadecimal HTML entities": chat([...WORD].map((letter) => `&#x${letter.charCodeAt(0).toString(16)};`).join("")),
  "split over two parts": chat([
    { type: "text", text: "about proj" },
    { type: "text", text: "ect-x please" },
  ]),
  "split over a part a letter": chat([...WORD].map((text) => ({ type: "text", text }))),
  "split over two messages": messages(user("about proj"), user("ect-x please")),
  "split over a message and a tool's result": messages(user("about proj"), {
    role: "tool",
    tool_call_id: "1",
    content: "ect-x please",
  }),
  "split over two parts with other keys between": chat([
    { type: "text", text: "about proj", note: "z" },
    { title: "z", type: "text", text: "ect-x please" },
  ]),
  "split over two messages with a name between": messages(user("about proj"), {
    role: "user",
    name: "bob",
    content: "ect-x please",
  }),
  "split over two parts with a citation between": anthropic({
    messages: [
      user([
        { type: "text", text: "about proj", citations: [{ cited_text: "z", document_title: "z" }] },
        { type: "text", text: "ect-x please" },
      ]),
    ],
  }),
  "split over two names": messages({ role: "user", name: "about proj" }, { role: "user", name: "ect-x please" }),
  "in a text file of a single word": file(WORD),
  "in a short text file": file(`on ${WORD}`),
  "in a text file behind what is in no text": file(`${"\u0001".repeat(18)} ${TEXT}`),
  "in a text file with what is in no text in it": file(`a text at first ${"\u001b[1m".repeat(9)} ${TEXT}`),
  "in a text file of another encoding": file(Buffer.from(`${"\u00e9".repeat(30)} ${TEXT}`, "latin1")),
  "in a short text file in a data URL": chat([
    { type: "file", file: { file_data: `data:text/plain;charset=utf-8;base64,${base64(WORD)}` } },
  ]),
  "in a text file's base64 with spaces in it": inline(broken(TEXT, " ")),
  "in a text file's base64 with empty lines in it": inline(broken(TEXT, "\n\n")),
  "in a text file's base64 with what servers leave out in it": inline(broken(TEXT, ".")),
  "in a text file's base64 with spaces behind its beginning": inline(base64("x".repeat(150)) + broken(TEXT, " ")),
  "in a text file's base64 behind a space": inline(` ${base64(WORD)}`),
  "over padding in a text file's base64": inline(base64("tell pro") + base64("ject-x")),
  "in Anthropic's text document with spaces in its base64": anthropic({
    messages: [
      user([{ type: "document", source: { type: "base64", media_type: "text/plain", data: broken(TEXT, " ") } }]),
    ],
  }),
  "in a data URL in capitals": fileAt(`DATA:text/plain;BASE64,${base64(WORD)}`),
  "in a data URL with a space in its header": fileAt(`data:text/plain;base64 ,${base64(WORD)}`),
  "in a data URL with a space before its bytes": fileAt(`data:text/plain;base64, ${base64(WORD)}`),
  "in a data URL with a comma in its header": fileAt(`data:text/plain;name="a,b";base64,${base64(WORD)}`),
  "in a data URL with a long header": fileAt(`data:text/plain;name=${"a".repeat(200)};base64,${base64(WORD)}`),
  "in a text file that begins like a sound": gemini({
    contents: [{ parts: [{ inlineData: { mimeType: "application/x-python", data: base64(`ID3 = 1 # ${TEXT}`) } }] }],
  }),
  "in a text file that begins like a PDF": chat([
    { type: "file", file: { file_data: `data:text/markdown;base64,${base64(`%PDF-1.7 ${TEXT}`)}` } },
  ]),
  "in Bedrock's text document": post("/model/m/converse", {
    messages: [user([{ document: { format: "txt", name: "n", source: { bytes: base64(`%PDF-1.7 ${TEXT}`) } } }])],
  }),
  "in a schema's metadata": chat("go on", {
    tools: [{ type: "function", function: { name: "f", parameters: { type: "object", metadata: { note: TEXT } } } }],
  }),
  "in an earlier turn": messages(user(TEXT), { role: "assistant", content: "no" }, user("please")),
  "in a system message": messages({ role: "system", content: TEXT }, user("go on")),
  "in a developer message": messages({ role: "developer", content: TEXT }, user("go on")),
  "in what the assistant is said to have said": messages(user("?"), { role: "assistant", content: TEXT }, user("!")),
  "in a refusal of an earlier turn": messages({ role: "assistant", refusal: TEXT }, user("!")),
  "in the arguments of a tool call": messages(tool(JSON.stringify({ query: TEXT })), user("go on")),
  "escaped twice, in the arguments of a tool call": messages(tool(`{"query":"${escapedAll(WORD)}"}`), user("go on")),
  "behind a line's end in JSON within the arguments of a tool call": messages(
    tool(JSON.stringify({ body: JSON.stringify({ text: `see\n${WORD}` }) })),
    user("go on"),
  ),
  "escaped in JSON within the arguments of a tool call": messages(
    tool(JSON.stringify({ body: `{"text":"${escapedAll(WORD)}"}` })),
    user("go on"),
  ),
  "as a key in the arguments of a tool call": messages(tool(JSON.stringify({ [WORD]: 1 })), user("go on")),
  "in the old function_call": messages(
    { role: "assistant", function_call: { name: "find", arguments: JSON.stringify({ q: WORD }) } },
    user("go on"),
  ),
  "in what a video is to be remixed to": post("/v1/videos/video_1/remix", { prompt: TEXT }),
  "in a tool's result": messages({ role: "tool", tool_call_id: "1", content: TEXT }),
  "in JSON inside a tool's result": messages({
    role: "tool",
    tool_call_id: "1",
    content: JSON.stringify({ a: [TEXT] }),
  }),
  "in the description of a function": chat("go on", {
    tools: [{ type: "function", function: { name: "find", description: TEXT, parameters: {} } }],
  }),
  "in the description of a parameter": chat("go on", {
    tools: [{ type: "function", function: { name: "f", parameters: { properties: { a: { description: TEXT } } } } }],
  }),
  "as a user's name": messages({ role: "user", name: WORD, content: "hi" }),
  "in a part of an unknown type": chat([{ type: "input_thing", text: TEXT }]),
  "in a part of an unknown type under an unknown key": chat([{ type: "thing", words: TEXT }]),
  "in an unknown role": messages({ role: "narrator", content: TEXT }),
  "in a predicted output": chat("go on", { prediction: { type: "content", content: TEXT } }),
  "in a prompt": post("/v1/completions", { model: "m", prompt: TEXT }),
  "in a list of prompts": post("/v1/completions", { model: "m", prompt: ["a", TEXT] }),
  "in an embedding's input": post("/v1/embeddings", { model: "m", input: ["a", TEXT] }),
  "in a response's input": post("/v1/responses", { model: "m", input: TEXT }),
  "in a response's input items": post("/v1/responses", {
    model: "m",
    input: [{ role: "user", content: [{ type: "input_text", text: TEXT }] }],
  }),
  "in a response's instructions": post("/v1/responses", { model: "m", instructions: TEXT, input: "a" }),
  "in a response's function output": post("/v1/responses", {
    model: "m",
    input: [{ type: "function_call_output", call_id: "1", output: TEXT }],
  }),
  "in Anthropic's system text": anthropic({ system: TEXT, messages: [user("a")] }),
  "in Anthropic's system blocks": anthropic({ system: [{ type: "text", text: TEXT }], messages: [user("a")] }),
  "in Anthropic's tool_use": anthropic({
    messages: [{ role: "assistant", content: [{ type: "tool_use", id: "1", name: "f", input: { a: { b: TEXT } } }] }],
  }),
  "in Anthropic's tool_result": anthropic({
    messages: [user([{ type: "tool_result", tool_use_id: "1", content: [{ type: "text", text: TEXT }] }])],
  }),
  "in Gemini's contents": gemini({ contents: [{ parts: [{ text: TEXT }] }] }),
  "in Gemini's system_instruction": gemini({ system_instruction: { parts: [{ text: TEXT }] }, contents: [] }),
  "in Gemini's systemInstruction": gemini({ systemInstruction: { parts: [{ text: TEXT }] }, contents: [] }),
  "in Gemini's functionResponse": gemini({
    contents: [{ parts: [{ functionResponse: { name: "f", response: { a: TEXT } } }] }],
  }),
  "with a content type that lies": raw(JSON.stringify({ model: "m", messages: [user(TEXT)] }), {
    "content-type": "text/plain",
  }),
  "with the content type of a form": raw(JSON.stringify({ model: "m", messages: [user(TEXT)] }), {
    "content-type": "application/x-www-form-urlencoded",
  }),
  "on a path with dots": post("/v1/./chat/x/../completions", { model: "m", messages: [user(TEXT)] }),
  "on a path with percent-encoding": post("/v1/%63hat/completions", { model: "m", messages: [user(TEXT)] }),
  "on a path with double slashes": post("//v1//chat//completions", { model: "m", messages: [user(TEXT)] }),
  "on a path in capitals": post("/v1/Chat/Completions", { model: "m", messages: [user(TEXT)] }),
  "on an unknown path, by its shape": post("/my/own/path", { model: "m", messages: [user(TEXT)] }),
  "that begins a conversation of Mistral's": post("/v1/conversations", { model: "m", inputs: [user(TEXT)] }),
  "that begins one, of text alone": post("/v1/conversations", { inputs: TEXT, model: "m" }),
  "after a megabyte of other text": chat(`${"a lot of words ".repeat(40_000)}${TEXT}`),
  "with one letter of a mathematical alphabet": chat("pro\u{1d423}ect-x"),
};

/** What is refused because servers differ in how they read it. */
const UNCLEAR: Record<string, RequestSpec> = {
  "a second content": raw(`{"model":"m","messages":[{"role":"user","content":"${WORD}","content":"fine"}]}`),
  "a second list of messages": raw(`{"model":"m","messages":[],"messages":[{"role":"user","content":"fine"}]}`),
  "a byte order mark": raw(`\ufeff{"model":"m","messages":[{"role":"user","content":"fine"}]}`),
  "UTF-16": { ...chat("fine"), body: Buffer.from('{"messages":[]}', "utf16le") },
  "what is no JSON": raw(`{"model":"m","messages":[{"role":"user","content":"fine"}]`),
  compression: { ...chat("fine"), headers: { "content-type": "application/json", "content-encoding": "gzip" } },
  "two encodings": { ...chat("fine"), headers: { "content-encoding": "identity,br" } },
  "an encoding behind an empty one": { ...chat("fine"), headers: { "content-encoding": ["", "br"] } },
  "an encoding of its own": { ...chat("fine"), headers: { "content-encoding": "x-none" } },
};

describe("a word that is refused", () => {
  let guard: Guard;
  beforeAll(async () => {
    guard = await startGuard({ rules: [words(WORD)], maxHeldBytes: "1000KiB" });
  });

  test.each(Object.entries(TRICKS))("is heard %s", (_name, request) => {
    const { localReply, upstream } = guard.guard.send(request);
    expect(localReply?.status).toBe(403);
    expect(localReply?.details).toBe("weir.prompt-guard.rule.words");
    expect(upstream.headers).toBeUndefined();
  });

  test.each(Object.entries(UNCLEAR))("can't hide in %s", (_name, request) => {
    const { localReply, upstream } = guard.guard.send(request);
    expect(localReply?.status).toBeGreaterThanOrEqual(400);
    expect(upstream.headers).toBeUndefined();
  });

  test.each([
    ["a word that it is part of", "project-xylophone"],
    ["a word that ends like it", "subproject-x"],
    ["its parts far apart", "a project of mine, x being unknown"],
    ["other spaced-out letters", "a b c d e f g h"],
    ["harmless base64", base64("nothing to see in this text at all, go on")],
    ["an escaped quote and a percentage", 'he said \\"100%\\" of it'],
  ])("is not heard in %s", (_name, text) => {
    const { status, upstream } = guard.guard.send(chat(text));
    expect(status).toBe("forwarded");
    expect(JSON.parse(upstream.body)).toMatchObject({ messages: [{ content: text }] });
  });
});
