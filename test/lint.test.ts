import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ESLint } from "eslint";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dependencyRule } from "../scripts/lint/layers.mjs";

const TREE = [
  "assembly/bytes/view.ts",
  "assembly/json/scanner.ts",
  "assembly/match/glob.ts",
  "assembly/llm/usage.ts",
  "assembly/llm/answer/reader.ts",
  "assembly/llm/tokens/count.ts",
  "assembly/config/reader.ts",
  "assembly/host/imports.ts",
  "assembly/host/exports/request.ts",
  "assembly/filter/exchange.ts",
  "plugins/first/filter.ts",
  "plugins/second/filter.ts",
];

let root = "";
let eslint: ESLint;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "weir-lint-"));
  for (const file of TREE) {
    mkdirSync(join(root, dirname(file)), { recursive: true });
    writeFileSync(join(root, file), "export class A {}\n");
  }
  eslint = new ESLint({ cwd: root, overrideConfigFile: true, overrideConfig: dependencyRule(root) });
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

async function problemsOf(file: string, text: string): Promise<(string | null)[]> {
  const results = await eslint.lintText(text, { filePath: join(root, file) });
  return results.flatMap((result) => result.messages.map((message) => message.ruleId ?? message.message));
}

const REFUSED: [file: string, from: string][] = [
  ["assembly/bytes/new.ts", "../json/scanner"],
  ["assembly/json/new.ts", "../match/glob"],
  ["assembly/match/new.ts", "../json/scanner"],
  ["assembly/llm/new.ts", "../config/reader"],
  ["assembly/llm/tokens/new.ts", "../answer/reader"],
  ["assembly/llm/reply/new.ts", "../tokens/count"],
  ["assembly/config/new.ts", "../host/imports"],
  ["assembly/host/new.ts", "../filter/exchange"],
  ["assembly/host/exports/new.ts", "../../json/scanner"],
  ["assembly/filter/new.ts", "../../plugins/first/filter"],
  ["plugins/first/new.ts", "../../assembly/host/imports"],
  ["plugins/first/new.ts", "../../assembly/host/exports/request"],
  ["plugins/first/inner/new.ts", "../../../assembly/host/imports"],
  ["plugins/first/index.ts", "../../assembly/host/imports"],
  ["plugins/first/new.ts", "../second/filter"],
  ["plugins/first/index.ts", "../second/filter"],
];

test.each(REFUSED)("%s may not import %s", async (file, from) => {
  expect(await problemsOf(file, `import { A } from "${from}";\n`)).toEqual(["import-x/no-restricted-paths"]);
});

const ALLOWED: [file: string, from: string][] = [
  ["assembly/json/new.ts", "../bytes/view"],
  ["assembly/llm/new.ts", "../json/scanner"],
  ["assembly/llm/new.ts", "./tokens/count"],
  ["assembly/llm/answer/new.ts", "../tokens/count"],
  ["assembly/llm/answer/new.ts", "../usage"],
  ["assembly/llm/answer/new.ts", "./reader"],
  ["assembly/host/exports/new.ts", "../imports"],
  ["assembly/filter/new.ts", "../host/imports"],
  ["plugins/first/new.ts", "../../assembly/filter/exchange"],
  ["plugins/first/new.ts", "./filter"],
  ["plugins/first/index.ts", "../../assembly/host/exports/request"],
];

test.each(ALLOWED)("%s may import %s", async (file, from) => {
  expect(await problemsOf(file, `import { A } from "${from}";\n`)).toEqual([]);
});

const HOST_CALL = '@external("env", "proxy_log")\nexport declare function log(): u32;\n';

test("a host call is declared in assembly/host only", async () => {
  expect(await problemsOf("assembly/host/new.ts", HOST_CALL)).toEqual([]);
  expect(await problemsOf("assembly/filter/new.ts", HOST_CALL)).toEqual(["weir/host-calls"]);
  expect(await problemsOf("plugins/first/index.ts", HOST_CALL)).toEqual(["weir/host-calls"]);
});
