import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { loadModule, type LoaderExports } from "./load.ts";
import { randomFrom, SEED } from "./seeded.ts";

interface Words {
  inputPointer(): number;
  hitsPointer(): number;
  hitsLength(): number;
  clear(): void;
  add(word: number, id: number): number;
  build(view: number): number;
  mark(): number;
  begin(): void;
  feed(start: number, length: number, isLast: boolean): void;
  pending(): number;
}

type Hit = [id: number, start: number, end: number];

const PLAIN = 0;
const SPACED = 2;

let m: Words & LoaderExports;

beforeAll(async () => {
  m = await loadModule<Words>("match-words");
});

function build(words: [word: string, id: number][], view = PLAIN): boolean[] {
  m.clear();
  m.__collect();
  const added = words.map(([word, id]) => m.add(m.__newString(word), id) === 1);
  m.build(view);
  return added;
}

/** The hits in a text, sorted, and how much was held back after each piece but the last. */
function find(text: string | Uint8Array, cuts: number[] = []): { hits: Hit[]; held: number[] } {
  const bytes = Buffer.from(text);
  const held: number[] = [];
  m.begin();
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    new Uint8Array(m.memory.buffer, m.inputPointer(), cut - from).set(bytes.subarray(from, cut));
    m.feed(0, cut - from, false);
    held.push(cut - m.pending());
    from = cut;
  }
  m.feed(0, 0, true);
  expect(m.pending()).toBe(bytes.length);
  const all = new Int32Array(m.memory.buffer, m.hitsPointer(), m.hitsLength());
  const hits: Hit[] = [];
  for (let i = 0; i < all.length; i += 3) hits.push([all[i]!, all[i + 1]!, all[i + 2]!]);
  return { hits: hits.sort((a, b) => a[1] - b[1] || a[2] - b[2] || a[0] - b[0]), held };
}

/** Letters that words are made of where words are written apart: ASCII letters and digits, and U+00C0 to U+05BF. */
const LETTER = /[A-Za-z0-9\u00c0-\u05bf]/;

/** Looks for every word at every place. The text and the words are plain already. */
function reference(text: string, words: [word: string, id: number][], anywhere = false): Hit[] {
  const same = (s: string): string => s.replace(/[\t\n\r]/g, " ").replace(/[A-Z]/g, (c) => c.toLowerCase());
  const folded = same(text);
  const hits = new Map<string, Hit>();
  for (const [word, id] of words) {
    const wanted = same(word);
    for (let at = folded.indexOf(wanted); at >= 0; at = folded.indexOf(wanted, at + 1)) {
      const end = at + wanted.length;
      const isWhole =
        !(LETTER.test(wanted[0]!) && LETTER.test(folded[at - 1] ?? " ")) &&
        !(LETTER.test(wanted.at(-1)!) && LETTER.test(folded[end] ?? " "));
      if (!isWhole && !anywhere) continue;
      const hit: Hit = [id, Buffer.byteLength(text.slice(0, at)), Buffer.byteLength(text.slice(0, end))];
      hits.set(hit.join(), hit);
    }
  }
  return [...hits.values()].sort((a, b) => a[1] - b[1] || a[2] - b[2] || a[0] - b[0]);
}

const CASES: [why: string, words: string[], text: string, found: string[]][] = [
  ["a word", ["project-x"], "about project-x and so on", ["project-x"]],
  ["a word in capitals", ["project-x"], "ABOUT PROJECT-X", ["PROJECT-X"]],
  ["a word at the beginning and at the end", ["ab"], "ab cd ab", ["ab", "ab"]],
  ["no word within a longer one", ["project-x"], "project-xylophone, myproject-x, 1project-x, project-x2", []],
  [
    "a word beside punctuation",
    ["project-x"],
    "(project-x), project-x's _project-x_",
    ["project-x", "project-x", "project-x"],
  ],
  ["a word that begins with punctuation, anywhere", ["-x"], "project-x and project-xy", ["-x"]],
  ["a phrase over a line's end", ["internal only"], "this is internal\nonly", ["internal\nonly"]],
  ["words that overlap", ["a b", "b c", "b"], "a b c", ["a b", "b", "b c"]],
  ["a word that is another's beginning", ["pass", "pass word"], "pass word", ["pass", "pass word"]],
  ["a word whose beginning is another's end", ["x yz", "yz a"], "x yz a", ["x yz", "yz a"]],
  ["Chinese words within a sentence", ["机密"], "这是机密文件", ["机密"]],
  ["a Russian word only where it is whole", ["зип"], "зип зипа азип", ["зип"]],
  ["no Latin word within a Russian one", ["pot"], "жpot pot potж", ["pot"]],
  ["a word of one letter", ["x"], "x, xy yx x", ["x", "x"]],
];

test.each(CASES)("finds %s", (_, words, text, found) => {
  build(words.map((word, i) => [word, i]));
  const bytes = Buffer.from(text);
  const { hits } = find(text);
  expect(hits.map(([, start, end]) => bytes.subarray(start, end).toString()).sort()).toEqual([...found].sort());
  for (let cut = 0; cut <= bytes.length; cut++) expect(find(text, [cut]).hits).toEqual(hits);
});

test("a word is folded as the text is: look-alikes, accents and invisible characters", () => {
  expect(build([["\u0440r\u043ej\u00e9ct\u200b-\uff38", 7]])).toEqual([true]);
  expect(find("project-x").hits).toEqual([[7, 0, 9]]);
});

test("a Greek word is found in small letters, in capitals and as a title", () => {
  build([["\u03bd\u03b7\u03c5", 1]]);
  for (const plain of ["vnu", "NHY", "Nnu"]) expect(find(plain).hits).toEqual([[1, 0, 3]]);
});

test("a word that has no plain text, or too much of it, is refused", () => {
  expect(
    build([
      ["", 1],
      ["\u200b", 2],
      ["x".repeat(240), 3],
      ["x".repeat(241), 4],
    ]),
  ).toEqual([false, false, true, false]);
});

test("the same word is told for each of its ids, once", () => {
  build([
    ["ab", 1],
    ["AB", 2],
    ["ab", 1],
  ]);
  expect(find("ab").hits).toEqual([
    [1, 0, 2],
    [2, 0, 2],
  ]);
});

test("nothing is held back but what a word could still begin with", () => {
  build([
    ["project-x", 1],
    ["x-ray", 2],
    ["ray", 3],
  ]);
  const held = (text: string): number => find(text, [Buffer.byteLength(text)]).held[0]!;
  expect(held("nothing here")).toBe(0);
  expect(held("about pro")).toBe(3);
  expect(held("about apro")).toBe(0);
  expect(held("about project-")).toBe(9 - 1);
  expect(held("project-x")).toBe(9);
  expect(held("project-x ")).toBe(0);
  expect(held("project-x-")).toBe(2);
  expect(held("x-ray")).toBe(5);
});

describe("against a search for every word at every place", () => {
  const part = fc.constantFrom(
    "a",
    "b",
    "ab",
    "A",
    "-",
    " ",
    "\n",
    "1",
    "\u00e4",
    "\u0436",
    "\u4e2d",
    "\u20ac",
    "a b",
    "bab",
    "\u{1f600}",
    "\u05d0",
  );
  const word = fc
    .array(part, { minLength: 1, maxLength: 4 })
    .map((parts) => parts.join(""))
    .filter((text) => text.trim() !== "");
  // What the fold changes is another test's matter.
  const plain = (text: string): string => text.replaceAll("\u00e4", "\u0436").replaceAll("\u20ac", "\u2030");

  test.each([
    ["in plain text", PLAIN],
    ["in letters that stood apart", SPACED],
  ])("any words %s", (_, view) => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(word, fc.nat(3)), { minLength: 1, maxLength: 12 }),
        fc.array(part, { maxLength: 60 }),
        fc.array(fc.nat(300), { maxLength: 6 }),
        (words, parts, cuts) => {
          const wanted = words.map(([text, id]): [string, number] => [plain(text), id]);
          build(wanted, view);
          const text = plain(parts.join(""));
          const whole = find(text).hits;
          const expected = reference(text, wanted, view === SPACED);
          expect(whole).toEqual(expected);
          const places = cuts.filter((cut) => cut < Buffer.byteLength(text)).sort((a, b) => a - b);
          expect(find(text, places).hits).toEqual(whole);
        },
      ),
      { numRuns: 3000, seed: SEED },
    );
  });

  test("thousands of words in a long text", () => {
    const random = randomFrom(SEED);
    const letters = "abcdefghij";
    const make = (length: number): string => Array.from({ length }, () => letters[random(letters.length)]).join("");
    const words = Array.from({ length: 5000 }, (_, i): [string, number] => [make(2 + random(9)), i]);
    build(words);
    const text = Array.from({ length: 3000 }, () =>
      random(3) === 0 ? words[random(5000)]![0] : make(1 + random(8)),
    ).join(" ");
    const { hits } = find(text, [1000, 2000, 2001, 7000]);
    expect(hits).toEqual(reference(text, words));
  });
});

test("ten thousand words take less than 4 MB, with what is needed to build them", async () => {
  const fresh = await loadModule<Words>("match-words");
  const random = randomFrom(SEED);
  const before = fresh.mark();
  fresh.clear();
  for (let i = 0; i < 10_000; i++) {
    const word = Array.from({ length: 12 }, () => String.fromCharCode(0x61 + random(26))).join("");
    fresh.add(fresh.__newString(word), i);
  }
  expect(fresh.build(PLAIN)).toBeGreaterThan(80_000);
  expect(fresh.mark() - before).toBeLessThan(4_000_000);
});
