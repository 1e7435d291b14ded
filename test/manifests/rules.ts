import { type CelInput, CelScalar, celEnv, celFunc, celMethod, isCelError, parse, plan } from "@bufbuild/cel";
import { strings } from "@bufbuild/cel/ext";
import type { Schema } from "./strict-schema.ts";

interface Rule {
  rule: string;
  message?: string;
}

const { BOOL, STRING } = CelScalar;

/** CEL as Kubernetes extends it, as far as the definitions use it. */
const environment = celEnv({
  funcs: [
    ...strings,
    celFunc("isURL", [STRING], BOOL, (text) => URL.canParse(text)),
    celFunc("url", [STRING], STRING, (text) => text),
    celMethod("getScheme", STRING, [], STRING, function () {
      return new URL(this).protocol.slice(0, -1);
    }),
  ],
});

const compiled = new Map<string, ReturnType<typeof plan>>();

/** Which CEL rules of a definition a value breaks, with the path to it. The value has its defaults and fits the schema. */
export function ruleIssues(schema: Schema, value: unknown, path = ""): string[] {
  const rules = (schema["x-kubernetes-validations"] ?? []) as Rule[];
  const self = toCel(schema, value);
  const issues = rules
    // About a change of what is there already.
    .filter(({ rule }) => !rule.includes("oldSelf"))
    .filter(({ rule }) => !holds(rule, self))
    .map(({ rule, message }) => `${path || "/"} ${message ?? rule}`);
  return [...issues, ...children(schema, value).flatMap(([key, child, of]) => ruleIssues(of, child, `${path}/${key}`))];
}

function holds(rule: string, self: CelInput): boolean {
  let evaluate = compiled.get(rule);
  if (!evaluate) compiled.set(rule, (evaluate = plan(environment, parse(rule))));
  const result = evaluate({ self });
  if (isCelError(result)) throw result;
  return result === true;
}

/** What a value has inside, each with its schema. */
function children(schema: Schema, value: unknown): [key: string | number, child: unknown, of: Schema][] {
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) {
    const items = schema["items"] as Schema | undefined;
    return items ? value.map((child: unknown, index) => [index, child, items]) : [];
  }
  const named = (schema["properties"] ?? {}) as Record<string, Schema>;
  const rest = schema["additionalProperties"];
  return Object.entries(value).flatMap(([key, child]): [string, unknown, Schema][] => {
    const of = named[key] ?? (typeof rest === "object" ? (rest as Schema) : undefined);
    return of ? [[key, child, of]] : [];
  });
}

/** A value as rules see it: whole numbers as CEL's int, and property names that CEL reserves escaped. */
function toCel(schema: Schema, value: unknown): CelInput {
  if (typeof value === "number" && Number.isInteger(value) && schema["type"] !== "number") return BigInt(value);
  if (Array.isArray(value)) return value.map((child) => toCel((schema["items"] ?? {}) as Schema, child));
  if (typeof value !== "object" || value === null) return value as CelInput;
  const named = (schema["properties"] ?? {}) as Record<string, Schema>;
  const rest = (typeof schema["additionalProperties"] === "object" ? schema["additionalProperties"] : {}) as Schema;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [
      key in named && RESERVED.has(key) ? `__${key}__` : key,
      toCel(named[key] ?? rest, child),
    ]),
  );
}

const RESERVED = new Set(
  "true false null in as break const continue else for function if import let loop package namespace return var void while".split(
    " ",
  ),
);
