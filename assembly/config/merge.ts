import { JsonKind } from "../json/listener";
import { JsonValue } from "./json-value";

/**
 * `over` laid over `base`: objects are merged by key, anything else is replaced. Neither is changed; each value keeps the
 * path where it was written, so an issue of the result names the place to mend.
 */
export function merge(base: JsonValue, over: JsonValue): JsonValue {
  if (!base.isObject || !over.isObject) return over;
  const merged = new JsonValue(JsonKind.Object, base.path);
  merged.keys = base.keys.slice(0);
  merged.items = base.items.slice(0);
  for (let i = 0; i < over.keys.length; i++) {
    const key = over.keys[i];
    const index = base.keys.indexOf(key);
    if (index < 0) {
      merged.keys.push(key);
      merged.items.push(over.items[i]);
    } else {
      merged.items[index] = merge(base.items[index], over.items[i]);
    }
  }
  return merged;
}
