import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { optionTable, withTable, type Schema } from "../scripts/docs/option-table.ts";
import { dataBlocks, parseBlock, pluginConfigurations, type Block } from "./schema/readme.ts";
import { compileSchema, pluginsWithSchema, readSchema } from "./schema/validator.ts";

const ROOT = join(import.meta.dirname, "..");
const READMES = [
  ...["", ...["plugins", "envoy-examples"].flatMap(foldersIn)]
    .map((folder) => join(folder, "README.md"))
    .filter((file) => existsSync(join(ROOT, file))),
  ...foldersIn("docs").filter((file) => file.endsWith(".md")),
];

function foldersIn(folder: string): string[] {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder)).map((name) => join(folder, name));
}

function read(file: string): string {
  return readFileSync(join(ROOT, file), "utf8");
}

test.each(pluginsWithSchema)("the option table of %s is the schema's", (plugin) => {
  const readme = read(join("plugins", plugin, "README.md"));
  expect(withTable(readme, optionTable(readSchema(plugin) as Schema)), "npm run docs").toBe(readme);
});

test.each(READMES)("the links of %s lead somewhere", (file) => {
  const lost = [...read(file).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)].filter(([, path, anchor]) => {
    const target = path === "" ? file : join(dirname(file), path!);
    if (!existsSync(join(ROOT, target))) return true;
    return anchor !== undefined && !headings(read(target)).includes(anchor);
  });
  expect(lost.map(([link]) => link)).toEqual([]);
});

/** The anchors of a Markdown text's headings. */
function headings(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, words]) =>
    words!
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
}

/** Those that can be told to refuse what they can't judge. */
const REFUSING = pluginsWithSchema.filter((plugin) => {
  const { failureMode } = readSchema(plugin)["properties"] as { failureMode: { enum: string[] } };
  return failureMode.enum.includes("FailClosed");
});

test.each(REFUSING)("the refusals of %s are all in its README, with status and code", (plugin) => {
  const folder = join("plugins", plugin);
  const sources = readdirSync(join(ROOT, folder)).filter((name) => name.endsWith(".ts"));
  const refusals = [join("assembly", "filter", "problem.ts"), ...sources.map((name) => join(folder, name))]
    .flatMap((file) => [...read(file).matchAll(/new Refusal\(\s*(\d+),\s*"(\w+)",\s*"(\w+)"/g)])
    .map(([, status, reason, code]) => `| ${status} | \`${code}\` | \`${reason}\` |`);
  const rows = read(join(folder, "README.md")).matchAll(/^\| \d{3} \| `\w+` \| `\w+` \|/gm);
  expect([...rows].map(([row]) => row).sort()).toEqual(refusals.sort());
});

test("the log lines in docs/operations.md are those that the plugins write", () => {
  const sources = ["assembly", "plugins"].flatMap((folder) =>
    (readdirSync(join(ROOT, folder), { recursive: true }) as string[])
      .filter((name) => name.endsWith(".ts"))
      .map((name) => read(join(folder, name))),
  );
  const calls = sources.flatMap((source) => [
    ...source.matchAll(/\blog(?:Info|Warning)?\(((?:[^()`"]|`[^`]*`|"[^"]*")*?)\);/g),
  ]);
  const written = calls
    .map(([, parameters]) => [...parameters!.matchAll(/`([^`]*)`|"([^"]*)"/g)].map(([, a, b]) => a ?? b).join(""))
    .filter((text) => text !== "")
    .map((text) => text.replaceAll(/\$\{[^}]*\}/g, "<>"));
  const rows = [...read(join("docs", "operations.md")).matchAll(/^\| (?:error|warning|info)[^|]*\| `(.*?)` \|/gm)]
    .map(([, line]) => line!.replaceAll(/<[^>]*>/g, "<>"))
    // A token's source and a service have the path to their key for a name.
    .map((line) => line.replace(/^<>: config\.(providers\[<>\]|<>\.cluster): /, "<>: "))
    .filter((line) => !/^<>: (config|anomaly)\b/.test(line));
  expect(rows.sort()).toEqual(written.sort());
});

const WITH_DATA = READMES.filter((file) => dataBlocks(read(file)).length > 0);

describe.each(WITH_DATA)("%s", (file) => {
  const blocks = dataBlocks(read(file)).map((block, index): [title: string, block: Block] => [
    `block ${index + 1} (${block.language})`,
    block,
  ]);

  test.each(blocks)("%s parses, and a plugin takes the configuration in it", (_title, block) => {
    expect(issuesOf(block)).toEqual([]);
  });
});

function issuesOf(block: Block): string[] {
  return pluginConfigurations(block, pluginsWithSchema).flatMap(({ plugin, config }) => {
    const validate = compileSchema(readSchema(plugin));
    return validate(config)
      ? []
      : (validate.errors ?? []).map((error) => `${plugin}${error.instancePath} ${error.message}`);
  });
}

const ENVOY = `
- name: model-router
  typed_config:
    config:
      root_id: model-router
      configuration: {"@type": type.googleapis.com/google.protobuf.StringValue, value: '{"batch": "Chek"}'}
`;

test.each([
  ["a block that names the plugin", '```json model-router\n{"batch": "Chek"}\n```'],
  ["a block with comments", '```jsonc model-router\n{"batch": "Chek", // why\n}\n```'],
  ["an Envoy filter", `\`\`\`yaml\n${ENVOY}\`\`\``],
  ["a WasmPlugin", "```yaml\nspec: { pluginName: model-router, pluginConfig: { batch: Chek } }\n```"],
  ["an EnvoyExtensionPolicy", "```yaml\nspec: { wasm: [{ rootID: model-router, config: { batch: Chek } }] }\n```"],
  ["an indented block", '- so:\n\n  ```json model-router\n  {"batch": "Chek"}\n  ```'],
])("a wrong configuration in a README is noticed in %s", (_name, markdown) => {
  expect(dataBlocks(markdown).flatMap(issuesOf)).toEqual([
    "model-router/batch must be equal to one of the allowed values",
  ]);
});

test.each(["```json\n{,}\n```", '```jsonc\n{"a": }\n```', "```yaml\na: [\n```"])("%j does not parse", (markdown) => {
  expect(() => dataBlocks(markdown).map(parseBlock)).toThrow();
});

test("an option table has a row for every key, by path", () => {
  const table = optionTable({
    required: ["limits"],
    properties: {
      limits: {
        description: "What | counts.",
        maxItems: 9,
        items: {
          type: "object",
          properties: { per: { title: "duration", "x-duration": { minimum: "1s", maximum: "30d" } } },
        },
      },
      cap: { title: "size", type: ["string", "null"], default: null },
      name: { type: "string", minLength: 1, maxLength: 64, pattern: "^[a-z0-9_-]{1,64}$" },
      odd: { type: "string", pattern: "^a|b$" },
      header: { title: "header name", type: "string", pattern: "^[!#-]{1,128}$" },
    },
  });
  expect(table.split("\n").slice(2)).toEqual([
    "| `limits` | array of object | required | at most 9 entries | What \\| counts. |",
    "| `limits[].per` | duration |  | 1s to 30d |  |",
    "| `cap` | size or null | `null` |  |  |",
    "| `name` | string |  | 1 to 64 characters, small letters, digits, `_`, `-` |  |",
    "| `odd` | string |  | `^a\\|b$` |  |",
    "| `header` | header name |  |  |  |",
  ]);
});

test("a README without markers is refused", () => {
  expect(() => withTable("# a\n", "t")).toThrow("<!-- options -->");
});
