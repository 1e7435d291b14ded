import { Bytes } from "../../assembly/bytes/view";
import { formatInteger } from "../../assembly/config/integer";
import { Caller } from "../../assembly/filter/caller";
import { Problem } from "../../assembly/filter/problem";
import { Refusal } from "../../assembly/filter/refusal";
import { BatchLines, LineProblem } from "../../assembly/llm/batch/lines";
import { BatchProblem } from "../../assembly/llm/batch/problem";
import { BatchCheck } from "./batch-check";
import { BATCH_REJECTED } from "./refusals";
import { RouteTable } from "./route-table";


@final
class Lines extends BatchLines {
  constructor(private readonly check: BatchFile) {
    super();
  }

  protected onLine(problem: LineProblem, model: Bytes): bool {
    return this.check.onLine(this.line, problem, model);
  }
}

/** A file upload (see `UploadForm`): of a batch each line's model is judged. */
@final
export class BatchFile extends BatchCheck {
  private form: Lines | null = null;
  /** Why nothing is read from some line on, where no model is refused. */
  private lineProblem: Problem = Problem.NotJson;

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
    const form = new Lines(this);
    this.form = form;
    return form.begin(contentType);
  }

  /** What the uploader is told, once it is known that this is a batch. */
  override get refusal(): Refusal | null {
    if (!this.form!.isBatch) return null;
    return this.rejectsBatches ? BATCH_REJECTED : this.found;
  }

  feed(piece: Bytes, isLast: bool): void {
    const form = this.form!;
    form.feed(piece.pointer, piece.length);
    if (isLast) form.finish();
    if (form.problem != BatchProblem.None) {
      this.report(form.problem == BatchProblem.DuplicatePart ? Problem.DuplicatePart : Problem.BadMultipart);
    }
    if (form.isStopped && form.isBatch) this.report(this.lineProblem);
  }

  onLine(line: i32, problem: LineProblem, model: Bytes): bool {
    if (problem == LineProblem.NoModel) return true;
    if (problem == LineProblem.None) {
      this.judge(`line ${formatInteger(line)}`, model);
      return this.found == null;
    }
    if (problem == LineProblem.DuplicateModel) this.lineProblem = Problem.DuplicateKey;
    return false;
  }
}
