import { expect, test } from "vitest";
import { namesFiles } from "../../scripts/test/plugins.ts";
import { takeArguments } from "../../scripts/test/run.ts";

test("what is ours is taken out of vitest's arguments", () => {
  const args = ["--only", "a", "-t", "some words", "--only=b", "--no-build", "test/lib"];
  expect(takeArguments(args)).toEqual({ only: ["a", "b"], builds: false, rest: ["-t", "some words", "test/lib"] });
  expect(takeArguments([])).toEqual({ only: [], builds: true, rest: [] });
});

const FILTERS: [args: string[], isFile: boolean][] = [
  [["test/lib"], true],
  [["glob.test.ts"], true],
  [["--exclude", "test/contract/memory.test.ts"], false],
  [["--exclude=test/contract/memory.test.ts"], false],
  [["-t", "and/or"], false],
  [["-t", "words", "test/lib"], true],
  [[], false],
];

test.each(FILTERS)("%j names files: %s", (args, isFile) => {
  expect(namesFiles(args)).toBe(isFile);
});
