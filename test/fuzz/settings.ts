import { examplesOf } from "../contract/support/plugins.ts";
import { compileSchema, readSchema } from "../schema/validator.ts";

type Json = Record<string, unknown>;

/** What each example is also tried with, where the plugin's schema knows the key and takes it. */
const VARIANTS: readonly Json[] = [
  {},
  { mode: "Enforce", failureMode: "FailClosed", unknownPaths: "Pass" },
  { mode: "Enforce", failureMode: "FailOpen" },
  { mode: "Audit", failureMode: "FailClosed" },
  { maxHeldBytes: 1024, failureMode: "FailClosed" },
  { maxHeldBytes: 1024, failureMode: "FailOpen" },
  { maxBodyBytes: 2000 },
  { maxHoldBack: 128, mode: "Enforce" },
  { batch: "Pass" },
  { splitProvider: true, unknownModels: "Pass" },
  { includeUsage: true, cutStreamsOverLimit: true },
  { usage: "Read" },
];

/** The configurations that requests and answers go through, as JSON texts: the examples, and what is made of them. */
export function settingsOf(plugin: string): string[] {
  const schema = readSchema(plugin);
  const known = schema["properties"] as Record<string, Json>;
  const takes = ([key, value]: [string, unknown]): boolean => {
    const { enum: values } = known[key] ?? {};
    return key in known && (!Array.isArray(values) || values.includes(value));
  };
  const all = examplesOf(plugin, true).flatMap(({ config }) =>
    VARIANTS.map((variant) => ({ ...(config as Json), ...Object.fromEntries(Object.entries(variant).filter(takes)) })),
  );
  const isTaken = compileSchema(schema);
  return [...new Set(all.filter((config) => isTaken(config)).map((config) => JSON.stringify(config)))];
}

/** Every key and every value of an enumeration of a plugin's schema. */
export function wordsOf(plugin: string): { keys: string[]; values: string[] } {
  const [keys, values] = [new Set<string>(), new Set<string>()];
  const visit = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    const { properties, enum: list } = node as { properties?: Json; enum?: unknown[] };
    for (const key of Object.keys(properties ?? {})) keys.add(key);
    for (const value of Array.isArray(list) ? list : []) if (typeof value === "string") values.add(value);
    Object.values(node).forEach(visit);
  };
  visit(readSchema(plugin));
  return { keys: [...keys], values: [...values] };
}
