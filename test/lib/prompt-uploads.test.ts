import { beforeAll, describe, expect, test } from "vitest";
import { readHeard } from "./heard.ts";
import { loadModule, type LoaderExports } from "./load.ts";
import { feedPieces, putInput } from "./pieces.ts";
import { textsOf } from "./prompt-texts.ts";

interface Uploads {
  inputPointer(): number;
  heardPointer(): number;
  heard(): number;
  beginForm(contentTypeLength: number): number;
  beginMessages(): void;
  beginFile(contentTypeLength: number): number;
  feed(start: number, length: number): number;
  finish(): number;
  problem(): number;
  isBatch(): number;
  isCutShort(): number;
  purpose(): number;
  hasDuplicate(): number;
  streams(): number;
  answers(): number;
  model(): number;
}

const TYPE = "multipart/form-data; boundary=b";
const FORM_PROBLEMS = ["None", "BadMultipart", "BadUtf8"];
const BATCH_PROBLEMS = ["None", "NotJson", "BadMultipart", "DuplicatePart"];

let m: Uploads & LoaderExports;

beforeAll(async () => {
  m = await loadModule<Uploads>("prompt-uploads");
});

function feed(bytes: Buffer, cuts: number[]) {
  feedPieces(m, bytes, cuts);
  const isWhole = m.finish() === 1;
  const heard = readHeard(m.memory, m.heardPointer(), m.heard());
  const texts = textsOf(heard).map(({ scope, text, isNumber }) => `${scope} ${isNumber ? "#" : ""}${text}`);
  return { isWhole, heard, texts, hasDuplicate: m.hasDuplicate() === 1 };
}

/** Each text that has an end lies where it is said to be, as it is or escaped. */
function expectPlaces(bytes: Buffer, heard: ReturnType<typeof feed>["heard"], isJson: boolean) {
  for (const { text, start, end, isNumber } of textsOf(heard)) {
    if (end < 0) continue;
    const raw = bytes.subarray(start, end).toString();
    expect(isJson && !isNumber ? (JSON.parse(`"${raw}"`) as string) : raw).toBe(text);
  }
}

const part = (name: string, content: string, file = ""): string =>
  `--b\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n${content}\r\n`;
const form = (...parts: string[]): string => `${parts.join("")}--b--\r\n`;

describe("the texts of a form", () => {
  const PICTURE = '; filename="a.png"';

  function read(content: string | Buffer, cuts: number[] = []) {
    putInput(m, Buffer.from(TYPE));
    m.beginForm(TYPE.length);
    const { isWhole, texts, hasDuplicate, heard } = feed(Buffer.from(content), cuts);
    const model = m.__getString(m.model());
    const problem = FORM_PROBLEMS[m.problem()];
    return { isWhole, problem, texts, hasDuplicate, model, streams: m.streams() === 1, answers: m.answers(), heard };
  }

  const FORMS: [name: string, content: string, expected: Partial<ReturnType<typeof read>>][] = [
    [
      "an edit of a picture",
      form(
        part("model", "gpt-image-1"),
        part("image[]", "\x89PNG", PICTURE),
        part("mask", "\x89PNG", PICTURE),
        part("prompt", 'Add "a hat" to it \\u0041'),
        part("n", "2"),
        part("size", "1024x1024"),
        part("stream", "true"),
      ),
      { isWhole: true, texts: ['U Add "a hat" to it \\u0041'], model: "gpt-image-1", answers: 2, streams: true },
    ],
    [
      "a transcription",
      form(
        part("file", "RIFF", '; filename="a.wav"'),
        part("prompt", "Names: Åsa, 王"),
        part("language", "sv"),
        part("response_format", "json"),
        part("timestamp_granularities[]", "word"),
        part("include[]", "logprobs"),
      ),
      { isWhole: true, texts: ["U Names: Åsa, 王"], streams: false, hasDuplicate: false },
    ],
    ["speech", form(part("input", "Say this"), part("instructions", "Slowly")), { texts: ["U Say this", "U Slowly"] }],
    ["a field newer than this", form(part("briefing", "Read me")), { texts: ["U Read me"] }],
    ["a file of a new kind", form(part("hologram", "\x00\xff", PICTURE)), { isWhole: true, texts: [] }],
    ["a prompt that comes as a file", form(part("prompt", "Read me", PICTURE)), { texts: ["U Read me"] }],
    [
      "prompts",
      form(part("prompt[]", "One"), part("prompt[]", "Two")),
      { texts: ["U One", "U Two"], hasDuplicate: false },
    ],
    [
      "a prompt twice",
      form(part("prompt", "One"), part("prompt", "Two")),
      { texts: ["U One", "U Two"], hasDuplicate: true },
    ],
    ["an empty prompt", form(part("prompt", "")), { isWhole: true, texts: ["U "] }],
    ["no stream", form(part("stream", "truely"), part("prompt", "x")), { streams: false }],
    ["no end", part("prompt", "x"), { isWhole: false, problem: "BadMultipart" }],
    ["no form", "{}", { isWhole: false, problem: "BadMultipart" }],
  ];

  test.each(FORMS)("%s, in whatever pieces it comes", (_name, content, expected) => {
    const bytes = Buffer.from(content);
    const whole = read(bytes);
    expect(whole).toMatchObject(expected);
    expectPlaces(bytes, whole.heard, false);
    const { heard: _, ...rest } = whole;
    for (let cut = 0; cut <= bytes.length; cut++) expect(read(bytes, [cut])).toMatchObject(rest);
    expect(read(bytes, [...bytes.keys()])).toMatchObject(rest);
  });

  test.each([
    ["a wrong byte", form(part("prompt", "a\xffb"))],
    ["a character that is cut off", form(part("prompt", "a\xc3"))],
  ])("that are no UTF-8 are told: %s", (_name, content) => {
    const bytes = Buffer.from(content, "latin1");
    for (let cut = 0; cut <= bytes.length; cut++) {
      expect(read(bytes, [cut])).toMatchObject({ isWhole: false, problem: "BadUtf8" });
    }
  });

  test("need a boundary", () => {
    putInput(m, Buffer.from("multipart/form-data"));
    expect(m.beginForm(19)).toBe(0);
    expect(FORM_PROBLEMS[m.problem()]).toBe("BadMultipart");
  });
});

/** With the number of its request behind each text. */
function numbered(heard: ReturnType<typeof feed>["heard"], texts: string[]): string[] {
  const requests = heard.filter(({ letter }) => letter === "R").map(({ first }) => first);
  return texts.map((text, i) => `${text} @${requests[i]}`);
}

describe("the texts of a batch file", () => {
  const file = (lines: string[]): string => part("file", lines.join("\n"), '; filename="a.jsonl"');
  const line = (id: string, body: object): string =>
    JSON.stringify({ custom_id: id, method: "POST", url: "/v1/chat/completions", body });
  const chat = (content: string) => ({ model: "m", messages: [{ role: "user", content }] });
  const LINES = [line("a", chat('Hi "you"')), "", `${line("b", { instructions: "Be brief.", input: "Hello" })}\r`];
  const TEXTS = ['U Hi "you" @1', "S Be brief. @3", "U Hello @3"];

  function read(content: string, cuts: number[] = []) {
    putInput(m, Buffer.from(TYPE));
    m.beginFile(TYPE.length);
    const { isWhole, heard, texts, hasDuplicate } = feed(Buffer.from(content), cuts);
    return {
      isWhole,
      problem: BATCH_PROBLEMS[m.problem()],
      texts: numbered(heard, texts),
      hasDuplicate,
      isBatch: m.isBatch() === 1,
      isCutShort: m.isCutShort() === 1,
      purpose: m.__getString(m.purpose()),
      heard,
    };
  }

  const FILES: [name: string, content: string, expected: Partial<ReturnType<typeof read>>][] = [
    [
      "a batch",
      form(part("purpose", "batch"), file(LINES)),
      { isWhole: true, isBatch: true, purpose: "batch", texts: TEXTS, hasDuplicate: false, isCutShort: false },
    ],
    ["a purpose after the file", form(file(LINES), part("purpose", "batch")), { isBatch: true, texts: TEXTS }],
    ["no purpose", form(file(LINES)), { isWhole: true, isBatch: true, purpose: "", texts: TEXTS }],
    [
      "another purpose",
      form(part("purpose", "fine-tune"), file([JSON.stringify(chat("Hi"))])),
      {
        isWhole: true,
        isBatch: false,
        purpose: "fine-tune",
        texts: ["U Hi @1"],
      },
    ],
    [
      "another purpose and no JSON",
      form(file(["%PDF"]), part("purpose", "user_data")),
      {
        isWhole: true,
        isBatch: false,
        isCutShort: true,
        texts: [],
      },
    ],
    [
      "a batch that is no JSON",
      form(part("purpose", "batch"), file([LINES[0]!, "{"])),
      {
        isWhole: false,
        problem: "NotJson",
        texts: ['U Hi "you" @1'],
      },
    ],
    [
      "two purposes",
      form(part("purpose", "vision"), part("purpose", "batch")),
      { isWhole: false, problem: "DuplicatePart" },
    ],
    [
      "two files",
      form(file(LINES.slice(0, 1)), file(LINES.slice(0, 1))),
      { texts: ['U Hi "you" @1', 'U Hi "you" @1'] },
    ],
    [
      "a key twice",
      form(file(['{"body":{"prompt":"x","prompt":"y"}}'])),
      {
        isWhole: true,
        hasDuplicate: true,
        texts: ["U x @1", "U y @1"],
      },
    ],
    [
      "what is unknown around a request",
      form(file(['{"custom_id":"a","url":"/v1","note":"x"}'])),
      {
        texts: ["U note @1", "U x @1"],
      },
    ],
    ["a URL in a request", form(file(['{"body":{"messages":[{"content":[{"url":"x"}]}]}}'])), { texts: ["U x @1"] }],
    ["no end", part("purpose", "batch"), { isWhole: false, problem: "BadMultipart" }],
  ];

  test.each(FILES)("%s, in whatever pieces it comes", (_name, content, expected) => {
    const bytes = Buffer.from(content);
    const whole = read(content);
    expect(whole).toMatchObject(expected);
    expectPlaces(bytes, whole.heard, true);
    const { heard: _, ...rest } = whole;
    for (let cut = 0; cut <= bytes.length; cut++) expect(read(content, [cut])).toMatchObject(rest);
    expect(read(content, [...bytes.keys()])).toMatchObject(rest);
  });
});

describe("the texts of a batch of messages", () => {
  function read(content: string, cuts: number[] = []) {
    m.beginMessages();
    const { isWhole, heard, texts, hasDuplicate } = feed(Buffer.from(content), cuts);
    return { isWhole, problem: BATCH_PROBLEMS[m.problem()], texts: numbered(heard, texts), hasDuplicate, heard };
  }

  const params = (id: string, system: string, content: string) => ({
    custom_id: id,
    params: { model: "m", system, messages: [{ role: "user", content }] },
  });

  const BATCHES: [name: string, content: string, expected: Partial<ReturnType<typeof read>>][] = [
    [
      "requests",
      JSON.stringify({ requests: [params("a", "Be brief.", "Hi"), params("b", "Be kind.", "Hello")] }),
      { isWhole: true, texts: ["S Be brief. @1", "U Hi @1", "S Be kind. @2", "U Hello @2"], hasDuplicate: false },
    ],
    ["no requests", '{"requests":[]}', { isWhole: true, texts: [] }],
    ["requests of other kinds", '{"requests":["x",{"params":{"prompt":"y"}}]}', { texts: ["U x @1", "U y @2"] }],
    ["a key twice", '{"requests":[{"params":{"system":"x","system":"y"}}]}', { hasDuplicate: true }],
    ["no JSON", '{"requests":[', { isWhole: false, problem: "NotJson" }],
  ];

  test.each(BATCHES)("%s, in whatever pieces it comes", (_name, content, expected) => {
    const whole = read(content);
    expect(whole).toMatchObject(expected);
    expectPlaces(Buffer.from(content), whole.heard, true);
    const { heard: _, ...rest } = whole;
    for (let cut = 0; cut <= content.length; cut++) expect(read(content, [cut])).toMatchObject(rest);
  });
});
