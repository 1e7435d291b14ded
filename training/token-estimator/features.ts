import { Class, rangeOf, SCRIPTS, SYMBOLS } from "./characters.ts";

/**
 * A text as the pieces that the tokenizer cuts it into before it merges bytes, nearly, and each piece as the weights that
 * apply to it: positions in one vector, with repetition. An estimate is the sum over pieces of the sum of weights, but no
 * piece is less than its floor.
 */
export interface Piece {
  weights: number[];
  /** Characters, for the floor. */
  length: number;
}

/** The vector's parts, one after the other: name, length. */
const PARTS = [
  ["letters", 1024],
  ["punctuation", 512],
  ["others", 1024],
  ["wordStart", 20],
  ["wordLength", 64],
  ["wordRest", 4],
  ["scriptStart", SCRIPTS.length * 2],
  ["scriptLetter", SCRIPTS.length],
  ["scriptNext", SCRIPTS.length],
  ["symbol", SYMBOLS.length],
  ["symbolAgain", SYMBOLS.length],
  ["runStart", 2],
  ["runLength", 8],
  ["runLines", 3],
  ["control", 1],
  ["digits", 6],
  ["line", 10],
  ["blank", 6],
] as const;
export type Part = (typeof PARTS)[number][0];

export const PART_LENGTHS = Object.fromEntries(PARTS) as Record<Part, number>;
export const PART_STARTS = {} as Record<Part, number>;
export const WEIGHTS = PARTS.reduce((at, [name, length]) => {
  PART_STARTS[name] = at;
  return at + length;
}, 0);
/** A piece of n characters counts at least n / LONGEST_TOKEN. */
export const LONGEST_TOKEN = 32;

const at = (part: Part, index: number): number => PART_STARTS[part] + index;

enum Prefix {
  None,
  Space,
  Punctuation,
  Symbol,
  Blank,
}

export const PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
const EDGE = 31;
const WORD_LENGTHS = 16;

/** Where in `punctuation` a pair is. */
const pairOf = (first: number, second: number): number => ((first << 4) ^ second) & 511;
/** Where in `others` a character is. */
const hashOf = (codePoint: number): number => Math.imul(codePoint, 0x9e3779b1) >>> 22;
/** Which of 31 a Latin letter is. */
function letterOf(codePoint: number): number {
  if (codePoint < 0x80) return codePoint & 31;
  return codePoint >= 0x1e00 ? 27 : 28 + (codePoint & 3);
}

/** Cuts a text into pieces. */
export function piecesOf(text: string): Piece[] {
  const cutter = new Cutter();
  for (const character of text) cutter.add(character.codePointAt(0)!);
  cutter.end();
  return cutter.pieces;
}

class Cutter {
  readonly pieces: Piece[] = [];
  private kind: "none" | "word" | "digits" | "run" | "space" = "none";
  private weights: number[] = [];
  private length = 0;
  private script = 0;
  private capitals = 0;
  private hasSmall = false;
  private prefix = Prefix.None;
  private previous = 0;
  private isSpaced = false;
  private lines = 0;
  private isForeign = 0;
  private blanks: number[] = [];

  add(codePoint: number): void {
    if (codePoint >= 0x80) return this.addOther(codePoint);
    const character = String.fromCharCode(codePoint);
    if (/[a-z]/.test(character)) this.addLetter(codePoint, Class.Lower, 0);
    else if (/[A-Z]/.test(character)) this.addLetter(codePoint, Class.Upper, 0);
    else if (/[0-9]/.test(character)) this.addDigit(0);
    else if (/[\t-\r ]/.test(character)) this.addBlank(codePoint);
    else this.addSymbol(codePoint, -1);
  }

  end(): void {
    if (this.kind === "word") this.endWord();
    else if (this.kind === "digits") this.endDigits();
    else if (this.kind === "run") this.endRun();
    else if (this.kind === "space") this.endSpace(false, false);
    this.kind = "none";
    this.weights = [];
  }

  private addOther(codePoint: number): void {
    const { kind, group } = rangeOf(codePoint);
    if (kind === Class.Digit) this.addDigit(1);
    else if (kind === Class.Space) this.addBlank(codePoint);
    else if (kind === Class.Symbol) this.addSymbol(codePoint, group);
    else if (kind !== Class.Alternating) this.addLetter(codePoint, kind, group);
    else this.addLetter(codePoint, codePoint & 1 ? Class.Lower : Class.Upper, group);
  }

  private addLetter(codePoint: number, kind: Class, script: number): void {
    const goesOn = this.kind === "word" && script === this.script && !(kind === Class.Upper && this.hasSmall);
    if (!goesOn) this.beginWord(script);
    this.length++;
    if (kind === Class.Upper) this.capitals++;
    if (kind === Class.Lower) this.hasSmall = true;
    if (script === 0) {
      const letter = letterOf(codePoint);
      this.weights.push(at("letters", (this.previous << 5) | letter));
      this.previous = letter;
    } else {
      this.weights.push(at("scriptLetter", script), at("others", hashOf(codePoint)));
      if (this.length > 1) this.weights.push(at("scriptNext", script));
    }
  }

  private beginWord(script: number): void {
    let prefix = Prefix.None;
    let weights: number[] = [];
    if (this.kind === "space") {
      const last = this.blanks.at(-1)!;
      if (!isLine(last)) prefix = last === 0x20 ? Prefix.Space : Prefix.Blank;
      this.endSpace(prefix !== Prefix.None, true);
    } else if (this.kind === "run" && this.length === 1 && !this.isSpaced && this.lines === 0) {
      prefix = this.previous < 0x80 ? Prefix.Punctuation : Prefix.Symbol;
      if (prefix === Prefix.Symbol) weights = this.weights;
    } else {
      this.end();
    }
    this.kind = "word";
    this.weights = weights;
    this.prefix = prefix;
    this.script = script;
    this.length = 0;
    this.capitals = 0;
    this.hasSmall = false;
    this.previous = 0;
  }

  private endWord(): void {
    const { script, length, capitals, prefix } = this;
    if (script === 0) {
      const shape = capitals === 0 ? 0 : capitals === length ? (length === 1 ? 1 : 2) : capitals === 1 ? 1 : 3;
      this.weights.push(at("letters", this.previous << 5), at("wordStart", prefix * 4 + shape));
      this.weights.push(at("wordLength", shape * WORD_LENGTHS + Math.min(length, WORD_LENGTHS) - 1));
      for (let i = WORD_LENGTHS; i < length; i++) this.weights.push(at("wordRest", shape));
    } else {
      this.weights.push(at("scriptStart", script * 2 + (prefix === Prefix.None ? 0 : 1)));
    }
    this.put(this.weights, length);
  }

  private addDigit(isForeign: number): void {
    if (this.kind !== "digits" || isForeign !== this.isForeign) {
      if (this.kind === "space") this.endSpace(false, true);
      else this.end();
      this.kind = "digits";
      this.isForeign = isForeign;
      this.length = 0;
    }
    this.length++;
  }

  private endDigits(): void {
    for (let left = this.length; left > 0; left -= 3) {
      this.put([at("digits", this.isForeign * 3 + Math.min(left, 3) - 1)], 1);
    }
  }

  private addSymbol(codePoint: number, group: number): void {
    if (this.kind !== "run" || this.lines > 0) this.beginRun();
    this.length++;
    if (group >= 0) {
      const again = codePoint === this.previous;
      this.weights.push(at("symbol", group), again ? at("symbolAgain", group) : at("others", hashOf(codePoint)));
      this.previous = codePoint;
      return;
    }
    const symbol = PUNCTUATION.indexOf(String.fromCharCode(codePoint));
    if (symbol < 0) {
      this.weights.push(at("control", 0));
      this.previous = 0x80;
    } else {
      this.weights.push(at("punctuation", pairOf(this.edgeOrPrevious, symbol)));
      this.previous = codePoint;
    }
  }

  /** The position in `PUNCTUATION` of the symbol before, or the edge where there is none. */
  private get edgeOrPrevious(): number {
    if (this.length <= 1 || this.previous >= 0x80) return EDGE;
    return PUNCTUATION.indexOf(String.fromCharCode(this.previous));
  }

  private beginRun(): void {
    let isSpaced = false;
    if (this.kind === "space") {
      isSpaced = this.blanks.at(-1) === 0x20;
      this.endSpace(isSpaced, true);
    } else {
      this.end();
    }
    this.kind = "run";
    this.weights = [];
    this.isSpaced = isSpaced;
    this.previous = 0;
    this.length = 0;
    this.lines = 0;
  }

  private endRun(): void {
    if (this.previous < 0x80) {
      const last = PUNCTUATION.indexOf(String.fromCharCode(this.previous));
      this.weights.push(at("punctuation", pairOf(last, EDGE)));
    }
    this.weights.push(at("runStart", this.isSpaced ? 1 : 0), at("runLength", Math.min(this.length, 8) - 1));
    if (this.lines > 0) this.weights.push(at("runLines", Math.min(this.lines, 3) - 1));
    this.put(this.weights, this.length);
  }

  private addBlank(codePoint: number): void {
    if (this.kind === "run" && isLine(codePoint)) {
      this.lines++;
      return;
    }
    if (this.kind !== "space") {
      this.end();
      this.kind = "space";
      this.blanks = [];
    }
    this.blanks.push(codePoint);
  }

  /** @param takesLast the last blank belongs to what follows. @param isFollowed something follows */
  private endSpace(takesLast: boolean, isFollowed: boolean): void {
    const { blanks } = this;
    const lineEnd = blanks.findLastIndex(isLine) + 1;
    if (lineEnd > 0) this.putLines(blanks.slice(0, lineEnd));
    const rest = blanks.slice(lineEnd, takesLast ? -1 : undefined);
    const isSplit = isFollowed && !takesLast && rest.length > 1;
    if (isSplit) this.putBlanks(rest.slice(0, -1));
    if (rest.length > 0) this.putBlanks(isSplit ? rest.slice(-1) : rest);
  }

  private putLines(blanks: number[]): void {
    const count = (wanted: (blank: number) => boolean): number => blanks.filter(wanted).length;
    const feeds = count((blank) => blank === 0x0a);
    const returns = count((blank) => blank === 0x0d);
    const spaces = count((blank) => blank === 0x20);
    const weights = [at("line", 0)];
    for (let i = 1; i < feeds; i++) weights.push(at("line", Math.min(i, 4)));
    for (let i = 0; i < returns; i++) weights.push(at("line", i === 0 ? 5 : 6));
    if (spaces > 0) weights.push(at("line", 7));
    if (spaces > 4) weights.push(at("line", 8));
    for (let i = feeds + returns + spaces; i < blanks.length; i++) weights.push(at("line", 9));
    this.put(weights, blanks.length);
  }

  private putBlanks(blanks: number[]): void {
    const weights = [at("blank", 0)];
    for (const blank of blanks) if (blank !== 0x20) weights.push(at("blank", blank < 0x80 ? 1 : 2));
    if (blanks.length > 16) weights.push(at("blank", 3));
    if (blanks.length > 32) weights.push(at("blank", 4));
    for (let i = 64; i < blanks.length; i += 16) weights.push(at("blank", 5));
    this.put(weights, 1);
  }

  private put(weights: number[], length: number): void {
    this.pieces.push({ weights, length });
  }
}

const isLine = (codePoint: number): boolean => codePoint === 0x0a || codePoint === 0x0d;
