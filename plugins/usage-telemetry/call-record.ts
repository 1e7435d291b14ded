import { Budget } from "../../assembly/bytes/budget";
import { ByteBuffer } from "../../assembly/bytes/buffer";
import { Bytes } from "../../assembly/bytes/view";
import { PublishedUsage } from "../../assembly/filter/published-usage";
import { Dialect } from "../../assembly/llm/dialect";
import { NO_COST } from "./prices";

/** The most that is kept of a name and of a list, in bytes. */
export const LONGEST_NAME: i32 = 256;
const LONGEST_LIST: i32 = 1024;

export const NO_TIME: i64 = -1;

/** A copy of a text that a host read gave. */
@final
export class KeptText {
  private readonly bytes: ByteBuffer;
  private readonly view: Bytes = new Bytes();

  constructor(private readonly longest: i32) {
    this.bytes = new ByteBuffer(new Budget(longest));
  }

  /** Empty where there is none. */
  get value(): Bytes {
    return this.view.set(this.bytes.pointer, this.bytes.length);
  }

  get isEmpty(): bool {
    return this.bytes.length == 0;
  }

  clear(): void {
    this.bytes.clear();
  }

  /** In place of what was there; null is none. */
  set(text: Bytes | null): void {
    this.bytes.clear();
    if (text != null) this.bytes.append(text.pointer, min(text.length, this.longest));
  }
}

/** All that is told of one call of a model, put together when it is over. */
@final
export class CallRecord {
  dialect: Dialect = Dialect.Unknown;
  /** When it began, in ms since the epoch. */
  startMs: u64 = 0;
  /** Its length, and when its answer's first piece came, in µs; or `NO_TIME`. */
  durationUs: i64 = NO_TIME;
  firstUs: i64 = NO_TIME;
  isStream: bool = false;
  /** The answer's status, 0 without one. */
  status: i32 = 0;
  /** In millionths of the currency's unit, or `NO_COST`. */
  cost: i64 = NO_COST;
  readonly usage: PublishedUsage = new PublishedUsage();
  readonly requestedModel: KeptText = new KeptText(LONGEST_NAME);
  readonly model: KeptText = new KeptText(LONGEST_NAME);
  readonly responseModel: KeptText = new KeptText(LONGEST_NAME);
  readonly provider: KeptText = new KeptText(LONGEST_NAME);
  readonly consumer: KeptText = new KeptText(LONGEST_NAME);
  /** See `error-name.ts`; empty where all went well. */
  readonly error: KeptText = new KeptText(LONGEST_NAME);
  readonly details: KeptText = new KeptText(LONGEST_NAME);
  readonly requestId: KeptText = new KeptText(LONGEST_NAME);
  readonly guard: KeptText = new KeptText(LONGEST_LIST);
  readonly attempts: KeptText = new KeptText(LONGEST_LIST);

  reset(): void {
    this.durationUs = NO_TIME;
    this.firstUs = NO_TIME;
    this.isStream = false;
    this.status = 0;
    this.cost = NO_COST;
    this.usage.reset();
    this.requestedModel.clear();
    this.model.clear();
    this.responseModel.clear();
    this.provider.clear();
    this.consumer.clear();
    this.error.clear();
    this.details.clear();
    this.requestId.clear();
    this.guard.clear();
    this.attempts.clear();
  }

  /** How long each token after the first took to come, in µs, of a stream; or `NO_TIME`. */
  get perTokenUs(): i64 {
    if (!this.isStream || this.firstUs == NO_TIME || this.usage.output < 2) return NO_TIME;
    return (this.durationUs - this.firstUs) / (this.usage.output - 1);
  }
}
