export type Schema = { [key: string]: unknown };

/** Keywords whose value is a schema, by name a schema, or a list of them. */
const NESTED = {
  one: ["items", "not", "additionalProperties"],
  named: ["properties"],
  listed: ["allOf", "anyOf", "oneOf"],
};

/** What says nothing about whether a value is valid. */
const ANNOTATIONS = ["description", "title", "example", "externalDocs", "nullable"];

/**
 * The JSON Schema of a structural schema of Kubernetes, strict: it refuses a key that the API server would drop.
 *
 * Rules in CEL are not in it: `ruleIssues` has them.
 */
export function strictSchema(schema: Schema): Schema {
  return convert(schema, true);
}

/** `isStructural`: not inside `allOf`, `anyOf`, `oneOf` or `not`, which say only more about keys that are known elsewhere. */
function convert(schema: Schema, isStructural: boolean): Schema {
  const out: Schema = {};
  for (const [key, value] of Object.entries(schema)) {
    if (ANNOTATIONS.includes(key) || key.startsWith("x-")) continue;
    if (NESTED.one.includes(key) && typeof value === "object")
      out[key] = convert(value as Schema, isStructural && key !== "not");
    else if (NESTED.named.includes(key))
      out[key] = Object.fromEntries(
        Object.entries(value as Schema).map(([name, child]) => [name, convert(child as Schema, isStructural)]),
      );
    else if (NESTED.listed.includes(key)) out[key] = (value as Schema[]).map((child) => convert(child, false));
    else out[key] = value;
  }
  if (schema["nullable"] === true) out["type"] = [schema["type"], "null"];
  if (schema["x-kubernetes-int-or-string"] === true || schema["format"] === "int-or-string") {
    out["type"] = ["integer", "string"];
    delete out["format"];
  }
  if (schema["x-kubernetes-list-type"] === "set") out["uniqueItems"] = true;
  if (schema["x-kubernetes-list-type"] === "map") out["uniqueBy"] = schema["x-kubernetes-list-map-keys"];
  const isOpen = schema["x-kubernetes-preserve-unknown-fields"] === true || "additionalProperties" in schema;
  if (isStructural && schema["type"] === "object" && !isOpen) out["additionalProperties"] = false;
  return out;
}
