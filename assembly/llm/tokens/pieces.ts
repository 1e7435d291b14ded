import { Class } from "./classes";
import {
  LETTER_PAIRS,
  LONGEST_TOKEN,
  OTHER_CHARACTERS,
  PAIR_UNITS,
  PUNCTUATION_PAIRS,
  UNIT,
  Weight,
  WEIGHTS,
} from "./weights";

/** What the piece in hand is. */
const enum Kind {
  None,
  Word,
  Digits,
  /** Punctuation and symbols. */
  Run,
  Space,
}

/** What of the text before a word is in its piece: nothing, or one character. */
const enum Prefix {
  None,
  Space,
  Punctuation,
  Symbol,
  Blank,
}

/** Stands for the edge in a pair of symbols. */
const EDGE: u32 = 31;
/** The least that a character costs. */
const FLOOR: i64 = UNIT / LONGEST_TOKEN;
const WORD_LENGTHS: i32 = 16;
const SHAPES: i32 = 4;
const SPACE: u32 = 0x20;
/** An ASCII letter below is a capital. */
const CAPITALS_END: u32 = 0x60;
const LF: u32 = 0x0a;
const CR: u32 = 0x0d;
/** What a control character counts as when it stands before another. */
const NO_ASCII: u32 = 0x80;

/** Adds up what the pieces of a text cost, character by character. Pieces are cut nearly where the tokenizer cuts them. */
@final
export class TokenPieces {
  /** What all pieces that have ended cost, in `UNIT`s of a token. */
  private total: i64 = 0;
  private kind: Kind = Kind.None;
  /** What the characters of the piece in hand cost so far, and how many they are. */
  private cost: i64 = 0;
  private length: i32 = 0;
  /** Of a word: the script, how many capitals, whether a small letter came. */
  private script: u32 = 0;
  private capitals: i32 = 0;
  private hasSmall: bool = false;
  private prefix: Prefix = Prefix.None;
  /** The letter before, or the symbol before among those that make pairs. */
  private previous: u32 = 0;
  /** Of a run: the character before, whether a space stands before it, how many line ends after it. */
  private previousSymbol: u32 = 0;
  private isSpaced: bool = false;
  private lines: i32 = 0;
  /** Whether digits are other than 0 to 9. */
  private isForeign: bool = false;
  /** White space up to the last line end in it: line feeds, carriage returns, spaces, others. */
  private feeds: i32 = 0;
  private returns: i32 = 0;
  private lineSpaces: i32 = 0;
  private lineBlanks: i32 = 0;
  /** White space after that: its length, what of it is no space (ASCII, beyond), and the last. */
  private blanks: i32 = 0;
  private tabs: i32 = 0;
  private wides: i32 = 0;
  private lastBlank: u32 = 0;

  reset(): void {
    this.total = 0;
    this.kind = Kind.None;
  }

  /** What all characters so far cost, as if the text ended here. */
  get units(): i64 {
    return this.total + this.pieceCost();
  }

  /** Takes ASCII letters, of which one is at `pointer`, and words that one space parts; returns where it stopped. */
  addWords(pointer: usize, end: usize): usize {
    const isCapital = <u32>load<u8>(pointer) < CAPITALS_END;
    if (this.kind != Kind.Word || this.script != 0 || (isCapital && this.hasSmall)) this.beginWord(0);
    let total = this.total;
    let cost = this.cost;
    let length = this.length;
    let previous = this.previous;
    let capitals = this.capitals;
    let hasSmall = this.hasSmall;
    while (true) {
      const start = pointer;
      let pairs: i32 = 0;
      let byte: u32;
      do {
        byte = load<u8>(pointer);
        const letter = (byte | 0x20) - 0x60;
        if (letter - 1 >= 26) break;
        if (byte < CAPITALS_END) {
          if (hasSmall) break;
          capitals++;
        } else {
          hasSmall = true;
        }
        pairs += load<i8>(LETTER_PAIRS + ((previous << 5) | letter));
        previous = letter;
        pointer++;
      } while (pointer < end);
      cost += pairs * PAIR_UNITS;
      length += <i32>(pointer - start);
      if (pointer == end) break;
      const isNext = byte == SPACE && pointer + 1 < end && isLetter(load<u8>(pointer, 1));
      if (!isNext && !isLetter(byte)) break;
      total += latinCost(cost, previous, length, capitals, this.prefix);
      this.prefix = isNext ? Prefix.Space : Prefix.None;
      pointer += <usize>isNext;
      cost = 0;
      length = 0;
      previous = 0;
      capitals = 0;
      hasSmall = false;
    }
    this.total = total;
    this.cost = cost;
    this.length = length;
    this.previous = previous;
    this.capitals = capitals;
    this.hasSmall = hasSmall;
    return pointer;
  }

  /** Takes a letter beyond ASCII; `script` 0 is Latin. */
  addLetter(codePoint: u32, kind: Class, script: u32): void {
    const goesOn = this.kind == Kind.Word && script == this.script && !(kind == Class.Upper && this.hasSmall);
    if (!goesOn) this.beginWord(script);
    if (kind == Class.Upper) this.capitals++;
    else if (kind == Class.Lower) this.hasSmall = true;
    if (script == 0) {
      const letter: u32 = codePoint >= 0x1e00 ? 27 : 28 + (codePoint & 3);
      this.cost += load<i8>(LETTER_PAIRS + ((this.previous << 5) | letter)) * PAIR_UNITS;
      this.previous = letter;
    } else {
      this.cost += weight(Weight.ScriptLetter, script) + otherCost(codePoint);
      if (this.length > 0) this.cost += weight(Weight.ScriptNext, script);
    }
    this.length++;
  }

  addDigit(isForeign: bool): void {
    if (this.kind != Kind.Digits || isForeign != this.isForeign) {
      this.end();
      this.kind = Kind.Digits;
      this.isForeign = isForeign;
      this.length = 0;
    }
    this.length++;
  }

  /** Takes ASCII punctuation, which is the `symbol`th. */
  addPunctuation(byte: u32, symbol: u32): void {
    this.goOnWithRun();
    this.cost += load<i8>(PUNCTUATION_PAIRS + pairOf(this.previous, symbol)) * PAIR_UNITS;
    this.previous = symbol;
    this.previousSymbol = byte;
  }

  addControl(): void {
    this.goOnWithRun();
    this.cost += weight(Weight.Control, 0);
    this.previous = EDGE;
    this.previousSymbol = NO_ASCII;
  }

  /** Takes a symbol beyond ASCII. */
  addSymbol(codePoint: u32, group: u32): void {
    this.goOnWithRun();
    this.cost += weight(Weight.Symbol, group);
    this.cost += codePoint == this.previousSymbol ? weight(Weight.SymbolAgain, group) : otherCost(codePoint);
    this.previous = EDGE;
    this.previousSymbol = codePoint;
  }

  /** Takes white space. */
  addBlank(codePoint: u32): void {
    const isLine = codePoint == LF || codePoint == CR;
    if (isLine && this.kind == Kind.Run) {
      this.lines++;
      return;
    }
    if (this.kind != Kind.Space) this.beginSpace();
    this.lastBlank = codePoint;
    if (isLine) {
      this.lineBlanks += this.tabs + this.wides;
      this.lineSpaces += this.blanks - this.tabs - this.wides;
      this.blanks = 0;
      this.tabs = 0;
      this.wides = 0;
      if (codePoint == LF) this.feeds++;
      else this.returns++;
      return;
    }
    this.blanks++;
    if (codePoint == SPACE) return;
    if (codePoint < 0x80) this.tabs++;
    else this.wides++;
  }

  private beginWord(script: u32): void {
    let prefix = Prefix.None;
    let cost: i64 = 0;
    if (this.kind == Kind.Space) {
      if (this.blanks > 0) prefix = this.lastBlank == SPACE ? Prefix.Space : Prefix.Blank;
      this.total += this.spaceCost(prefix != Prefix.None, true);
    } else if (this.kind == Kind.Run && this.length == 1 && !this.isSpaced && this.lines == 0) {
      prefix = this.previousSymbol < 0x80 ? Prefix.Punctuation : Prefix.Symbol;
      if (prefix == Prefix.Symbol) cost = this.cost;
    } else {
      this.end();
    }
    this.kind = Kind.Word;
    this.cost = cost;
    this.length = 0;
    this.script = script;
    this.capitals = 0;
    this.hasSmall = false;
    this.prefix = prefix;
    this.previous = 0;
  }

  /** Begins a run where none is, for one more symbol. */
  private goOnWithRun(): void {
    if (this.kind != Kind.Run || this.lines > 0) {
      let isSpaced = false;
      if (this.kind == Kind.Space) {
        isSpaced = this.blanks > 0 && this.lastBlank == SPACE;
        this.total += this.spaceCost(isSpaced, true);
      } else {
        this.end();
      }
      this.kind = Kind.Run;
      this.cost = 0;
      this.length = 0;
      this.isSpaced = isSpaced;
      this.lines = 0;
      this.previous = EDGE;
      this.previousSymbol = 0;
    }
    this.length++;
  }

  private beginSpace(): void {
    this.end();
    this.kind = Kind.Space;
    this.feeds = 0;
    this.returns = 0;
    this.lineSpaces = 0;
    this.lineBlanks = 0;
    this.blanks = 0;
    this.tabs = 0;
    this.wides = 0;
  }

  private end(): void {
    this.total += this.kind == Kind.Space ? this.spaceCost(false, true) : this.pieceCost();
  }

  /** What the piece in hand costs, when it ends with the text. */
  private pieceCost(): i64 {
    switch (this.kind) {
      case Kind.Word:
        return this.wordCost();
      case Kind.Digits:
        return this.digitsCost();
      case Kind.Run:
        return this.runCost();
      case Kind.Space:
        return this.spaceCost(false, false);
      default:
        return 0;
    }
  }

  private wordCost(): i64 {
    const length = this.length;
    if (this.script != 0) {
      const start = weight(Weight.ScriptStart, this.script * 2 + <u32>(this.prefix != Prefix.None));
      return atLeastFloor(this.cost + start, length);
    }
    return latinCost(this.cost, this.previous, length, this.capitals, this.prefix);
  }

  private digitsCost(): i64 {
    const first: u32 = this.isForeign ? 3 : 0;
    const rest = this.length % 3;
    const whole = <i64>(this.length / 3) * atLeastFloor(weight(Weight.Digits, first + 2), 1);
    return rest == 0 ? whole : whole + atLeastFloor(weight(Weight.Digits, first + rest - 1), 1);
  }

  private runCost(): i64 {
    let cost = this.cost;
    if (this.previousSymbol < 0x80) cost += load<i8>(PUNCTUATION_PAIRS + pairOf(this.previous, EDGE)) * PAIR_UNITS;
    cost += weight(Weight.RunStart, <u32>this.isSpaced) + weight(Weight.RunLength, min(this.length, 8) - 1);
    if (this.lines > 0) cost += weight(Weight.RunLines, min(this.lines, 3) - 1);
    return atLeastFloor(cost, this.length);
  }

  /** @param takesLast the last blank belongs to what follows. @param isFollowed something follows */
  private spaceCost(takesLast: bool, isFollowed: bool): i64 {
    let cost = this.feeds + this.returns > 0 ? this.linesCost() : 0;
    if (this.blanks == <i32>takesLast) return cost;
    let tabs = this.tabs;
    let wides = this.wides;
    const isSplit = isFollowed && !takesLast && this.blanks > 1;
    if (takesLast || isSplit) {
      const isTab = <i32>(this.lastBlank != SPACE && this.lastBlank < 0x80);
      const isWide = <i32>(this.lastBlank >= 0x80);
      tabs -= isTab;
      wides -= isWide;
      cost += blanksCost(this.blanks - 1, tabs, wides);
      return isSplit ? cost + blanksCost(1, isTab, isWide) : cost;
    }
    return cost + blanksCost(this.blanks, tabs, wides);
  }

  private linesCost(): i64 {
    const feeds = this.feeds;
    const returns = this.returns;
    let cost = weight(Weight.Line, 0);
    for (let i = 1; i < min(feeds, 4); i++) cost += weight(Weight.Line, i);
    if (feeds > 4) cost += <i64>(feeds - 4) * weight(Weight.Line, 4);
    if (returns > 0) cost += weight(Weight.Line, 5) + <i64>(returns - 1) * weight(Weight.Line, 6);
    if (this.lineSpaces > 0) cost += weight(Weight.Line, 7);
    if (this.lineSpaces > 4) cost += weight(Weight.Line, 8);
    cost += this.lineBlanks * weight(Weight.Line, 9);
    return atLeastFloor(cost, feeds + returns + this.lineSpaces + this.lineBlanks);
  }
}

/** What a word of Latin letters costs, of which `pairs` is what its letters cost. */
function latinCost(pairs: i64, last: u32, length: i32, capitals: i32, prefix: Prefix): i64 {
  // No capital; one, or one and small letters; capitals only; another mixture.
  let shape = 3;
  if (capitals <= 1) shape = capitals;
  else if (capitals == length) shape = 2;
  let cost = pairs + load<i8>(LETTER_PAIRS + (last << 5)) * PAIR_UNITS;
  cost += weight(Weight.WordStart, prefix * SHAPES + shape);
  cost += weight(Weight.WordLength, shape * WORD_LENGTHS + min(length, WORD_LENGTHS) - 1);
  if (length > WORD_LENGTHS) cost += <i64>(length - WORD_LENGTHS) * weight(Weight.WordRest, shape);
  return atLeastFloor(cost, length);
}

/** What `count` blanks cost that no line end follows. */
function blanksCost(count: i32, tabs: i32, wides: i32): i64 {
  if (count == 0) return 0;
  let cost = weight(Weight.Blank, 0) + tabs * weight(Weight.Blank, 1) + wides * weight(Weight.Blank, 2);
  if (count > 16) cost += weight(Weight.Blank, 3);
  if (count > 32) cost += weight(Weight.Blank, 4);
  if (count > 64) cost += <i64>((count - 64 + 15) / 16) * weight(Weight.Blank, 5);
  return atLeastFloor(cost, 1);
}

/** A piece is a token at least, and there is a longest token. */
// @ts-ignore: decorator
@inline
function atLeastFloor(cost: i64, length: i32): i64 {
  return max<i64>(cost, max<i64>(UNIT, <i64>length * FLOOR));
}

// @ts-ignore: decorator
@inline
export function isLetter(byte: u32): bool {
  return (byte | 0x20) - 0x61 < 26;
}

// @ts-ignore: decorator
@inline
function weight(part: Weight, index: u32): i64 {
  return load<i16>(WEIGHTS + part + (index << 1));
}

function otherCost(codePoint: u32): i64 {
  return load<i8>(OTHER_CHARACTERS + ((codePoint * 0x9e3779b1) >>> 22)) * PAIR_UNITS;
}

function pairOf(first: u32, second: u32): u32 {
  return ((first << 4) ^ second) & 511;
}
