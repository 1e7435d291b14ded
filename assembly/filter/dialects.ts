import { joined } from "../bytes/text";
import { ConfigReader } from "../config/reader";
import { DIALECT_NAMES, dialectOfName } from "../llm/dialect";

export const ALL_DIALECTS: u32 = 0xffffffff;

/** Reads the key `dialects`, one bit each; absent: all of them. */
export function readDialects(config: ConfigReader): u32 {
  if (!config.has("dialects")) return ALL_DIALECTS;
  const names = config.strings("dialects", 1, DIALECT_NAMES.length - 1, 64);
  let dialects: u32 = 0;
  for (let i = 0; i < names.length; i++) {
    const dialect = dialectOfName(names[i]);
    if (dialect == 0)
      config.reject("dialects", `has no dialect "${names[i]}"; it knows: ${joined(DIALECT_NAMES, ", ", 1)}`);
    else dialects |= 1 << dialect;
  }
  return dialects;
}
