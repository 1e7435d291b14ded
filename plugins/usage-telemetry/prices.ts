import { Bytes } from "../../assembly/bytes/view";
import { PublishedUsage } from "../../assembly/filter/published-usage";
import { GlobList } from "../../assembly/match/glob-list";

export const NO_COST: i64 = -1;

const MILLION: i64 = 1_000_000;
/** So that two products of the highest price and a number of tokens stay an i64 together. */
const MOST_TOKENS: i64 = 1 << 32;

/** What a million tokens cost, in millionths of the currency's unit. */
@final
export class Price {
  constructor(
    readonly input: i64,
    readonly output: i64,
    readonly cachedInput: i64,
    readonly cacheCreation: i64,
  ) {}
}

/** Prices by model. */
@final
export class Prices {
  private readonly models: GlobList;

  constructor(
    patterns: string[],
    /** Of each pattern. */
    private readonly prices: Price[],
  ) {
    this.models = new GlobList(patterns);
  }

  /**
   * What this use of a model costs, in millionths of the currency's unit, rounded half up; `NO_COST` where that is not known. A
   * part is at most its whole.
   */
  costOf(model: Bytes, usage: PublishedUsage): i64 {
    const found = this.models.find(model.pointer, model.length);
    if (found < 0 || !usage.isKnown) return NO_COST;
    const price = this.prices[found];
    const input = tokens(usage.input, MOST_TOKENS);
    const cached = tokens(usage.cachedInput, input);
    const created = tokens(usage.cacheCreation, input - cached);
    const sum =
      (input - cached - created) * price.input +
      cached * price.cachedInput +
      created * price.cacheCreation +
      tokens(usage.output, MOST_TOKENS) * price.output;
    return (sum + MILLION / 2) / MILLION;
  }
}

function tokens(count: i64, most: i64): i64 {
  return min(max<i64>(count, 0), most);
}
