import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { filesOf } from "../../scripts/new/template.ts";
import { mostBytesOf } from "../../scripts/setup/plugins.ts";
import { ROOT } from "../../scripts/setup/root.ts";
import { compileSchema } from "../schema/validator.ts";
import { blocksOfDocument } from "./document.ts";

const files = filesOf("my-plugin", { isPackage: false });
const fileOf = (path: string): string => files.find((file) => file.path === path)?.text ?? "";
const blocks = blocksOfDocument();
const trimmed = (lines: string[]): string => lines.map((line) => line.trim()).join("\n");

test.each(blocks.filter(({ language }) => language === "ts"))(
  "what docs/writing-a-plugin.md shows of $info is in the template",
  ({ info, lines }) => {
    expect(trimmed(fileOf(info).split("\n"))).toContain(trimmed(lines));
  },
);

test("a configuration in docs/writing-a-plugin.md is one that the template takes", () => {
  const validate = compileSchema(JSON.parse(fileOf("plugins/my-plugin/schema.json")) as Record<string, unknown>);
  const configurations = blocks.filter(({ language }) => language === "json");
  expect(configurations.length).toBeGreaterThan(0);
  for (const { lines } of configurations) {
    expect(validate(JSON.parse(lines.join("\n")))).toBe(true);
  }
});

test("docs/writing-a-plugin.md says how large a plugin may be", () => {
  const most = mostBytesOf("a-plugin-without-limits").toLocaleString("en-US");
  expect(readFileSync(join(ROOT, "docs", "writing-a-plugin.md"), "utf8")).toContain(`may have ${most} bytes`);
});

test("every block of docs/writing-a-plugin.md is one that a test runs or compiles", () => {
  const known = blocks.filter(({ language, info }) =>
    language === "sh" ? ["", "elsewhere"].includes(info) : ["ts", "json"].includes(language),
  );
  expect(known).toEqual(blocks);
});
