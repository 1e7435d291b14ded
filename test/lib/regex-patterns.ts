import fc from "fast-check";

/** Characters of one to four bytes, of both cases, with the signs that fold to k and s; some are met more often. */
const CHARACTERS = [..."aaaaaabbbbAc1_ - \nkS\u212a\u017féяЯ中😀"];
const CLASSES =
  ". . [ab] [^a] [a-c1] [^\\n] [a-] [а-я] [^é中] \\d \\D \\w \\w \\W \\s \\S [[:alpha:]] [[:^space:]] [\\w.-] \\pL \\PL \\p{Lu} \\p{Cyrillic} [^\\pN-]".split(
    " ",
  );
const ASSERTIONS = ["^", "$", "\\b", "\\B", "\\A", "\\z", "(?m:^)", "(?m:$)"];
const GROUPS = ["(", "(?:", "(?:", "(?i:", "(?s:", "(?m:", "(?U:", "(?-i:", "(?i-s:"];
const QUANTIFIERS = ["*", "+", "?", "{2}", "{1,3}", "{0,2}", "{2,}"];
const DEEPEST = 4;

/** Makes a pattern out of numbers, each of which decides one thing; without a number left it comes to its end. */
class PatternWriter {
  private at = 0;

  constructor(private readonly numbers: number[]) {}

  alternatives(depth: number): { source: string; canBeEmpty: boolean } {
    const first = this.sequence(depth);
    if (this.below(4) !== 1) return first;
    const others = this.alternatives(depth);
    return { source: `${first.source}|${others.source}`, canBeEmpty: first.canBeEmpty || others.canBeEmpty };
  }

  private sequence(depth: number): { source: string; canBeEmpty: boolean } {
    let source = "";
    let canBeEmpty = true;
    for (let left = 1 + this.below(5); left > 0 && this.at < this.numbers.length; left--) {
      const piece = this.piece(depth);
      source += piece.source;
      canBeEmpty &&= piece.canBeEmpty;
    }
    return { source, canBeEmpty };
  }

  private piece(depth: number): { source: string; canBeEmpty: boolean } {
    const kind = this.below(16);
    if (kind === 15) return { source: this.one(ASSERTIONS), canBeEmpty: true };
    let item = { source: "", canBeEmpty: false };
    if (kind < 7) item.source = this.one(CHARACTERS);
    else if (kind < 11 || depth === DEEPEST) item.source = this.one(CLASSES);
    else {
      const open = this.one(GROUPS);
      item = this.alternatives(depth + 1);
      item.source = `${open}${item.source})`;
    }
    if (this.below(3) !== 1) return item;
    const quantifier = this.one(QUANTIFIERS);
    // The RE2 that is compared with leaves such a loop too early; newer ones don't.
    const safe = item.canBeEmpty && quantifier === "*" ? "+" : quantifier;
    const source = item.source + safe + (this.below(3) === 1 ? "?" : "");
    return { source, canBeEmpty: item.canBeEmpty || /^([*?]|\{0)/.test(safe) };
  }

  private one<T>(values: T[]): T {
    return values[this.below(values.length)]!;
  }

  private below(count: number): number {
    return (this.numbers[this.at++] ?? 0) % count;
  }
}

/** Patterns that RE2 takes. */
export const anyPattern = fc
  .array(fc.nat(5039), { minLength: 1, maxLength: 40, size: "max" })
  .map((numbers) => new PatternWriter(numbers).alternatives(0).source);

/** Texts of the characters that the patterns have. */
export const anyText = (maxLength: number) =>
  fc.array(fc.nat(CHARACTERS.length - 1), { maxLength }).map((numbers) => numbers.map((n) => CHARACTERS[n]!).join(""));

/** Patterns that may match much. */
export const anyLoop = fc
  .tuple(anyPattern, fc.constantFrom("", "[ab]+", ".*b", "\\w+ ", "[^c]*c", "(?s:.+?)c", ".*;|b", "[^c]*;|.|a+"))
  .map(([pattern, loop]) => (loop === "" ? `(?:${pattern})+` : `(?:${pattern})?${loop}`));

/** Texts with long runs of a character. */
export const anyLongText = fc
  .array(fc.tuple(fc.nat(CHARACTERS.length - 1), fc.nat(40)), { maxLength: 20, size: "max" })
  .map((runs) => runs.map(([n, length]) => CHARACTERS[n]!.repeat(Math.max(length - 20, 1))).join(""));
