import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { encode } from "gpt-tokenizer/encoding/o200k_base";
import type { Counted } from "./fit.ts";

export interface Text {
  text: string;
  source: string;
  kind: string;
  /** Exact, where the data says so. */
  o200k?: number;
}

/** The lines of `file` in the folder that `WEIR_DATA` names. */
export function dataOf(file: string): Text[] {
  const folder = process.env.WEIR_DATA;
  if (folder === undefined) throw new Error("WEIR_DATA names no folder");
  const lines = readFileSync(join(folder, file), "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Text);
}

/** The texts of each folder in the one that `EXTRA_TEXTS` names, if it does. */
export function extraTexts(): Text[][] {
  const root = process.env.EXTRA_TEXTS;
  if (root === undefined) return [];
  return readdirSync(root).map((kind) =>
    readdirSync(join(root, kind)).map((file) => ({
      text: readFileSync(join(root, kind, file), "utf8"),
      source: kind,
      kind,
    })),
  );
}

const CAPITALS = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
const SMALL = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
const CONTRACTION = "(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])?";
/** How o200k cuts a text before it merges bytes. */
const PIECE = new RegExp(
  [
    `[^\\r\\n\\p{L}\\p{N}]?${CAPITALS}*${SMALL}+${CONTRACTION}`,
    `[^\\r\\n\\p{L}\\p{N}]?${CAPITALS}+${SMALL}*${CONTRACTION}`,
    "\\p{N}{1,3}",
    " ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*",
    "\\s*[\\r\\n]+",
    "\\s+(?!\\S)",
    "\\s+",
  ].join("|"),
  "gu",
);

const known = new Map<string, number>();

function tokensOf(piece: string): number {
  const counted = known.get(piece);
  if (counted !== undefined) return counted;
  const tokens: number = encode(piece, { disallowedSpecial: new Set() }).length;
  known.set(piece, tokens);
  return tokens;
}

/** Adds the pieces of texts that have `share` of the whole between them; when `equally`, long texts count no more than short. */
export function countPieces(into: Counted, texts: Text[], share: number, equally = false): void {
  const counts = new Map<string, number>();
  let total = 0;
  for (const { text } of texts) {
    const pieces = text.match(PIECE) ?? [];
    const count = equally ? 1 / Math.max(100, pieces.length) : 1;
    for (const piece of pieces) {
      counts.set(piece, (counts.get(piece) ?? 0) + count);
      total += count * tokensOf(piece);
    }
  }
  for (const [piece, count] of counts) {
    const entry = into.get(piece);
    if (entry) entry.count += (count * share) / total;
    else into.set(piece, { count: (count * share) / total, tokens: tokensOf(piece) });
  }
}
