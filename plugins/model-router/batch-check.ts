import { Bytes } from "../../assembly/bytes/view";
import { Caller } from "../../assembly/filter/caller";
import { Problem } from "../../assembly/filter/problem";
import { Refusal } from "../../assembly/filter/refusal";
import { refusalFor } from "./refusals";
import { RouteTable, Verdict } from "./route-table";

/**
 * Looks at the models that a batch upload names while it streams by; the first that its uploader may not use ends it.
 *
 * Feed it every piece of the body, then read what it found: `problem` first, then `refusal`.
 */
export abstract class BatchCheck {
  /** Why the upload can't be judged, once `hasProblem`. */
  problem: Problem = Problem.NotJson;
  hasProblem: bool = false;
  /** Names the first request whose model is refused. */
  protected found: Refusal | null = null;

  constructor(
    private readonly table: RouteTable,
    private readonly caller: Caller | null,
  ) {}

  abstract feed(piece: Bytes, isLast: bool): void;

  /** What the uploader is told; null as long as there is nothing against the upload. */
  get refusal(): Refusal | null {
    return this.found;
  }

  protected report(problem: Problem): void {
    if (this.hasProblem) return;
    this.hasProblem = true;
    this.problem = problem;
  }

  /** Judges the model of one request, unless a problem came before it; `where` names the request, such as "line 3". */
  protected judge(where: string, model: Bytes): void {
    if (this.hasProblem) return;
    const verdict = this.table.allows(model, this.caller);
    if (verdict != Verdict.Unknown && verdict != Verdict.Forbidden) return;
    this.found = refusalFor(verdict, model, ` in ${where} of the batch`);
  }
}
