import { ConfigReader } from "../config/reader";
import { DIALECT_NAMES } from "../llm/dialect";

export const ALL_DIALECTS: u32 = 0xffffffff;

/** Reads the key `dialects`, one bit each; absent: all of them. */
export function readDialects(config: ConfigReader): u32 {
  const known = ((1 << DIALECT_NAMES.length) - 1) & ~1;
  const dialects = config.enumValues("dialects", DIALECT_NAMES, known);
  return dialects == 0 ? ALL_DIALECTS : dialects;
}
