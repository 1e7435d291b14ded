import { Bytes } from "../../bytes/view";

/** Longest model name, in bytes. A longer one is a model that nobody has. */
export const MAX_MODEL_BYTES: i32 = 256;

/** A name that can stand in a header: no control characters, not empty, not too long. */
export function isUsableName(model: Bytes): bool {
  if (model.length == 0 || model.length > MAX_MODEL_BYTES) return false;
  for (let i = 0; i < model.length; i++) {
    const byte = model.at(i);
    if (byte < 0x20 || byte == 0x7f) return false;
  }
  return model.at(0) != 0x20 && model.at(model.length - 1) != 0x20;
}

/** Whether a name as a whole segment would be taken out of a path, and not looked up (RFC 3986, 5.2.4). */
export function isDotSegment(model: Bytes): bool {
  for (let i = 0; i < model.length; i++) if (model.at(i) != 0x2e) return false;
  return model.length == 1 || model.length == 2;
}
