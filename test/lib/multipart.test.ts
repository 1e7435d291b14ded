import OpenAI, { toFile } from "openai";
import { beforeAll, describe, expect, test } from "vitest";
import { readHeard } from "./heard.ts";
import { type LoaderExports, loadModule } from "./load.ts";
import { randomFrom, SEED } from "./seeded.ts";

interface Multipart {
  inputPointer(): number;
  begin(length: number): number;
  feed(start: number, length: number): number;
  finish(): number;
  problem(): number;
  heardPointer(): number;
  heard(): number;
}

interface Part {
  name: string;
  isFile: boolean;
  content: string;
  start: number;
  end: number;
}

const PROBLEMS = [
  "None",
  "BadBoundary",
  "BadDelimiter",
  "BoundaryInContent",
  "BadPartHeaders",
  "PartHeadersTooLong",
  "Unterminated",
];

let m: Multipart & LoaderExports;

beforeAll(async () => {
  m = await loadModule<Multipart>("multipart");
});

/** Scans a body cut at the given offsets; contents are Latin-1, so that every byte shows. */
function scan(contentType: string, body: Uint8Array, cuts: number[] = []): { problem: string; parts: Part[] } {
  const input = (): Uint8Array => new Uint8Array(m.memory.buffer, m.inputPointer(), 1 << 21);
  const type = Buffer.from(contentType, "latin1");
  input().set(type);
  m.begin(type.length);
  let from = 0;
  for (const cut of [...cuts, body.length]) {
    input().fill(0x2d, 0, 64);
    input().set(body.subarray(from, cut));
    m.feed(0, cut - from);
    from = cut;
  }
  m.finish();
  const parts: Part[] = [];
  for (const { letter, first, second, bytes } of readHeard(m.memory, m.heardPointer(), m.heard())) {
    const last = parts.at(-1);
    const text = Buffer.from(bytes).toString("latin1");
    if (letter === "P") parts.push({ name: text, isFile: second === 1, content: "", start: first, end: -1 });
    else if (letter === "B" && last) last.content += text;
    else if (last) last.end = first;
  }
  return { problem: PROBLEMS[m.problem()] ?? "?", parts };
}

function latin1(text: string): Buffer {
  return Buffer.from(text, "latin1");
}

const TYPE = "multipart/form-data; boundary=B";
const FIELD = 'Content-Disposition: form-data; name="model"';
const part = (headers: string, content: string): string => `--B\r\n${headers}\r\n\r\n${content}\r\n`;

const AUDIO = [
  part(FIELD, "whisper-1"),
  part(
    'Content-Disposition: form-data; name="file"; filename="a.wav"\r\nContent-Type: audio/wav',
    "\r\n--\r\n-\r\r\n--A\0\xff\r\n\r",
  ),
  part('content-disposition: form-data; name="empty"', ""),
  "--B--\r\n",
].join("");

test("a form gives its parts, and where each content is", () => {
  const { problem, parts } = scan(TYPE, latin1(AUDIO));
  expect(problem).toBe("None");
  expect(parts.map(({ name, isFile, content }) => [name, isFile, content])).toEqual([
    ["model", false, "whisper-1"],
    ["file", true, "\r\n--\r\n-\r\r\n--A\0\xff\r\n\r"],
    ["empty", false, ""],
  ]);
  for (const { start, end, content } of parts) expect(AUDIO.slice(start, end)).toBe(content);
});

test("splitting a form anywhere changes nothing", () => {
  const body = latin1(AUDIO);
  const whole = scan(TYPE, body);
  for (let cut = 0; cut <= body.length; cut++) expect(scan(TYPE, body, [cut])).toEqual(whole);
  expect(
    scan(
      TYPE,
      body,
      Array.from(body, (_, index) => index),
    ),
  ).toEqual(whole);
});

test("a boundary that overlaps itself is found at every split", () => {
  for (const boundary of ["-", "--", "-----x", "aXaXaY", "--a--a"]) {
    const contents = [`\r\n-${boundary}`.slice(0, -1), "-----", "\r\n-", `\r\n--${boundary.slice(0, -1)}`, "\r\n\r\n"];
    const safe = contents.filter((content) => !`${content}\r\n`.includes(`--${boundary}`));
    const body = latin1(
      safe.map((content) => `--${boundary}\r\n${FIELD}\r\n\r\n${content}\r\n`).join("") + `--${boundary}--`,
    );
    const type = `multipart/form-data; boundary="${boundary}"`;
    const whole = scan(type, body);
    expect([whole.problem, ...whole.parts.map((one) => one.content)]).toEqual(["None", ...safe]);
    for (let cut = 0; cut <= body.length; cut++) expect(scan(type, body, [cut])).toEqual(whole);
  }
});

describe("a content type", () => {
  const body = latin1(`${part(FIELD, "m")}--B--`);
  const READ = [
    "multipart/form-data; boundary=B",
    'multipart/form-data; boundary="B"',
    "Multipart/Form-Data;BOUNDARY=B",
    " multipart/form-data ;\tboundary=B ",
    "multipart/form-data; charset=UTF-8; boundary=B",
    'multipart/form-data; boundary=B; charset="us-ascii"',
  ];
  test.each(READ)("%j is read", (type) => expect(scan(type, body).problem).toBe("None"));

  const REFUSED = [
    "",
    "multipart/form-data",
    "multipart/mixed; boundary=B",
    "application/json; boundary=B",
    "multipart/form-data; boundary=",
    'multipart/form-data; boundary=""',
    'multipart/form-data; boundary="B',
    'multipart/form-data; boundary="B"x',
    'multipart/form-data; boundary="B "',
    'multipart/form-data; boundary="\\B"',
    "multipart/form-data; boundary='B'",
    "multipart/form-data; boundary =B",
    "multipart/form-data; boundary= B",
    "multipart/form-data; boundary=B; boundary=C",
    "multipart/form-data; boundary=B; boundary=B",
    "multipart/form-data; boundary*=us-ascii''B",
    "multipart/form-data; boundary*0=B; boundary=B",
    "multipart/form-data; boundary=B, application/json",
    "multipart/form-data, multipart/form-data; boundary=B",
    "multipart/form-data; boundary=B;",
    "multipart/form-data; ; boundary=B",
    "multipart/form-data; boundary=B; x",
    "multipart/form-data; boundary=B (comment)",
    "multipart/form-data boundary=B",
    "multipart/form-data; charset=utf-16; boundary=B",
    "multipart/form-data; charset=cp500; boundary=B",
    `multipart/form-data; boundary=${"b".repeat(71)}`,
    "multipart/form-data; boundary=B\u0000",
  ];
  test.each(REFUSED)("%j is refused", (type) => expect(scan(type, body).problem).toBe("BadBoundary"));

  test("may have a boundary of up to 70 characters", () => {
    const boundary = "'()+_,-./:=? 0".repeat(5);
    const long = latin1(`--${boundary}\r\n${FIELD}\r\n\r\nm\r\n--${boundary}--`);
    expect(boundary).toHaveLength(70);
    expect(scan(`multipart/form-data; boundary="${boundary}"`, long).problem).toBe("None");
  });
});

const BODIES: [why: string, problem: string, body: string][] = [
  ["no bytes", "Unterminated", ""],
  ["no parts", "None", "--B--\r\n"],
  ["no line end at the end", "None", `${part(FIELD, "m")}--B--`],
  ["a preamble", "BadDelimiter", `hello\r\n${part(FIELD, "m")}--B--`],
  ["a line end before the first boundary", "BadDelimiter", `\r\n${part(FIELD, "m")}--B--`],
  ["an epilogue", "BadDelimiter", `${part(FIELD, "m")}--B--\r\nx`],
  ["a form after the form", "BadDelimiter", `${part(FIELD, "m")}--B--\r\n${part(FIELD, "n")}--B--`],
  ["a blank after a boundary", "BadDelimiter", `--B \r\n${FIELD}\r\n\r\nm\r\n--B--`],
  ["a bare line feed after a boundary", "BadDelimiter", `--B\n${FIELD}\r\n\r\nm\r\n--B--`],
  ["a boundary that goes on", "BadDelimiter", `${part(FIELD, "m")}--Bx\r\n--B--`],
  ["one dash after a boundary", "Unterminated", `${part(FIELD, "m")}--B-`],
  ["no last boundary", "Unterminated", part(FIELD, "m")],
  ["a last boundary cut short", "Unterminated", `${part(FIELD, "m")}--B`],
  ["half a line end at the end", "Unterminated", `${part(FIELD, "m")}--B--\r`],
  ["a bare line feed before a boundary", "BoundaryInContent", `--B\r\n${FIELD}\r\n\r\nm\n--B--`],
  ["a bare carriage return before a boundary", "BoundaryInContent", `--B\r\n${FIELD}\r\n\r\nm\r--B--`],
  ["a boundary within a line", "BoundaryInContent", part(FIELD, "m--B") + "--B--"],
  ["a boundary right after the headers", "BoundaryInContent", `--B\r\n${FIELD}\r\n\r\n--B--`],
  ["bare line feeds in the headers", "BadPartHeaders", `--B\r\n${FIELD}\n\n\r\n\r\nm\r\n--B--`],
  ["headers that end in bare line feeds", "Unterminated", `--B\r\n${FIELD}\n\nm\r\n--B--`],
  [
    "headers as large as they may be",
    "None",
    part(`${FIELD}\r\nX: ${"x".repeat(8192 - FIELD.length - 9)}`, "m") + "--B--",
  ],
  [
    "larger headers",
    "PartHeadersTooLong",
    part(`${FIELD}\r\nX: ${"x".repeat(8192 - FIELD.length - 8)}`, "m") + "--B--",
  ],
];

test.each(BODIES)("a body with %s: %s", (_why, problem, body) => {
  const bytes = latin1(body);
  const whole = scan(TYPE, bytes);
  expect(whole.problem).toBe(problem);
  if (bytes.length < 1000)
    for (let cut = 0; cut <= bytes.length; cut++) expect(scan(TYPE, bytes, [cut])).toEqual(whole);
});

const HEADERS: [headers: string, name: string | null, isFile?: boolean][] = [
  ["Content-Disposition: form-data; name=model", "model"],
  ['CONTENT-DISPOSITION:\tForm-Data ; NAME="model"', "model"],
  ['Content-Disposition: form-data; name=""', ""],
  ["Content-Disposition: form-data; name=\"a b;c='d'\"", "a b;c='d'"],
  ['Content-Disposition: form-data; name="f"; filename=""', "f", true],
  ['Content-Disposition: form-data; filename="a\\b.wav"; name="f"', "f", true],
  ['Content-Disposition: form-data; name="f"; filename="\xc3\xa9"', "f", true],
  ["Content-Disposition: form-data; name=f; filename=a.wav; filename*=utf-8''a.wav", "f", true],
  [`${FIELD}\r\nContent-Type: text/plain; charset=utf-8`, "model"],
  [`${FIELD}\r\nContent-Type: application/json\r\nContent-Length: 9`, "model"],
  [`${FIELD}\r\nContent-Transfer-Encoding: 8bit`, "model"],
  [`${FIELD}; filename="a"\r\nContent-Type: text/plain; charset=utf-16`, "model", true],
  ["X: y", null],
  ["", null],
  ['Content-Disposition: attachment; name="model"', null],
  ["Content-Disposition: form-data", null],
  ['Content-Disposition: form-data; filename="model"', null],
  [`${FIELD}; name="model"`, null],
  [`${FIELD}\r\n${FIELD}`, null],
  [`${FIELD}; name*=utf-8''model`, null],
  [`${FIELD}; name*0=x`, null],
  [`${FIELD}; filename*=utf-8''a`, null],
  [`${FIELD}; filename=a; filename=b`, null],
  [`${FIELD}; filename*=utf-8''a; filename=a; filename*=utf-8''b`, null],
  [`${FIELD};`, null],
  [`${FIELD} x`, null],
  ['Content-Disposition: form-data; name = "model"', null],
  ['Content-Disposition: form-data; name="mod\\el"', null],
  ['Content-Disposition: form-data; name="file"; filename="a\\"; name="model"', null],
  ['Content-Disposition: form-data; name=" model"', null],
  ['Content-Disposition: form-data; name="model', null],
  ["Content-Disposition: form-data; name='model'", null],
  ['Content-Disposition: form-data; name="_charset_"', null],
  ['Content-Disposition : form-data; name="model"', null],
  [' Content-Disposition: form-data; name="model"', null],
  [`X: y\r\n ${FIELD}`, null],
  ['Content-Disposition: form-data;\r\n name="model"', null],
  [`${FIELD}\r\nX\0: y`, null],
  [`${FIELD}\r\nX: \0`, null],
  [`${FIELD}\r\nX: a\rb`, null],
  [`${FIELD}\r\nContent-Type: text/plain; charset=utf-16`, null],
  [`${FIELD}\r\nContent-Type: text/plain; charset=utf-8; charset=utf-7`, null],
  [`${FIELD}\r\nContent-Type: text/plain\r\nContent-Type: text/html`, null],
  [`${FIELD}\r\nContent-Transfer-Encoding: base64`, null],
  [`${FIELD}\r\nContent-Transfer-Encoding: quoted-printable`, null],
];

test.each(HEADERS)("part headers %j have the name %j", (headers, name, isFile = false) => {
  const { problem, parts } = scan(TYPE, latin1(`--B\r\n${headers}${headers === "" ? "" : "\r\n"}\r\nm\r\n--B--\r\n`));
  if (name === null) expect([problem, parts]).toEqual(["BadPartHeaders", []]);
  else expect([problem, parts[0]?.name, parts[0]?.isFile]).toEqual(["None", name, isFile]);
});

test("two parts of one name are both told", () => {
  const { problem, parts } = scan(TYPE, latin1(`${part(FIELD, "a")}${part(FIELD, "b")}--B--`));
  expect([problem, parts.map((one) => [one.name, one.content])]).toEqual([
    "None",
    [
      ["model", "a"],
      ["model", "b"],
    ],
  ]);
});

/** What Node's own parser (undici) makes of a body: null when it refuses it. */
async function oracle(contentType: string, body: Uint8Array): Promise<unknown[] | null> {
  try {
    const form = await new Response(Uint8Array.from(body), { headers: { "content-type": contentType } }).formData();
    const parts: unknown[] = [];
    for (const [name, value] of form) {
      if (typeof value === "string") parts.push([name, false, value]);
      else parts.push([name, true, Buffer.from(await value.arrayBuffer()).toString("latin1")]);
    }
    return parts;
  } catch {
    return null;
  }
}

function utf8(text: string): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(latin1(text));
}

function comparable(parts: Part[]): unknown[] {
  return parts.map(({ name, isFile, content }) => [utf8(name), isFile, isFile ? content : utf8(content)]);
}

test("every form that Node writes is read as Node reads it", async () => {
  const random = randomFrom(SEED);
  const letters = [..."-\r\nab\0é\u{1f600}"];
  const text = (length: number): string => Array.from({ length }, () => letters[random(letters.length)]).join("");
  for (let i = 0; i < 100; i++) {
    const form = new FormData();
    for (let j = random(5); j >= 0; j--) {
      if (random(2) === 0) form.append(`field${j}`, text(random(60)));
      else
        form.append(
          `file${j}`,
          new Blob([Uint8Array.from({ length: random(300) }, () => "\r\n-a\xff".charCodeAt(random(5)))]),
          "a b.wav",
        );
    }
    const response = new Response(form);
    const contentType = response.headers.get("content-type") ?? "";
    const body = new Uint8Array(await response.arrayBuffer());
    const { problem, parts } = scan(contentType, body, [random(body.length)]);
    expect([problem, comparable(parts)], `seed ${SEED}`).toEqual(["None", await oracle(contentType, body)]);
  }
});

test("the OpenAI client's uploads are read", async () => {
  const uploads: Response[] = [];
  const client = new OpenAI({
    apiKey: "k",
    maxRetries: 0,
    fetch: async (_url, init) => {
      // The client first asks for "data:," to see which FormData this is.
      if (init?.method?.toUpperCase() === "POST") {
        uploads.push(new Response(init.body as BodyInit, { headers: new Headers(init.headers as HeadersInit) }));
      }
      return Response.json({ text: "" });
    },
  });
  const file = await toFile(Buffer.from("\r\n--\0"), 'a "b".wav');
  await client.audio.transcriptions.create({ file, model: "whisper-1", timestamp_granularities: ["word", "segment"] });
  await client.files.create({ file, purpose: "batch" });
  const read = [];
  for (const upload of uploads) {
    const type = upload.headers.get("content-type") ?? "";
    const { problem, parts } = scan(type, new Uint8Array(await upload.arrayBuffer()));
    read.push([problem, parts.map(({ name, isFile, content }) => [name, isFile, content]).sort()]);
  }
  expect(read).toEqual([
    [
      "None",
      [
        ["file", true, "\r\n--\0"],
        ["model", false, "whisper-1"],
        ["timestamp_granularities[]", false, "segment"],
        ["timestamp_granularities[]", false, "word"],
      ],
    ],
    [
      "None",
      [
        ["file", true, "\r\n--\0"],
        ["purpose", false, "batch"],
      ],
    ],
  ]);
});

test("whatever it and Node accept after random changes, both read the same", async () => {
  const random = randomFrom(SEED);
  const pieces = [
    "\r\n",
    "\n",
    "\r",
    "--",
    "-",
    "--B",
    "B",
    ";",
    "=",
    '"',
    "\\",
    " ",
    "name",
    "filename",
    "*",
    ":",
    FIELD,
    "\0",
    "\xff",
    "%22",
  ];
  let compared = 0;
  for (let i = 0; i < 4000; i++) {
    let text = AUDIO;
    for (let j = random(3); j >= 0; j--) {
      const at = random(text.length);
      text = text.slice(0, at) + (pieces[random(pieces.length)] ?? "") + text.slice(at + random(3));
    }
    const body = latin1(text);
    const whole = scan(TYPE, body);
    const from = random(body.length);
    expect(scan(TYPE, body, [from, from + random(body.length - from)]), `seed ${SEED}`).toEqual(whole);
    if (whole.problem !== "None" || text.includes("%22")) continue;
    const theirs = await oracle(TYPE, body);
    if (theirs === null) continue;
    compared++;
    expect(comparable(whole.parts), `seed ${SEED}: ${JSON.stringify(text)}`).toEqual(theirs);
  }
  expect(compared).toBeGreaterThan(200);
});

test("large binary content passes whole", () => {
  const random = randomFrom(SEED);
  const content = Buffer.from(Uint8Array.from({ length: 1 << 20 }, () => random(256)));
  const boundary = "a-boundary-that-chance-does-not-write";
  const head = latin1(`--${boundary}\r\n${FIELD}; filename="a"\r\n\r\n`);
  const body = Buffer.concat([head, content, latin1(`\r\n--${boundary}--\r\n`)]);
  const { problem, parts } = scan(`multipart/form-data; boundary=${boundary}`, body, [5000, 70_000, 70_001, 500_000]);
  expect(problem).toBe("None");
  expect(latin1(parts[0]?.content ?? "").equals(content)).toBe(true);
  expect([parts[0]?.start, parts[0]?.end]).toEqual([head.length, head.length + content.length]);
});
