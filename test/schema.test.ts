import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compileSchema, pluginsWithSchema, readExamples, readSchema } from "./schema/validator.ts";

type Json = Record<string, unknown>;

describe.each(pluginsWithSchema)("%s", (plugin) => {
  const schema = readSchema(plugin);
  const validate = compileSchema(schema);

  test.each(readExamples(plugin))("the schema says the same as the name of $name", ({ valid, config }) => {
    expect({ valid: validate(config), errors: valid ? validate.errors : null }).toEqual({ valid, errors: null });
  });

  test("every example is named valid-* or invalid-*, and there are both", () => {
    const names = readExamples(plugin).map(({ name }) => name);
    expect(names.filter((name) => !/^(in)?valid-[a-z0-9-]+\.json$/.test(name))).toEqual([]);
    expect(new Set(names.map((name) => name.split("-")[0]))).toEqual(new Set(["valid", "invalid"]));
  });

  test("every option has a description", () => {
    expect(undescribed(schema, "config")).toEqual([]);
  });

  test("every default is valid", () => {
    for (const [key, option] of Object.entries(schema["properties"] as Record<string, Json>)) {
      if ("default" in option) expect([key, validate({ [key]: option["default"] })]).toEqual([key, true]);
    }
  });

  test("no object takes unknown keys", () => {
    expect(openObjects(schema, "config")).toEqual([]);
  });

  test("an override takes every key but overrides", () => {
    const { overrides, ...rest } = schema["properties"] as Record<string, Json>;
    const config = at(overrides!, "items", "properties", "config", "properties");
    expect(config).toEqual(Object.fromEntries(Object.keys(rest).map((key) => [key, { $ref: `#/properties/${key}` }])));
  });
});

test("a bound of a size or a duration counts in every unit", () => {
  const validate = compileSchema({
    properties: {
      size: { "x-size": { minimum: "1KiB", maximum: "2MiB" } },
      duration: { "x-duration": { minimum: "1s", maximum: "30d" } },
    },
  });
  expect(validate({ size: "2048KiB", duration: "720h" })).toBe(true);
  expect(validate({ size: "2049KiB" })).toBe(false);
  expect(validate({ size: "1GiB" })).toBe(false);
  expect(validate({ duration: "999ms" })).toBe(false);
  expect(validate({ duration: "721h" })).toBe(false);
});

test("the common keys mean the same in every plugin", () => {
  expect(commonDifferences(Object.fromEntries(pluginsWithSchema.map((name) => [name, readSchema(name)])))).toEqual([]);
});

test("a common key that a plugin bounds otherwise is noticed", () => {
  const other = structuredClone(readSchema("model-router"));
  at(other, "properties", "consumer")["maxItems"] = 3;
  at(other, "properties", "mode")["enum"] = ["Off"];
  expect(commonDifferences({ "model-router": readSchema("model-router"), other })).toEqual(["other: consumer"]);
});

test("the dialects of a target are those that the library knows", () => {
  const source = readFileSync(join(import.meta.dirname, "..", "assembly", "llm", "dialect.ts"), "utf8");
  const list = /DIALECT_NAMES[^=]*= \[([^\]]*)\]/.exec(source)?.[1] ?? "";
  const known = [...list.matchAll(/"(\w+)"/g)].map(([, name]) => name);
  const models = at(readSchema("model-router"), "properties", "models", "items", "properties");
  const dialects = at(models, "targets", "items", "properties", "dialects", "items");
  expect(dialects["enum"]).toEqual(known.slice(1));
});

const COMMON = ["failureMode", "mode", "maxHeldBytes", "maxBodyBytes", "unknownPaths", "consumer", "overrides"];

/** What differs from plugin to plugin by design: which modes make sense, the wording, and an override's own keys. */
function comparable(key: string, option: Json): unknown {
  const copy = structuredClone(option);
  delete copy["description"];
  if (key === "failureMode" || key === "mode") return copy["type"];
  if (key === "overrides") delete at(copy, "items", "properties", "config")["properties"];
  return copy;
}

function commonDifferences(schemas: Record<string, Json>): string[] {
  const first: Record<string, unknown> = {};
  return Object.entries(schemas).flatMap(([plugin, schema]) =>
    COMMON.filter((key) => {
      const option = at(schema, "properties")[key] as Json | undefined;
      if (!option) return false;
      const shape = comparable(key, option);
      first[key] ??= shape;
      return JSON.stringify(first[key]) !== JSON.stringify(shape);
    }).map((key) => `${plugin}: ${key}`),
  );
}

function undescribed(schema: Json, path: string): string[] {
  return children(schema, path).flatMap(([childPath, child]) => [
    ...("description" in child || "$ref" in child ? [] : [childPath]),
    ...undescribed(child, childPath),
  ]);
}

function openObjects(schema: Json, path: string): string[] {
  const isOpen = schema["type"] === "object" && (schema["additionalProperties"] ?? true) === true;
  return [
    ...(isOpen ? [path] : []),
    ...children(schema, path).flatMap(([childPath, child]) => openObjects(child, childPath)),
  ];
}

/** The options right below a schema, through the elements of an array. */
function children(schema: Json, path: string): [path: string, child: Json][] {
  const element = schema["items"] as Json | undefined;
  if (element) return children(element, `${path}[]`);
  return Object.entries((schema["properties"] ?? {}) as Record<string, Json>).map(([key, child]) => [
    `${path}.${key}`,
    child,
  ]);
}

function at(schema: Json, ...keys: string[]): Json {
  return keys.reduce((inner, key) => inner[key] as Json, schema);
}
