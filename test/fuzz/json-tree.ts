import { type Dice } from "./dice.ts";
import { ODD_LITERALS, ODD_NUMBERS, TEXTS } from "./dictionary.ts";

/** A JSON value that may say what no object of JavaScript can: keys twice, numbers of any form, no JSON at all. */
export type Tree =
  | { kind: "object"; entries: [key: string, value: Tree][] }
  | { kind: "array"; elements: Tree[] }
  | { kind: "string"; text: string }
  | { kind: "literal"; text: string };

export function treeOf(value: unknown): Tree {
  if (typeof value === "string") return { kind: "string", text: value };
  if (Array.isArray(value)) return { kind: "array", elements: value.map(treeOf) };
  if (typeof value === "object" && value !== null)
    return { kind: "object", entries: Object.entries(value).map(([key, one]) => [key, treeOf(one)]) };
  return { kind: "literal", text: JSON.stringify(value) };
}

/** How a tree is written; each number is once in how many, 0 never. */
export interface Style {
  escapes: number;
  whitespace: number;
}

export const PLAIN: Style = { escapes: 0, whitespace: 0 };

export function styleOf(dice: Dice): Style {
  if (dice.chance(2)) return PLAIN;
  return { escapes: dice.pick([0, 0, 1, 3, 20]), whitespace: dice.pick([0, 0, 2, 10]) };
}

export function print(tree: Tree, style: Style, dice: Dice): string {
  const space = (): string =>
    style.whitespace > 0 && dice.chance(style.whitespace) ? dice.pick([" ", "\n", "\t", "\r\n", "   "]) : "";
  const list = (open: string, items: string[], close: string): string =>
    `${open}${space()}${items.join(`${space()},${space()}`)}${space()}${close}`;
  const write = (one: Tree): string => {
    if (one.kind === "string") return quote(one.text, style, dice);
    if (one.kind === "array") return list("[", one.elements.map(write), "]");
    if (one.kind === "literal") return one.text;
    const entry = ([key, value]: [string, Tree]): string =>
      `${quote(key, style, dice)}${space()}:${space()}${write(value)}`;
    return list("{", one.entries.map(entry), "}");
  };
  return `${space()}${write(tree)}${space()}`;
}

const SHORT: Record<string, string> = { "\n": "n", "\t": "t", "\r": "r", "\b": "b", "\f": "f", "/": "/" };

function quote(text: string, { escapes }: Style, dice: Dice): string {
  if (escapes === 0) return JSON.stringify(text);
  let written = "";
  for (const letter of text) {
    const plain = JSON.stringify(letter).slice(1, -1);
    if (!dice.chance(escapes)) written += plain;
    else if (letter in SHORT && dice.chance(2)) written += `\\${SHORT[letter]}`;
    else for (let at = 0; at < letter.length; at++) written += unicode(letter.charCodeAt(at), dice.chance(2));
  }
  return `"${written}"`;
}

function unicode(unit: number, isUpper: boolean): string {
  const digits = unit.toString(16).padStart(4, "0");
  return `\\u${isUpper ? digits.toUpperCase() : digits}`;
}

/** Changes `tree` in one to three places; `keys` are those that mean something, `others` whole values from elsewhere. */
export function mutateTree(tree: Tree, dice: Dice, keys: readonly string[], others: () => Tree): Tree {
  const root: Tree = { kind: "array", elements: [structuredClone(tree)] };
  for (let left = dice.between(1, 3); left > 0; left--) {
    const holders = holdersIn(root);
    const holder = dice.pick(holders);
    if (holder.kind === "array") mutateArray(holder, dice, keys, others, holder === root);
    else mutateObject(holder, dice, keys, others);
  }
  return root.elements[0] ?? { kind: "literal", text: "" };
}

type Holder = Extract<Tree, { kind: "object" | "array" }>;

function holdersIn(root: Holder): Holder[] {
  const found: Holder[] = [];
  const waiting: Tree[] = [root];
  for (let next = waiting.pop(); next && found.length < MOST_HOLDERS; next = waiting.pop()) {
    if (next.kind === "array") waiting.push(...next.elements);
    else if (next.kind === "object") waiting.push(...next.entries.map(([, value]) => value));
    else continue;
    if (next.kind === "object" ? next.entries.length > 0 : next.elements.length > 0) found.push(next);
  }
  return found;
}

const MOST_HOLDERS = 2000;

function mutateArray(
  { elements }: Extract<Tree, { kind: "array" }>,
  dice: Dice,
  keys: readonly string[],
  others: () => Tree,
  isRoot: boolean,
): void {
  const at = dice.below(elements.length);
  const action = isRoot ? 0 : dice.below(5);
  if (action === 1) elements.splice(at, 1);
  else if (action === 2) elements.splice(at, 0, structuredClone(elements[at]!));
  else if (action === 3) elements.push(leaf(dice, keys));
  else if (action === 4 && elements.length > 1) elements.push(elements.shift()!);
  else elements[at] = instead(elements[at]!, dice, keys, others);
}

function mutateObject(
  { entries }: Extract<Tree, { kind: "object" }>,
  dice: Dice,
  keys: readonly string[],
  others: () => Tree,
): void {
  const at = dice.below(entries.length);
  const [key, value] = entries[at]!;
  switch (dice.below(7)) {
    case 0:
      entries.splice(at, 1);
      return;
    case 1:
      entries.splice(dice.below(entries.length + 1), 0, [
        key,
        dice.chance(2) ? structuredClone(value) : leaf(dice, keys),
      ]);
      return;
    case 2:
      entries.splice(dice.below(entries.length + 1), 0, [dice.pick(keys), leaf(dice, keys)]);
      return;
    case 3:
      entries[at] = [
        dice.pick([dice.pick(keys), key.toUpperCase(), `${key} `, `${key}\0`, "", dice.pick(TEXTS)]),
        value,
      ];
      return;
    case 4:
      entries.push(entries.shift()!);
      return;
    default:
      entries[at] = [key, instead(value, dice, keys, others)];
  }
}

function instead(value: Tree, dice: Dice, keys: readonly string[], others: () => Tree): Tree {
  switch (dice.below(8)) {
    case 0:
      return others();
    case 1:
      return wrapped(value, dice, keys);
    case 2:
      return value.kind === "string" ? { kind: "string", text: changedText(value.text, dice) } : leaf(dice, keys);
    case 3:
      return value.kind === "string" ? { kind: "string", text: `${value.text}${dice.pick(TEXTS)}` } : leaf(dice, keys);
    default:
      return leaf(dice, keys);
  }
}

function leaf(dice: Dice, keys: readonly string[]): Tree {
  switch (dice.below(8)) {
    case 0:
    case 1:
    case 2:
      return { kind: "string", text: dice.pick(TEXTS) };
    case 3:
    case 4:
      return { kind: "literal", text: dice.pick(ODD_NUMBERS) };
    case 5:
      return { kind: "literal", text: dice.pick(ODD_LITERALS) };
    case 6:
      return dice.chance(2) ? { kind: "array", elements: [] } : { kind: "object", entries: [] };
    default:
      return { kind: "object", entries: [[dice.pick(keys), { kind: "string", text: dice.pick(TEXTS) }]] };
  }
}

/** The value deep inside of lists and objects. */
function wrapped(value: Tree, dice: Dice, keys: readonly string[]): Tree {
  const depth = dice.pick([1, 1, 2, 3, 10, 62, 63, 64, 65, 127, 128, 129, 600]);
  let inner = value;
  for (let level = 0; level < depth; level++) {
    inner = dice.chance(2)
      ? { kind: "array", elements: [inner] }
      : { kind: "object", entries: [[dice.pick(keys), inner]] };
  }
  return inner;
}

function changedText(text: string, dice: Dice): string {
  const at = dice.below(text.length + 1);
  switch (dice.below(4)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.repeat(dice.pick([2, 2, 3, 50]));
    case 2:
      return [...text].map((letter) => (dice.chance(2) ? letter.toUpperCase() : letter)).join("");
    default:
      return `${text.slice(0, at)}${dice.pick(TEXTS)}${text.slice(at)}`;
  }
}
