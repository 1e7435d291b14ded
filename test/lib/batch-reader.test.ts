import { beforeAll, expect, test } from "vitest";
import { loadModule, type LoaderExports } from "./load.ts";

interface Batches {
  inputPointer(): number;
  beginMessages(): void;
  beginFile(contentTypeLength: number): number;
  feed(start: number, length: number): number;
  finish(): number;
  isBatch(): number;
  problem(): number;
  requests(): bigint;
  inputTokens(): bigint;
  outputTokens(perAnswer: bigint): bigint;
  hasDuplicate(): number;
}

const PROBLEMS = ["None", "NotJson", "BadMultipart", "DuplicatePart"];
const TYPE = "multipart/form-data; boundary=b";

let m: Batches & LoaderExports;

beforeAll(async () => {
  m = await loadModule<Batches>("batch-reader");
});

function put(bytes: Uint8Array): void {
  new Uint8Array(m.memory.buffer, m.inputPointer(), bytes.length).set(bytes);
}

function read(kind: "file" | "messages", text: string, cuts: number[] = []) {
  if (kind === "file") {
    put(Buffer.from(TYPE));
    m.beginFile(TYPE.length);
  } else {
    m.beginMessages();
  }
  const bytes = Buffer.from(text);
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    put(bytes.subarray(from, cut));
    m.feed(0, cut - from);
    from = cut;
  }
  const isWhole = m.finish() === 1;
  return {
    isWhole,
    isBatch: m.isBatch() === 1,
    problem: PROBLEMS[m.problem()],
    requests: Number(m.requests()),
    input: Number(m.inputTokens()),
    output: Number(m.outputTokens(1_000n)),
    hasDuplicate: m.hasDuplicate() === 1,
  };
}

const part = (name: string, content: string, file = ""): string =>
  `--b\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n${content}\r\n`;
const file = (lines: string[]): string => part("file", lines.join("\n"), '; filename="a.jsonl"');
const form = (...parts: string[]): string => `${parts.join("")}--b--\r\n`;
const line = (body: object): string =>
  JSON.stringify({ custom_id: "request-1", method: "POST", url: "/v1/chat/completions", body });
const hi = { model: "m", messages: [{ role: "user", content: "Hi" }] };
const HI = 8;

const LINES = [line({ ...hi, max_tokens: 50, n: 2 }), "", line(hi), `${line({ ...hi, max_tokens: 30 })}\r`];
const BATCH = { isWhole: true, isBatch: true, problem: "None", requests: 3, input: 3 * HI, output: 1_130 };

const FILES: [name: string, form: string, expected: Partial<ReturnType<typeof read>>][] = [
  ["a batch", form(part("purpose", "batch"), file(LINES)), BATCH],
  ["a purpose after the file", form(file(LINES), part("purpose", "batch")), BATCH],
  ["a purpose in capitals", form(part("purpose", "BATCH"), file(LINES)), BATCH],
  ["no purpose", form(file(LINES)), BATCH],
  ["another purpose", form(part("purpose", "fine-tune"), file(LINES)), { isWhole: true, isBatch: false, requests: 0 }],
  ["blanks around its purpose", form(part("purpose", " \tbatch "), file(LINES)), BATCH],
  ["more behind its purpose", form(part("purpose", "batch;x=1"), file(LINES)), BATCH],
  ["an empty purpose", form(file(LINES), part("purpose", "")), BATCH],
  ["a purpose behind more blanks than are kept", form(part("purpose", `${" ".repeat(64)}batch`), file(LINES)), BATCH],
  ["a shorter purpose", form(part("purpose", "batc"), file(LINES)), { isWhole: true, isBatch: false }],
  [
    "another purpose and no JSON",
    form(file(["\x89PNG"]), part("purpose", "vision")),
    { isWhole: true, isBatch: false },
  ],
  [
    "two purposes",
    form(part("purpose", "vision"), part("purpose", "batch")),
    { isWhole: false, problem: "DuplicatePart" },
  ],
  [
    "no JSON",
    form(part("purpose", "batch"), file([LINES[0]!, "{"])),
    { isWhole: false, problem: "NotJson", requests: 1 },
  ],
  ["a key twice", form(file(['{"body":{"max_tokens":1,"max_tokens":2}}'])), { isWhole: true, hasDuplicate: true }],
  ["lines without a request", form(file(['{"custom_id":"a"}', "1", "[]"])), { isWhole: true, requests: 0, input: 0 }],
  ["no end", part("purpose", "batch"), { isWhole: false, problem: "BadMultipart" }],
];

test.each(FILES)("a file with %s", (_name, text, expected) => {
  const whole = read("file", text);
  expect(whole).toMatchObject(expected);
  for (let cut = 0; cut <= text.length; cut++) expect(read("file", text, [cut])).toEqual(whole);
  expect(read("file", text, [...Array(text.length).keys()])).toEqual(whole);
});

const params = (body: object) => ({ custom_id: "request-1", params: body });
const MESSAGES: [name: string, text: string, expected: Partial<ReturnType<typeof read>>][] = [
  [
    "requests",
    JSON.stringify({ requests: [params({ ...hi, max_tokens: 50 }), params({ ...hi, max_tokens: 30 }), params(hi)] }),
    { isWhole: true, isBatch: true, requests: 3, input: 3 * HI, output: 1_080, hasDuplicate: false },
  ],
  ["no requests", '{"requests":[]}', { isWhole: true, requests: 0, input: 0, output: 0 }],
  ["requests without params", '{"requests":[{"custom_id":"a"},1,null]}', { isWhole: true, requests: 0, input: 0 }],
  ["params twice", '{"requests":[{"params":{},"params":{}}]}', { requests: 1, hasDuplicate: true }],
  ["no JSON", '{"requests":[', { isWhole: false, problem: "NotJson" }],
];

test.each(MESSAGES)("a batch of messages with %s", (_name, text, expected) => {
  const whole = read("messages", text);
  expect(whole).toMatchObject(expected);
  for (let cut = 0; cut <= text.length; cut++) expect(read("messages", text, [cut])).toEqual(whole);
  expect(read("messages", text, [...Array(text.length).keys()])).toEqual(whole);
});
