/** The part of JSON Schema that the plugins' schemas use and the tables show. */
export interface Schema {
  $ref?: string;
  title?: string;
  description?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  minItems?: number;
  maxItems?: number;
  required?: string[];
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  items?: Schema;
  "x-size"?: Range;
  "x-duration"?: Range;
}

interface Range {
  minimum: string | number;
  maximum: string | number;
}

const HEAD = ["| key | type | default | bounds | what it does |", "|---|---|---|---|---|"];

/** The options of a plugin as a Markdown table, one row a key, nested keys by path: `models[].targets[].weight`. */
export function optionTable(schema: Schema): string {
  return [...HEAD, ...rows(schema, "")].join("\n");
}

const START = "<!-- options -->";
const END = "<!-- /options -->";

/** `readme` with the table between its `<!-- options -->` and `<!-- /options -->` markers; throws where it has none. */
export function withTable(readme: string, table: string): string {
  const start = readme.indexOf(START);
  const end = readme.indexOf(END);
  if (start < 0 || end < start) throw new Error(`no ${START} ... ${END}`);
  return `${readme.slice(0, start + START.length)}\n\n${table}\n\n${readme.slice(end)}`;
}

function rows(schema: Schema, prefix: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, option]) => {
    const path = prefix + key;
    const required = schema.required?.includes(key) ?? false;
    const cells = [
      `\`${path}\``,
      typeOf(option),
      defaultOf(option, required),
      boundsOf(option),
      option.description ?? "",
    ];
    return [`| ${cells.map(escapeCell).join(" | ")} |`, ...nestedRows(option, path)];
  });
}

function nestedRows(option: Schema, path: string): string[] {
  if (option.items?.properties) return rows(option.items, `${path}[].`);
  // An object made of references repeats keys that have their rows already.
  if (Object.values(option.properties ?? {}).every((inner) => inner.$ref !== undefined)) return [];
  return rows(option, `${path}.`);
}

function typeOf(option: Schema): string {
  if (option.title !== undefined) return orNull(option, option.title);
  if (option.enum) return option.enum.map((name) => `\`${String(name)}\``).join(", ");
  if (option.const !== undefined) return `\`${JSON.stringify(option.const)}\``;
  if (option.items) return `array of ${typeOf(option.items)}`;
  if (typeof option.additionalProperties === "object") return `object of ${typeOf(option.additionalProperties)}`;
  return [option.type ?? "any"].flat().join(" or ");
}

function orNull(option: Schema, type: string): string {
  return [option.type].flat().includes("null") ? `${type} or null` : type;
}

function defaultOf(option: Schema, required: boolean): string {
  if (required) return "required";
  return option.default === undefined ? "" : `\`${JSON.stringify(option.default)}\``;
}

function boundsOf(option: Schema): string {
  const quantity = option["x-size"] ?? option["x-duration"];
  if (quantity) return `${quantity.minimum} to ${quantity.maximum}`;
  const bounds = [
    range(option.minimum, option.maximum, ""),
    range(option.minLength, option.maxLength, " characters"),
    charactersOf(option),
    range(option.minItems, option.maxItems, " entries"),
  ];
  return bounds.filter((text) => text !== "").join(", ");
}

/** What the patterns of the schemas let be there, by their characters alone. */
const CHARACTERS: Record<string, string> = {
  "[!-~]": "ASCII without blanks",
  "[!-~]([ -~]*[!-~])?": "ASCII, blanks only inside",
  '/[!"$-~]*': "ASCII without blanks and `#`, first `/`",
  '/([!"$-z|~]|\\{model\\})*': "ASCII without blanks and `#`, first `/`",
  "^/": "first `/`",
  "[A-Za-z0-9._-]": "letters, digits, `.`, `_`, `-`",
  "[A-Za-z0-9_-]": "letters, digits, `_`, `-`",
  "[a-z0-9_-]": "small letters, digits, `_`, `-`",
  "[A-Za-z_][A-Za-z0-9_]*": "letters, digits, `_`, no digit first",
};

/** A pattern in words, or as it is; nothing where the type's title stands for it. How long a text may be is said by its length. */
function charactersOf({ pattern, title }: Schema): string {
  if (pattern === undefined || title !== undefined) return "";
  const characters = pattern.replace(/^\^(.*?)(?:\{\d+,\d+\}|\+)?\$$/, "$1");
  return CHARACTERS[characters] ?? `\`${pattern}\``;
}

function range(least: number | undefined, most: number | undefined, unit: string): string {
  if (least !== undefined && most !== undefined) return `${least} to ${most}${unit}`;
  if (most !== undefined) return `at most ${most}${unit}`;
  return least === undefined ? "" : `at least ${least}${unit}`;
}

function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|");
}
