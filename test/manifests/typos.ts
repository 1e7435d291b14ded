import { type Document, type Pair, type Scalar, isScalar, parseAllDocuments, visit } from "yaml";

/** What a typo leaves behind, so that what complains of it can be told. */
const MARK = "Typo";

/** A file with one mistake in it. */
export interface Typo {
  /** Keys from the document's root, list entries as `[]`. */
  path: string[];
  /** The key or value as it is misspelt. */
  misspelt: string;
  line: number;
  /** Which of the file's documents has it. */
  index: number;
  /** The document with the mistake; aliases are in place. */
  document: unknown;
}

/** A file with each key of its YAML misspelt in turn. */
export function misspeltKeys(text: string): Typo[] {
  return typos(text, (pair) => (isScalar(pair.key) && typeof pair.key.value === "string" ? [pair.key] : []));
}

/** A file with each value misspelt in turn that looks like one of a set: `FAIL_RELOAD`, `PathPrefix`. */
export function misspeltNames(text: string): Typo[] {
  const isName = (node: unknown): node is Scalar<string> =>
    isScalar(node) && typeof node.value === "string" && /^[A-Z]([A-Z0-9_]+|[A-Za-z]*[a-z][A-Za-z]*)$/.test(node.value);
  return typos(text, ({ value }) => {
    if (typeof value === "object" && value !== null && "items" in value)
      return (value.items as unknown[]).filter(isName);
    return isName(value) ? [value] : [];
  });
}

function typos(text: string, scalarsIn: (pair: Pair) => Scalar[]): Typo[] {
  const found: Typo[] = [];
  for (const [index, document] of parseAllDocuments(text).entries()) {
    visit(document, {
      Pair(_, pair, ancestors) {
        const path = keysOf([...ancestors, pair]);
        for (const scalar of scalarsIn(pair)) found.push({ path, index, ...misspell(document, scalar, text) });
      },
    });
  }
  return found;
}

function misspell(document: Document.Parsed, scalar: Scalar, text: string): Omit<Typo, "path" | "index"> {
  const written = scalar.value as string;
  const misspelt = written + MARK;
  scalar.value = misspelt;
  const mistaken: unknown = document.toJS();
  scalar.value = written;
  const line = text.slice(0, scalar.range?.[0] ?? 0).split("\n").length;
  return { misspelt, line, document: mistaken };
}

function keysOf(nodes: readonly unknown[]): string[] {
  return nodes.flatMap((node) => {
    const { key, items } = node as { key?: unknown; items?: unknown[] };
    if (isScalar(key)) return [String(key.value)];
    return Array.isArray(items) && !items.some((item) => isPairLike(item)) && items.length > 0 ? ["[]"] : [];
  });
}

function isPairLike(item: unknown): boolean {
  return typeof item === "object" && item !== null && "key" in item;
}

/** Whether a value has a text in it, as a key or a value. */
export function mentions(value: unknown, text: string): boolean {
  return (JSON.stringify(value) ?? "").includes(`"${text}"`);
}
