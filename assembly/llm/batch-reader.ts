import { findByte } from "../bytes/find";
import { Bytes, ByteString } from "../bytes/view";
import { JsonKind } from "../json/listener";
import { JsonScanner } from "../json/scanner";
import { BatchTotals } from "./batch-totals";
import { Dialect } from "./dialect";
import { MultipartListener, MultipartScanner } from "./multipart";
import { FIRST_MORE_PATH, RequestFields, requestPaths } from "./request-fields";

const LF: u8 = 0x0a;

/** Why a batch can't be read. */
export const enum BatchProblem {
  None,
  NotJson,
  BadMultipart,
  /** The form says its purpose twice. */
  DuplicatePart,
}

/** Reads what a batch upload costs, from a body that arrives in pieces: splitting it anywhere gives the same result. */
export abstract class BatchReader {
  problem: BatchProblem = BatchProblem.None;

  constructor(readonly totals: BatchTotals) {}

  /** Consumes a piece; false once there is a problem. */
  abstract feed(pointer: usize, length: i32): bool;

  /** The body is over; false when it was no batch that can be read. */
  abstract finish(): bool;

  /** Whether this is a batch, as far as was read. */
  get isBatch(): bool {
    return true;
  }

  /** Whether it is one, whatever still comes. */
  get isSurelyBatch(): bool {
    return true;
  }

  protected fail(problem: BatchProblem): bool {
    if (this.problem == BatchProblem.None) this.problem = problem;
    return false;
  }
}


@final
class Params extends RequestFields {
  constructor(private readonly totals: BatchTotals) {
    super();
  }

  override onValueEnd(path: i32, kind: JsonKind, end: u64): void {
    super.onValueEnd(path, kind, end);
    if (path != FIRST_MORE_PATH) return;
    this.totals.add(this, Dialect.AnthropicBatches);
    this.reset();
  }
}

const MESSAGE_PATHS = requestPaths("requests[*].params", ["requests[*]"]);

/** A batch of messages (Anthropic, "Create a Message Batch"): one JSON object, whose `requests` have their `params`. */
@final
export class MessageBatchReader extends BatchReader {
  private readonly scanner: JsonScanner;

  constructor(totals: BatchTotals) {
    super(totals);
    this.scanner = new JsonScanner(MESSAGE_PATHS, new Params(totals));
  }

  feed(pointer: usize, length: i32): bool {
    return this.scanner.feed(pointer, length) || this.fail(BatchProblem.NotJson);
  }

  finish(): bool {
    return this.scanner.finish() || this.fail(BatchProblem.NotJson);
  }
}

const FILE_PATHS = requestPaths("body");
const PURPOSE = new ByteString("purpose");
const BATCH: u64 = 0x6863746162; // "batch"

const enum Part {
  Other,
  Purpose,
  File,
}


@final
class FormParts extends MultipartListener {
  constructor(private readonly reader: FileBatchReader) {
    super();
  }

  override onPart(name: Bytes, isFile: bool, _start: i64): void {
    this.reader.onPart(name, isFile);
  }

  override onPartBytes(pointer: usize, length: i32): void {
    this.reader.onPartBytes(pointer, length);
  }

  override onPartEnd(_end: i64): void {
    this.reader.onPartEnd();
  }
}

/**
 * A file upload (OpenAI API reference, "Upload file"), which is a batch when its `purpose` says so, wherever in the form that
 * stands, or when nothing does. Each line of the file is a request, whose `body` is what counts; blank lines don't.
 */
@final
export class FileBatchReader extends BatchReader {
  private form: MultipartScanner | null = null;
  private readonly fields: RequestFields;
  private readonly line: JsonScanner;
  private part: Part = Part.Other;
  private hasPurpose: bool = false;
  /** The purpose's first bytes in lower case, the first one lowest. */
  private purpose: u64 = 0;
  private purposeLength: i32 = 0;
  private isBlank: bool = true;
  private hasBadLine: bool = false;

  constructor(totals: BatchTotals) {
    super(totals);
    const fields = new RequestFields();
    this.fields = fields;
    this.line = new JsonScanner(FILE_PATHS, fields);
  }

  /** False when the content type has no boundary that all parsers read alike. */
  begin(contentType: Bytes): bool {
    const form = new MultipartScanner(new FormParts(this));
    this.form = form;
    return form.begin(contentType) || this.fail(BatchProblem.BadMultipart);
  }

  override get isBatch(): bool {
    return !this.hasPurpose || (this.purposeLength == 5 && this.purpose == BATCH);
  }

  override get isSurelyBatch(): bool {
    return this.hasPurpose && this.part != Part.Purpose && this.isBatch;
  }

  feed(pointer: usize, length: i32): bool {
    if (this.problem != BatchProblem.None) return false;
    if (!this.form!.feed(pointer, length)) return this.fail(BatchProblem.BadMultipart);
    return !this.hasBadLine || !this.isSurelyBatch || this.fail(BatchProblem.NotJson);
  }

  finish(): bool {
    if (this.problem != BatchProblem.None) return false;
    if (!this.form!.finish()) return this.fail(BatchProblem.BadMultipart);
    return !this.isBatch || !this.hasBadLine || this.fail(BatchProblem.NotJson);
  }

  onPart(name: Bytes, isFile: bool): void {
    this.part = isFile ? Part.File : Part.Other;
    if (isFile) this.beginLine();
    if (!PURPOSE.equals(name.pointer, name.length)) return;
    if (this.hasPurpose) this.fail(BatchProblem.DuplicatePart);
    this.part = Part.Purpose;
    this.hasPurpose = true;
  }

  onPartBytes(pointer: usize, length: i32): void {
    if (this.part == Part.Purpose) this.readPurpose(pointer, length);
    else if (this.part == Part.File && this.mayBeBatch) this.readLines(pointer, length);
  }

  onPartEnd(): void {
    if (this.part == Part.File && this.mayBeBatch) this.endLine();
    this.part = Part.Other;
  }

  private get mayBeBatch(): bool {
    return this.isBatch && !this.hasBadLine;
  }

  private readPurpose(pointer: usize, length: i32): void {
    for (let i = 0; i < length && this.purposeLength < 8; i++) {
      this.purpose |= ((<u64>load<u8>(pointer + i)) | 0x20) << (this.purposeLength++ * 8);
    }
  }

  private readLines(pointer: usize, length: i32): void {
    const end = pointer + length;
    while (pointer < end && !this.hasBadLine) {
      const lineEnd = findByte(pointer, end, LF);
      for (let at = pointer; this.isBlank && at < lineEnd; at++) this.isBlank = isBlankByte(load<u8>(at));
      this.line.feed(pointer, <i32>(lineEnd - pointer));
      if (lineEnd == end) return;
      this.endLine();
      pointer = lineEnd + 1;
    }
  }

  private endLine(): void {
    if (!this.isBlank) {
      if (this.line.finish()) this.totals.add(this.fields, Dialect.OpenAiBatches);
      else this.hasBadLine = true;
    }
    this.beginLine();
  }

  private beginLine(): void {
    this.isBlank = true;
    this.line.reset();
    this.fields.reset();
  }
}

function isBlankByte(byte: u8): bool {
  return byte == 0x20 || byte == 0x09 || byte == 0x0d;
}
