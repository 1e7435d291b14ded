/**
 * Writes assembly/match/unicode/plain-table.ts: what characters read as. See the README beside this file.
 *
 *     node scripts/run.mjs scripts/unicode/generate.ts <unicode-security>/src/tables.rs
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readConfusables } from "./confusables.ts";
import { PlainCharacters } from "./plain-characters.ts";
import { tablesOf, type Tables } from "./tables.ts";

const OUT = join(import.meta.dirname, "..", "..", "assembly", "match", "unicode", "plain-table.ts");
const WIDTH = 118;

const [file] = process.argv.slice(2).filter((argument) => argument.endsWith("tables.rs"));
if (!file) throw new Error("usage: generate.ts <unicode-security>/src/tables.rs");
const { version, confusables } = readConfusables(file);
const tables = tablesOf(new PlainCharacters(confusables));

const PARTS: [name: keyof Tables, constant: string, type: string, docstring: string][] = [
  ["blocks", "BLOCKS", "u8", "For each 256 characters: which block of `PAGES` has them."],
  ["pages", "PAGES", "u16", "For each 16 characters of a block: which 16 of `CELLS` have them."],
  [
    "cells",
    "CELLS",
    "u8",
    "For each character: 0 it stays, 1 it shows nothing, below 128 the ASCII character it reads as, else 128 + i.",
  ],
  ["bases", "BASES", "u16", "For each 16 of `CELLS`: where in `OTHERS` its i = 0 is."],
  [
    "others",
    "OTHERS",
    "u16",
    "How far away in its plane the letter is, modulo 65536; or 0x8000 + where in `EXPANSIONS` the string is.",
  ],
  ["expansions", "EXPANSIONS", "u8", "Strings: a length in bytes, then UTF-8."],
  ["caseSplits", "CASE_SPLITS", "u16", "Pairs of a capital and its small letter that read as different letters."],
];

let bytes = 0;
let source = `/**
 * Written by scripts/unicode: what characters read as. Made from Unicode's decompositions, categories and case
 * (Unicode ${process.versions.unicode}), its list of confusables (UTS #39, Unicode ${version}), and the lists in that folder. Copyright © Unicode,
 * Inc.; Unicode License v3, https://www.unicode.org/license.txt.
 */

/** Characters from here on are not in the tables. */
export const TABLE_END: u32 = 0x20000;
/** How many numbers \`CASE_SPLITS\` has. */
export const CASE_SPLITS_LENGTH: i32 = ${tables.caseSplits.length};
`;
for (const [name, constant, type, docstring] of PARTS) {
  const numbers = tables[name];
  bytes += numbers.length * (type === "u8" ? 1 : 2);
  const alignment = type === "u8" ? "" : ", 2";
  source += `\n/** ${docstring} */\n// prettier-ignore\nexport const ${constant} = memory.data<${type}>([\n`;
  source += `${lines(numbers)}\n]${alignment});\n`;
}
writeFileSync(OUT, source);
console.log(
  `${bytes} bytes:`,
  Object.entries(tables)
    .map(([name, { length }]) => `${name} ${length}`)
    .join(", "),
);

function lines(numbers: number[]): string {
  const all: string[] = [];
  let line = " ";
  for (const number of numbers) {
    if (line.length + String(number).length + 2 > WIDTH) {
      all.push(line);
      line = " ";
    }
    line += ` ${number},`;
  }
  return [...all, line].join("\n");
}
