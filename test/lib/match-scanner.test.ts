import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { loadModule, type LoaderExports } from "./load.ts";
import { SEED } from "./seeded.ts";

interface Scanner {
  inputPointer(): number;
  hitsPointer(): number;
  hitsLength(): number;
  clear(): void;
  add(word: number, id: number): number;
  make(maxHoldBytes: number, hasShapes: boolean, views: number): void;
  makeWithout(maxHoldBytes: number): void;
  mark(): number;
  begin(): void;
  feed(start: number, length: number): void;
  finish(): void;
  settled(): number;
  isChanged(): number;
}

type Hit = [id: number, start: number, end: number];

interface Scan {
  /** Each hit from its beginning to its end, whatever parts it was told in; sorted. */
  hits: Hit[];
  /** What was settled after each piece. */
  settled: number[];
  isChanged: boolean;
}

const HOLD = 256;
const ALL_VIEWS = 0b1111;
const NUMBER = 100;
const BRACES = 101;
/** A character or an escape may be cut in two; the first characters of what is encoded are not held back. */
const SLACK = 12;

let m: Scanner & LoaderExports;

beforeAll(async () => {
  m = await loadModule<Scanner>("match-scanner");
});

function make(words: string[], hasShapes = false): void {
  m.__collect();
  m.clear();
  words.forEach((word, id) => m.add(m.__newString(word), id));
  m.make(HOLD, hasShapes, ALL_VIEWS);
}

function scan(text: string | Uint8Array, cuts: number[] = []): Scan {
  const bytes = Buffer.from(text);
  const settled: number[] = [];
  const parts: number[][] = [];
  let read = 0;
  const collect = (): void => {
    const all = new Int32Array(m.memory.buffer, m.hitsPointer(), m.hitsLength());
    for (; read < all.length; read += 5) parts.push([...all.subarray(read, read + 5)]);
  };
  m.begin();
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    new Uint8Array(m.memory.buffer, m.inputPointer(), cut - from).set(bytes.subarray(from, cut));
    m.feed(0, cut - from);
    settled.push(m.settled());
    from = cut;
  }
  m.finish();
  collect();
  expect(m.settled()).toBe(bytes.length);
  const hits: Hit[] = [];
  for (const [id, start, end, isContinued, before] of parts) {
    const whole = isContinued ? hits.find((hit) => hit[0] === id && hit[2] === start) : undefined;
    if (isContinued) expect(whole, `a part of ${id} at ${start} continues something`).toBeDefined();
    if (whole) whole[2] = end!;
    else hits.push([id!, start!, end!]);
    if (end! - start! <= HOLD) expect(start).toBeGreaterThanOrEqual(before! - SLACK);
  }
  hits.sort((a, b) => a[1] - b[1] || a[2] - b[2] || a[0] - b[0]);
  return { hits, settled, isChanged: m.isChanged() === 1 };
}

function found(text: string): string[] {
  const bytes = Buffer.from(text);
  const whole = scan(bytes);
  for (let cut = 0; cut <= bytes.length; cut++) expect(scan(bytes, [cut]).hits, `cut at ${cut}`).toEqual(whole.hits);
  expect(scan(bytes, [...bytes.keys()]).hits).toEqual(whole.hits);
  return whole.hits.map(([, start, end]) => bytes.subarray(start, end).toString());
}

const base64 = (text: string | Uint8Array): string => Buffer.from(text).toString("base64");
const url64 = (text: string): string => Buffer.from(text).toString("base64url");
const hex = (text: string): string => Buffer.from(text).toString("hex");
const lines = (text: string, width: number, end = "\n"): string =>
  text.replace(new RegExp(`.{${width}}`, "g"), `$&${end}`);

/** The groups of four characters of an encoded text that have a word of it, cut into lines as the text is. */
function groups(data: string | Uint8Array, word: string | Uint8Array, width = 1000, end = "\n"): string {
  const bytes = Buffer.from(data);
  const at = bytes.indexOf(word);
  const place = (character: number): number => character + Math.floor(Math.max(character - 1, 0) / width) * end.length;
  const from = 4 * Math.floor(at / 3);
  const to = 4 * Math.ceil((at + Buffer.from(word).length) / 3);
  const start = place(from) + (from > 0 && from % width === 0 ? end.length : 0);
  return lines(base64(bytes), width, end).slice(start, place(to));
}

const SENTENCE = "this is the secret plan that nobody knows of";

const FOREIGN = "this is the s\u0435\u0441ret plan that nobody knows of";
const WIDE = Buffer.from(SENTENCE, "utf16le");

const TRICKS: [trick: string, text: string, found: string[]][] = [
  ["nothing", "the secret is out", ["secret"]],
  ["capitals", "the SeCrEt is out", ["SeCrEt"]],
  ["look-alikes", "the s\u0435\u0441r\u0435t is out", ["s\u0435\u0441r\u0435t"]],
  ["full width", "the \uff53\uff45\uff43\uff52\uff45\uff54 is out", ["\uff53\uff45\uff43\uff52\uff45\uff54"]],
  ["accents", "the s\u00e9cr\u0065\u0301t is out", ["s\u00e9cr\u0065\u0301t"]],
  ["invisible characters", "the s\u200be\u00adc\u2060r\ufeffe\u200dt is out", ["s\u200be\u00adc\u2060r\ufeffe\u200dt"]],
  [
    "tag characters",
    "\u{e0073}\u{e0065}\u{e0063}\u{e0072}\u{e0065}\u{e0074}",
    ["\u{e0073}\u{e0065}\u{e0063}\u{e0072}\u{e0065}\u{e0074}"],
  ],
  ["percent-encoding", "the %73%65cret is out", ["%73%65cret"]],
  ["JSON escapes", "the \\u0073ecret is\\nsecret", ["\\u0073ecret", "secret"]],
  ["character references", "the &#115;ecr&#x65;t is out", ["&#115;ecr&#x65;t"]],
  ["an escape that is none", "in C:\\secret and 100%secret", ["secret", "secret"]],
  ["blanks between letters", "the s e c r e t is", ["s e c r e t"]],
  ["points between letters", "s.e.c.r.e.t", ["s.e.c.r.e.t"]],
  ["line ends between letters", "s\ne\nc\nr\ne\nt", ["s\ne\nc\nr\ne\nt"]],
  [
    "emoji between letters",
    "s\u{1f525}e\u{1f525}c\u{1f525}r\u{1f525}e\u{1f525}t",
    ["s\u{1f525}e\u{1f525}c\u{1f525}r\u{1f525}e\u{1f525}t"],
  ],
  ["look-alikes with blanks between", "\u0455 e c r \u0435 t", ["\u0455 e c r \u0435 t"]],
  ["two blanks between words", "t h e  s e c r e t  i s", ["s e c r e t"]],
  ["no blanks between words", "t h e s e c r e t i s", ["s e c r e t"]],
  ["a word with a hyphen", "p r o j e c t - x", ["p r o j e c t - x"]],
  ["hyphens between, and one in it", "p-r-o-j-e-c-t---x", ["p-r-o-j-e-c-t---x"]],
  ["a phrase", "h u s h  h u s h", ["h u s h  h u s h"]],
  ["different separators", "s e.c r.e t", []],
  ["a run that begins within a word", "as e c r e t", []],
  ["four blanks", "s e c    r e t", []],
  ["a short word apart", "g u n", []],
  ["base64", `run ${base64(SENTENCE)} now`, [groups(SENTENCE, "secret")]],
  ["base64 for URLs, without padding", `run ${url64(SENTENCE)} now`, [groups(SENTENCE, "secret")]],
  ["base64 in lines", lines(base64(SENTENCE), 20), [groups(SENTENCE, "secret", 20)]],
  ["base64 in lines of CR LF", lines(base64(SENTENCE), 18, "\r\n"), [groups(SENTENCE, "secret", 18, "\r\n")]],
  ["base64 of look-alikes", base64(FOREIGN), [groups(FOREIGN, "s\u0435\u0441ret")]],
  ["base64 of UTF-16", base64(WIDE), [groups(WIDE, Buffer.from("secret", "utf16le").subarray(0, -1))]],
  ["base64 behind a path", `https://host/v1/${base64(SENTENCE)}`, [groups(SENTENCE, "secret")]],
  ["base64 behind a name", `key_of-${base64(SENTENCE)}`, [groups(SENTENCE, "secret")]],
  ["base64 twice", base64(base64(SENTENCE)), []],
  ["base64 that is too short", base64("a secret"), []],
  ["hexadecimal digits", hex(SENTENCE), [hex("secret")]],
  ["hexadecimal digits in capitals, with 0x", `0x${hex(SENTENCE).toUpperCase()}`, [hex("secret").toUpperCase()]],
  ["hexadecimal digits that are too few", hex("a secret"), []],
];

describe("a word is found behind", () => {
  beforeAll(() => make(["secret", "project-x", "hush hush", "gun"]));

  test.each(TRICKS)("%s", (_, text, expected) => {
    expect(found(text)).toEqual(expected);
  });
});

describe("where the plain text is another", () => {
  beforeAll(() => make(["secret"], true));

  test("a hit that only the original has is told", () => {
    expect(scan("\u043a\u0430\u0440\u0442\u0430 4111 \u0438 \u0444\u04384222").hits).toEqual([[NUMBER, 11, 15]]);
    expect(scan("the \\u0034111 of 4111").hits).toEqual([
      [NUMBER, 4, 13],
      [NUMBER, 17, 21],
    ]);
    expect(scan("10\\n4111 and 12\\t5").hits).toEqual([[NUMBER, 4, 8]]);
  });

  test("a hit of both views is told once, and one in parts too", () => {
    expect(scan("\u2014 4111 \u2014").hits).toEqual([[NUMBER, 4, 8]]);
    expect(scan(`\u2014 {${"x".repeat(3000)} \u2014}`).hits).toEqual([[BRACES, 4, 3010]]);
  });

  test("a text of ASCII without escapes is as it was", () => {
    expect(scan("a text, 100% of it & more").isChanged).toBe(false);
    expect(scan("a t\u00e9xt").isChanged).toBe(true);
  });
});

describe("what is held back", () => {
  beforeAll(() => make(["secret", "project-x"]));
  const settled = (text: string): string => {
    const bytes = Buffer.from(text);
    return bytes.subarray(scan(bytes).settled[0]).toString();
  };

  test.each([
    ["nothing of a text that no word begins in", "Nothing to see here. Only prose, and more of it", ""],
    ["nothing of other letters", "\u043d\u0438\u0447\u0435\u0433\u043e \u4ec0\u4e48\u90fd\u6ca1\u6709", ""],
    ["the beginning of a word", "the sec", "sec"],
    ["nothing within a word", "the parsec", ""],
    ["a word that may go on", "the secret", "secret"],
    ["nothing behind a word", "the secret.", ""],
    ["the beginning of an escape", "100%4", "%4"],
    ["an escape and what follows", "a \\u0073ecr", "\\u0073ecr"],
    ["the beginning of a character", "a \\ud83d", "\\ud83d"],
    ["letters that stand apart", "the s e c", "s e c"],
    ["nothing of letters that stand apart otherwise", "the q e c", ""],
    [
      "the beginning of what may be encoded text",
      `run ${base64(SENTENCE).slice(0, 16)}`,
      base64(SENTENCE).slice(0, 16),
    ],
    ["the beginning of a word that is encoded", `run ${base64(SENTENCE).slice(0, 48)}`, ""],
    ["nothing of a long name", "an unbelievable_antidisestablishmentarianism", ""],
  ])("%s", (_, text, held) => {
    expect(settled(text)).toBe(held);
  });

  test("is never more than it may be", () => {
    const hidden = `s${"\u200b".repeat(1000)}ecret`;
    const bytes = Buffer.from(`a ${hidden}`);
    const { hits, settled: after } = scan(bytes, [100, 200, 1000, 2000]);
    expect(hits).toEqual([[0, 2, bytes.length]]);
    for (const [i, cut] of [100, 200, 1000, 2000].entries()) expect(after[i]).toBe(Math.max(2, cut - HOLD));
  });
});

describe("memory", () => {
  beforeAll(async () => {
    // Nothing has been freed in it.
    m = await loadModule<Scanner>("match-scanner");
  });

  test.each([
    [256, 16_384],
    [1024, 24_576],
  ])("of a scanner that may hold %i bytes back is %i bytes at most, beside the detectors", (holdBytes, most) => {
    const first = m.mark();
    m.makeWithout(holdBytes);
    expect(m.mark() - first).toBeLessThan(most);
  });

  test("is never allocated while a text is scanned", () => {
    make(["secret", "\u0440\u0443"], true);
    const first = m.mark();
    const second = m.mark();
    const text = `${"secret %41 \u0440\u0443 s e c r e t 1234 {} ".repeat(300)}${base64(SENTENCE).repeat(20)}`;
    scan(text, [1, 100, 1000, 5000]);
    scan("x ".repeat(10_000));
    expect(m.mark() - second).toBe(second - first);
  });
});

describe("any text", () => {
  const part = fc.oneof(
    fc.constantFrom(
      "secret",
      "s e c r e t ",
      "project-x",
      "s\u0435cret",
      "\\u0073ecret",
      "%73ecret",
      "&#115;ecret",
      " ",
      "\n",
      ". ",
    ),
    fc.constantFrom(
      base64(SENTENCE),
      hex(SENTENCE),
      url64("\u0441ecret things and others \u2014"),
      lines(base64(SENTENCE), 24),
      "QUJD/",
      "deadbeef",
    ),
    fc.constantFrom(
      "4111",
      "12345",
      "a",
      "\u00e9",
      "\u4e2d\u6587",
      "\u0440\u0443",
      "\u{1f600}",
      "\u200b",
      "{",
      "}",
      "%",
      "\\",
      "&#",
      "%F0%9F",
      "\\ud83d",
      "1 2 3 4 ",
    ),
    fc.string({ unit: "binary", maxLength: 6 }),
    fc.integer({ min: 1, max: 400 }).map((count) => "x y".repeat(count)),
    fc.integer({ min: 1, max: 300 }).map((count) => "Some prose. ".repeat(count)),
  );

  test("gives the same hits in whatever pieces it comes, and is released in time", () => {
    make(["secret", "project-x", "ret", "c", "\u0440\u0443", "\u6587"], true);
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 25 }),
        fc.array(fc.nat(6000), { maxLength: 8 }),
        fc.nat(40),
        (parts, cuts, step) => {
          const bytes = Buffer.from(parts.join(""));
          const whole = scan(bytes);
          const places = cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b);
          const some = scan(bytes, places);
          expect(some.hits).toEqual(whole.hits);
          expect(some.isChanged).toBe(whole.isChanged);
          const many = Array.from({ length: Math.floor(bytes.length / (step + 1)) }, (_, i) => i * (step + 1));
          const released = scan(bytes, many);
          expect(released.hits).toEqual(whole.hits);
          released.settled.forEach((settled, i) => {
            const length = many[i] ?? bytes.length;
            expect(settled).toBeLessThanOrEqual(length);
            expect(settled).toBeGreaterThanOrEqual(Math.max(length - HOLD, i > 0 ? released.settled[i - 1]! : 0));
          });
        },
      ),
      { numRuns: 400, seed: SEED },
    );
  });

  test("of bytes that are no UTF-8 traps nothing", () => {
    make(["secret"], true);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(400), (bytes, cut) => {
        const whole = scan(bytes);
        expect(scan(bytes, [Math.min(cut, bytes.length)]).hits).toEqual(whole.hits);
      }),
      { numRuns: 2000, seed: SEED },
    );
  });
});
