import { readFileSync } from "node:fs";

/** Reads the list of confusables out of the tables of the crate unicode-security: `('\u{410}', &['\u{41}'])`. */
export function readConfusables(file: string): { version: string; confusables: Map<string, string> } {
  const source = readFileSync(file, "utf8");
  const version = /UNICODE_VERSION: \(u64, u64, u64\) = \((\d+), (\d+), (\d+)\)/.exec(source);
  const from = source.indexOf("CONFUSABLES");
  const table = source.slice(from, source.indexOf("];", from));
  const confusables = new Map<string, string>();
  for (const [, character, prototype] of table.matchAll(/\(\s*'(\\u\{[0-9a-f]+\})',\s*&\[([^\]]*)\]\s*\)/g)) {
    const letters = [...prototype!.matchAll(/\\u\{([0-9a-f]+)\}/g)].map(([, hex]) => characterOf(hex!));
    confusables.set(characterOf(/[0-9a-f]+(?=\})/.exec(character!)![0]), letters.join(""));
  }
  if (!version || confusables.size === 0) throw new Error(`${file} has no list of confusables`);
  return { version: version.slice(1).join("."), confusables };
}

function characterOf(hex: string): string {
  return String.fromCodePoint(parseInt(hex, 16));
}
