import { Budget } from "../../assembly/bytes/budget";
import { ByteBuffer } from "../../assembly/bytes/buffer";
import { ByteString, Bytes } from "../../assembly/bytes/view";
import { formatInteger } from "../../assembly/config/integer";
import { Caller } from "../../assembly/filter/caller";
import { Problem } from "../../assembly/filter/problem";
import { Refusal } from "../../assembly/filter/refusal";
import { BatchLineListener, BatchLines, LineProblem, MAX_LINE_MODEL } from "../../assembly/llm/batch-lines";
import { isBatchPurpose } from "../../assembly/llm/upload-purpose";
import { MultipartListener, MultipartScanner } from "../../assembly/llm/multipart";
import { BatchCheck } from "./batch-check";
import { BATCH_REJECTED } from "./refusals";
import { RouteTable } from "./route-table";

const PURPOSE = new ByteString("purpose");
const MAX_PURPOSE_BYTES: i32 = 64;

const enum Part {
  Other,
  Purpose,
  File,
}


@final
class FormParts extends MultipartListener {
  constructor(private readonly check: BatchFile) {
    super();
  }

  override onPart(name: Bytes, isFile: bool, _start: i64): void {
    this.check.onPart(name, isFile);
  }

  override onPartBytes(pointer: usize, length: i32): void {
    this.check.onPartBytes(pointer, length);
  }

  override onPartEnd(_end: i64): void {
    this.check.onPartEnd();
  }
}


@final
class Lines extends BatchLineListener {
  constructor(private readonly check: BatchFile) {
    super();
  }

  onLine(line: i32, problem: LineProblem, model: Bytes): bool {
    return this.check.onLine(line, problem, model);
  }
}

/**
 * A file upload (OpenAI, `POST /v1/files`): a batch when its `purpose` says so, wherever in the form that stands. A form that
 * never says its purpose counts as a batch.
 */
@final
export class BatchFile extends BatchCheck {
  private part: Part = Part.Other;
  private hasPurpose: bool = false;
  private readonly purpose: ByteBuffer = new ByteBuffer(new Budget(MAX_PURPOSE_BYTES));
  private isEnded: bool = false;
  private scanner: MultipartScanner | null = null;
  private lines: BatchLines | null = null;
  private unreadable: bool = false;
  private unreadableProblem: Problem = Problem.NotJson;

  constructor(
    table: RouteTable,
    caller: Caller | null,
    /** No batch may be uploaded, whatever it names. */
    private readonly rejectsBatches: bool,
  ) {
    super(table, caller);
  }

  /** False when the content type has no boundary that all parsers read alike. */
  begin(contentType: Bytes): bool {
    const scanner = new MultipartScanner(new FormParts(this));
    this.scanner = scanner;
    this.lines = new BatchLines(new Budget(MAX_LINE_MODEL), new Lines(this));
    return scanner.begin(contentType);
  }

  /** Whether the form says that it is a batch. */
  get isBatch(): bool {
    if (!this.hasPurpose || this.part == Part.Purpose) return false;
    return isBatchPurpose(this.purpose.pointer, this.purpose.length);
  }

  /** What the uploader is told, once it is known that this is a batch. */
  override get refusal(): Refusal | null {
    if (!this.isBatch && (!this.isEnded || this.hasPurpose)) return null;
    return this.rejectsBatches ? BATCH_REJECTED : this.found;
  }

  feed(piece: Bytes, isLast: bool): void {
    const scanner = this.scanner!;
    if (!scanner.feed(piece.pointer, piece.length) || (isLast && !scanner.finish())) this.report(Problem.BadMultipart);
    this.isEnded = isLast;
    if (this.unreadable && (this.isBatch || (isLast && !this.hasPurpose))) this.report(this.unreadableProblem);
  }

  onPart(name: Bytes, isFile: bool): void {
    this.part = isFile ? Part.File : Part.Other;
    if (this.part == Part.File) this.lines!.reset();
    if (!PURPOSE.equals(name.pointer, name.length)) return;
    if (this.hasPurpose) return this.report(Problem.DuplicatePart);
    this.part = Part.Purpose;
    this.hasPurpose = true;
  }

  onPartBytes(pointer: usize, length: i32): void {
    if (this.part == Part.Purpose) {
      this.purpose.append(pointer, min(length, MAX_PURPOSE_BYTES - this.purpose.length));
    } else if (this.part == Part.File && this.found == null && !this.unreadable) {
      this.lines!.feed(pointer, length);
    }
  }

  onPartEnd(): void {
    if (this.part == Part.File && this.found == null && !this.unreadable) this.lines!.finish();
    this.part = Part.Other;
  }

  onLine(line: i32, problem: LineProblem, model: Bytes): bool {
    if (problem == LineProblem.None) this.judge(`line ${formatInteger(line)}`, model);
    else if (problem != LineProblem.NoModel) {
      this.unreadable = true;
      this.unreadableProblem = problem == LineProblem.DuplicateModel ? Problem.DuplicateKey : Problem.NotJson;
    }
    return this.found == null && !this.unreadable;
  }
}
