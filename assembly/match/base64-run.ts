import { alphanumerics } from "../bytes/ascii";
import { EncodedFile } from "./base64-file";
import { HitListener, TextWindow } from "./detector";
import { Group, GroupEnd, isEncoded, isJoint, TextJudge } from "./base64-run-group";
import { RunSearch } from "./base64-run-search";
import { DecodedText } from "./base64-run-text";
import { Matcher } from "./matcher";
import { PlainText } from "./plain-text";

/** The shortest runs, in characters. */
const LEAST_BASE64: i32 = 24;
const LEAST_HEX: i32 = 32;
/** How many characters are judged at a time after that, and how many bytes of them may be wrong. */
const GROUP: i32 = 8;
const MOST_WRONG: i32 = 1;
/** Of the first characters. */
const MOST_WRONG_AT_FIRST: i32 = 2;
/** Decoding begins anew only where so many characters of the run have passed for each time that it did, which bounds its cost. */
const ATTEMPT_CHARACTERS: i32 = 8;
const FIRST_CREDIT: i32 = 16;
const MOST_CREDIT: i32 = 32;
/** At the end of a run that is shorter than this, in bytes, none may be. */
const SHORT_END: i32 = 3;
const BLOCK_BYTES: usize = 16;

const enum Mode {
  /** Between runs. */
  Search,
  /** Where decoding may begin. */
  Attempt,
  /** Within what is decoded to a text. */
  Text,
  /** Within a run, where what is decoded is no text. */
  Skip,
}

/**
 * Decodes what is in base64 or hexadecimal digits in a plain text, once, and looks at it where it is text.
 *
 * A run is at least 24 characters of base64's two alphabets in a row, with single line breaks (LF, CR LF) anywhere between
 * them; padding ends it. It is decoded from its first character, or from its third behind `0x`; as hexadecimal if its first 32
 * are such digits. The first 24 (or 32) characters must give text with at most two wrong bytes, each 8 after that with at most
 * one wrong byte, which is as good as never so by chance. Where that ends, decoding begins anew behind the next `+ - / _`, where
 * 24 more characters follow: a path or a name may stand before what is encoded. That is once for 8 characters, on average.
 *
 * A file's bytes (`beginFile`) are base64 from their first character to their last, be they short or no text in parts: see `EncodedFile`.
 *
 * A run of any length is decoded as it comes, and nothing of it is kept but what may be a hit. Nothing is held back for the
 * first 7 characters, which any word could be; a hit among them is told all the same.
 */
@final
export class EncodedRuns {
  /** What is before this plain offset is of no more use here. */
  keepFrom: i32 = 0;
  private readonly text: DecodedText;
  private readonly group: Group = new Group();
  private readonly judge: TextJudge = new TextJudge();
  private readonly search: RunSearch = new RunSearch();
  private mode: Mode = Mode.Search;
  private isHex: bool = false;
  /** The next character of a run, and what the run may spend on decoding anew. */
  private at: i32 = 0;
  private credit: i32 = 0;
  private readonly file: EncodedFile;
  private isFile: bool = false;

  /** `hits` hears of them by offsets in the original text. */
  constructor(matcher: Matcher, maxHoldBytes: i32, hits: HitListener) {
    const text = new DecodedText(matcher, maxHoldBytes, hits);
    this.text = text;
    this.file = new EncodedFile(text);
  }

  get isEmpty(): bool {
    return this.text.isEmpty;
  }

  reset(): void {
    this.mode = Mode.Search;
    this.search.begin(0);
    this.keepFrom = 0;
    this.isFile = false;
  }

  /** The text is a file's bytes, or a data URL with them. */
  beginFile(): void {
    this.isFile = true;
    this.file.begin();
  }

  /** More of the plain text is there, or it is over. */
  scan(plain: PlainText): void {
    if (this.isFile) {
      this.file.scan(plain);
      this.keepFrom = plain.window.end;
      return;
    }
    while (this.advance(plain));
    if (this.mode == Mode.Text) this.text.look();
    this.keepFrom = this.mode == Mode.Search ? this.search.start : this.at;
  }

  /** The original offset before which every hit has been reported; `end` where nothing is pending. */
  settled(plain: PlainText, end: i32): i32 {
    if (this.isFile) return this.file.settled(end);
    const window = plain.window;
    if (this.mode == Mode.Skip) return end;
    if (this.mode == Mode.Text) {
      const least = this.text.settled(end);
      return this.at < window.end ? min(least, plain.originalStart(this.at)) : least;
    }
    const start = this.mode == Mode.Attempt ? this.at : skipBreaks(window, this.search.start);
    return this.mayBecomeText(window, start) ? plain.originalStart(start) : end;
  }

  /** One step; false at the end of the window. */
  private advance(plain: PlainText): bool {
    switch (this.mode) {
      case Mode.Search:
        return this.find(plain.window);
      case Mode.Attempt:
        return this.attempt(plain);
      case Mode.Text:
        return this.follow(plain);
      default:
        return this.skip(plain.window);
    }
  }

  private find(window: TextWindow): bool {
    if (!this.search.find(window, LEAST_BASE64)) return false;
    this.at = skipBreaks(window, this.search.start);
    if (this.at == window.end) {
      this.search.begin(this.at);
      return false;
    }
    this.credit = FIRST_CREDIT;
    this.mode = Mode.Attempt;
    return true;
  }

  /** The run is over at an offset. */
  private leave(end: i32): void {
    this.mode = Mode.Search;
    this.search.begin(end);
  }

  private attempt(plain: PlainText): bool {
    const group = this.group;
    const window = plain.window;
    const first = group.read(window, this.at, LEAST_BASE64);
    if (first == GroupEnd.WindowEnd) return false;
    if (first == GroupEnd.RunEnd) {
      this.leave(min(group.end + 1, window.end));
      return true;
    }
    this.isHex = false;
    if (group.isHexNumber) {
      const start = group.placeOf(2);
      if (group.read(window, start, LEAST_HEX) == GroupEnd.WindowEnd) return false;
      if (group.length == LEAST_HEX && group.isHex) this.at = start;
      else group.read(window, this.at, LEAST_BASE64);
    }
    if (group.isHex && group.length < LEAST_HEX) {
      if (group.read(window, this.at, LEAST_HEX) == GroupEnd.WindowEnd) return false;
      if (group.length < LEAST_HEX || !group.isHex) group.read(window, this.at, LEAST_BASE64);
    }
    this.isHex = group.length == LEAST_HEX;
    this.judge.reset();
    group.decode(this.isHex);
    if (!this.judge.isText(group.decoded, group.decodedBytes, MOST_WRONG_AT_FIRST)) {
      this.mode = Mode.Skip;
      return true;
    }
    this.text.begin();
    this.take(plain);
    this.mode = Mode.Text;
    return true;
  }

  private follow(plain: PlainText): bool {
    const group = this.group;
    const end = group.read(plain.window, this.at, GROUP);
    if (end == GroupEnd.WindowEnd) return false;
    const isFull = end == GroupEnd.Full && (!this.isHex || group.isHex);
    if (this.isHex && !group.isHex) group.length = 0;
    group.decode(this.isHex);
    const most = isFull || group.decodedBytes >= SHORT_END ? MOST_WRONG : 0;
    const isText = this.judge.isText(group.decoded, group.decodedBytes, most);
    if (isText) this.take(plain);
    if (isFull && isText) return true;
    this.text.end();
    if (end == GroupEnd.RunEnd) this.leave(min(group.end + 1, plain.window.end));
    else this.mode = Mode.Skip;
    return true;
  }

  private take(plain: PlainText): void {
    const group = this.group;
    if (group.length == 0) return;
    this.text.append(group, this.isHex, plain);
    this.credit = MOST_CREDIT;
    this.at = group.placeOf(group.length - 1) + 1;
  }

  /** Goes to where decoding may begin anew. */
  private skip(window: TextWindow): bool {
    while (true) {
      if (this.skipStraight(window)) break;
      // The next character is behind a line break, or there is none.
      const end = this.group.read(window, this.at, 1);
      if (end == GroupEnd.WindowEnd) return false;
      if (end == GroupEnd.RunEnd) {
        this.leave(min(this.group.end + 1, window.end));
        return true;
      }
      this.at = this.group.end - 1;
    }
    this.credit -= ATTEMPT_CHARACTERS;
    this.mode = Mode.Attempt;
    return true;
  }

  /** Goes on while characters follow at once; true behind a joint where there is credit. */
  private skipStraight(window: TextWindow): bool {
    let at = this.at;
    let credit = this.credit;
    let isFound = false;
    while (at < window.end && !isFound) {
      const straight = lettersAt(window, at);
      at += straight;
      credit += straight;
      if (at == window.end) break;
      const byte = window.at(at);
      if (!isEncoded(byte)) break;
      at++;
      credit++;
      isFound = isJoint(byte) && credit >= ATTEMPT_CHARACTERS;
    }
    this.at = at;
    this.credit = min(credit, MOST_CREDIT);
    return isFound;
  }

  /** Whether the characters from `start` to the end of the window are text so far, and enough to tell. */
  private mayBecomeText(window: TextWindow, start: i32): bool {
    const group = this.group;
    if (window.end - start < GROUP || group.read(window, start, LEAST_HEX) == GroupEnd.RunEnd) return false;
    if (group.length < GROUP) return false;
    if (this.isTextSoFar(false)) return true;
    return group.length >= 2 * GROUP && group.isHex && this.isTextSoFar(true);
  }

  private isTextSoFar(isHex: bool): bool {
    this.judge.reset();
    this.group.decode(isHex);
    return this.judge.isText(this.group.decoded, this.group.decodedBytes, MOST_WRONG);
  }
}

/** How many letters and digits follow from an offset, up to a block of the window's end. */
// @ts-ignore: decorator
@inline
function lettersAt(window: TextWindow, at: i32): i32 {
  const from = window.pointer + <usize>(at - window.start);
  const end = window.pointer + <usize>(window.end - window.start);
  let pointer = from;
  while (pointer + BLOCK_BYTES <= end) {
    const others = ~i8x16.bitmask(alphanumerics(v128.load(pointer))) & 0xffff;
    if (others != 0) return <i32>(pointer - from) + ctz(others);
    pointer += BLOCK_BYTES;
  }
  return <i32>(pointer - from);
}

/** A run does not begin with a line break. */
function skipBreaks(window: TextWindow, at: i32): i32 {
  while (at < window.end && (window.at(at) == 0x0a || window.at(at) == 0x0d)) at++;
  return at;
}
