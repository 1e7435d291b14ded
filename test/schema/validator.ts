import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { ROOT } from "../../scripts/setup/root.ts";

const PLUGINS = join(ROOT, "plugins");

/** The plugins that have a schema, by folder. */
export const pluginsWithSchema = readdirSync(PLUGINS).filter((name) => existsSync(join(PLUGINS, name, "schema.json")));

export function readSchema(plugin: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(PLUGINS, plugin, "schema.json"), "utf8")) as Record<string, unknown>;
}

/** The examples of a plugin: `name` is the file's, `valid` what the name says. */
export function readExamples(plugin: string): { name: string; valid: boolean; config: unknown }[] {
  const folder = join(PLUGINS, plugin, "examples");
  return readdirSync(folder).map((name) => ({
    name,
    valid: name.startsWith("valid-"),
    config: JSON.parse(readFileSync(join(folder, name), "utf8")) as unknown,
  }));
}

/**
 * Compiles a plugin's schema. Beyond the standard it knows `x-size` and `x-duration`: `{minimum, maximum}` of a quantity
 * written as a text such as `"64KiB"` or `"5m"`, which validators that don't know them take as annotations.
 */
export function compileSchema(schema: Record<string, unknown>): ValidateFunction {
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, strictRequired: false, strictTypes: false });
  ajv.addKeyword(quantityKeyword("x-size", SIZE_UNITS));
  ajv.addKeyword(quantityKeyword("x-duration", DURATION_UNITS));
  return ajv.compile(schema);
}

const SIZE_UNITS: Record<string, number> = { "": 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };
const DURATION_UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

type Quantity = string | number;

function quantityKeyword(keyword: string, units: Record<string, number>) {
  return {
    keyword,
    type: "string" as const,
    validate: (range: { minimum: Quantity; maximum: Quantity }, value: string) => {
      const amount = amountOf(value, units);
      return amount >= amountOf(range.minimum, units) && amount <= amountOf(range.maximum, units);
    },
  };
}

function amountOf(quantity: Quantity, units: Record<string, number>): number {
  const [, digits, unit] = /^(\d+)([A-Za-z]*)$/.exec(String(quantity)) ?? [];
  return Number(digits) * (units[unit ?? ""] ?? NaN);
}
