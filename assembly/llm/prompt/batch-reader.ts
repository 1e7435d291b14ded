import { Bytes } from "../../bytes/view";
import { ALL_OTHERS, JsonPaths } from "../../json/paths";
import { JsonScanner } from "../../json/scanner";
import { PromptFacts } from "./facts";
import { PROMPT_PATHS, PromptFields } from "./fields";
import { PromptListener } from "./listener";
import { BatchProblem } from "../batch/problem";
import { UploadForm } from "../batch/upload-form";

/**
 * Finds the texts of a batch's requests in an upload that arrives in pieces: splitting it anywhere gives the same texts. See
 * `PromptReader`; offsets count the upload's bytes.
 */
export abstract class PromptBatchReader {
  problem: BatchProblem = BatchProblem.None;

  /** Consumes a piece; false once there is a problem. */
  abstract feed(pointer: usize, length: i32): bool;

  /** The body is over; false when it was no batch that can be read. */
  abstract finish(): bool;

  /** Which request the text in hand is of, counted from 1: in a file its line, blank ones too. */
  abstract get request(): i32;

  /** What is the case in any of the requests: duplicates, tokens, false files. */
  abstract get facts(): PromptFacts;

  protected fail(problem: BatchProblem): bool {
    if (this.problem == BatchProblem.None) this.problem = problem;
    return false;
  }
}

const MESSAGE_PATHS = new JsonPaths(["", ALL_OTHERS, "requests[*]"]);

/** A batch of messages (Anthropic, "Create a Message Batch"): one JSON object, whose `requests` have their `params`. */
@final
export class PromptMessageBatch extends PromptBatchReader {
  private readonly fields: PromptFields;
  private readonly scanner: JsonScanner;

  constructor(listener: PromptListener) {
    super();
    const fields = new PromptFields(listener, false);
    fields.begin(0);
    this.fields = fields;
    this.scanner = new JsonScanner(MESSAGE_PATHS, fields);
  }

  feed(pointer: usize, length: i32): bool {
    return this.scanner.feed(pointer, length) || this.fail(BatchProblem.NotJson);
  }

  finish(): bool {
    if (!this.scanner.finish()) return this.fail(BatchProblem.NotJson);
    this.fields.finish();
    return true;
  }

  get request(): i32 {
    return this.fields.requests;
  }

  get facts(): PromptFacts {
    return this.fields.facts;
  }
}

/** Each line is a request with what is around it. */
@final
class PromptLines extends UploadForm {
  /** Where the next byte of the line is in the body. */
  private offset: u64 = 0;
  private readonly scanner: JsonScanner;

  constructor(private readonly fields: PromptFields) {
    super();
    this.scanner = new JsonScanner(PROMPT_PATHS, fields);
  }

  override beginFile(start: i64): void {
    // What begins a line passes a line feed before it.
    this.offset = start - 1;
    super.beginFile(start);
  }

  protected beginLine(): void {
    this.scanner.reset();
    this.fields.begin(++this.offset);
  }

  protected addToLine(pointer: usize, length: i32): void {
    this.offset += length;
    this.scanner.feed(pointer, length);
  }

  protected endLine(): bool {
    if (!this.scanner.finish()) return false;
    this.fields.finish();
    return true;
  }
}

/**
 * A file upload (see `UploadForm`), of whatever purpose: texts are told before the form has said what the file is for. Lines of
 * another purpose's file are read as long as they are JSON; what isn't is a problem in a batch only.
 */
@final
export class PromptFileReader extends PromptBatchReader {
  private readonly fields: PromptFields;
  private readonly form: PromptLines;
  private readonly view: Bytes = new Bytes();

  constructor(listener: PromptListener) {
    super();
    const fields = new PromptFields(listener, true);
    this.fields = fields;
    this.form = new PromptLines(fields);
  }

  /** False when the content type has no boundary that all parsers read alike. */
  begin(contentType: Bytes): bool {
    return this.form.begin(contentType) || this.fail(BatchProblem.BadMultipart);
  }

  feed(pointer: usize, length: i32): bool {
    return this.check(this.form.feed(pointer, length));
  }

  finish(): bool {
    return this.check(this.form.finish());
  }

  get request(): i32 {
    return this.form.line;
  }

  get facts(): PromptFacts {
    return this.fields.facts;
  }

  /** Whether the file may be taken for a batch: it says so, or the form is over and says nothing. */
  get isBatch(): bool {
    return this.form.isBatch;
  }

  /** Whether a line was no JSON, so that nothing was read from there on. */
  get isCutShort(): bool {
    return this.form.isStopped;
  }

  /** What the form says that the file is for, up to `MAX_PURPOSE_BYTES` (`upload-form.ts`); lasts until the next call. */
  get purpose(): Bytes {
    return this.view.set(this.form.purpose.pointer, this.form.purpose.length);
  }

  private check(isForm: bool): bool {
    if (!isForm) return this.fail(this.form.problem);
    return !this.form.isStopped || !this.isBatch || this.fail(BatchProblem.NotJson);
  }
}
