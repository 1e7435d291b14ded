import { Bytes } from "../../assembly/bytes/view";
import { Problem, problemOfJson } from "../../assembly/filter/problem";
import { Refusal } from "../../assembly/filter/refusal";
import { UploadPurpose } from "../../assembly/llm/batch/upload-purpose";
import { BatchCheck } from "./batch-check";
import { RouteTable } from "./route-table";

/**
 * The start of an upload in parts (OpenAI, `POST /v1/uploads`), which says in JSON what the file is for. Parts cut a batch's
 * lines anywhere and come in requests of their own, so a batch can't be judged there: it has to come as one file.
 */
@final
export class BatchPurpose extends BatchCheck {
  private readonly purpose: UploadPurpose = new UploadPurpose();

  constructor(
    table: RouteTable,
    private readonly whenBatch: Refusal,
  ) {
    super(table, null);
  }

  feed(piece: Bytes, isLast: bool): void {
    const purpose = this.purpose;
    if (!purpose.feed(piece.pointer, piece.length, isLast)) this.report(problemOfJson(purpose.problem));
    if (purpose.hasDuplicate) this.report(Problem.DuplicateKey);
    if (purpose.isBatch) this.found = this.whenBatch;
  }
}
