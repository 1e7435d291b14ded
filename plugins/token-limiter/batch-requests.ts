import { BatchTotals } from "../../assembly/llm/batch/totals";
import { Dialect } from "../../assembly/llm/dialect";
import { RequestFields } from "../../assembly/llm/request/fields";
import { NO_COUNT, multiplyCounts } from "../../assembly/llm/tokens/count";
import { Demand } from "./demand";
import { Limit } from "./limit";

export const NO_LIMIT: i32 = -1;

/** Adds up the requests of a batch, and finds one that is too large for a limit of single requests. */
@final
export class BatchRequests extends BatchTotals {
  /** By position, the limit that a request is too large for; `NO_LIMIT`: none. */
  exceeded: i32 = NO_LIMIT;
  /** How much that request needs of it. */
  needed: i64 = 0;
  private readonly demand: Demand = new Demand();

  constructor(private readonly limits: Limit[]) {
    super();
  }

  override add(request: RequestFields, dialect: Dialect): void {
    super.add(request, dialect);
    if (this.exceeded != NO_LIMIT || request.root.count == 0) return;
    const cap = request.outputCap(dialect);
    const demand = this.demand;
    demand.input = request.inputTokens;
    demand.isBound = cap != NO_COUNT;
    demand.output = demand.isBound ? multiplyCounts(cap, request.answers) : 0;
    const model = request.modelBytes;
    for (let i = 0; i < this.limits.length; i++) {
      const limit = unchecked(this.limits[i]);
      if (!limit.isPerRequest || !limit.isFor(model.pointer, model.length)) continue;
      this.needed = demand.ofOne(limit);
      if (!limit.isTooLarge(this.needed)) continue;
      this.exceeded = i;
      return;
    }
  }
}
