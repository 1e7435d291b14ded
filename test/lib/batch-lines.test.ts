import { beforeAll, expect, test } from "vitest";
import { readHeard } from "./heard.ts";
import { type LoaderExports, loadModule } from "./load.ts";

interface BatchLines {
  inputPointer(): number;
  reset(stopAfter: number): void;
  feed(start: number, length: number): void;
  finish(): number;
  heardPointer(): number;
  heard(): number;
}

const PROBLEMS = ["None", "NotJson", "NoModel", "DuplicateModel", "BadModel"];

let m: BatchLines & LoaderExports;

beforeAll(async () => {
  m = await loadModule<BatchLines>("batch-lines");
});

type Line = [line: number, problem: string, model: string];

function read(text: string | Uint8Array, cuts: number[] = [], stopAfter = 0): { lines: Line[]; wentOn: boolean } {
  const bytes = Buffer.from(text);
  m.reset(stopAfter);
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    new Uint8Array(m.memory.buffer, m.inputPointer(), cut - from).set(bytes.subarray(from, cut));
    m.feed(0, cut - from);
    from = cut;
  }
  const wentOn = m.finish() === 1;
  const lines = readHeard(m.memory, m.heardPointer(), m.heard()).map((event): Line => {
    return [event.first, PROBLEMS[event.second] ?? "?", Buffer.from(event.bytes).toString()];
  });
  return { lines, wentOn };
}

const request = (model: string): string =>
  `{"custom_id":"1","method":"POST","url":"/v1/chat/completions","body":{"model":${model},"messages":[]}}`;

const FILES: [why: string, file: string, lines: Line[]][] = [
  ["no bytes", "", []],
  ["blank lines", "\n \t\r\n\n", []],
  ["one line without an end", request('"a"'), [[1, "None", "a"]]],
  [
    "two lines",
    `${request('"a"')}\n${request('"b"')}\n`,
    [
      [1, "None", "a"],
      [2, "None", "b"],
    ],
  ],
  [
    "CRLF and a blank line",
    `${request('"a"')}\r\n\r\n${request('"b"')}\r\n`,
    [
      [1, "None", "a"],
      [3, "None", "b"],
    ],
  ],
  ["an escaped key and value", '{"b\\u006fdy":{"mod\\u0065l":"\\u0061\\n"}}', [[1, "None", "a\n"]]],
  [
    "a line that is not JSON",
    `${request('"a"')}\n{\n${request('"b"')}`,
    [
      [1, "None", "a"],
      [2, "NotJson", ""],
      [3, "None", "b"],
    ],
  ],
  ["two values parted by a carriage return", `${request('"a"')}\r${request('"b"')}\n`, [[1, "NotJson", ""]]],
  ["two values in a line", `${request('"a"')} ${request('"b"')}\n`, [[1, "NotJson", ""]]],
  ["a byte order mark", `\u{feff}${request('"a"')}`, [[1, "NotJson", ""]]],
  [
    "no model",
    '{"model":"a","body":{}}\n{"body":"a"}\n[]\n1',
    [
      [1, "NoModel", ""],
      [2, "NoModel", ""],
      [3, "NoModel", ""],
      [4, "NoModel", ""],
    ],
  ],
  ["two models", '{"body":{"model":"a","model":"a"}}', [[1, "DuplicateModel", ""]]],
  ["two bodies", '{"body":{"model":"a"},"body":{}}', [[1, "DuplicateModel", ""]]],
  ["an escaped second model", '{"body":{"model":"a","mod\\u0065l":"b"}}', [[1, "DuplicateModel", ""]]],
  [
    "a model that is no string",
    '{"body":{"model":1}}\n{"body":{"model":null}}\n{"body":{"model":{}}}',
    [
      [1, "BadModel", ""],
      [2, "BadModel", ""],
      [3, "BadModel", ""],
    ],
  ],
  ["an empty model", request('""'), [[1, "None", ""]]],
  ["a model as long as it may be", request(`"${"m".repeat(1024)}"`), [[1, "None", "m".repeat(1024)]]],
  [
    "a longer model",
    `${request(`"${"m".repeat(1025)}"`)}\n${request('"a"')}`,
    [
      [1, "BadModel", ""],
      [2, "None", "a"],
    ],
  ],
];

test.each(FILES)("a batch file with %s", (_why, file, lines) => {
  expect(read(file)).toEqual({ lines, wentOn: true });
  const length = Buffer.byteLength(file);
  if (length > 500) return;
  for (let cut = 0; cut <= length; cut++) expect(read(file, [cut]).lines).toEqual(lines);
  expect(
    read(
      file,
      Array.from({ length }, (_, index) => index),
    ).lines,
  ).toEqual(lines);
});

test("nothing is read after the listener has stopped", () => {
  const file = `${request('"a"')}\n${request('"b"')}\n${request('"c"')}`;
  expect(read(file, [], 2)).toEqual({
    lines: [
      [1, "None", "a"],
      [2, "None", "b"],
    ],
    wentOn: false,
  });
  expect(read(file, [5, 200], 3)).toEqual({
    lines: [
      [1, "None", "a"],
      [2, "None", "b"],
      [3, "None", "c"],
    ],
    wentOn: false,
  });
});
