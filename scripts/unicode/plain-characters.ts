import { byHand, STAY } from "./by-hand.ts";

/** Scripts whose letters are taken for Latin ones. Letters of others are read by their readers as what they are. */
const LIKE_LATIN =
  /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Coptic}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Lisu}\p{Script=Canadian_Aboriginal}\p{Script=Common}]$/u;
/** Scripts where a mark is an accent or a point that may as well be left out. In the others it can be a vowel. */
const OPTIONAL_MARK =
  /^[\p{Script=Inherited}\p{Script=Common}\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Coptic}\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}]$/u;
const VOICING_MARKS = "\u3099\u309a";
/** Second copies of ideographs. */
const IDEOGRAPH = /^[\uf900-\ufaff]$/;
/** Arabic's ligatures of two letters that text in presentation forms is full of. */
const LAM_ALEF = /^[\ufef5-\ufefc]$/;

/**
 * What every character of Unicode reads as, by Unicode's own data: decompositions, decimal digits, marks, characters that
 * show nothing and case (as this Node has them), and the list of confusables.
 *
 * Depends on the character alone, so a text can be folded in pieces.
 */
export class PlainCharacters {
  private readonly hand = byHand();
  private readonly homoglyphs = new Map<string, string>();

  /** `confusables` are Unicode's: a character, and what it is confused with. */
  constructor(confusables: Map<string, string>) {
    for (const [character, prototype] of confusables) {
      const reads = this.latinOf(character, prototype);
      if (reads !== undefined) this.homoglyphs.set(character, reads);
    }
    for (const [character, reads] of this.hand) this.homoglyphs.set(character, reads);
    this.agreeInCase();
  }

  /** What a character reads as: the plain text of it, empty where it shows nothing. */
  of(character: string): string {
    if (character < "\x80") return character;
    const reads = this.hand.get(character);
    if (reads !== undefined) return reads;
    if (isInvisible(character) || isOptionalMark(character)) return "";
    const digit = digitOf(character);
    if (digit !== undefined) return digit;
    if (/^\p{Zs}$/u.test(character)) return " ";
    if (/^\p{Pd}$/u.test(character)) return "-";
    const parts = this.partsOf(character);
    if (parts !== undefined && isAscii(parts)) return parts;
    const homoglyph = this.homoglyphs.get(character);
    if (homoglyph !== undefined) return homoglyph;
    if (parts !== undefined) return parts;
    const lower = lowerOf(character);
    return lower === character ? character : this.of(lower);
  }

  /** What the parts that a character is made of read as; of several letters only where that is ASCII or canonical. */
  private partsOf(character: string): string | undefined {
    const parts = character.normalize("NFKD");
    if (parts === character || /\p{Script=Hangul}/u.test(parts) || IDEOGRAPH.test(character)) return undefined;
    const plain = [...parts].map((part) => this.of(part)).join("");
    const isCanonical = character.length === 1 && character.normalize("NFD") !== character;
    const isKept = isAscii(plain) || [...plain].length === 1 || isCanonical;
    return isKept || LAM_ALEF.test(character) ? plain : undefined;
  }

  private latinOf(character: string, prototype: string): string | undefined {
    if (character < "\x80" || STAY.has(character) || !LIKE_LATIN.test(character)) return undefined;
    const reads = prototype.normalize("NFKD").replace(/\p{M}/gu, "").replace("rn", "m");
    if (/^\p{L}$/u.test(character)) {
      const letters = reads.replaceAll("'", "");
      if (!/^[A-Za-z0-9]{1,2}$/.test(letters)) return undefined;
      // The list has one shape for l, I, 1 and |.
      const isCapital =
        lowerOf(character) !== character || /^[\p{Script=Lisu}\p{Script=Canadian_Aboriginal}]$/u.test(character);
      if (isCapital) return letters.replace("l", "I").toUpperCase();
      return upperOf(character) === character ? letters : letters.toLowerCase();
    }
    return /^\p{Sc}$/u.test(character) || !/^[\x21-\x7e]$/.test(reads) ? undefined : reads;
  }

  /** A letter whose other case is a homoglyph is the same one, where it is none itself. */
  private agreeInCase(): void {
    for (const [character, reads] of [...this.homoglyphs]) {
      if (!/^\p{L}$/u.test(character)) continue;
      const lower = lowerOf(character);
      const upper = upperOf(character);
      const fits = (other: string) =>
        other !== character && !this.homoglyphs.has(other) && other.normalize("NFKD") === other;
      if (fits(lower)) this.homoglyphs.set(lower, reads.toLowerCase());
      if (fits(upper) && lowerOf(upper) === character) this.homoglyphs.set(upper, reads.toUpperCase());
    }
  }
}

function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text);
}

/** The small letter, where it is a single character. */
export function lowerOf(character: string): string {
  const lower = character.toLowerCase();
  return [...lower].length === 1 ? lower : character;
}

export function upperOf(character: string): string {
  const upper = character.toUpperCase();
  return [...upper].length === 1 ? upper : character;
}

function isInvisible(character: string): boolean {
  return /^[\p{Default_Ignorable_Code_Point}\p{Cc}\ufff9-\ufffb]$/u.test(character);
}

function isOptionalMark(character: string): boolean {
  return /^[\p{Mn}\p{Me}]$/u.test(character) && OPTIONAL_MARK.test(character) && !VOICING_MARKS.includes(character);
}

/** Decimal digits come in runs of ten that begin at zero. */
function digitOf(character: string): string | undefined {
  if (!/^\p{Nd}$/u.test(character)) return undefined;
  const compatible = character.normalize("NFKD");
  if (compatible !== character) return compatible;
  const scalar = character.codePointAt(0)!;
  let first = scalar;
  while (/^\p{Nd}$/u.test(String.fromCodePoint(first - 1))) first--;
  return String((scalar - first) % 10);
}
