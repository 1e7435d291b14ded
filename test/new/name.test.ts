import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { problemOf } from "../../scripts/new/name.ts";
import { ask } from "../../scripts/new/questions.ts";
import { filesOf } from "../../scripts/new/template.ts";
import { command } from "../../scripts/setup/command.ts";
import { ROOT } from "../../scripts/setup/root.ts";

/** Who has made a plugin with `npm run new` runs these tests too. */
const FREE = "name-that-is-free";

test.each([FREE, "zz", "zz2", "z-z-z", "z".repeat(40)])("a plugin may be called %s", (name) => {
  expect(problemOf(name)).toBeUndefined();
});

const REFUSED: [name: string, words: string][] = [
  ["", "must be in kebab-case"],
  ["MyPlugin", "must be in kebab-case"],
  ["my_plugin", "must be in kebab-case"],
  ["my--plugin", "must be in kebab-case"],
  ["-my", "must be in kebab-case"],
  ["2fast", "must be in kebab-case"],
  ["../evil", "must be in kebab-case"],
  ["a".repeat(41), "must have at most 40 characters (it has 41)"],
  ["weir", "is the name of the module with all plugins"],
  ["model-router", "is taken: plugins/model-router is there already, and nothing is overwritten"],
  ["support", "is taken: test/envoy/support is there"],
  ["exchange", "would make a class Exchange"],
  ["plugin", "would make a class PluginDefinition"],
  ["common", "would make a class CommonSettings"],
  ["map", "would make a class Map"],
];

test.each(REFUSED)("a plugin can't be called %j", (name, words) => {
  expect(problemOf(name)).toContain(words);
});

describe("npm run new", () => {
  const run = (...args: string[]) =>
    command(process.execPath, ["scripts/run.mjs", "scripts/new.ts", ...args], { cwd: ROOT });

  test.each([
    [["model-router"], "model-router is taken: plugins/model-router is there already"],
    [["two", "names"], "one name at a time\nusage: npm run new -- NAME [--description TEXT]"],
    [[], "usage: npm run new -- NAME [--description TEXT]"],
    [[FREE, "--description", "a\nb"], "the description must be one line"],
  ])("with %j says what is wrong, and makes nothing", async (args, words) => {
    const { code, output } = await run(...args);
    expect(output.trim()).toContain(words);
    expect(code).toBe(1);
    expect(problemOf(FREE)).toBeUndefined();
  });
});

/** Asks, with these lines typed; what is shown comes back too. */
async function asked(...lines: string[]) {
  const input = new PassThrough();
  const output = new PassThrough();
  input.end(lines.map((line) => `${line}\n`).join(""));
  const answers = await ask(input, output);
  return { answers, shown: String(output.read()) };
}

test("on a terminal it asks for the name, again until it can be had, and for what the plugin does", async () => {
  const { answers, shown } = await asked("My Plugin", "model-router", ` ${FREE} `, "Does things.");
  expect(answers).toEqual({ name: FREE, description: "Does things." });
  expect(shown).toContain("My Plugin must be in kebab-case");
  expect(shown).toContain("model-router is taken");
});

test("the description may be left out, and the answers not", async () => {
  expect((await asked(FREE, "")).answers).toEqual({ name: FREE });
  await expect(asked(FREE)).rejects.toThrow("the answers ended early");
});

test("a new plugin has its own name everywhere, and nobody else's", () => {
  const files = filesOf("rate-card", { isPackage: false, description: "Prices $& things." });
  for (const { path, text } of files) expect(path + text).not.toMatch(/my-?plugin/i);
  expect(files.map(({ path }) => path)).toContain("test/envoy/rate-card/gateway.test.ts");
  expect(files.find(({ path }) => path.endsWith("README.md"))?.text).toContain("# rate-card\n\nPrices $& things.\n");
});

test("in a project that has Weir as a package, everything but the plugin's own comes from there", () => {
  const files = filesOf("rate-card", { isPackage: true });
  const own = new Set(files.map(({ path }) => path));
  const imports = files.flatMap(({ path, text }) =>
    [...text.matchAll(/ from "([^"]+)"/g)].map(([, to]) => ({ path, to: to! })),
  );
  const lost = imports.filter(({ path, to }) => {
    if (to === "vitest" || /^weir\/(assembly|test)\/[a-z]/.test(to)) return false;
    const target = new URL(to, `file:///${path}`).pathname.slice(1);
    return !own.has(target) && !own.has(`${target}.ts`);
  });
  expect(imports.length).toBeGreaterThan(20);
  expect(lost).toEqual([]);
});
