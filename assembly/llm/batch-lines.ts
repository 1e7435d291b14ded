import { Budget } from "../bytes/budget";
import { Bytes } from "../bytes/view";
import { JsonCaptures } from "../json/captures";
import { JsonKind } from "../json/listener";
import { JsonPaths } from "../json/paths";
import { JsonProblem, JsonScanner } from "../json/scanner";
import { UploadForm } from "./upload-form";

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

const LINE_PATHS = new JsonPaths(["body.model"]);
const MODEL: i32 = 0;

/**
 * Reads the model of each line of a batch file (one request a line: OpenAI API reference, "The request input object").
 *
 * A bare CR is white space, so two values that only it separates are not JSON. Keeps one model name at a time.
 */
export abstract class BatchLines extends UploadForm {
  private readonly captures: JsonCaptures;
  private readonly scanner: JsonScanner;

  constructor(budget: Budget) {
    super();
    const captures = new JsonCaptures(LINE_PATHS, budget, MAX_LINE_MODEL);
    this.captures = captures;
    this.scanner = new JsonScanner(LINE_PATHS, captures);
  }

  /**
   * A line that is not blank has ended.
   *
   * @param model the value of `body.model`, when there is no problem; gone when the call returns
   * @returns whether to go on
   */
  protected abstract onLine(problem: LineProblem, model: Bytes): bool;

  protected beginLine(): void {
    this.scanner.reset();
    this.captures.reset();
  }

  protected addToLine(pointer: usize, length: i32): void {
    this.scanner.feed(pointer, length);
  }

  protected endLine(): bool {
    return this.onLine(this.lineProblem(), this.captures.value(MODEL));
  }

  private lineProblem(): LineProblem {
    if (!this.scanner.finish() || this.scanner.problem != JsonProblem.None) return LineProblem.NotJson;
    if (this.captures.duplicate >= 0) return LineProblem.DuplicateModel;
    if (this.captures.count(MODEL) == 0) return LineProblem.NoModel;
    if (this.captures.kind(MODEL) != JsonKind.String || this.captures.isTruncated(MODEL)) return LineProblem.BadModel;
    return LineProblem.None;
  }
}
