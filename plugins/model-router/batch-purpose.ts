import { Budget } from "../../assembly/bytes/budget";
import { Bytes } from "../../assembly/bytes/view";
import { Problem, problemOfJson } from "../../assembly/filter/problem";
import { Refusal } from "../../assembly/filter/refusal";
import { JsonCaptures } from "../../assembly/json/captures";
import { JsonPaths } from "../../assembly/json/paths";
import { JsonScanner } from "../../assembly/json/scanner";
import { BatchCheck } from "./batch-check";
import { isBatchPurpose } from "./batch-file";
import { RouteTable } from "./route-table";

const PATHS = new JsonPaths(["purpose"]);
const PURPOSE: i32 = 0;
const MAX_PURPOSE_BYTES: i32 = 64;

/**
 * The start of an upload in parts (OpenAI, `POST /v1/uploads`), which says in JSON what the file is for. Parts cut a batch's
 * lines anywhere and come in requests of their own, so a batch can't be judged there: it has to come as one file.
 */
@final
export class BatchPurpose extends BatchCheck {
  private readonly captures: JsonCaptures;
  private readonly scanner: JsonScanner;

  constructor(
    table: RouteTable,
    private readonly whenBatch: Refusal,
  ) {
    super(table, null);
    const captures = new JsonCaptures(PATHS, new Budget(MAX_PURPOSE_BYTES), MAX_PURPOSE_BYTES);
    this.captures = captures;
    this.scanner = new JsonScanner(PATHS, captures);
  }

  feed(piece: Bytes, isLast: bool): void {
    const isJson = this.scanner.feed(piece.pointer, piece.length) && (!isLast || this.scanner.finish());
    if (!isJson) this.report(problemOfJson(this.scanner.problem));
    if (this.captures.duplicate >= 0) this.report(Problem.DuplicateKey);
    const purpose = this.captures.value(PURPOSE);
    if (this.captures.isComplete(PURPOSE) && isBatchPurpose(purpose.pointer, purpose.length))
      this.found = this.whenBatch;
  }
}
