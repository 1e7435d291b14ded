import { Bytes } from "../../bytes/view";
import { JsonKind } from "../../json/listener";
import { JsonScanner } from "../../json/scanner";
import { BatchProblem } from "./problem";
import { BatchTotals } from "./totals";
import { Dialect } from "../dialect";
import { FIRST_MORE_PATH, RequestFields, requestPaths } from "../request/fields";
import { UploadForm } from "./upload-form";

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

/** Each line is a request, whose `body` is what counts. */
@final
class RequestLines extends UploadForm {
  private readonly fields: RequestFields;
  private readonly scanner: JsonScanner;

  constructor(private readonly totals: BatchTotals) {
    super();
    const fields = new RequestFields();
    this.fields = fields;
    this.scanner = new JsonScanner(FILE_PATHS, fields);
  }

  /** Whether this is a batch, as far as was read. */
  get mayBeBatch(): bool {
    return !this.hasPurpose || this.isBatch;
  }

  protected beginLine(): void {
    this.scanner.reset();
    this.fields.reset();
  }

  protected addToLine(pointer: usize, length: i32): void {
    if (this.mayBeBatch) this.scanner.feed(pointer, length);
  }

  protected endLine(): bool {
    if (!this.mayBeBatch || !this.scanner.finish()) return false;
    this.totals.add(this.fields, Dialect.OpenAiBatches);
    return true;
  }
}

/** A file upload (see `UploadForm`) as a batch. */
@final
export class FileBatchReader extends BatchReader {
  private readonly form: RequestLines;

  constructor(totals: BatchTotals) {
    super(totals);
    this.form = new RequestLines(totals);
  }

  /** False when the content type has no boundary that all parsers read alike. */
  begin(contentType: Bytes): bool {
    return this.form.begin(contentType) || this.fail(BatchProblem.BadMultipart);
  }

  override get isBatch(): bool {
    return this.form.mayBeBatch;
  }

  override get isSurelyBatch(): bool {
    return this.form.hasPurpose && this.form.isBatch;
  }

  feed(pointer: usize, length: i32): bool {
    return this.check(this.form.feed(pointer, length));
  }

  finish(): bool {
    return this.check(this.form.finish());
  }

  private check(isForm: bool): bool {
    if (!isForm) return this.fail(this.form.problem);
    return !this.form.isStopped || !this.form.isBatch || this.fail(BatchProblem.NotJson);
  }
}
