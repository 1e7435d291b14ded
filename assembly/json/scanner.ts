import { MAX_DEPTH } from "./depth";
import { JsonKind, JsonListener } from "./listener";
import { NumberScanner } from "./number-scanner";
import { PathTracker } from "./path-tracker";
import { JsonPaths, NONE } from "./paths";
import { MAX_MARK_LEVELS, ScanMark } from "./scan-mark";
import { StringProblem, StringScanner } from "./string-scanner";
import { isSpace, skipSpace } from "./space";

/** Why a text is refused. */
export const enum JsonProblem {
  None,
  NotJson,
  /** A string is not valid UTF-8. */
  BadUtf8,
  /** Objects and arrays are nested deeper than `MAX_DEPTH`. */
  TooDeep,
}

/** What may come next. */
const enum Expect {
  Value,
  ElementOrClose,
  Key,
  KeyOrClose,
  Colon,
  CommaOrClose,
  MoreOfKey,
  MoreOfString,
  MoreOfNumber,
  MoreOfLiteral,
}

const LEVELS_PER_WORD: i32 = 64;
const SPACE: u32 = 0x20;
const QUOTE: u32 = 0x22;
const COMMA: u32 = 0x2c;
const MINUS: u32 = 0x2d;
const ZERO: u32 = 0x30;
const COLON: u32 = 0x3a;
const OPEN_ARRAY: u32 = 0x5b;
const CLOSE_ARRAY: u32 = 0x5d;
const OPEN_OBJECT: u32 = 0x7b;
const CLOSE_OBJECT: u32 = 0x7d;
/** What must follow the first letter, first byte lowest. */
const AFTER_N: u32 = 0x6c6c75; // "ull"
const AFTER_T: u32 = 0x657572; // "rue"
const AFTER_F: u32 = 0x65736c61; // "alse"

/**
 * Finds values by path in a JSON text that arrives in pieces, and validates the text.
 *
 * Feed any number of pieces of any size; splitting the text anywhere gives the same result. Accepts exactly what
 * `JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes))` accepts (RFC 8259 in UTF-8, no
 * byte order mark), but no deeper than `MAX_DEPTH`. Keeps some hundred bytes whatever the text, and never allocates after
 * construction; what to keep of the values is the listener's business.
 */
@final
export class JsonScanner {
  problem: JsonProblem = JsonProblem.None;
  /** How many bytes have been consumed; after a problem, the position of the byte that is wrong. */
  offset: u64 = 0;
  private expect: Expect = Expect.Value;
  private depth: i32 = 0;
  /** One bit a level, innermost lowest: whether it is an object. Full words of outer levels are in `outer`. */
  private nesting: u64 = 0;
  private readonly outer: StaticArray<u64> = new StaticArray<u64>(MAX_DEPTH / LEVELS_PER_WORD);
  /** The bytes of a literal that must come, the next one lowest. */
  private literalDue: u32 = 0;
  private readonly tracker: PathTracker;
  private readonly text: StringScanner = new StringScanner();
  private readonly number: NumberScanner = new NumberScanner();

  constructor(paths: JsonPaths, listener: JsonListener) {
    this.tracker = new PathTracker(paths, listener);
  }

  /** Ready for another text. */
  reset(): void {
    this.problem = JsonProblem.None;
    this.offset = 0;
    this.expect = Expect.Value;
    this.depth = 0;
    this.nesting = 0;
    this.tracker.reset();
    this.text.reset();
  }

  /** Consumes `length` bytes; false when the text is bad, and then for every later piece. */
  feed(pointer: usize, length: i32): bool {
    if (this.problem != JsonProblem.None) return false;
    const end = pointer + length;
    const stop = this.scan(pointer, end);
    this.offset += stop - pointer;
    return this.problem == JsonProblem.None;
  }

  /** The text is over: true when it was exactly one JSON value. */
  finish(): bool {
    if (this.problem != JsonProblem.None) return false;
    if (this.expect == Expect.MoreOfNumber && this.number.isWhole) {
      this.expect = Expect.CommaOrClose;
      if (this.tracker.captured != NONE) this.tracker.endScalar(this.offset);
    }
    if (this.expect == Expect.CommaOrClose && this.depth == 0) return true;
    this.problem = JsonProblem.NotJson;
    return false;
  }

  /** Marks where the text is; false when that is within a token, too deep, or bad. */
  mark(mark: ScanMark): bool {
    if (this.problem != JsonProblem.None || this.expect >= Expect.MoreOfKey || this.depth > MAX_MARK_LEVELS)
      return false;
    mark.offset = this.offset;
    mark.expect = this.expect;
    mark.depth = this.depth;
    mark.nesting = this.nesting;
    this.tracker.mark(mark);
    return true;
  }

  /** Instead of `reset`: the next text begins with the bytes before the mark, which are not fed and not heard again. */
  resetTo(mark: ScanMark): void {
    this.reset();
    this.offset = mark.offset;
    this.expect = mark.expect;
    this.depth = mark.depth;
    this.nesting = mark.nesting;
    this.tracker.resetTo(mark);
  }

  /** Returns where it stopped: `end`, or where the problem is. */
  private scan(begin: usize, end: usize): usize {
    let position = this.resume(begin, end);
    if (this.problem != JsonProblem.None) return position;
    const tracker = this.tracker;
    const text = this.text;
    const base = this.offset - begin;
    let expect = this.expect;
    let depth = this.depth;
    let nesting = this.nesting;
    while (position < end) {
      const byte: u32 = load<u8>(position);
      if (byte <= SPACE) {
        if (!isSpace(byte)) return this.fail(JsonProblem.NotJson, position);
        position++;
        if (position < end && load<u8>(position) <= SPACE) position = skipSpace(position, end);
        continue;
      }
      switch (expect) {
        case Expect.Colon:
          if (byte != COLON) return this.fail(JsonProblem.NotJson, position);
          expect = Expect.Value;
          position++;
          continue;
        case Expect.CommaOrClose:
          if (byte != COMMA) break;
          if (depth == 0) return this.fail(JsonProblem.NotJson, position);
          if (nesting & 1) {
            expect = Expect.Key;
          } else {
            expect = Expect.Value;
            if (depth == tracker.depth) tracker.nextElement();
          }
          position++;
          continue;
        case Expect.KeyOrClose:
          if (byte != QUOTE) break;
        case Expect.Key: {
          if (byte != QUOTE) return this.fail(JsonProblem.NotJson, position);
          const contents = position + 1;
          if (depth == tracker.depth) tracker.beginKey(base + position);
          position = text.scanNew(begin, contents, end);
          if (text.problem != StringProblem.None) return this.failString(position);
          expect = text.isClosed ? Expect.Colon : Expect.MoreOfKey;
          if (depth == tracker.depth) this.trackKey(contents, position, text.isPlain, base);
          // Nearly always, and then one turn of the loop is saved.
          if (position < end && load<u8>(position) == COLON && expect == Expect.Colon) {
            expect = Expect.Value;
            position++;
          }
          continue;
        }
        case Expect.ElementOrClose:
          if (byte == CLOSE_ARRAY) break;
        default: {
          if (byte == QUOTE) {
            const contents = position + 1;
            if (tracker.next != NONE) tracker.beginScalar(JsonKind.String, base + position);
            position = text.scanNew(begin, contents, end);
            if (text.problem != StringProblem.None) return this.failValue(contents, position);
            expect = text.isClosed ? Expect.CommaOrClose : Expect.MoreOfString;
            if (tracker.captured != NONE) this.trackText(contents, position, base);
            continue;
          }
          if (byte == OPEN_OBJECT || byte == OPEN_ARRAY) {
            if (depth == MAX_DEPTH) return this.fail(JsonProblem.TooDeep, position);
            const isObject = byte == OPEN_OBJECT;
            if (tracker.next != NONE) tracker.open(isObject ? JsonKind.Object : JsonKind.Array, base + position);
            if (depth % LEVELS_PER_WORD == 0) unchecked((this.outer[depth / LEVELS_PER_WORD] = nesting));
            nesting = (nesting << 1) | (<u64>isObject);
            depth++;
            expect = isObject ? Expect.KeyOrClose : Expect.ElementOrClose;
            position++;
            continue;
          }
          const kind = this.beginPlain(byte);
          if (kind < 0) return this.fail(JsonProblem.NotJson, position);
          if (tracker.next != NONE) tracker.beginScalar(kind, base + position);
          this.expect = kind == JsonKind.Number ? Expect.MoreOfNumber : Expect.MoreOfLiteral;
          position = this.scanPlain(position, position + 1, end, base);
          if (this.problem != JsonProblem.None) return position;
          expect = this.expect;
          continue;
        }
      }
      if (depth == 0 || byte != (nesting & 1 ? CLOSE_OBJECT : CLOSE_ARRAY)) {
        return this.fail(JsonProblem.NotJson, position);
      }
      position++;
      if (depth == tracker.depth) tracker.close(nesting & 1 ? JsonKind.Object : JsonKind.Array, base + position);
      depth--;
      nesting >>= 1;
      if (depth % LEVELS_PER_WORD == 0) nesting = unchecked(this.outer[depth / LEVELS_PER_WORD]);
      expect = Expect.CommaOrClose;
    }
    this.expect = expect;
    this.depth = depth;
    this.nesting = nesting;
    return position;
  }

  /** Goes on with the token that the last piece's end has cut. */
  private resume(begin: usize, end: usize): usize {
    const text = this.text;
    const base = this.offset - begin;
    switch (this.expect) {
      case Expect.MoreOfKey: {
        const position = text.scan(begin, begin, end);
        if (text.problem != StringProblem.None) return this.failString(position);
        if (text.isClosed) this.expect = Expect.Colon;
        if (this.depth == this.tracker.depth) this.trackKey(begin, position, false, base);
        return position;
      }
      case Expect.MoreOfString: {
        const position = text.scan(begin, begin, end);
        if (text.problem != StringProblem.None) return this.failValue(begin, position);
        if (text.isClosed) this.expect = Expect.CommaOrClose;
        if (this.tracker.captured != NONE) this.trackText(begin, position, base);
        return position;
      }
      case Expect.MoreOfNumber:
      case Expect.MoreOfLiteral:
        return this.scanPlain(begin, begin, end, base);
      default:
        return begin;
    }
  }

  /** The tracker takes a key, of which [from, position) has been scanned: all of it, without escapes, when `isPlain`. */
  private trackKey(from: usize, position: usize, isPlain: bool, base: u64): void {
    if (this.text.isClosed) this.tracker.endKey(from, <i32>(position - 1 - from), isPlain, base + position);
    else this.tracker.addKey(from, <i32>(position - from));
  }

  /** The tracker takes a captured string, of which [from, position) has been scanned. */
  private trackText(from: usize, position: usize, base: u64): void {
    const isClosed = this.text.isClosed;
    const length = <i32>(position - from - <usize>isClosed);
    if (this.text.isPlain) this.tracker.addRaw(from, length);
    else this.tracker.addText(from, length);
    if (isClosed) this.tracker.endScalar(base + position);
  }

  /** A value begins with this byte: a number's or literal's kind, or -1. */
  private beginPlain(byte: u32): i32 {
    switch (byte) {
      case 0x6e:
        this.literalDue = AFTER_N;
        return JsonKind.Null;
      case 0x74:
        this.literalDue = AFTER_T;
        return JsonKind.True;
      case 0x66:
        this.literalDue = AFTER_F;
        return JsonKind.False;
      default:
        if (byte != MINUS && byte - ZERO >= 10) return -1;
        this.number.begin(byte);
        return JsonKind.Number;
    }
  }

  /** Reads a number or literal, of which this piece has the bytes from `from`, on from `position`. */
  private scanPlain(from: usize, position: usize, end: usize, base: u64): usize {
    let isOver: bool;
    if (this.expect == Expect.MoreOfNumber) {
      position = this.number.scan(position, end);
      if (this.number.isBad) return this.fail(JsonProblem.NotJson, position);
      isOver = position < end;
    } else {
      let due = this.literalDue;
      while (due && position < end) {
        if (<u32>load<u8>(position) != (due & 0xff)) return this.fail(JsonProblem.NotJson, position);
        due >>= 8;
        position++;
      }
      this.literalDue = due;
      isOver = due == 0;
    }
    if (isOver) this.expect = Expect.CommaOrClose;
    if (this.tracker.captured != NONE) {
      this.tracker.addRaw(from, <i32>(position - from));
      if (isOver) this.tracker.endScalar(base + position);
    }
    return position;
  }

  private fail(problem: JsonProblem, position: usize): usize {
    this.problem = problem;
    return position;
  }

  /** What of a captured string came before the problem is heard, as it is where a piece has ended there. */
  private failValue(from: usize, position: usize): usize {
    if (this.tracker.captured != NONE) this.tracker.addText(from, <i32>(position - from));
    return this.failString(position);
  }

  private failString(position: usize): usize {
    return this.fail(this.text.problem == StringProblem.BadUtf8 ? JsonProblem.BadUtf8 : JsonProblem.NotJson, position);
  }
}
