import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { command } from "../../scripts/setup/command.ts";
import { ROOT } from "../../scripts/setup/root.ts";

const { scripts, engines } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
  engines: { node: string };
};

/** All but `test`, whose other arguments are vitest's, and `format`, which is `lint`. */
const COMMANDS = Object.keys(scripts).filter((name) => name !== "test" && name !== "format");

test.each(COMMANDS)("npm run %s says what is wrong with its arguments and how it is typed", async (name) => {
  const { code, output } = await run(name, "--bogus");
  expect(code).not.toBe(0);
  expect(output).toMatch(/^Unknown option '--bogus'/);
  expect(output).toContain(`npm run ${name} `);
  expect(output).not.toMatch(/^ +at /m);
});

const WRONG: [name: string, args: string[], says: RegExp][] = [
  ["a variant that isn't there", ["bench", "--only", "nope"], /^--only: there is no nope in bench\/variants.ts$/],
  ["a plugin's memory that isn't watched", ["bench", "memory", "--only", "nope"], /^--only: nope is none of .*$/],
  ["an option without its value", ["fuzz", "--runs"], /^Option '--runs <value>' argument missing\nusage: .*$/],
  ["a name too many", ["build", "egress-auth"], /^Unexpected argument 'egress-auth'\nusage: .*$/],
];

test.each(WRONG)("%s is said before anything is built", async (_name, [script, ...args], says) => {
  const { code, output } = await run(script!, ...args);
  expect(output.trimEnd()).toMatch(says);
  expect(code).toBe(1);
});

test("the documents ask for the Node that package.json asks for", () => {
  const asked = ["README.md", join("docs", "writing-a-plugin.md")].map(
    (file) => /Node ([\d.]+) or newer/.exec(readFileSync(join(ROOT, file), "utf8"))?.[1],
  );
  expect(asked.map((version) => `>=${version}`)).toEqual([engines.node, engines.node]);
});

/** Types what package.json says, without the seconds that npm takes itself. */
function run(name: string, ...args: string[]): ReturnType<typeof command> {
  const [, script, file] = /^exec node (\S+) (\S+)$/.exec(scripts[name]!)!;
  return command(process.execPath, [join(ROOT, script!), file!, ...args], { timeoutMs: 50_000 });
}
