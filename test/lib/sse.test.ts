import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { type LoaderExports, loadModule } from "./load.ts";
import { SEED } from "./seeded.ts";

interface Sse extends LoaderExports {
  inputPointer(): number;
  eventsPointer(): number;
  events(): number;
  begin(): void;
  feed(start: number, length: number): void;
  finish(): void;
  isOpen(): number;
  offset(): number;
}

/** An event's data, and where its bytes are. */
type Event = [data: string, start: number, end: number];

let m: Sse;

beforeAll(async () => {
  m = await loadModule<Sse>("sse");
});

/** What is heard of a stream whose pieces end at `cuts`; each piece lies before a byte that isn't its own. */
function read(stream: Uint8Array, cuts: number[] = []): { events: Event[]; isOpen: boolean } {
  m.begin();
  let from = 0;
  for (const cut of [...cuts, stream.length]) {
    const room = new Uint8Array(m.memory.buffer, m.inputPointer(), cut - from + 16);
    room.fill(0x0a);
    room.set(stream.subarray(from, cut));
    m.feed(0, cut - from);
    from = cut;
  }
  m.finish();
  expect(m.offset()).toBe(stream.length);
  const view = new DataView(m.memory.buffer, m.eventsPointer(), m.events());
  const events: Event[] = [];
  for (let at = 0; at < view.byteLength;) {
    const size = view.getUint32(at + 8, true);
    const data = Buffer.from(m.memory.buffer, view.byteOffset + at + 12, size).toString("latin1");
    events.push([data, view.getUint32(at, true), view.getUint32(at + 4, true)]);
    at += 12 + size;
  }
  return { events, isOpen: m.isOpen() === 1 };
}

/** WHATWG HTML, "Parsing an event stream" and "Interpreting an event stream", by lines; one byte is one character. */
function reference(stream: Uint8Array): { events: Event[]; isOpen: boolean } {
  const text = Buffer.from(stream).toString("latin1");
  const events: Event[] = [];
  let data: string[] = [];
  let start = text.startsWith("\xef\xbb\xbf") ? 3 : 0;
  const lines = /(.*?)(\r\n|\r|\n)/gsy;
  lines.lastIndex = start;
  for (let line = lines.exec(text); line; line = lines.exec(text)) {
    const content = line[1]!;
    if (content === "") {
      if (data.length > 0) events.push([data.join("\n"), start, lines.lastIndex]);
      data = [];
      start = lines.lastIndex;
      if (start === text.length) return { events, isOpen: false };
      continue;
    }
    const [field, value] = content.includes(":")
      ? [content.slice(0, content.indexOf(":")), content.slice(content.indexOf(":") + 1)]
      : [content, ""];
    if (field === "data") data.push(value.startsWith(" ") ? value.slice(1) : value);
  }
  const rest = text.slice(Math.max(start, text.lastIndexOf("\n") + 1, text.lastIndexOf("\r") + 1));
  return { events, isOpen: data.length > 0 || rest.startsWith("data:") };
}

const STREAMS: [why: string, stream: string, data: string[]][] = [
  ["no bytes", "", []],
  ["one event", "data: a\n\n", ["a"]],
  ["two events", "data: a\n\ndata: b\n\n", ["a", "b"]],
  ["CRLF", "data: a\r\n\r\ndata: b\r\n\r\n", ["a", "b"]],
  ["CR", "data: a\r\rdata: b\r\r", ["a", "b"]],
  ["a mixture of line ends", "data: a\r\ndata: b\n\rdata: c\r\n\n", ["a\nb", "c"]],
  ["a byte order mark", "\u{feff}data: a\n\n", ["a"]],
  ["a byte order mark later on", "data: a\n\n\u{feff}data: b\n\n", ["a"]],
  ["a letter before the field's name", "édata: a\n\n", []],
  ["several data lines", "data: a\ndata: b\ndata:\ndata: c\n\n", ["a\nb\n\nc"]],
  ["empty data", "data:\n\ndata\n\ndata: \n\n", ["", "", ""]],
  ["two data lines without colons", "data\ndata\n\n", ["\n"]],
  ["no space after the colon", "data:a\n\n", ["a"]],
  ["two spaces after the colon", "data:  a\n\n", [" a"]],
  ["a tab after the colon", "data:\ta\n\n", ["\ta"]],
  ["colons in the data", "data: a: b\n\n", ["a: b"]],
  ["comments", ": a\n:\ndata: b\n: c\n\n: d\n\n", ["b"]],
  ["other fields", "event: x\nid: 1\nretry: 5\ndata: a\nfoo\n\n", ["a"]],
  ["an event without data", "event: x\n\ndata: a\n\n", ["a"]],
  ["names that are like the field's", "dat: a\ndatab: b\nDATA: c\n data: d\ndat\n\n", []],
  ["blank lines between events", "\n\ndata: a\n\n\n\ndata: b\n\n", ["a", "b"]],
  ["an event that the end cuts off", "data: a\n\ndata: b\n", ["a"]],
  ["an end within a line", "data: a\n\ndata: b", ["a"]],
  ["a long line", `data: ${"x".repeat(100)}\n\n`, ["x".repeat(100)]],
];

test.each(STREAMS)("a stream with %s", (_, stream, data) => {
  const bytes = Buffer.from(stream);
  const whole = read(bytes);
  expect(whole.events.map(([text]) => text)).toEqual(data);
  expect(whole).toEqual(reference(bytes));
  for (let cut = 0; cut <= bytes.length; cut++) expect(read(bytes, [cut])).toEqual(whole);
  expect(read(bytes, [...bytes.keys()])).toEqual(whole);
});

test("half a byte order mark is the beginning of a field's name", () => {
  const stream = Buffer.concat([Buffer.from([0xef, 0xbb]), Buffer.from("data: a\n\ndata: b\n\n")]);
  expect(read(stream)).toEqual(reference(stream));
  expect(read(stream, [1, 2]).events).toEqual([["b", 11, 20]]);
});

const token = fc.constantFrom(
  "data",
  "data:",
  "data: ",
  "event: x",
  ":",
  " ",
  "\n",
  "\n\n",
  "\r",
  "\r\n",
  "\u{feff}",
  "d",
  "dat",
  "{}",
  "é",
  "some text that fills a block of bytes",
);

test("any stream means what the standard says, in whatever pieces it comes", () => {
  fc.assert(
    fc.property(fc.array(token, { maxLength: 40 }), fc.array(fc.nat(400), { maxLength: 6 }), (tokens, cuts) => {
      const stream = Buffer.from(tokens.join(""));
      const whole = read(stream);
      expect(whole).toEqual(reference(stream));
      const places = cuts.filter((cut) => cut < stream.length).sort((a, b) => a - b);
      expect(read(stream, places)).toEqual(whole);
    }),
    { numRuns: 5000, seed: SEED },
  );
});
