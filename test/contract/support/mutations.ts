type Json = Record<string, unknown>;
type Path = (string | number)[];

/** A configuration that differs from an example in one place; `what` says where and how. */
export interface Mutation {
  what: string;
  config: unknown;
}

/** One of each type, and texts that are something only by chance. */
const STRANGERS: unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  2 ** 40,
  "",
  "x",
  "X y",
  "é\r\n",
  "1KiB",
  "5m",
  ":path",
  [],
  ["x"],
  [{}],
  {},
  { x: "y" },
];

/** Most elements that a mutation gives an array, so that bounds beyond it stay untested rather than slow. */
const MOST_ELEMENTS = 5000;

/** Every single mutation of `config`: a key dropped, replaced, added, or at and just out of the bounds of its schema. */
export function* mutationsOf(config: unknown, schema: Json): Generator<Mutation> {
  for (const [path, value, rules] of nodesOf(config, resolve(schema, schema), schema, [])) {
    const at = `config${path.map((key) => (typeof key === "number" ? `[${key}]` : `.${key}`)).join("")}`;
    if (path.length > 0) yield { what: `${at} dropped`, config: changed(config, path, undefined) };
    for (const other of [...STRANGERS, ...boundsOf(value, rules)]) {
      yield { what: `${at} = ${shorten(other)}`, config: changed(config, path, other) };
    }
    if (typeof value !== "object" || value === null || Array.isArray(value)) continue;
    yield { what: `${at}.nobodyKnows = 1`, config: changed(config, [...path, "nobodyKnows"], 1) };
    for (const [key, option] of Object.entries((rules["properties"] ?? {}) as Json)) {
      if (key in value) continue;
      const inner = resolve(option as Json, schema);
      for (const other of [inner["default"] ?? null, "x", ["x"], {}, ...boundsOf(undefined, inner)]) {
        yield { what: `${at}.${key} = ${shorten(other)}`, config: changed(config, [...path, key], other) };
      }
    }
  }
}

function* nodesOf(value: unknown, rules: Json, schema: Json, path: Path): Generator<[Path, unknown, Json]> {
  yield [path, value, rules];
  if (Array.isArray(value)) {
    const items = resolve((rules["items"] ?? {}) as Json, schema);
    for (const [index, element] of value.entries()) yield* nodesOf(element, items, schema, [...path, index]);
  } else if (typeof value === "object" && value !== null) {
    const properties = (rules["properties"] ?? {}) as Record<string, Json>;
    const others = rules["additionalProperties"];
    for (const [key, child] of Object.entries(value)) {
      const option = properties[key] ?? (typeof others === "object" ? (others as Json) : {});
      yield* nodesOf(child, resolve(option, schema), schema, [...path, key]);
    }
  }
}

/** Values at each bound and one beyond it. */
function boundsOf(value: unknown, rules: Json): unknown[] {
  const bound = (key: string): number[] => (typeof rules[key] === "number" ? [rules[key]] : []);
  const sizes = (keys: string[]): number[] => keys.flatMap(bound).flatMap((size) => [size - 1, size, size + 1]);
  const texts = sizes(["minLength", "maxLength"]).flatMap((length) =>
    length < 0 ? [] : ["a".repeat(length), "é".repeat(length), "😀".repeat(length)],
  );
  const lengths = sizes(["minItems", "maxItems"]).filter((length) => length >= 0 && length <= MOST_ELEMENTS);
  const element = Array.isArray(value) && value.length > 0 ? (value[0] as unknown) : "x";
  const quantities = (rules["x-size"] ?? rules["x-duration"] ?? {}) as Record<string, string | number>;
  return [
    ...sizes(["minimum", "maximum"]),
    ...texts,
    ...lengths.map((length) => Array<unknown>(length).fill(element)),
    ...((rules["enum"] ?? []) as unknown[]).flatMap((each) => [each, String(each).toLowerCase(), `${String(each)} `]),
    ...Object.values(quantities).flatMap((quantity) => [quantity, String(quantity), `0${quantity}`, `${quantity}x`]),
    ...("x-size" in rules ? ["1023B", "64KB", "64 KiB", "1.5MiB", "2MiB", "1023KiB", "9999999999GiB", "-1KiB"] : []),
    ...("x-duration" in rules ? ["1", "1 s", "1.5s", "1S", "60s", "999d", "-1s"] : []),
  ];
}

function resolve(rules: Json, schema: Json): Json {
  const reference = rules["$ref"];
  if (typeof reference !== "string") return rules;
  const target = reference.split("/").slice(1);
  return target.reduce((inner, key) => inner[key] as Json, schema);
}

function changed(config: unknown, path: Path, value: unknown): unknown {
  if (path.length === 0) return value;
  const copy = structuredClone(config) as Json;
  const parent = path.slice(0, -1).reduce((inner, key) => inner[key] as Json, copy);
  const key = path.at(-1)!;
  if (value !== undefined) parent[key] = value;
  else if (Array.isArray(parent)) parent.splice(key as number, 1);
  else Reflect.deleteProperty(parent, key);
  return copy;
}

function shorten(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 40)}... (${text.length})` : text;
}
