import { Bytes } from "../../assembly/bytes/view";
import { PublishedUsage } from "../../assembly/filter/published-usage";
import { GlobList } from "../../assembly/match/glob-list";

export const NO_COST: i64 = -1;

const MILLION: i64 = 1_000_000;
/** So that the sum of products of prices and numbers of tokens stays an i64. */
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
  readonly models: GlobList;

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
    const plain = input - cached - created;
    const output = tokens(usage.output, MOST_TOKENS);
    // Whole units of the currency and millionths apart: their products together are beyond an i64.
    const units =
      plain * (price.input / MILLION) +
      cached * (price.cachedInput / MILLION) +
      created * (price.cacheCreation / MILLION) +
      output * (price.output / MILLION);
    const millionths =
      plain * (price.input % MILLION) +
      cached * (price.cachedInput % MILLION) +
      created * (price.cacheCreation % MILLION) +
      output * (price.output % MILLION);
    return units + (millionths + MILLION / 2) / MILLION;
  }
}

function tokens(count: i64, most: i64): i64 {
  return min(max<i64>(count, 0), most);
}
