import { type PlainCharacters, lowerOf } from "./plain-characters.ts";

/** Characters from here on are themselves or are told by their range. */
export const TABLE_END = 0x20000;
export const CELLS = 16;
const ITSELF = 0;
const NOTHING = 1;
const OTHER = 0x80;
const EXPANSION = 0x8000;
const MOST_EXPANSIONS = 0x1000;

/** The tables of `plain-table.ts`; its docstrings say what is in them. */
export interface Tables {
  blocks: number[];
  pages: number[];
  bases: number[];
  cells: number[];
  others: number[];
  expansions: number[];
  caseSplits: number[];
}

export function tablesOf(plain: PlainCharacters): Tables {
  const tables: Tables = { blocks: [], pages: [], bases: [], cells: [], others: [], expansions: [], caseSplits: [] };
  const expansions = new Map<string, number>();
  const pagesOf = new Map<string, number>();
  const blocksOf = new Map<string, number>();
  for (let first = 0; first < TABLE_END; first += CELLS * CELLS) {
    const block: number[] = [];
    for (let page = first; page < first + CELLS * CELLS; page += CELLS) {
      block.push(pageOf(page, plain, tables, expansions, pagesOf));
    }
    const key = block.join();
    let index = blocksOf.get(key);
    if (index === undefined) {
      index = blocksOf.size;
      blocksOf.set(key, index);
      tables.pages.push(...block);
    }
    tables.blocks.push(index);
  }
  tables.caseSplits = caseSplits(plain);
  return tables;
}

function pageOf(
  first: number,
  plain: PlainCharacters,
  tables: Tables,
  expansions: Map<string, number>,
  pagesOf: Map<string, number>,
): number {
  const cells: number[] = [];
  const others: number[] = [];
  for (let scalar = first; scalar < first + CELLS; scalar++) {
    const character = String.fromCodePoint(scalar);
    const reads = isSurrogate(scalar) ? character : plain.of(character);
    if (reads === character) cells.push(ITSELF);
    else if (reads === "") cells.push(NOTHING);
    else if (reads.length === 1 && reads < "\x80") cells.push(reads.charCodeAt(0));
    else {
      const other = otherOf(scalar, reads, tables, expansions);
      if (!others.includes(other)) others.push(other);
      cells.push(OTHER + others.indexOf(other));
    }
  }
  const base = placeOf(others, tables.others);
  const key = [base, ...cells].join();
  let index = pagesOf.get(key);
  if (index === undefined) {
    index = pagesOf.size;
    pagesOf.set(key, index);
    tables.cells.push(...cells);
    tables.bases.push(base);
  }
  return index;
}

/** How far away the letter is that a character reads as, or which string it reads as. */
function otherOf(scalar: number, reads: string, tables: Tables, expansions: Map<string, number>): number {
  const distance = (reads.codePointAt(0)! - scalar) & 0xffff;
  const isDistance = distance < EXPANSION || distance >= EXPANSION + MOST_EXPANSIONS;
  if ([...reads].length === 1 && isDistance && atDistance(scalar, distance) === reads.codePointAt(0)) return distance;
  let at = expansions.get(reads);
  if (at === undefined) {
    at = tables.expansions.length;
    expansions.set(reads, at);
    const bytes = Buffer.from(reads);
    tables.expansions.push(bytes.length, ...bytes);
  }
  if (at >= MOST_EXPANSIONS) throw new Error("too many expansions");
  return EXPANSION + at;
}

/** What `readsAs` takes a distance for: a small letter is in the plane of its capital, what a symbol stands for in the first. */
function atDistance(scalar: number, distance: number): number {
  const isSymbol = (scalar >= 0x1d400 && scalar < 0x1e000) || scalar >= 0x1ee00;
  return (isSymbol ? 0 : scalar & 0x10000) | ((scalar + distance) & 0xffff);
}

/** Where `others` are in a row, which may overlap with others' rows. */
function placeOf(others: number[], all: number[]): number {
  for (let place = 0; place <= all.length; place++) {
    if (others.every((other, i) => place + i >= all.length || all[place + i] === other)) {
      all.push(...others.slice(all.length - place));
      return place;
    }
  }
  throw new Error("unreachable");
}

/** Pairs of a capital and its small letter that look like different letters. */
function caseSplits(plain: PlainCharacters): number[] {
  const pairs: number[] = [];
  for (let scalar = 0x80; scalar < 0x10000; scalar++) {
    if (isSurrogate(scalar)) continue;
    const upper = String.fromCodePoint(scalar);
    const lower = lowerOf(upper);
    if (lower !== upper && plain.of(lower).toLowerCase() !== plain.of(upper).toLowerCase()) {
      pairs.push(scalar, lower.codePointAt(0)!);
    }
  }
  return pairs;
}

function isSurrogate(scalar: number): boolean {
  return scalar >= 0xd800 && scalar < 0xe000;
}
