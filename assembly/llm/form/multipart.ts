import { borderOf, writeBorders } from "../../bytes/borders";
import { findByte } from "../../bytes/find";
import { Bytes } from "../../bytes/view";
import { MAX_BOUNDARY, PartHeaders, readBoundary } from "./multipart-header";

/** Most bytes of one part's headers. */
export const MAX_PART_HEADERS: i32 = 8192;

export const enum MultipartProblem {
  None,
  /** The content type has no boundary that every parser would read alike. */
  BadBoundary,
  /** Bytes before the first or after the last boundary, or something else than CRLF or `--` after one. */
  BadDelimiter,
  /** The boundary stands in a part's content where only some parsers would see it. */
  BoundaryInContent,
  BadPartHeaders,
  PartHeadersTooLong,
  /** The body ended before its last boundary. */
  Unterminated,
}

/**
 * Hears about the parts of a form in their order. A name may come more than once; what that means is the listener's business.
 * What was heard before a problem stays heard.
 */
export abstract class MultipartListener {
  /**
   * A part begins.
   *
   * @param name the field's name as it came; gone when the call returns
   * @param isFile whether it has a file name
   * @param start where its content begins, in bytes from the start of the body
   */
  onPart(name: Bytes, isFile: bool, start: i64): void {}

  /** A piece of the part's content; never empty, gone when the call returns. */
  onPartBytes(pointer: usize, length: i32): void {}

  /** The part ends: its content is [start, end) of the body. */
  onPartEnd(end: i64): void {}
}

const enum State {
  /** Within the first boundary, which begins the body. */
  Opening,
  AfterBoundary,
  Headers,
  Content,
}

const CR: u8 = 0x0d;
const LF: u8 = 0x0a;
const DASH: u8 = 0x2d;
/** What a boundary ends with: CRLF where a part follows; `--` after the last, behind which CRLF may stand once more. */
const TAIL: StaticArray<u8> = [CR, LF, DASH, DASH, CR, LF];
const LINE_END_LENGTH: i32 = 2;
const LAST_LENGTH: i32 = 4;
const TAIL_LENGTH: i32 = 6;

/**
 * Reads a multipart/form-data body (RFC 7578, RFC 2046) that arrives in pieces; splitting it anywhere gives the same result,
 * but for how content is cut into `onPartBytes`.
 *
 * Strict, because a guard must see what the server will: whatever two common parsers might read differently is a problem.
 * That is bare line feeds around boundaries, blanks after a boundary, a preamble, an epilogue of more than CRLF, the
 * boundary within content, and what `PartHeaders` and `readBoundary` refuse. Fixed memory, about 9 KiB.
 */
@final
export class MultipartScanner {
  problem: MultipartProblem = MultipartProblem.BadBoundary;
  private state: State = State.Opening;
  /** Bytes of the body before the piece in hand. */
  private offset: i64 = 0;
  /** "--" and the boundary. */
  private readonly delimiter: StaticArray<u8> = new StaticArray<u8>(MAX_BOUNDARY + 2);
  private delimiterLength: i32 = 0;
  private readonly borders: StaticArray<u16> = new StaticArray<u16>(MAX_BOUNDARY + 3);
  /** How much of the delimiter the last bytes were. */
  private matched: i32 = 0;
  /** How much of TAIL was there after the last boundary. */
  private tail: i32 = 0;
  /** How much of CRLF stood before that. Held back from the content, with what is matched. */
  private held: i32 = 0;
  /** Where the content in hand begins, and how much of it was passed on. */
  private pieceStart: usize = 0;
  private unsent: usize = 0;
  private readonly headers: StaticArray<u8> = new StaticArray<u8>(MAX_PART_HEADERS);
  private headersLength: i32 = 0;
  private readonly part: PartHeaders = new PartHeaders();
  private readonly boundary: Bytes = new Bytes();

  constructor(private readonly listener: MultipartListener) {}

  /** Begins a body of this content type. False when that has no usable boundary. */
  begin(contentType: Bytes): bool {
    this.state = State.Opening;
    this.offset = 0;
    this.matched = 0;
    this.tail = 0;
    this.held = 0;
    this.headersLength = 0;
    this.problem = MultipartProblem.BadBoundary;
    if (!readBoundary(contentType, this.boundary)) return false;
    this.problem = MultipartProblem.None;
    this.delimiterLength = this.boundary.length + 2;
    unchecked((this.delimiter[0] = DASH));
    unchecked((this.delimiter[1] = DASH));
    memory.copy(changetype<usize>(this.delimiter) + 2, this.boundary.pointer, this.boundary.length);
    writeBorders(changetype<usize>(this.delimiter), this.delimiterLength, changetype<usize>(this.borders));
    return true;
  }

  /** Consumes a piece; false once there is a problem. */
  feed(pointer: usize, length: i32): bool {
    const end = pointer + length;
    const before = this.offset;
    let at = pointer;
    while (at < end && this.problem == MultipartProblem.None) {
      this.offset = before + <i64>(at - pointer);
      at = this.state == State.Content ? this.takeContent(at, end) : this.takeStructure(at, end);
    }
    this.offset = before + length;
    return this.problem == MultipartProblem.None;
  }

  /** Ends the body; false when it was not complete. */
  finish(): bool {
    const isClosed = this.tail == LAST_LENGTH || this.tail == TAIL_LENGTH;
    if (this.problem == MultipartProblem.None && !isClosed) this.problem = MultipartProblem.Unterminated;
    return this.problem == MultipartProblem.None;
  }

  /** Takes what is not content; returns where it stopped. */
  private takeStructure(at: usize, end: usize): usize {
    if (this.state == State.Headers) return this.takeHeaders(at, end);
    const byte = load<u8>(at);
    if (this.state == State.AfterBoundary) this.takeTail(byte);
    else if (byte != unchecked(this.delimiter[this.matched])) this.problem = MultipartProblem.BadDelimiter;
    else if (++this.matched == this.delimiterLength) this.state = State.AfterBoundary;
    return at + 1;
  }

  private takeTail(byte: u8): void {
    if (this.tail == 0 && byte == DASH) this.tail = LINE_END_LENGTH;
    if (this.tail == TAIL_LENGTH || byte != unchecked(TAIL[this.tail])) this.problem = MultipartProblem.BadDelimiter;
    else if (++this.tail == LINE_END_LENGTH) this.state = State.Headers;
  }

  private takeHeaders(at: usize, end: usize): usize {
    const from = at;
    while (at < end) {
      const byte = load<u8>(at++);
      if (this.headersLength == MAX_PART_HEADERS) {
        this.problem = MultipartProblem.PartHeadersTooLong;
        return at;
      }
      unchecked((this.headers[this.headersLength++] = byte));
      if (byte != LF || !this.isHeadersEnd()) continue;
      this.beginContent(this.offset + <i64>(at - from));
      return at;
    }
    return at;
  }

  /** An empty line ends the headers. */
  private isHeadersEnd(): bool {
    const length = this.headersLength;
    const pointer = changetype<usize>(this.headers) + length;
    if (length == 2) return load<u16>(pointer - 2) == 0x0a0d;
    return length >= 4 && load<u32>(pointer - 4) == 0x0a0d0a0d;
  }

  private beginContent(start: i64): void {
    const length = this.headersLength - 2;
    if (!this.part.read(changetype<usize>(this.headers), length)) {
      this.problem = MultipartProblem.BadPartHeaders;
      return;
    }
    this.state = State.Content;
    this.tail = 0;
    this.headersLength = 0;
    this.matched = 0;
    this.held = 0;
    this.listener.onPart(this.part.name, this.part.isFile, start);
  }

  /**
   * Takes content up to the end of the piece or of a delimiter. Passes it on in runs as long as possible, but for what may
   * belong to a delimiter: `held` of CRLF and `matched` of the delimiter, which end where it has come to.
   */
  private takeContent(start: usize, end: usize): usize {
    this.pieceStart = start;
    this.unsent = start;
    let at = start;
    let matched = this.matched;
    while (at < end) {
      if (matched == 0) {
        this.matched = 0;
        at = this.skipToDash(at, end);
        matched = this.matched;
      } else if (load<u8>(at) != unchecked(this.delimiter[matched])) {
        // Content after all, but for what may begin a delimiter itself.
        this.matched = matched;
        matched = borderOf(changetype<usize>(this.borders), matched);
        this.release(at, matched);
      } else {
        at++;
        if (++matched < this.delimiterLength) continue;
        this.matched = matched;
        this.endContent(at);
        return at;
      }
    }
    this.matched = matched;
    this.send(at - this.held - matched);
    return at;
  }

  /** Goes to the next byte that may begin a delimiter, and takes it; what of CRLF stands before that is held. */
  private skipToDash(at: usize, end: usize): usize {
    const dash = findDash(at, end);
    const gap = dash - at;
    if (gap > 0) {
      let held = heldAfter(this.held, load<u8>(at));
      if (gap > 1) held = heldAfter(load<u8>(dash - 2) == CR ? 1 : 0, load<u8>(dash - 1));
      // A CR that still waits for what follows its LF.
      const isContinued = <usize>held > gap;
      if (!isContinued) this.release(at, 0);
      this.held = held;
    }
    if (dash == end) return end;
    this.matched = 1;
    return dash + 1;
  }

  /**
   * Lets go of what is held and matched up to `at`, but for the last `kept` bytes. What of it came with an earlier piece is
   * gone; but it is known what it was.
   */
  private release(at: usize, kept: i32): void {
    const pending = this.held + this.matched;
    if (at - pending < this.pieceStart) {
      if (this.held > 0) this.listener.onPartBytes(changetype<usize>(TAIL), this.held);
      if (this.matched > kept) this.listener.onPartBytes(changetype<usize>(this.delimiter), this.matched - kept);
      this.unsent = max(this.pieceStart, at - kept);
    }
    this.held = 0;
  }

  /** Passes on what the piece has before `end` and is not sent yet. */
  private send(end: usize): void {
    if (end > this.unsent) this.listener.onPartBytes(this.unsent, <i32>(end - this.unsent));
  }

  /** @param after where the delimiter that was found ends */
  private endContent(after: usize): void {
    const contentEnd = after - this.delimiterLength - this.held;
    this.send(contentEnd);
    if (this.held != LINE_END_LENGTH) {
      this.problem = MultipartProblem.BoundaryInContent;
      return;
    }
    this.state = State.AfterBoundary;
    this.listener.onPartEnd(this.offset + <i64>contentEnd - <i64>this.pieceStart);
  }
}

/** How much of CRLF ends a text that had `held` of it before this byte. */
function heldAfter(held: i32, byte: u8): i32 {
  if (byte == CR) return 1;
  return byte == LF && held == 1 ? 2 : 0;
}

/**
 * The first dash in [at, end) that is followed by another one or by the end; `end` when there is none. Two of them begin
 * every delimiter, and are rare in pictures and sound.
 */
function findDash(at: usize, end: usize): usize {
  let dash = findByte(at, end, DASH);
  while (dash + 1 < end && load<u8>(dash + 1) != DASH) dash = findByte(dash + 1, end, DASH);
  return dash;
}
