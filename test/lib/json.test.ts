import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { ACCEPTED, DUPLICATES, IN_STRINGS, NOT_IN_STRINGS, REFUSED, VALUES } from "./json-cases.ts";
import { type Event, JsonModule, Kind, Problem } from "./json-module.ts";
import { anyBytes, anyCuts, anyDocument, anyMutation, bytesOf, isJson, valuesAt, wellFormed } from "./json-oracle.ts";

let json: JsonModule;

beforeAll(async () => {
  json = await JsonModule.load();
});

const COMMON_PATHS = [
  "",
  "a",
  "a.b",
  "a[*]",
  "a[*].b",
  "a[*].b[*].c",
  "b",
  "b.a[*]",
  "d.e",
  "[*]",
  "[*].a",
  "[*][*]",
  "key with spaces",
  "é",
];

describe("a text", () => {
  test.each(ACCEPTED)("is accepted: %s", (_, text) => {
    expect(isJson(bytesOf(text))).toBe(true);
    json.setPaths(COMMON_PATHS);
    expect(json.scan(bytesOf(text)).problem).toBe(Problem.None);
  });

  test.each(REFUSED)("is refused: %s", (name, text) => {
    json.setPaths(COMMON_PATHS);
    const bytes = bytesOf(text);
    if (!/^513|many arrays/.test(name)) expect(isJson(bytes)).toBe(false);
    expect(json.scan(bytes).problem).not.toBe(Problem.None);
  });

  test.each<[name: string, text: string | number[], problem: Problem, offset: number]>([
    ["a wrong byte between tokens", "[1,x]", Problem.NotJson, 3],
    ["a control character in a string", `["${"x".repeat(50)}\n"]`, Problem.NotJson, 52],
    ["invalid UTF-8", [0x22, ...Array(50).fill(0x61), 0xff, 0x22], Problem.BadUtf8, 51],
    ["the 513th array", "[".repeat(600), Problem.TooDeep, 512],
    ["an end that comes too early", '{"a":', Problem.NotJson, 5],
  ])("is refused where it goes wrong: %s", (_, text, problem, offset) => {
    json.setPaths([]);
    expect(json.scan(bytesOf(text))).toMatchObject({ problem, offset });
  });

  test("is judged rightly however far into a string its peculiarity is", () => {
    json.setPaths([]);
    const after = Array<number>(140).fill(0x61);
    for (let distance = 0; distance < 140; distance++) {
      const before = [0x22, ...Array<number>(distance).fill(0x61)];
      for (const what of IN_STRINGS) {
        for (const rest of [after, []]) {
          const { problem } = json.scan([...before, ...bytesOf(what), ...rest, 0x22]);
          expect(problem, `${what} after ${distance}`).toBe(Problem.None);
        }
      }
      for (const [what, problem, at] of NOT_IN_STRINGS) {
        for (const rest of [after, [0x22]]) {
          const { log: _, ...found } = json.scan([...before, ...what, ...bytesOf("-"), ...rest, 0x22]);
          expect(found, `${what} after ${distance}`).toMatchObject({ problem, offset: before.length + at });
        }
      }
    }
  });

  test("is judged rightly however many digits a number has", () => {
    json.setPaths([]);
    for (let count = 1; count < 40; count++) {
      const digits = "1234567890".repeat(4).slice(0, count);
      for (const number of [digits, `-${digits}.${digits}`, `0.${digits}e${digits}`]) {
        expect(json.scan(bytesOf(`[${number}]`)).problem, number).toBe(Problem.None);
        for (const wrong of ["/", ":", "a", "\xe9"]) {
          expect(json.scan(bytesOf(`[${number}${wrong}1]`)).problem, number + wrong).toBe(Problem.NotJson);
        }
      }
    }
  });

  test("means the same in whatever two pieces it comes", () => {
    json.setPaths(COMMON_PATHS);
    for (const [name, text] of [...ACCEPTED, ...REFUSED]) {
      const bytes = bytesOf(text);
      if (bytes.length > 10_000) continue;
      const whole = json.scan(bytes);
      for (let cut = 0; cut <= bytes.length; cut++) {
        const split = json.scan(bytes, [cut], cut % 2 ? 0xff : 0x22);
        expectSame(split, whole, `${name}, cut at ${cut}`);
      }
    }
  });

  test("means the same byte by byte", () => {
    json.setPaths(COMMON_PATHS);
    for (const [name, text] of [...ACCEPTED, ...REFUSED]) {
      const bytes = bytesOf(text);
      if (bytes.length > 10_000) continue;
      expectSame(
        json.scan(
          bytes,
          bytes.map((_, i) => i),
        ),
        json.scan(bytes),
        name,
      );
    }
  });

  test("is accepted exactly when JSON.parse and TextDecoder accept it", () => {
    json.setPaths(COMMON_PATHS);
    fc.assert(
      fc.property(anyDocument, anyMutation, anyCuts, (text, mutate, cuts) => {
        const bytes = mutate(bytesOf(text));
        const whole = json.scan(bytes);
        expect(whole.problem === Problem.None).toBe(isJson(bytes));
        expectSame(json.scan(bytes, cuts(bytes.length), 0xc3), whole, "in pieces");
      }),
      { numRuns: 4000 },
    );
  });

  test("may hold any bytes in a long string", () => {
    json.setPaths([""]);
    fc.assert(
      fc.property(anyBytes, anyCuts, (contents, cuts) => {
        const bytes = [0x22, ...contents, 0x22];
        const whole = json.scan(bytes);
        expect(whole.problem === Problem.None).toBe(isJson(bytes));
        expectSame(json.scan(bytes, cuts(bytes.length), 0x80), whole, "in pieces");
      }),
      { numRuns: 6000 },
    );
  });
});

describe("values", () => {
  test.each(VALUES)("are found: %s", (_, text, path, expected) => {
    json.setPaths(["nothing", path]);
    const { events } = json.scan(bytesOf(text));
    expect(heard(events, 1)).toEqual(expected);
  });

  test.each(DUPLICATES)("a repeated key is reported: %s", (_, text, duplicate) => {
    json.setPaths(COMMON_PATHS);
    const { problem, events } = json.scan(bytesOf(text));
    expect(problem).toBe(Problem.None);
    const found = events.filter((e) => e.type === "duplicate").map((e) => [COMMON_PATHS[e.path], e.offset]);
    expect(found).toEqual(duplicate ? [duplicate] : []);
  });

  test("are the ones JSON.parse finds, at their offsets", () => {
    json.setPaths(COMMON_PATHS);
    fc.assert(
      fc.property(anyDocument, anyCuts, (text, cuts) => {
        const bytes = bytesOf(text);
        const { events } = json.scan(bytes, cuts(bytes.length), 0x5c);
        COMMON_PATHS.forEach((path, id) => {
          const raw = ranges(events, id).map(([from, to]) => JSON.parse(Buffer.from(bytes.slice(from, to)).toString()));
          const expected = valuesAt(JSON.parse(text), path);
          expect(raw, path).toEqual(expected);
          expect(heard(events, id).map(toComparable), path).toEqual(expected.map(fromParsed));
        });
      }),
      { numRuns: 2000 },
    );
  });

  test("of a path with more levels, or more paths, than there is room for are not heard about", () => {
    const tooLong = Array(17).fill("a").join(".");
    json.setPaths([tooLong, ...Array.from({ length: 64 }, (_, i) => `k${i}`)]);
    const text = `{${Array.from({ length: 64 }, (_, i) => `"k${i}":${i}`).join()},"a":${'{"a":'.repeat(16)}1${"}".repeat(16)}}`;
    const { problem, events } = json.scan(bytesOf(text));
    expect(problem).toBe(Problem.None);
    expect(heard(events, 0)).toEqual([]);
    expect(heard(events, 63)).toEqual(["62"]);
    expect(heard(events, 64)).toEqual([]);
  });

  test("of a path that begins at several places are those of each place", () => {
    const places = ["a", "d.e", "b.a[*]", "[*]"];
    const shared = ["a", "b[*]", "b.c", "d"];
    const own = ["", ...places, "b"];
    fc.assert(
      fc.property(anyDocument, anyCuts, (text, cuts) => {
        const bytes = bytesOf(text);
        json.setSharedPaths(own, shared, 1, 1 + places.length);
        const { events } = json.scan(bytes, cuts(bytes.length));
        for (const [index, path] of shared.entries()) {
          json.setPaths(places.map((place) => `${place}.${path}`));
          const { events: each } = json.scan(bytes);
          const expected = places.flatMap((_, id) => ranges(each, id)).sort(([a], [b]) => a - b);
          expect(ranges(events, own.length + index), path).toEqual(expected);
        }
        json.setPaths(own);
        const { events: alone } = json.scan(bytes);
        own.forEach((path, id) => expect(ranges(events, id), path).toEqual(ranges(alone, id)));
      }),
      { numRuns: 500 },
    );
  });

  test("of a path with sixteen levels are heard about", () => {
    json.setPaths([Array(16).fill("a").join(".")]);
    expect(heard(json.scan(bytesOf('{"a":'.repeat(16) + "1" + "}".repeat(16))).events, 0)).toEqual(["1"]);
  });
});

describe("captures", () => {
  const text = '{"a":"first","b":[1,2],"c":"\\u00e9","a":"second"}';
  const paths = ["a", "b", "b[*]", "c", "d"];

  test("keep the first value of each path", () => {
    json.setPaths(paths);
    for (let cut = 0; cut <= text.length; cut++) {
      expect(json.capture(bytesOf(text), [cut])).toBe(true);
      expect(paths.map((_, id) => json.captured(id))).toEqual([
        { count: 2, isComplete: true, isTruncated: false, kind: Kind.String, start: 5, end: 12, value: "first" },
        { count: 1, isComplete: true, isTruncated: false, kind: Kind.Array, start: 17, end: 22, value: "" },
        { count: 2, isComplete: true, isTruncated: false, kind: Kind.Number, start: 18, end: 19, value: "1" },
        { count: 1, isComplete: true, isTruncated: false, kind: Kind.String, start: 27, end: 35, value: "é" },
        expect.objectContaining({ count: 0, isComplete: false, value: "" }),
      ]);
      expect(json.wasm.captureDuplicate()).toBe(0);
    }
  });

  test("say when a value was too long, and keep its beginning", () => {
    json.setPaths(["a"]);
    json.capture(bytesOf(`{"a":"${"0123456789".repeat(20)}"}`), [50, 60], 1000, 64);
    expect(json.captured(0)).toMatchObject({ isTruncated: true, isComplete: true });
    expect(json.captured(0).value).toBe("0123456789".repeat(7).slice(0, 64));
    json.capture(bytesOf('{"a":"0123"}'), [8], 1000, 4);
    expect(json.captured(0)).toMatchObject({ isTruncated: false, value: "0123" });
  });

  test("say when the budget had no room", () => {
    json.setPaths(["a"]);
    json.capture(bytesOf('{"a":"0123456789"}'), [], 5, 64);
    expect(json.captured(0)).toMatchObject({ isTruncated: true, isComplete: true });
  });

  test("know nothing after a reset", () => {
    json.setPaths(paths);
    json.capture(bytesOf(text), []);
    json.wasm.captureReset();
    expect(json.captured(0)).toMatchObject({ count: 0, isComplete: false, isTruncated: false, value: "" });
    expect(json.wasm.captureDuplicate()).toBe(-1);
  });
});

describe("rewriting", () => {
  test("a splice changes only its range, however the text is cut", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 40 }),
        fc.nat(40),
        fc.nat(40),
        fc.uint8Array({ maxLength: 8 }),
        anyCuts,
        (text, a, b, by, cuts) => {
          const start = Math.min(a, b, text.length);
          const end = Math.min(Math.max(a, b), text.length);
          const expected = [...text.subarray(0, start), ...by, ...text.subarray(end)];
          expect(json.splice([...text], cuts(text.length), start, end, [...by])).toEqual(expected);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test("a quoted string is what JSON.stringify writes", () => {
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    const check = (bytes: number[]) => {
      const expected = JSON.stringify(decoder.decode(new Uint8Array(bytes)));
      expect(Buffer.from(json.quote(bytes)).toString()).toBe(expected);
    };
    for (let byte = 0; byte < 256; byte++) check([byte]);
    fc.assert(fc.property(anyBytes, check), { numRuns: 2000 });
  });

  test("a quoted string says when there is no room", () => {
    expect(json.quoteFits(bytesOf("0123456789"), 8)).toBe(false);
    expect(json.quoteFits(bytesOf("0123456789"), 12)).toBe(true);
  });
});

/** Where a text is bad, what was heard before that depends on the pieces; whether and why it is bad does not. */
function expectSame(actual: ReturnType<JsonModule["scan"]>, expected: ReturnType<JsonModule["scan"]>, message: string) {
  if (expected.problem === Problem.None) {
    if (!actual.log.equals(expected.log)) expect(actual.events, message).toEqual(expected.events);
  }
  if (actual.problem !== expected.problem || actual.offset !== expected.offset) {
    expect({ problem: actual.problem, offset: actual.offset }, message).toEqual({
      problem: expected.problem,
      offset: expected.offset,
    });
  }
}

/** The values of a path: decoded text, or the kind of an object or array. */
function heard(events: Event[], path: number): (string | Kind)[] {
  const values: (string | Kind)[] = [];
  for (const event of events.filter((e) => e.path === path)) {
    if (event.type === "value") values.push(event.kind >= Kind.Object ? event.kind : "");
    if (event.type === "bytes") values[values.length - 1] += event.text;
  }
  return values;
}

function ranges(events: Event[], path: number): [number, number][] {
  const found: [number, number][] = [];
  const open: number[] = [];
  for (const event of events.filter((e) => e.path === path)) {
    if (event.type === "value") open.push(found.push([event.offset, -1]) - 1);
    if (event.type === "end") found[open.pop()!]![1] = event.offset;
  }
  return found;
}

const toComparable = (value: string | Kind) =>
  typeof value === "string" && /^-?\d/.test(value) ? Number(value) : value;

function fromParsed(value: unknown): unknown {
  if (Array.isArray(value)) return Kind.Array;
  if (value !== null && typeof value === "object") return Kind.Object;
  if (typeof value === "string") return toComparable(wellFormed(value));
  return typeof value === "number" ? value : String(value);
}
