import { Budget } from "../../bytes/budget";
import { ByteBuffer } from "../../bytes/buffer";
import { findByte } from "../../bytes/find";
import { ByteString, Bytes } from "../../bytes/view";
import { skipSpace } from "../../json/space";
import { BatchProblem } from "./problem";
import { MultipartListener, MultipartScanner } from "../form/multipart";
import { isBatchPurpose } from "./upload-purpose";

/** Longest purpose that is kept, in bytes. */
export const MAX_PURPOSE_BYTES: i32 = 64;

const enum Part {
  Other,
  Purpose,
  File,
}

const PURPOSE = new ByteString("purpose");
/** "file", the first letter lowest. */
const FILE: u32 = 0x656c6966;
const LF: u8 = 0x0a;

/**
 * A file upload (OpenAI API reference, "Upload file") whose body arrives in pieces: splitting it anywhere gives the same lines.
 *
 * The form says what the file is for, wherever that stands; one that never says so counts as a batch (see `isBatchPurpose`).
 * The file's lines (JSON Lines) end with LF or CRLF, and blank ones are passed over.
 */
export abstract class UploadForm extends MultipartListener {
  problem: BatchProblem = BatchProblem.None;
  hasPurpose: bool = false;
  /** As far as it has come, and no longer than `MAX_PURPOSE_BYTES`. */
  readonly purpose: ByteBuffer = new ByteBuffer(new Budget(MAX_PURPOSE_BYTES));
  /** The line in hand, counted from 1, blank ones too. */
  line: i32 = 0;
  /** Whether no more lines are wanted, of any file. */
  isStopped: bool = false;
  private part: Part = Part.Other;
  private isBlank: bool = true;
  private isEnded: bool = false;
  private form: MultipartScanner | null = null;

  /** A line begins. */
  protected abstract beginLine(): void;

  /** A piece of it, without its LF. */
  protected abstract addToLine(pointer: usize, length: i32): void;

  /** The line, which isn't blank, is over; false to hear no more. */
  protected abstract endLine(): bool;

  /** False when the content type has no boundary that all parsers read alike. */
  begin(contentType: Bytes): bool {
    const scanner = new MultipartScanner(this);
    this.form = scanner;
    return scanner.begin(contentType);
  }

  /** Consumes a piece; false once there is a problem. */
  feed(pointer: usize, length: i32): bool {
    if (!this.form!.feed(pointer, length)) this.fail(BatchProblem.BadMultipart);
    return this.problem == BatchProblem.None;
  }

  /** The body is over; false when it was not complete. */
  finish(): bool {
    this.isEnded = true;
    if (!this.form!.finish()) this.fail(BatchProblem.BadMultipart);
    return this.problem == BatchProblem.None;
  }

  /** Whether the file is known to be a batch. */
  get isBatch(): bool {
    if (!this.hasPurpose) return this.isEnded;
    return this.part != Part.Purpose && isBatchPurpose(this.purpose.pointer, this.purpose.length);
  }

  override onPart(name: Bytes, isFile: bool, start: i64): void {
    if (PURPOSE.equals(name.pointer, name.length)) {
      if (this.hasPurpose) return this.fail(BatchProblem.DuplicatePart);
      this.hasPurpose = true;
      this.part = Part.Purpose;
    } else if (isFile | isFileField(name)) {
      this.part = Part.File;
      this.beginFile(start);
    }
  }

  override onPartBytes(pointer: usize, length: i32): void {
    if (this.part == Part.File) this.readLines(pointer, length);
    else if (this.part == Part.Purpose)
      this.purpose.append(pointer, min(length, MAX_PURPOSE_BYTES - this.purpose.length));
  }

  override onPartEnd(_end: i64): void {
    if (this.part == Part.File) this.finishLine();
    this.part = Part.Other;
  }

  /** A file begins at `start` of the body. */
  beginFile(start: i64): void {
    this.line = 0;
    this.startLine();
  }

  readLines(pointer: usize, length: i32): void {
    const end = pointer + length;
    let at = pointer;
    while (at < end && !this.isStopped) {
      const lineEnd = findByte(at, end, LF);
      this.isBlank = this.isBlank & (skipSpace(at, lineEnd) == lineEnd);
      this.addToLine(at, <i32>(lineEnd - at));
      if (lineEnd == end) return;
      this.finishLine();
      at = lineEnd + 1;
    }
  }

  /** Ends a line, as a file's end does. */
  finishLine(): void {
    if (this.isStopped) return;
    this.isStopped = !this.isBlank && !this.endLine();
    this.startLine();
  }

  private startLine(): void {
    this.line++;
    this.isBlank = true;
    this.beginLine();
  }

  private fail(problem: BatchProblem): void {
    if (this.problem == BatchProblem.None) this.problem = problem;
    this.isStopped = true;
  }
}

/** Servers may take it for the file though it has no file name, which it needn't have (RFC 7578, 4.2). */
function isFileField(name: Bytes): bool {
  return (name.length == 4) & (load<u32>(name.pointer) == FILE);
}
