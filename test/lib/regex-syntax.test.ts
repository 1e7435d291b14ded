import { beforeAll, expect, test } from "vitest";
import { RegexModule } from "./regex-module.ts";
import { re2Error } from "./regex-oracle.ts";

let regex: RegexModule;

beforeAll(async () => {
  regex = await RegexModule.load();
});

const LINEAR = "matching takes time linear in the text";

const REFUSED: [pattern: string, error: string][] = [
  ["foo(?=bar)", `look-ahead (?=...) is not supported: ${LINEAR} (at 4)`],
  ["foo(?!bar)", `look-ahead (?!...) is not supported: ${LINEAR} (at 4)`],
  ["(?<=foo)bar", `look-behind (?<=...) is not supported: ${LINEAR} (at 1)`],
  ["(?<!foo)bar", `look-behind (?<!...) is not supported: ${LINEAR} (at 1)`],
  ["(a)b\\1", `back-reference \\1 is not supported: ${LINEAR} (at 5)`],
  ["(?P<n>a)(?P=n)", `back-reference (?P=...) is not supported: ${LINEAR} (at 9)`],
  ["(?<n>a)\\k<n>", `back-reference \\k is not supported: ${LINEAR} (at 8)`],
  ["(a)\\g1", `back-reference \\g is not supported: ${LINEAR} (at 4)`],
  ["a(?R)?b", `recursion is not supported: ${LINEAR} (at 2)`],
  ["a(?1)b", `recursion is not supported: ${LINEAR} (at 2)`],
  ["(?(1)a|b)", `conditions (?(...)...) are not supported: ${LINEAR} (at 1)`],
  ["(?>a+)b", "atomic groups (?>...) are not supported (at 1)"],
  ["a++b", "possessive quantifiers (a second +) are not supported (at 3)"],
  ["a(?#why)", "comments (?#...) are not supported (at 2)"],
  ["(?|a|b)", "branch resets (?|...) are not supported (at 1)"],
  ["(*UTF8)a", "verbs (*...) are not supported (at 1)"],
  ["a**", "* repeats a repetition; put that in a group (at 3)"],
  ["a{2}{3}", "{3} repeats a repetition; put that in a group (at 5)"],
  ["*a", "* has nothing before it to repeat (at 1)"],
  ["(|+)", "+ has nothing before it to repeat (at 3)"],
  ["яя(?:a|*)", "* has nothing before it to repeat (at 8)"],
  ["a{1001}", "{1001} is more than 1000 repetitions (at 2)"],
  ["a{1,99999999999}", "{1,99999999999} is more than 1000 repetitions (at 2)"],
  ["a{3,2}", "{3,2} ends before it begins (at 2)"],
  ["(a{50}){50}", "{50} makes more than 1000 repetitions with those within (at 8)"],
  ["((((((a{100}){100}){100}){100}){100}){100})", "{100} makes more than 1000 repetitions with those within (at 14)"],
  ["a(b", "( is not closed (at 2)"],
  ["(?i", "( is not closed (at 1)"],
  ["a)b", ") closes nothing (at 2)"],
  ["(?x)a", "(?x begins no group of RE2's syntax (at 1)"],
  ["(?i-)a", "(?i-) begins no group of RE2's syntax (at 1)"],
  ["(?P<a>a)(?P<a>b)", "another group is called a (at 9)"],
  ["(?P<a-b>a)", "a group's name has letters, digits and _ only, and ends with > (at 1)"],
  ["a[b", "[ is not closed (at 2)"],
  ["[]", "[ is not closed (at 1)"],
  ["[b-a]", "b-a: the range ends before it begins (at 2)"],
  ["[a-\\d]", "\\d is more than one character (at 4)"],
  ["[[:nope:]]", "[:nope:]: no such class of characters is known here (at 2)"],
  ["\\p{Klingon}", "\\p{Klingon}: no such class of characters is known here (at 1)"],
  ["\\pQ", "\\pQ: no such class of characters is known here (at 1)"],
  ["\\p{L", "\\p{ has no closing brace (at 1)"],
  ["\\p", "a class of characters has no name (at 1)"],
  ["a\\", "a backslash at the end (at 2)"],
  ["\\Z", "\\Z is no escape of RE2's syntax (at 1)"],
  ["\\h", "\\h is no escape of RE2's syntax (at 1)"],
  ["[\\b]", "\\b is no escape of RE2's syntax (at 2)"],
  ["\\8", `back-reference \\8 is not supported: ${LINEAR} (at 1)`],
  ["\\xg0", "\\x must be followed by two hexadecimal digits, or some in braces (at 1)"],
  ["\\x{110000}", "a code point is at most 10FFFF (at 1)"],
  ["(".repeat(101) + ")".repeat(101), "groups are nested deeper than 100 (at 101)"],
];

test.each(REFUSED)("%s is refused: %s", (pattern, error) => {
  expect(regex.use([pattern])).toBe(error);
});

/** Numbers that overflow are no count to RE2; the version that is compared with knows no limit for the depth. */
const TAKEN_BY_RE2 = ["a{1,99999999999}", "(?P<a>a)(?P<a>b)", "(".repeat(101) + ")".repeat(101)];

test("what is refused for its syntax, RE2 refuses too", () => {
  const taken = REFUSED.map(([pattern]) => pattern).filter((pattern) => re2Error(pattern) === null);
  expect(taken).toEqual(TAKEN_BY_RE2);
});

test("bytes and rarer scripts, which RE2 knows, are refused", () => {
  expect(regex.use(["\\C"])).toBe("\\C is not supported: a hit never cuts a character (at 1)");
  expect(regex.use(["\\p{Ethiopic}"])).toBe("\\p{Ethiopic}: no such class of characters is known here (at 1)");
});

const TAKEN = [
  "a|",
  "()",
  "(?:)",
  "(?i)",
  "(?i)a(?-i)b",
  "(?)a",
  "(?im-sU:a)",
  "(?P<n_1>a)",
  "^*",
  "\\b+",
  "(?:^)*",
  "$$",
  "a{0}",
  "a{0,0}",
  "a{,5}",
  "a{",
  "a{1",
  "a{1,",
  "a{x}",
  "x{2,}?",
  "[a-]",
  "[-a]",
  "[^-a]",
  "[]]",
  "[^]]",
  "[a-b-c]",
  "[[:alpha:][:digit:]]",
  "[[:a]",
  "[[]",
  "[\\]]",
  "[\\x{4e2d}-\\x{4e2f}]",
  "\\Q\\E",
  "\\Q*\\Ea",
  "\\_\\-\\/",
  "\\007\\12",
  "\\pN\\p{Nd}\\P{^Zs}",
  "((((a))))",
];

test.each(TAKEN)("%s is taken, as RE2 does", (pattern) => {
  expect(re2Error(pattern)).toBe(null);
  expect(regex.use([pattern])).toBe(null);
});

test("(?<name>) is taken, as newer RE2 does", () => {
  expect(regex.use(["(?<name>a)"])).toBe(null);
});

test("half a surrogate pair is refused", () => {
  expect(regex.use(["a\ud800b"])).toBe("half a surrogate pair is no character (at 2)");
});

test("a pattern may have 1,024 bytes", () => {
  const words = "яблоко - ".repeat(60);
  const rest = 1024 - Buffer.byteLength(words);
  expect(regex.use([words + "x".repeat(rest)])).toBe(null);
  expect(regex.use([words + "x".repeat(rest + 1)])).toBe("1025 bytes are more than 1024 (at 1)");
});

test("a set that would take too much memory is refused", () => {
  const lettered = (i: number) => `${String.fromCharCode(0x61 + (i % 26))}${i}`;
  expect(regex.use(["(?:\\pL\\d){60}"])).toMatch(/^too large: /);
  expect(regex.use(Array.from({ length: 512 }, (_, i) => lettered(i)))).toBe(null);
  expect(regex.use(Array.from({ length: 513 }, (_, i) => lettered(i)))).toBe("more than 512 patterns in one set");
});

test("a set that would take too much time is refused", () => {
  expect(regex.use([".{450}x"])).toBe(null);
  expect(regex.use([".{600}x"])).toMatch(/^too costly: /);
  expect(regex.use(Array.from({ length: 60 }, (_, i) => `\\d{10}${i}`))).toMatch(/^too costly: /);
  expect(regex.use(Array.from({ length: 150 }, (_, i) => `EMPLOYEE-${i}-X`))).toBe(null);
});
