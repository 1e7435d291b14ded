import { Budget } from "../../bytes/budget";
import { Bytes } from "../../bytes/view";
import { FirstText } from "../../json/first-text";
import { JsonPaths } from "../../json/paths";
import { JsonScanner } from "../../json/scanner";
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
  /** `body.model` is no string, or longer than MAX_LINE_MODEL. */
  BadModel,
}

const LINE_PATHS = new JsonPaths(["body.model"]);

/**
 * Reads the model of each line of a batch file (one request a line: OpenAI API reference, "The request input object").
 *
 * A bare CR is white space, so two values that only it separates are not JSON. Keeps one model name at a time.
 */
export abstract class BatchLines extends UploadForm {
  private readonly model: FirstText;
  private readonly scanner: JsonScanner;

  constructor() {
    super();
    const model = new FirstText(new Budget(MAX_LINE_MODEL), MAX_LINE_MODEL);
    this.model = model;
    this.scanner = new JsonScanner(LINE_PATHS, model);
  }

  /** The line, which isn't blank, is over; `model` is its `body.model`, unless there is a problem. False to hear no more. */
  protected abstract onLine(problem: LineProblem, model: Bytes): bool;

  protected beginLine(): void {
    this.scanner.reset();
    this.model.reset();
  }

  protected addToLine(pointer: usize, length: i32): void {
    this.scanner.feed(pointer, length);
  }

  protected endLine(): bool {
    return this.onLine(this.lineProblem(), this.model.value);
  }

  private lineProblem(): LineProblem {
    if (!this.scanner.finish()) return LineProblem.NotJson;
    const model = this.model;
    if (model.hasDuplicate) return LineProblem.DuplicateModel;
    if (model.count == 0) return LineProblem.NoModel;
    return model.isText && !model.isTruncated ? LineProblem.None : LineProblem.BadModel;
  }
}
