import { encodeUtf8 } from "../../assembly/bytes/text";
import { SHA256_BYTES } from "../../assembly/bytes/sha256";
import { ByteString } from "../../assembly/bytes/view";
import { FastSha256 } from "../../assembly/crypto/fast-sha256";
import { formatInteger } from "../../assembly/config/integer";
import { GlobList } from "../../assembly/match/glob-list";
import { MOST, divideUp, multiplyDivide, saturatingProduct } from "./ledger-math";

export const enum CountKind {
  /** Each request counts one. */
  Requests,
  /** Each request counts one while it lasts. */
  Concurrent,
  Tokens,
}

/** Most of one kind of tokens that an answer may report; more counts as this. */
const MOST_TOKENS: i64 = 1 << 53;

/** What a limit counts: requests, or tokens by weight. Weights are thousandths, 0 to 1,000,000. Immutable. */
@final
export class Count {
  constructor(
    readonly kind: CountKind,
    readonly input: i64 = 0,
    readonly cachedInput: i64 = 0,
    readonly cacheCreation: i64 = 0,
    readonly output: i64 = 0,
    readonly reasoning: i64 = 0,
  ) {}

  get isTokens(): bool {
    return this.kind == CountKind.Tokens;
  }

  /**
   * The weighted sum of a usage in OpenTelemetry's meaning (input includes the two caches, output the reasoning), rounded up;
   * the parts count at their own weight instead of their whole's. Negative stands for unknown and counts nothing; a part is
   * at most its whole. One for `Requests` and `Concurrent`.
   */
  of(input: i64, cachedInput: i64, cacheCreation: i64, output: i64, reasoning: i64): i64 {
    if (!this.isTokens) return 1;
    const allInput = clamp(input, MOST_TOKENS);
    const allOutput = clamp(output, MOST_TOKENS);
    const cached = clamp(cachedInput, allInput);
    const created = clamp(cacheCreation, allInput - cached);
    const reasoned = clamp(reasoning, allOutput);
    const plain = allInput - cached - created;
    const said = allOutput - reasoned;
    // In whole thousands and what is left over, or 2^53 tokens at a weight of 1000 would not fit.
    const thousands =
      saturatingProduct(plain / 1000, this.input) +
      saturatingProduct(cached / 1000, this.cachedInput) +
      saturatingProduct(created / 1000, this.cacheCreation) +
      saturatingProduct(said / 1000, this.output) +
      saturatingProduct(reasoned / 1000, this.reasoning);
    const rest =
      (plain % 1000) * this.input +
      (cached % 1000) * this.cachedInput +
      (created % 1000) * this.cacheCreation +
      (said % 1000) * this.output +
      (reasoned % 1000) * this.reasoning;
    return min(thousands + divideUp(rest, 1000), MOST);
  }
}

function clamp(value: i64, most: i64): i64 {
  return min(max(value, 0), most);
}

/** The key of a limit that has no state. */
export const NO_KEY: i32 = -1;

export const enum Algorithm {
  SlidingWindow,
  FixedWindow,
  TokenBucket,
  /** What is reserved is all that counts. */
  Concurrent,
}

/** One entry of `limits`. Immutable. */
@final
export class Limit {
  /** Identifies the limit among all that share a record: half of a SHA-256 of what it counts, over which time. */
  readonly tagLow: u64;
  readonly tagHigh: u64;
  readonly nameBytes: ByteString;
  /** What counts in its place for a consumer that behaves unusually; null: itself. Set at load. */
  tighter: Limit | null = null;
  /** Of a tighter limit the one that it stands for; null: itself. Set at load. */
  usual: Limit | null = null;

  constructor(
    readonly name: string,
    /** Which of `LimiterSettings.keys` it counts by; `NO_KEY` for a limit of single requests. */
    readonly key: i32,
    /** The models it is for; null: all. */
    readonly models: GlobList | null,
    readonly count: Count,
    /** What may be used in `periodMs`, of `Concurrent` at once, or in one request: 1 to 2^53. */
    readonly amount: i64,
    /** Most that can ever be available: the bucket's size, else the amount. */
    readonly capacity: i64,
    /** 0 for `Concurrent` and for limits of a single request. */
    readonly periodMs: i64,
    readonly algorithm: Algorithm,
    /** It bounds each request by itself and has no state: the filter asks `isTooLarge`, no store. */
    readonly isPerRequest: bool,
  ) {
    this.nameBytes = new ByteString(name);
    const digest = new StaticArray<u64>(SHA256_BYTES / 8);
    const definition = encodeUtf8(`${name} ${describe(count)} ${formatInteger(algorithm)} ${formatInteger(periodMs)}`);
    const hash = new FastSha256();
    hash.update(changetype<usize>(definition), definition.byteLength);
    hash.finish(changetype<usize>(digest));
    this.tagLow = digest[0];
    this.tagHigh = digest[1];
  }

  /** This limit with `thousandths` of its amount and capacity, each at least 1, on the same accounts. */
  share(thousandths: i64): Limit {
    const amount = max(multiplyDivide(this.amount, thousandths, 0, 1000), 1);
    const capacity = max(multiplyDivide(this.capacity, thousandths, 0, 1000), 1);
    const algorithm = this.algorithm;
    return new Limit(this.name, this.key, this.models, this.count, amount, capacity, this.periodMs, algorithm, false);
  }

  /** Whether it is for requests for this model; one that nobody has named or read (empty) may be any. */
  isFor(modelPointer: usize, modelLength: i32): bool {
    const models = this.models;
    return models == null || modelLength == 0 || models.find(modelPointer, modelLength) >= 0;
  }

  /** Whether that much can never pass, however long one waits. */
  isTooLarge(amount: i64): bool {
    return amount > this.capacity;
  }
}

function describe(count: Count): string {
  let text = formatInteger(count.kind);
  text += "," + formatInteger(count.input);
  text += "," + formatInteger(count.cachedInput);
  text += "," + formatInteger(count.cacheCreation);
  text += "," + formatInteger(count.output);
  return text + "," + formatInteger(count.reasoning);
}
