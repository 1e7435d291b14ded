import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { RegexModule } from "./regex-module.ts";
import { re2Matches } from "./regex-oracle.ts";
import { anyPattern, anyText } from "./regex-patterns.ts";

let regex: RegexModule;

beforeAll(async () => {
  regex = await RegexModule.load();
});

type Span = [start: number, end: number];

function spans(pattern: string, text: string | Uint8Array): Span[] {
  expect(regex.use([pattern])).toBe(null);
  return regex.find(text).hits.map(({ start, end }) => [start, end]);
}

function matched(pattern: string, text: string): string[] {
  const bytes = Buffer.from(text);
  return spans(pattern, text).map(([start, end]) => bytes.toString("utf8", start, end));
}

const CASES: [name: string, pattern: string, text: string, matched: string[]][] = [
  ["a word", "only", "only the lonely", ["only"]],
  [
    "either case",
    "(?i)internal[- ]only",
    "Internal-Only INTERNAL ONLY internal_only",
    ["Internal-Only", "INTERNAL ONLY"],
  ],
  ["an id", "EMP-\\d{6}", "EMP-123456, EMP-12345, EMP-1234567", ["EMP-123456", "EMP-123456"]],
  ["a host name", "[\\w.-]+\\.corp\\.example\\.com", "at db-1.corp.example.com.", ["db-1.corp.example.com"]],
  ["the first alternative wins, not the longest", "a|ab", "ab", ["a"]],
  ["greedy takes more", "a+", "aaa", ["aaa"]],
  ["lazy takes less", "a+?", "aaa", ["a", "a", "a"]],
  ["lazy takes as much as it must", "a+?b", "aaab", ["aaab"]],
  ["(?U) swaps them", "(?U)a+", "aa", ["a", "a"]],
  ["(?U) swaps them back", "(?U)a+?", "aa", ["aa"]],
  ["the earliest wins over the longest", "ab|bcd", "abcd", ["ab"]],
  ["a longer match that fails gives way", "abc*d|b", "abcc", ["b"]],
  ["all shorter ones before a longer one that fails", "a[^;]*;|b", "abab", ["b", "b"]],
  ["none of them where it does not fail", "a[^;]*;|b", "babab;b", ["b", "abab;", "b"]],
  ["an empty match is none", "a*", "bab", ["a"]],
  ["an empty match that wins hides what loses", "|a", "a", []],
  ["a count", "a{2,3}", "aaaaa", ["aaa", "aa"]],
  ["a lazy count", "a{2,3}?", "aaaaa", ["aa", "aa"]],
  ["braces that are no count", "a{,2}b{x}", "a{,2}b{x}", ["a{,2}b{x}"]],
  ["a dot is one character, not a byte", "a.b", "aéb a中b a😀b", ["aéb", "a中b", "a😀b"]],
  ["a dot is no line feed", "a.b", "a\nb", []],
  ["unless (?s)", "(?s)a.b", "a\nb", ["a\nb"]],
  ["flags for a group only", "(?i:a)b", "Ab AB", ["Ab"]],
  ["flags up to the end of a group", "(?:(?i)a)b", "Ab AB", ["Ab"]],
  ["flags that are taken back", "(?i)a(?-i)b", "Ab AB", ["Ab"]],
  ["^ is the text's beginning", "^a", "aa\na", ["a"]],
  ["(?m)^ is every line's", "(?m)^a", "aa\na", ["a", "a"]],
  ["$ is the text's end, also with a line feed before it", "a$", "a\na\n", []],
  ["(?m)$ is every line's", "(?m)a$", "a\nba", ["a", "a"]],
  ["\\A and \\z are the text's in any case", "(?m)\\Aa|a\\z", "a\na\na", ["a", "a"]],
  ["a word's boundary", "\\bfoo\\b", "foo food foo-bar _foo", ["foo", "foo"]],
  ["none", "\\Boo\\B", "foo oops food", ["oo"]],
  ["ASCII words only", "\\bя\\b", "дя яд", []],
  ["a class", "[a-c-]+", "ab-d", ["ab-"]],
  ["a class with a bracket first", "[]a]+", "]a[", ["]a"]],
  ["what is not in a class, a line feed too", "[^a]+", "ab\nca", ["b\nc"]],
  ["POSIX classes", "[[:upper:]][[:^upper:]]", "aBcD", ["Bc"]],
  ["Perl's classes in a class", "[\\d\\s]+", "a1 2b", ["1 2"]],
  ["letters of any script", "\\pL+", "abc дом 中文!", ["abc", "дом", "中文"]],
  ["one script", "\\p{Greek}+", "alpha άλφα", ["άλφα"]],
  ["all but one", "\\P{Latin}+", "aβγb", ["βγ"]],
  ["all but one, said otherwise", "\\p{^Latin}+", "aβγb", ["βγ"]],
  ["escapes", "\\x41\\x{42}\\t\\.\\101", "AB\t.A", ["AB\t.A"]],
  ["a quotation", "\\Qa.b*\\E+", "a.b a.b**", ["a.b**"]],
  ["a quotation without an end", "\\Qa(", "a(", ["a("]],
  ["names of groups", "(?P<first>a)(?<second>b)", "ab", ["ab"]],
  ["either case beyond ASCII", "(?i)straße", "STRAẞE Straße", ["STRAẞE", "Straße"]],
  ["Cyrillic in either case", "(?i)секретно", "СЕКРЕТНО Секретно", ["СЕКРЕТНО", "Секретно"]],
  ["the Kelvin sign and the long s are k and s", "(?i)ks", "KS kſ \u212aS", ["KS", "kſ", "\u212aS"]],
  ["Greek has two small sigmas", "(?i)σ", "Σσς", ["Σ", "σ", "ς"]],
  ["a negated class in either case", "(?i)[^k]", "k\u212aKx", ["x"]],
];

test.each(CASES)("%s: %s", (_name, pattern, text, expected) => {
  expect(matched(pattern, text)).toEqual(expected);
});

test("invalid UTF-8 is matched by nothing, and is no harm to what stands around it", () => {
  const bytes = Buffer.from([
    0x61, 0xff, 0x62, 0xc3, 0x62, 0xed, 0xa0, 0x80, 0xf5, 0x80, 0x80, 0x80, 0xc0, 0xaf, 0x62, 0xe4,
  ]);
  expect(spans("(?s).", bytes)).toEqual([
    [0, 1],
    [2, 3],
    [4, 5],
    [14, 15],
  ]);
  expect(spans("a[^x]", bytes)).toEqual([]);
  expect(spans("\\PL", bytes)).toEqual([]);
});

test("a pattern hits where RE2's repeated search finds a match that is not empty", () => {
  let hits = 0;
  fc.assert(
    fc.property(anyPattern, fc.array(anyText(30), { minLength: 2, maxLength: 6 }), (pattern, texts) => {
      const expected = re2Matches(pattern, texts);
      expect(expected).not.toBe(null);
      expect(regex.use([pattern])).toBe(null);
      texts.forEach((text, i) => {
        const found: Span[] = regex.find(text).hits.map(({ start, end }) => [start, end]);
        expect(found).toEqual(expected![i]);
        hits += found.length;
      });
    }),
    { numRuns: 500 },
  );
  expect(hits).toBeGreaterThan(100);
}, 200_000);

describe("a set", () => {
  test("finds for each pattern what that finds alone, in the order of the text", () => {
    fc.assert(
      fc.property(fc.array(anyPattern, { minLength: 2, maxLength: 8 }), anyText(60), (patterns, text) => {
        const alone = patterns.map((pattern) => spans(pattern, text));
        fc.pre(regex.use(patterns) === null);
        const { hits } = regex.find(text);
        const together = patterns.map((_, id) =>
          hits.filter((hit) => hit.id === id).map(({ start, end }) => [start, end]),
        );
        expect(together).toEqual(alone);
      }),
      { numRuns: 200 },
    );
  }, 200_000);

  test("finds nothing without a pattern", () => {
    expect(regex.use([])).toBe(null);
    expect(regex.find("text")).toEqual({ hits: [], pending: [4], told: [0] });
  });

  test("may be used for two texts at once", () => {
    const patterns = ["[ab]*a[ab]{9}c", "b.{3,9}a"];
    fc.assert(
      fc.property(anyText(80), anyText(80), fc.nat(79), fc.nat(79), (one, two, cutOne, cutTwo) => {
        expect(regex.use(patterns)).toBe(null);
        const texts = [one, two].map((text) => Buffer.from(text));
        const cuts = [Math.min(cutOne, texts[0]!.length), Math.min(cutTwo, texts[1]!.length)];
        const alone = texts.map((text) => regex.find(text).hits);
        const pending: number[] = [];
        texts.forEach((text, i) => {
          regex.begin();
          pending[i] = regex.scan(text, 0, cuts[i]!, false);
          regex.swapDetectors();
        });
        texts.forEach((text, i) => {
          regex.scan(text, pending[i]!, text.length, true);
          expect(regex.hits()).toEqual(alone[i]);
          regex.swapDetectors();
        });
      }),
      { numRuns: 100 },
    );
  });
});
