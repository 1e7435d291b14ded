import fc from "fast-check";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { loadModule, type LoaderExports } from "./load.ts";

interface ConfigModule extends LoaderExports {
  __newArrayBuffer(bytes: ArrayBufferLike): number;
  lastIssues(): number;
  roundTrip(text: number): number;
  roundTripBytes(bytes: number): number;
  merged(base: number, over: number): number;
  mergedIssue(base: number, over: number): number;
  text(config: number, shortest: number, longest: number): number;
  requiredText(config: number): number;
  flag(config: number): number;
  integer(config: number, least: bigint, most: bigint): bigint;
  number(config: number, least: number, most: number): number;
  duration(config: number, least: bigint, most: bigint): bigint;
  size(config: number, least: number, most: number): number;
  optionalSize(config: number): number;
  mode(config: number): number;
  header(config: number): number;
  headerValue(config: number): number;
  names(config: number): number;
  settings(config: number): number;
  parsedInteger(text: number): bigint;
  formattedInteger(value: bigint): number;
  nearestOf(name: number, candidates: number): number;
}

let m: ConfigModule;

beforeAll(async () => {
  m = await loadModule<ConfigModule>("config");
});

beforeEach(() => m.__collect());

const give = (text: string): number => m.__newString(text);
const take = (pointer: number): string => m.__getString(pointer);
const roundTrip = (text: string): string => take(m.roundTrip(give(text)));

/** What was read under `k`, or the issue that says why it could not be. */
function outcome(read: (config: number) => unknown, value: string | undefined): unknown {
  const got = read(give(value === undefined ? "{}" : `{"k": ${value}}`));
  const issues = take(m.lastIssues());
  return issues === "" ? got : issues.replace("test: config.k", "k");
}

const scalar = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
);
const json = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 5 }, scalar, fc.array(tie("value")), fc.dictionary(fc.string(), tie("value"))),
})).value;

test("values come out as JSON.parse reads them", () => {
  fc.assert(
    fc.property(json, fc.constantFrom(0, 2, "\t"), (value, indent) => {
      m.__collect();
      const text = JSON.stringify({ value }, null, indent);
      expect(JSON.parse(roundTrip(text))).toEqual(JSON.parse(text));
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['{"a":"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00\\u0041"}', { a: '"\\/\b\f\n\r\té😀A' }],
  ['{"mod\\u0065l":1}', { model: 1 }],
  [' \r\n\t{ "a" : [ 1 , -2.5e3 , true , false , null , { } , [ ] ] } ', { a: [1, -2500, true, false, null, {}, []] }],
  ["12", 12],
  ["", {}],
  [" \n", {}],
])("%j is read", (text, value) => {
  expect(JSON.parse(roundTrip(text))).toEqual(value);
});

const BAD_TEXTS: [text: string, issue: string][] = [
  ['{\n  "a": 1,\n}', "config: is not JSON at line 3, column 1: a comma after the last element"],
  ['{\n  "é": x}', "config: is not JSON at line 2, column 8: unexpected character x"],
  ['{"a": 1 // why\n}', "config: is not JSON at line 1, column 9: comments are not allowed"],
  ["{'a': 1}", "config: is not JSON at line 1, column 2: strings and keys take double quotes"],
  ['{"a": "b\nc"}', "config: is not JSON at line 1, column 9: a control character (in a string it must be escaped)"],
  ['{"a": [1, 2', "config: is not JSON at line 1, column 12: the text ends too early"],
  ["{} {}", "config: is not JSON at line 1, column 4: unexpected character {"],
  ['{"a": 1, "b": {"c": 1, "\\u0063": 2}}', "config.b.c: duplicate key"],
  ['{"a.b": 1, "a.b": 2}', 'config["a.b"]: duplicate key'],
  ["[".repeat(33) + "]".repeat(33), `config${"[0]".repeat(32)}: is nested deeper than 32 levels`],
];

test.each(BAD_TEXTS)("%j is refused and says where", (text, issue) => {
  expect(roundTrip(text)).toBe(`test: ${issue}`);
});

test("bytes that are not UTF-8 are refused", () => {
  const bytes = Uint8Array.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]);
  expect(take(m.roundTripBytes(m.__newArrayBuffer(bytes.buffer)))).toBe(
    "test: config: is not JSON at line 1, column 3: not UTF-8",
  );
});

const SIZE = 'must be a size such as "64KiB" or a number of bytes, 1KiB to 2MiB';
const MODES = "must be one of Enforce, Audit, Off";
const HEADER = "must be the name of an HTTP header";

const READS: [kind: string, read: (config: number) => unknown, value: string | undefined, expected: unknown][] = [
  ["string", (c) => take(m.text(c, 1, 4)), '"éé😀é"', "éé😀é"],
  ["string of half a surrogate pair", (c) => take(m.text(c, 1, 1)), '"\\ude00"', "\ude00"],
  ["string of two halves", (c) => take(m.text(c, 1, 1)), '"\\ud83d\\ude00"', "😀"],
  ["string", (c) => take(m.text(c, 1, 4)), undefined, "fallback"],
  ["string", (c) => take(m.text(c, 1, 4)), '""', 'k: must be a string of 1 to 4 characters (got "")'],
  ["string", (c) => take(m.text(c, 1, 4)), "12.50", "k: must be a string of 1 to 4 characters (got 12.50)"],
  ["string", (c) => take(m.text(c, 1, 4)), "null", "k: must be a string of 1 to 4 characters (got null)"],
  ["required string", (c) => take(m.requiredText(c)), undefined, "k: is required"],
  ["required string", (c) => take(m.requiredText(c)), '"x"', "x"],
  ["flag", (c) => m.flag(c) !== 0, "false", false],
  ["flag", (c) => m.flag(c) !== 0, undefined, true],
  ["flag", (c) => m.flag(c) !== 0, '"true"', 'k: must be true or false (got "true")'],
  ["integer", (c) => m.integer(c, 0n, 1000n), "1e3", 1000n],
  ["integer", (c) => m.integer(c, 0n, 1000n), "10.0", 10n],
  ["integer", (c) => m.integer(c, 0n, 1000n), "1001", "k: must be a whole number, 0 to 1000 (got 1001)"],
  ["integer", (c) => m.integer(c, 0n, 1000n), "-1", "k: must be a whole number, 0 to 1000 (got -1)"],
  ["integer", (c) => m.integer(c, 0n, 1000n), "1.5", "k: must be a whole number, 0 to 1000 (got 1.5)"],
  ["integer", (c) => m.integer(c, 0n, 1000n), "1e400", "k: must be a whole number, 0 to 1000 (got 1e400)"],
  ["integer", (c) => m.integer(c, 0n, 1000n), "[1]", "k: must be a whole number, 0 to 1000 (got an array)"],
  ["integer", (c) => m.integer(c, 0n, 2n ** 62n), "9007199254740991", 9007199254740991n],
  [
    "integer",
    (c) => m.integer(c, 0n, 2n ** 53n - 1n),
    "9007199254740993",
    "k: must be a whole number, 0 to 9007199254740991 (got 9007199254740993)",
  ],
  ["number", (c) => m.number(c, 0, 1), "0.25", 0.25],
  ["number", (c) => m.number(c, 0, 1.5), "2", "k: must be a number, 0 to 1.5 (got 2)"],
  ["duration", (c) => m.duration(c, 250n, 86_400_000n), '"250ms"', 250n],
  ["duration", (c) => m.duration(c, 250n, 86_400_000n), '"5m"', 300_000n],
  ["duration", (c) => m.duration(c, 0n, 2_592_000_000n), '"30d"', 2_592_000_000n],
  ["duration", (c) => m.duration(c, 1000n, 2_592_000_000n), '"2x"', 'k: must be a duration, 1s to 30d (got "2x")'],
  ["duration", (c) => m.duration(c, 1000n, 2_592_000_000n), '"31d"', 'k: must be a duration, 1s to 30d (got "31d")'],
  ["duration", (c) => m.duration(c, 1500n, 90_000n), "5", "k: must be a duration, 1500ms to 90s (got 5)"],
  ["duration", (c) => m.duration(c, 0n, 3_600_000n), '"05m"', 'k: must be a duration, 0s to 1h (got "05m")'],
  ["duration", (c) => m.duration(c, 0n, 3_600_000n), '"1 s"', 'k: must be a duration, 0s to 1h (got "1 s")'],
  ["duration", (c) => m.duration(c, 0n, 3_600_000n), '"s"', 'k: must be a duration, 0s to 1h (got "s")'],
  [
    "duration",
    (c) => m.duration(c, 0n, 3_600_000n),
    '"99999999999ms"',
    'k: must be a duration, 0s to 1h (got "99999999999ms")',
  ],
  ["size", (c) => m.size(c, 1024, 2 << 20), '"64KiB"', 65536],
  ["size", (c) => m.size(c, 1024, 2 << 20), '"2MiB"', 2 << 20],
  ["size", (c) => m.size(c, 1024, 2 << 20), "2000", 2000],
  ["size", (c) => m.size(c, 1024, 2 << 20), '"64KB"', `k: ${SIZE} (got "64KB")`],
  ["size", (c) => m.size(c, 1024, 2 << 20), '"3MiB"', `k: ${SIZE} (got "3MiB")`],
  ["size", (c) => m.size(c, 1024, 2 << 20), '"9999999999GiB"', `k: ${SIZE} (got "9999999999GiB")`],
  ["size", (c) => m.size(c, 1024, 2 << 20), "1023", `k: ${SIZE} (got 1023)`],
  ["size", (c) => m.size(c, 1024, 2 << 20), "2000.5", `k: ${SIZE} (got 2000.5)`],
  ["size", (c) => m.size(c, 1024, 2 << 20), "null", `k: ${SIZE} (got null)`],
  ["optional size", (c) => m.optionalSize(c), "null", -1],
  ["optional size", (c) => m.optionalSize(c), undefined, -1],
  ["optional size", (c) => m.optionalSize(c), "5", 5],
  ["enum", (c) => m.mode(c), '"Off"', 2],
  ["enum", (c) => m.mode(c), undefined, 0],
  ["enum", (c) => m.mode(c), '"off"', `k: ${MODES} (got "off"; did you mean Off?)`],
  ["enum", (c) => m.mode(c), '"Enfroce"', `k: ${MODES} (got "Enfroce"; did you mean Enforce?)`],
  ["enum", (c) => m.mode(c), '"Maybe"', `k: ${MODES} (got "Maybe")`],
  ["enum", (c) => m.mode(c), "{}", `k: ${MODES} (got an object)`],
  ["header", (c) => take(m.header(c)), '"X-Model"', "x-model"],
  ["header", (c) => take(m.header(c)), undefined, "x-default"],
  ["header", (c) => take(m.header(c)), '":path"', `k: ${HEADER} (got ":path")`],
  ["header", (c) => take(m.header(c)), '"x\\nmodel"', `k: ${HEADER} (got "x?model")`],
  ["header", (c) => take(m.header(c)), '""', `k: ${HEADER} (got "")`],
  ["header", (c) => take(m.header(c)), `"${"x".repeat(129)}"`, `k: ${HEADER} (got "${"x".repeat(64)}...")`],
  ["header value", (c) => take(m.headerValue(c)), '"open"', "open"],
  ["header value", (c) => take(m.headerValue(c)), undefined, ""],
  ["header value", (c) => take(m.headerValue(c)), '"a\\n"', 'k: must be 1 to 4 visible ASCII characters (got "a?")'],
  ["header value", (c) => take(m.headerValue(c)), '"a b"', 'k: must be 1 to 4 visible ASCII characters (got "a b")'],
  ["header value", (c) => take(m.headerValue(c)), '""', 'k: must be 1 to 4 visible ASCII characters (got "")'],
  [
    "header value",
    (c) => take(m.headerValue(c)),
    '"abcde"',
    'k: must be 1 to 4 visible ASCII characters (got "abcde")',
  ],
  ["strings", (c) => take(m.names(c)), '["a", "bb"]', "a|bb"],
  ["strings", (c) => take(m.names(c)), undefined, ""],
  ["strings", (c) => take(m.names(c)), "[]", "k: must be an array of 1 to 3 strings (got 0 elements)"],
  ["strings", (c) => take(m.names(c)), '["a","b","c","d"]', "k: must be an array of 1 to 3 strings (got 4 elements)"],
  ["strings", (c) => take(m.names(c)), '"a"', 'k: must be an array of 1 to 3 strings (got "a")'],
  ["strings", (c) => take(m.names(c)), '["a", 5]', "k[1]: must be a string of 1 to 4 characters (got 5)"],
];

for (const [kind, read, value, expected] of READS) {
  test(`${kind} reads ${value ?? "an absent key"} as ${String(expected)}`, () => {
    expect(outcome(read, value)).toEqual(expected);
  });
}

test("all issues of a configuration are named at once, each with its path", () => {
  const config = {
    modelHaeder: "x",
    splitProvider: "yes",
    models: [{ name: "a", provider: "p" }, { provider: 1 }, { name: "b", targets: [{ weight: -1 }, { wieght: 5 }] }],
    match: [],
  };
  expect(take(m.settings(give(JSON.stringify(config)))).split("\n")).toEqual([
    'test: config.splitProvider: must be true or false (got "yes")',
    "test: config.models[1].name: is required",
    "test: config.models[1].provider: must be a string of 0 to 1024 characters (got 1)",
    "test: config.models[2].targets[0].weight: must be a whole number, 0 to 100 (got -1)",
    "test: config.match: must be an object (got an array)",
    "test: config.modelHaeder: unknown key; did you mean modelHeader?",
    "test: config.models[2].targets[1].wieght: unknown key; did you mean weight?",
  ]);
});

test("a configuration that is no object is one issue", () => {
  expect(take(m.settings(give("[1]")))).toBe("test: config: must be an object (got an array)");
});

test("keys that exclude each other are refused where they stand", () => {
  const both = { models: [{ name: "a", provider: "p", targets: [{}] }] };
  expect(take(m.settings(give(JSON.stringify(both))))).toBe(
    "test: config.models[0]: needs provider or targets, not both",
  );
});

test("a hundred wrong keys are counted, fifty are named", () => {
  const config = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`wrong${i}`, 1]));
  const lines = take(m.settings(give(JSON.stringify(config)))).split("\n");
  expect(lines).toHaveLength(51);
  expect(lines[50]).toBe("test: and 50 more");
});

const spelledInteger = fc
  .tuple(
    fc.constantFrom("", "-"),
    fc.maxSafeNat(),
    fc.integer({ min: -20, max: 20 }),
    fc.integer({ min: -20, max: 20 }),
  )
  .map(([sign, whole, point, exponent]) => {
    const digits = String(whole).padStart(21, "0");
    const spelled =
      point < 0
        ? `${digits.slice(0, point)}.${digits.slice(point)}`
        : `${digits}${point > 0 ? ".".padEnd(point, "0") : ""}`;
    return sign + spelled.replace(/^0+(?=\d)/, "").replace(/\.$/, "") + (exponent === 0 ? "" : `e${exponent}`);
  });

test("a whole number is read exactly, however it is spelled, and no other number is", () => {
  fc.assert(
    fc.property(spelledInteger, (text) => {
      m.__collect();
      const got = m.parsedInteger(give(text));
      expect([text, got]).toEqual([text, exactInteger(text) ?? -(2n ** 63n)]);
    }),
    { numRuns: 3000 },
  );
});

/** By scaling to 60 decimal places in exact arithmetic. */
function exactInteger(text: string): bigint | undefined {
  const [, sign, whole, fraction = "", exponent = "0"] = /^(-?)(\d+)(?:\.(\d+))?(?:e(.+))?$/.exec(text)!;
  const scaled = BigInt(whole! + fraction) * 10n ** BigInt(60 - fraction.length + Number(exponent));
  const value = scaled / 10n ** 60n;
  if (value * 10n ** 60n !== scaled || value > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  return sign === "-" ? -value : value;
}

test("whole numbers are written in decimal digits", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 53n), max: 2n ** 53n }), (value) => {
      expect(take(m.formattedInteger(value))).toBe(String(value));
    }),
  );
});

test.each([
  [{ a: 1, b: { c: 1, d: [1, 2] } }, { b: { d: [3], e: null } }, { a: 1, b: { c: 1, d: [3], e: null } }],
  [{ a: { b: 1 } }, { a: 2 }, { a: 2 }],
  [{ a: [{ b: 1 }] }, { a: [{ c: 1 }] }, { a: [{ c: 1 }] }],
  [{}, { a: 1 }, { a: 1 }],
])("%j overridden by %j is %j", (base, over, result) => {
  const text = take(m.merged(give(JSON.stringify(base)), give(JSON.stringify(over))));
  expect(JSON.parse(text)).toEqual(result);
});

test("an issue of a merged configuration names the override it came from", () => {
  const base = { a: { n: 1 } };
  const over = { overrides: [{ config: { a: { n: 5, m: 1 } } }] };
  expect(take(m.mergedIssue(give(JSON.stringify(base)), give(JSON.stringify(over)))).split("\n")).toEqual([
    "test: config.overrides[0].config.a.n: must be a whole number, 0 to 1 (got 5)",
    "test: config.overrides[0].config.a.m: unknown key",
  ]);
});

test.each([
  ["modelHaeder", "modelHeader,provider", "modelHeader"],
  ["model_header", "modelHeader,providerHeader", "modelHeader"],
  ["failuremode", "mode,failureMode", "failureMode"],
  ["xyz", "mode,failureMode", ""],
  ["mod", "mode,models", "mode"],
  ["mdoe", "batch,mode", "mode"],
  ["k", "n", ""],
])("%s suggests %s", (name, candidates, expected) => {
  expect(take(m.nearestOf(give(name), give(candidates)))).toBe(expected);
});
