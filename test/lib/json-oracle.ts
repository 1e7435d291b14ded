import fc from "fast-check";

export function bytesOf(text: string | number[]): number[] {
  return typeof text === "string" ? [...Buffer.from(text)] : text;
}

/** The text with U+FFFD for each lone surrogate. */
export function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

/** Whether the platform takes these bytes for JSON. */
export function isJson(bytes: number[]): boolean {
  try {
    JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(new Uint8Array(bytes)));
    return true;
  } catch {
    return false;
  }
}

/** The values at a path, in the order of the text (keys of the generated documents are unique and no integers). */
export function valuesAt(root: unknown, path: string): unknown[] {
  const steps = path.match(/\[\*\]|[^.[]+/g) ?? [];
  return steps.reduce<unknown[]>(
    (values, step) =>
      values.flatMap((value) => {
        if (step === "[*]") return Array.isArray(value) ? value : [];
        if (value === null || typeof value !== "object" || Array.isArray(value)) return [];
        return Object.hasOwn(value, step) ? [(value as Record<string, unknown>)[step]] : [];
      }),
    [root],
  );
}

const space = fc.constantFrom("", "", "", " ", "\n  ", "\t\r\n" + " ".repeat(20));
const character = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom("a", "b", "word ", "/", "x".repeat(13), "plain text that is long enough for a block"),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '\\"',
      "\\\\",
      "\\/",
      "\\n",
      "\\t",
      "\\u0041",
      "\\u00e9",
      "\\uD83D\\uDE00",
      "\\ud800",
      "\\udc00",
    ),
  },
  { weight: 2, arbitrary: fc.constantFrom("é", "–", "你好", "😀", "\u07ff", "\uffff", "Привет") },
);
const string = fc.array(character, { maxLength: 12 }).map((parts) => `"${parts.join("")}"`);
const number = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => JSON.stringify(n)),
  fc.constantFrom("0", "-0", "1E5", "0.10e+2", "123456789012345678901234567890", "3.141592653589793238"),
);
/** Each key is spelt in its own way, so that no two of one object are the same key. */
const KEYS = [
  '"a"',
  '"\\u0062"',
  '"c"',
  '"key with spaces"',
  '"\\u00e9"',
  '""',
  '"model"',
  '"a\\\\"',
  `"${"long".repeat(15)}"`,
];

const { value } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, depthSize: "medium" },
    fc.constantFrom("null", "true", "false"),
    number,
    string,
    fc
      .tuple(
        space,
        fc.array(
          fc.tuple(space, tie("value"), space).map((parts) => parts.join("")),
          { maxLength: 5 },
        ),
      )
      .map(([inside, elements]) => `[${elements.join() || inside}]`),
    fc
      .tuple(
        space,
        fc.subarray(KEYS),
        fc.array(fc.tuple(space, tie("value"), space), { minLength: KEYS.length, maxLength: KEYS.length }),
      )
      .map(([inside, keys, values]) => {
        const members = keys.map(
          (key, i) => `${inside}${key}${values[i]![0]}:${values[i]![2]}${values[i]![1]}${values[i]![0]}`,
        );
        return `{${members.join() || inside}}`;
      }),
  ),
}));

/** A JSON text. */
export const anyDocument: fc.Arbitrary<string> = fc.tuple(space, value, space).map((parts) => parts.join(""));

const TELLING = [
  ...'"\\{}[],:-+.eEu0127truefalsn \n\t\0\x1f\x7f',
  "\x80",
  "\xbf",
  "\xc0",
  "\xc3",
  "\xe0",
  "\xed",
  "\xf0",
  "\xf4",
  "\xff",
].map((c) => c.charCodeAt(0));

/** Changes a few bytes of a text, or none: replaces, inserts, removes, cuts off. */
export const anyMutation: fc.Arbitrary<(bytes: number[]) => number[]> = fc
  .array(
    fc.tuple(
      fc.constantFrom("replace", "insert", "remove", "cut"),
      fc.nat(),
      fc.oneof(fc.constantFrom(...TELLING), fc.nat(255)),
    ),
    { maxLength: 3 },
  )
  .map((edits) => (bytes) => {
    const changed = [...bytes];
    for (const [edit, where, byte] of edits) {
      const at = where % (changed.length + 1);
      if (edit === "replace") changed[Math.min(at, changed.length - 1)] = byte;
      else if (edit === "insert") changed.splice(at, 0, byte);
      else if (edit === "remove") changed.splice(at, 1);
      else if (where % 4 === 0) changed.length = at;
    }
    return changed.map((b) => b ?? 0);
  });

/** Pieces of bytes that meet at every alignment: mostly valid, long plain runs, some invalid. */
export const anyBytes: fc.Arbitrary<number[]> = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.nat(40).map((n) => Array<number>(n).fill(0x61)) },
      { weight: 6, arbitrary: character.map(bytesOf) },
      { weight: 2, arbitrary: fc.nat(5).map((n) => Array<number>(n * 2).fill(0x5c)) },
      {
        weight: 3,
        arbitrary: fc
          .string({ unit: "binary", maxLength: 6 })
          .map((s) => bytesOf(wellFormed(s).replace(/[\0-\x1f"\\]/g, "-"))),
      },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 2 }).map((b) => [...b]) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          [0xc3],
          [0xe4, 0xbd],
          [0xed, 0xa0, 0x80],
          [0xf0, 0x9f, 0x98],
          [0xf4, 0x90, 0x80, 0x80],
          [0x0a],
        ),
      },
    ),
    { maxLength: 14 },
  )
  .map((parts) => parts.flat());

/** Where a text of some length is cut: nowhere up to nearly everywhere. */
export const anyCuts: fc.Arbitrary<(length: number) => number[]> = fc
  .array(fc.nat(), { maxLength: 12 })
  .map((wishes) => (length) => wishes.map((wish) => wish % (length + 1)).sort((a, b) => a - b));
