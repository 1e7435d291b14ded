import { JsonKind } from "../json/listener";
import { JsonValue } from "./json-value";

/**
 * `over` laid over `base`: objects are merged by key, anything else is replaced. Neither is changed; each value keeps the
 * path where it was written, so an issue of the result names the place to mend.
 */
export function merge(base: JsonValue, over: JsonValue): JsonValue {
  if (!base.isObject || !over.isObject) return over;
  const merged = new JsonValue(JsonKind.Object, base.path);
  for (let i = 0; i < base.keys.length; i++) {
    const key = base.keys[i];
    const mine = base.items[i];
    const other = over.get(key);
    merged.add(key, other == null ? mine : merge(mine, other));
  }
  for (let i = 0; i < over.keys.length; i++) {
    if (base.get(over.keys[i]) == null) merged.add(over.keys[i], over.items[i]);
  }
  return merged;
}
