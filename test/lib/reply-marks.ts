/** The kinds of texts, by the digit that the test's judge notes. */
export const KINDS = ["Content", "Reasoning", "Refusal", "ToolInput", "ToolOutput"] as const;
export type Kind = (typeof KINDS)[number];

/** A part of a text that grows over events; those with the same key are one text. */
export class Part {
  constructor(
    readonly key: string,
    readonly kind: Kind,
    readonly text: string,
  ) {}
}

/** A text of its own. */
export class Own {
  constructor(
    readonly kind: Kind,
    readonly text: string,
  ) {}
}

/** A text of its own that is all so far of one that grows. */
export class SoFar extends Own {
  constructor(
    readonly key: string,
    kind: Kind,
    text: string,
  ) {
    super(kind, text);
  }
}

/** A tool's input as JSON: each key, string and number in it is a text of its own. */
export class Tree {
  constructor(readonly value: unknown) {}
}

/** What has the text again, in pieces. */
export class Repeat {
  constructor(readonly value: unknown) {}
}

export const part = (key: string, kind: Kind, text: string): Part => new Part(key, kind, text);
export const own = (kind: Kind, text: string): Own => new Own(kind, text);
export const said = (text: string): Own => new Own("Content", text);
export const soFar = (key: string, text: string): SoFar => new SoFar(key, "Content", text);

export interface Told {
  kind: Kind;
  text: string;
}

export interface Word {
  word: string;
  mask: string;
}

/** A copy of a tree in which `replace` decides about the marks, and about nothing else. */
function copy(tree: unknown, replace: (mark: Part | Own | Tree | Repeat) => unknown): unknown {
  if (tree instanceof Part || tree instanceof Own || tree instanceof Tree || tree instanceof Repeat) {
    return replace(tree);
  }
  if (Array.isArray(tree)) return tree.map((one) => copy(one, replace));
  if (typeof tree !== "object" || tree === null) return tree;
  return Object.fromEntries(Object.entries(tree).map(([key, one]) => [key, copy(one, replace)]));
}

/** A document as the provider sends it. */
export function sent(document: unknown): unknown {
  return copy(document, (mark) => (mark instanceof Tree || mark instanceof Repeat ? mark.value : mark.text));
}

/** A document in which no text is a part of a longer one. */
export function whole(document: unknown): unknown {
  return copy(document, (mark) => (mark instanceof Part ? new Own(mark.kind, mark.text) : mark));
}

/** All that a judge is told of a stream's documents, in any order. */
export function told(documents: unknown[]): Told[] {
  const grown = new Map<string, Told>();
  const list: Told[] = [];
  const tell = (kind: Kind, text: string): void => {
    if (text !== "") list.push({ kind, text });
  };
  for (const document of documents) {
    copy(document, (mark) => {
      if (mark instanceof Own) tell(mark.kind, mark.text);
      if (mark instanceof Tree) leaves(mark.value, (text) => tell("ToolInput", text));
      if (mark instanceof Part && mark.text !== "") {
        const before = grown.get(mark.key);
        if (before) before.text += mark.text;
        else grown.set(mark.key, { kind: mark.kind, text: mark.text });
      }
      return null;
    });
  }
  return [...list, ...grown.values()];
}

function leaves(value: unknown, tell: (text: string) => void): void {
  if (typeof value === "string") tell(value);
  else if (typeof value === "number") tell(String(value));
  else if (typeof value === "object" && value !== null) {
    for (const [key, one] of Object.entries(value)) {
      if (!Array.isArray(value)) tell(key);
      leaves(one, tell);
    }
  }
}

/** The documents as the client is to get them. */
export function masked(documents: unknown[], words: Word[]): unknown[] {
  const parts = new Map<string, Part[]>();
  for (const document of documents) {
    copy(document, (mark) => {
      if (mark instanceof Part) parts.set(mark.key, [...(parts.get(mark.key) ?? []), mark]);
      return null;
    });
  }
  const results = new Map<Part, string>();
  for (const list of parts.values()) {
    const texts = list.map(({ text }) => text);
    const nested = list[0]!.kind === "ToolInput" && isJson(texts.join(""));
    maskParts(texts, words, nested).forEach((text, index) => results.set(list[index]!, text));
  }
  const maskedSoFar = (mark: SoFar): string => {
    let length = 0;
    let out = "";
    for (const one of parts.get(mark.key) ?? []) {
      if (length === mark.text.length) break;
      length += one.text.length;
      out += results.get(one)!;
    }
    return out;
  };
  const ownAfter = (mark: Own): string =>
    mark instanceof SoFar && parts.has(mark.key) ? maskedSoFar(mark) : ownMasked(mark, words);
  let hasMasked = false;
  return documents.map((document) => {
    const clean = copy(document, (mark) => {
      if (mark instanceof Repeat) return mark;
      const before = sent(mark);
      const after = mark instanceof Part ? results.get(mark) : mark instanceof Own ? ownAfter(mark) : null;
      const result = mark instanceof Tree ? treeMasked(mark.value, words) : after;
      hasMasked ||= JSON.stringify(result) !== JSON.stringify(before);
      return result;
    });
    return copy(clean, (mark) => {
      if (!(mark instanceof Repeat)) return null;
      if (!hasMasked || JSON.stringify(mark.value).length === 2) return mark.value;
      return Array.isArray(mark.value) ? [] : null;
    });
  });
}

function ownMasked({ kind, text }: Own, words: Word[]): string {
  return maskParts([text], words, kind === "ToolInput" && isJson(text))[0]!;
}

function treeMasked(value: unknown, words: Word[]): unknown {
  const mask = (text: string, nested: boolean): string => maskParts([text], words, nested)[0]!;
  if (typeof value === "string") return mask(value, isJson(value));
  if (typeof value === "number")
    return mask(String(value), false) === String(value) ? value : mask(String(value), false);
  if (Array.isArray(value)) return value.map((one) => treeMasked(one, words));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [mask(key, false), treeMasked(one, words)]));
}

function isJson(text: string): boolean {
  return /^[ \t\r\n]*[{[]/u.test(text);
}

type State = "outside" | "inside" | "escaped";

/** Masks the words in a text that comes in parts; in one that is JSON itself, so that it stays JSON. */
export function maskParts(texts: string[], words: Word[], nested: boolean): string[] {
  const text = texts.join("");
  const states: State[] = ["outside"];
  for (const letter of text) {
    const state = states.at(-1)!;
    if (state === "escaped") states.push("inside");
    else if (letter === '"') states.push(state === "inside" ? "outside" : "inside");
    else states.push(letter === "\\" && state === "inside" ? "escaped" : state);
    if (letter.length === 2) states.push(states.at(-1)!);
  }
  const found = spansOf(text, words);
  const spans = nested ? widened(found, numbersOf(text, states)) : found;
  const boundary = (at: number): string =>
    !nested || states[at] === "inside" ? "" : states[at] === "outside" ? '"' : "\\";
  let from = 0;
  return texts.map(({ length }) => {
    const to = from + length;
    let out = "";
    for (let at = from; at < to; at++) {
      const opening = spans.find(({ start }) => start === at);
      if (opening) {
        const mask = words[opening.id]!.mask;
        out += boundary(at) + (nested ? JSON.stringify(mask).slice(1, -1) : mask);
      }
      if (!spans.some(({ start, end }) => start <= at && at < end)) out += text[at]!;
      if (spans.some(({ end }) => end === at + 1)) out += boundary(at + 1);
    }
    from = to;
    return out;
  });
}

interface Span {
  start: number;
  end: number;
  id: number;
}

/** The numbers between strings, but those that are too long to be waited for. */
function numbersOf(text: string, states: State[]): { start: number; end: number }[] {
  const outside = [...text.split("").keys()].map((at) => (states[at] === "outside" ? text[at]! : '"')).join("");
  return [...outside.matchAll(/[-\d][-+.\deE]*/gu)]
    .map(({ index, 0: number }) => ({ start: index, end: index + number.length }))
    .filter(({ start, end }) => end - start <= 64);
}

/** The spans, of which those that touch a number have all of it. */
function widened(spans: Span[], numbers: { start: number; end: number }[]): Span[] {
  for (const { start, end } of numbers) {
    const touching = spans.filter((span) => span.start < end && span.end > start);
    if (touching.length === 0) continue;
    const all: Span = {
      start: Math.min(start, touching[0]!.start),
      end: Math.max(end, touching.at(-1)!.end),
      id: touching[0]!.id,
    };
    spans = [...spans.filter((span) => !touching.includes(span)), all].sort((a, b) => a.start - b.start);
  }
  return spans;
}

function spansOf(text: string, words: Word[]): Span[] {
  const found: Span[] = [];
  words.forEach(({ word }, id) => {
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
      found.push({ start: at, end: at + word.length, id });
    }
  });
  found.sort((a, b) => a.start - b.start || a.id - b.id);
  const spans: Span[] = [];
  for (const span of found) {
    const last = spans.at(-1);
    if (last && span.start < last.end) last.end = Math.max(last.end, span.end);
    else spans.push({ ...span });
  }
  return spans;
}
