import { readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join } from "node:path";
import ts from "typescript";
import { afterAll, beforeAll, expect, test } from "vitest";
import { command } from "../../scripts/setup/command.ts";
import { filesOf } from "../../scripts/new/template.ts";
import { ROOT } from "../../scripts/setup/root.ts";
import { commandsOf } from "./document.ts";
import { PATIENCE_MS, Workshop } from "./workshop.ts";

/** What of the contract suite is quick; the rest of it is run in a clone. */
const CONTRACT = ["module", "configuration", "pausing", "schema-agreement"].map(
  (name) => `test/contract/${name}.test.ts`,
);

let workshop: Workshop;
/** The package's files. */
let packed: string[];

beforeAll(async () => {
  workshop = await Workshop.open();
  const { code, output } = await command("npm", ["pack", "--json", "--pack-destination", workshop.folder], {
    cwd: ROOT,
  });
  expect([code, code === 0 ? "" : output]).toEqual([0, ""]);
  packed = (JSON.parse(output.slice(output.indexOf("["))) as [{ files: { path: string }[] }])[0].files.map(
    ({ path }) => path,
  );
});

afterAll(() => workshop?.remove());

/** How each command of the document is run here, and what it must say. */
const RUN: Record<string, { line?: string; says: RegExp }> = {
  "npm init -y": { says: /package\.json/ },
  "npm install ./weir-*.tgz": { says: /added \d+ packages/ },
  "npx weir new my-plugin": { says: /^Made plugins\/my-plugin, .*npx weir test --only my-plugin$/m },
  "npx weir build": { says: /^my-plugin +\d+ +\d+% +\d+$/m },
  "npx weir test --no-build": {
    line: `npx weir test --no-build ${CONTRACT.join(" ")} test/plugins/ test/envoy/`,
    says: /contract .*module\.test\.ts[\s\S]*^\d{2,3} passed, 0 failed$/m,
  },
  "npx weir package --no-build": { says: /^my-plugin +\d+ +sha256:[0-9a-f]{64}$/m },
};

test("the commands of docs/writing-a-plugin.md for a project elsewhere are those below", () => {
  expect(commandsOf("elsewhere")).toEqual(Object.keys(RUN));
});

test.each(commandsOf("elsewhere"))(
  "in an empty folder, %s does as it says",
  async (written) => {
    const { line = written, says } = RUN[written]!;
    const { code, output } = await workshop.type(line);
    expect([code, code === 0 ? "" : output]).toEqual([0, ""]);
    expect(output).toMatch(says);
  },
  PATIENCE_MS,
);

test("what is built elsewhere says that the library is in it, and carries both licences", () => {
  const folder = join(workshop.folder, "dist", "package");
  const bill = JSON.parse(readFileSync(join(folder, "my-plugin.cdx.json"), "utf8")) as Record<
    string,
    { name: string }[]
  >;
  expect(bill["components"]?.map(({ name }) => name)).toEqual(["assemblyscript", "weir", "weir-token-weights"]);
  const sums = readFileSync(join(folder, "SHA256SUMS"), "utf8");
  expect(sums).toMatch(/ {2}LICENSE-weir\n/);
  expect(sums).toMatch(/ {2}THIRD-PARTY\.md\n/);
});

test("a command that there isn't is answered with those that there are", async () => {
  const { code, output } = await workshop.type("npx weir bild");
  expect(code).toBe(1);
  expect(output).toMatch(/^no such command: bild\nusage:\n {2}weir new NAME/);
});

test("everything that a file of the package imports is in it, or is one of its dependencies", () => {
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  const isKnown = (from: string, to: string): boolean => {
    if (to.startsWith(".")) {
      const path = join(dirname(from), to);
      return [path, `${path}.ts`].some((each) => packed.includes(each));
    }
    const name = to.split("/", to.startsWith("@") ? 2 : 1).join("/");
    return to.startsWith("node:") || builtinModules.includes(name) || name in dependencies;
  };
  const sources = packed.filter((path) => /\.(ts|mjs)$/.test(path) && !path.startsWith("scripts/new/template/"));
  const lost = sources.flatMap((path) =>
    ts
      .preProcessFile(readFileSync(join(ROOT, path), "utf8"), true, true)
      .importedFiles.map(({ fileName }) => fileName)
      .filter((to) => !isKnown(path, to))
      .map((to) => `${path}: ${to}`),
  );
  expect(sources.length).toBeGreaterThan(300);
  expect(lost).toEqual([]);
});

test("the documents that a new plugin's README leads to are in the package", () => {
  const { text } = filesOf("rate-card", { isPackage: true }).find(({ path }) => path.endsWith("README.md"))!;
  const links = [...text.matchAll(/\]\(([^)#]+)/g)].map(([, to]) => to!.replace("../../node_modules/weir/", ""));
  expect(links.length).toBeGreaterThan(1);
  expect(links.filter((to) => !packed.includes(to))).toEqual([]);
});

test("the package has the library, and nothing that only this repository needs", () => {
  expect(packed).toContain("assembly/filter/exchange.ts");
  expect(packed.filter((path) => /^(bench|plugins|training|dist|envoy-examples|build)\//.test(path))).toEqual([]);
  expect(packed.filter((path) => !path.includes("/")).sort()).toEqual(
    ["LICENSE", "README.md", "THIRD-PARTY.md", "asconfig.json", "package.json"].sort(),
  );
});
