import { Budget } from "../bytes/budget";
import { findByte } from "../bytes/find";
import { Bytes } from "../bytes/view";
import { FirstText } from "../json/first-text";
import { JsonPaths } from "../json/paths";
import { JsonProblem, JsonScanner } from "../json/scanner";
import { skipSpace } from "../json/space";

/** Longest model name that is read in a line, in bytes. */
export const MAX_LINE_MODEL: i32 = 1024;

export const enum LineProblem {
  None,
  NotJson,
  /** No `body.model`: not a request for a model. */
  NoModel,
  /** `body`, or `model` in it, comes twice: servers differ in which they take. */
  DuplicateModel,
  /** `body.model` is no string, or longer than MAX_LINE_MODEL or the budget has room for. */
  BadModel,
}

/** Hears about the lines of a batch file in their order. */
export abstract class BatchLineListener {
  /**
   * A line that is not blank has ended.
   *
   * @param line counted from 1, blank ones too
   * @param model the value of `body.model`, when there is no problem; gone when the call returns
   * @returns whether to go on
   */
  abstract onLine(line: i32, problem: LineProblem, model: Bytes): bool;
}

const LINE_PATHS = new JsonPaths(["body.model"]);
const LF: u8 = 0x0a;

/**
 * Reads the model of each line of a batch file (JSON Lines, one request a line: OpenAI API reference, "The request input
 * object") that arrives in pieces; splitting it anywhere gives the same result.
 *
 * Lines end with LF or CRLF. A bare CR is white space, so two values that only it separates are not JSON. Keeps one model
 * name at a time.
 */
@final
export class BatchLines {
  private readonly model: FirstText;
  private readonly scanner: JsonScanner;
  private readonly noModel: Bytes = new Bytes();
  private line: i32 = 1;
  private isBlank: bool = true;
  private isStopped: bool = false;

  constructor(
    budget: Budget,
    private readonly listener: BatchLineListener,
  ) {
    const model = new FirstText(budget, MAX_LINE_MODEL);
    this.model = model;
    this.scanner = new JsonScanner(LINE_PATHS, model);
  }

  /** Begins another file. */
  reset(): void {
    this.line = 1;
    this.isStopped = false;
    this.beginLine();
  }

  /** Consumes a piece; false once the listener wants no more. */
  feed(pointer: usize, length: i32): bool {
    const end = pointer + length;
    let at = pointer;
    while (at < end && !this.isStopped) {
      const lineEnd = findByte(at, end, LF);
      this.takePiece(at, <i32>(lineEnd - at));
      if (lineEnd == end) break;
      this.endLine();
      at = lineEnd + 1;
    }
    return !this.isStopped;
  }

  /** Ends the file, and with it a last line without a line end; false when the listener wanted no more. */
  finish(): bool {
    if (!this.isStopped) this.endLine();
    return !this.isStopped;
  }

  /** Gives the memory back to the budget. */
  release(): void {
    this.model.release();
  }

  private takePiece(pointer: usize, length: i32): void {
    this.isBlank = this.isBlank && skipSpace(pointer, pointer + length) == pointer + length;
    this.scanner.feed(pointer, length);
  }

  private endLine(): void {
    if (!this.isBlank) {
      const problem = this.lineProblem();
      const model = problem == LineProblem.None ? this.model.value : this.noModel;
      this.isStopped = !this.listener.onLine(this.line, problem, model);
    }
    this.line++;
    this.beginLine();
  }

  private beginLine(): void {
    this.isBlank = true;
    this.scanner.reset();
    this.model.reset();
  }

  private lineProblem(): LineProblem {
    if (!this.scanner.finish() || this.scanner.problem != JsonProblem.None) return LineProblem.NotJson;
    const model = this.model;
    if (model.hasDuplicate) return LineProblem.DuplicateModel;
    if (model.count == 0) return LineProblem.NoModel;
    return model.isText && !model.isTruncated ? LineProblem.None : LineProblem.BadModel;
  }
}
