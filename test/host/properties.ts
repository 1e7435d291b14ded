import { toBytes } from "./bytes.ts";
import { Status } from "./status.ts";

/** A property's value; integers are 64 bits wide, as Envoy gives them. */
export type PropertyValue = string | number | bigint | boolean | Uint8Array | PropertyTree;

/** Properties as nested objects: `{ xds: { route_name: "chat" } }` is read with the path `["xds", "route_name"]`. */
export interface PropertyTree {
  [name: string]: PropertyValue | undefined;
}

/** The value at `path`, or undefined. */
export function lookUp(tree: PropertyTree, path: readonly string[]): PropertyValue | undefined {
  let value: PropertyValue | undefined = tree;
  for (const name of path) {
    if (!isTree(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

/** The bytes that `proxy_get_property` hands out, or the status for a value that has none (Envoy's own maps). */
export function serializeProperty(value: PropertyValue): Uint8Array | number {
  if (typeof value === "string" || value instanceof Uint8Array) return toBytes(value);
  if (typeof value === "boolean") return Uint8Array.of(value ? 1 : 0);
  const view = new DataView(new ArrayBuffer(8));
  if (typeof value === "bigint") view.setBigInt64(0, BigInt.asIntN(64, value), true);
  else if (typeof value === "number" && Number.isInteger(value)) view.setBigInt64(0, BigInt(value), true);
  else if (typeof value === "number") view.setFloat64(0, value, true);
  else return Status.SerializationFailure;
  return new Uint8Array(view.buffer);
}

/** `over` laid upon `base`, tree by tree. */
export function mergeProperties(base: PropertyTree, over: PropertyTree): PropertyTree {
  const result: PropertyTree = { ...base };
  for (const [name, value] of Object.entries(over)) {
    const present = result[name];
    result[name] = isTree(present) && isTree(value) ? mergeProperties(present, value) : value;
  }
  return result;
}

function isTree(value: PropertyValue | undefined): value is PropertyTree {
  return typeof value === "object" && !(value instanceof Uint8Array);
}
