import { Class, RANGES, UPPER_RANGES, type Range } from "./characters.ts";
import { LONGEST_TOKEN, PART_LENGTHS, PART_STARTS, PUNCTUATION, type Part } from "./features.ts";
import { LARGE_UNIT, UNIT } from "./fit.ts";

const LINE = 118;
/** The code of an ASCII control character. */
const CONTROL = 7 << 5;

function table(name: string, type: string, values: number[]): string {
  const lines = [""];
  for (const value of values) {
    const next = `${lines.at(-1)}${value}, `;
    if (next.length > LINE) lines.push(`${value}, `);
    else lines[lines.length - 1] = next;
  }
  const body = lines.map((line) => `  ${line.trimEnd()}`).join("\n");
  return `// prettier-ignore\nexport const ${name} = memory.data<${type}>([\n${body}\n]);\n`;
}

const codeOf = ({ kind, group }: Range): number => (kind << 5) | group;

/** What an ASCII character is: its class, and below that which letter or symbol it is. */
function asciiCode(code: number): number {
  const character = String.fromCharCode(code);
  if (/[a-z]/.test(character)) return (Class.Lower << 5) | (code & 31);
  if (/[A-Z]/.test(character)) return (Class.Upper << 5) | (code & 31);
  if (/[0-9]/.test(character)) return Class.Digit << 5;
  if (/[\t-\r ]/.test(character)) return Class.Space << 5;
  const symbol = PUNCTUATION.indexOf(character);
  return symbol < 0 ? CONTROL : (Class.Symbol << 5) | symbol;
}

const SMALL_PARTS = (Object.keys(PART_STARTS) as Part[]).filter((part) => PART_LENGTHS[part] < 256);

/** The constants' file. */
export function constants(units: Int32Array): string {
  const values = (part: Part): number[] => [
    ...units.subarray(PART_STARTS[part], PART_STARTS[part] + PART_LENGTHS[part]),
  ];
  const large = (part: Part): number[] => values(part).map((value) => (value * LARGE_UNIT) / UNIT);
  const names = { letters: "LETTER_PAIRS", punctuation: "PUNCTUATION_PAIRS", others: "OTHER_CHARACTERS" } as const;
  let offset = 0;
  const offsets = SMALL_PARTS.map((part) => {
    const line = `  ${part[0]!.toUpperCase()}${part.slice(1)} = ${offset * 2},\n`;
    offset += PART_LENGTHS[part];
    return line;
  });
  return `/**
 * Written by training/token-estimator: what pieces of text cost in o200k tokens, fitted to exact counts; no tokenizer's table
 * is in it. The folder's README says what was counted.
 */

/** Parts of a token in \`WEIGHTS\`, and in the tables of one byte a weight. */
export const UNIT: i32 = ${UNIT};
export const PAIR_UNITS: i32 = ${UNIT / LARGE_UNIT};
/** A piece of n characters costs at least n / LONGEST_TOKEN. */
export const LONGEST_TOKEN: i32 = ${LONGEST_TOKEN};

/** Where in \`WEIGHTS\` a kind of weights begins, in bytes. */
export const enum Weight {
${offsets.join("")}}

${table("WEIGHTS", "i16", SMALL_PARTS.flatMap(values))}
${(Object.keys(names) as (keyof typeof names)[]).map((part) => table(names[part], "i8", large(part))).join("\n")}
/** What ASCII characters are (224: control characters), and what others are from each of \`RANGE_STARTS\` on: a class, times 32, and a group. */
${table(
  "ASCII_CODES",
  "u8",
  Array.from({ length: 128 }, (_, code) => asciiCode(code)),
)}
export const RANGES: i32 = ${RANGES.length};
${table(
  "RANGE_STARTS",
  "u16",
  RANGES.map(({ first }) => first),
)}
${table("RANGE_CODES", "u8", RANGES.map(codeOf))}
/** The same from U+10000 on, by the upper bits of the code point (>> 8). */
export const UPPER_RANGES: i32 = ${UPPER_RANGES.length};
${table(
  "UPPER_RANGE_STARTS",
  "u16",
  UPPER_RANGES.map(({ first }) => first >> 8),
)}
${table("UPPER_RANGE_CODES", "u8", UPPER_RANGES.map(codeOf))}`;
}
