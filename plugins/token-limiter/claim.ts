import { Bytes } from "../../assembly/bytes/view";
import { Mode } from "../../assembly/filter/mode";
import { AnswerMeter } from "../../assembly/llm/answer/meter";
import { Admission } from "./admission";
import { Inquiry } from "./inquiry";
import { KeySource } from "./limit-key";
import { Limit } from "./limit";
import { RateReport } from "./rate-headers";
import { LimiterSettings, OnNoConsumer } from "./settings";

/** What one exchange asks of the limits' store, and holds there until it is settled. */
export abstract class Claim {
  /** The limit that decided. */
  readonly report: RateReport = new RateReport();
  /** With `Denied`: until this request would pass, in whole seconds. */
  retryAfterSeconds: i64 = 0;
  /** With `Denied` and `TooLarge`: the limit that said so. */
  decidedBy: Limit | null = null;
  /** How many of its limits share their overflow account, because the store was full. */
  overflowed: i32 = 0;
  /** Which of the settings' limits this request is for, one bit each by position. */
  private matched: u32 = 0;
  /** Likewise, the limits of single requests that it is small enough for. */
  fitting: u32 = 0;
  /** Where `LiveClaims` has it. */
  place: i32 = 0;

  /** In Audit a limit that denies is recorded, and charged all the same. */
  protected readonly isForced: bool;

  constructor(protected readonly settings: LimiterSettings) {
    this.isForced = settings.common.mode == Mode.Audit;
  }

  /** Asks all limits that are for this request; all of them grant it, or nothing is held. */
  abstract admit(inquiry: Inquiry, streamId: u32): Admission;

  /** The store's answer; null: none came. */
  onReply(_message: Bytes | null): Admission {
    return Admission.Unavailable;
  }

  /** The exchange lives: what it holds is kept for it. */
  renew(_nowMs: i64): void {}

  /** Whether a limit would be passed if that much is used. */
  isOverdrawn(_input: i64, _output: i64): bool {
    return false;
  }

  /** Replaces what is held by what was used; once. False: the store can't be reached, what is held will be charged. */
  abstract settle(used: AnswerMeter): bool;

  /** Finds the limits with state that are for this request. */
  protected match(inquiry: Inquiry): void {
    const settings = this.settings;
    const skipsConsumer = settings.onNoConsumer == OnNoConsumer.Pass && !inquiry.values.caller.hasConsumer;
    for (let i = 0; i < settings.limits.length; i++) {
      const limit = unchecked(settings.limits[i]);
      if (limit.isPerRequest || !inquiry.isIn(limit)) continue;
      if (skipsConsumer && (settings.keys[limit.key].sources & (1 << KeySource.Consumer)) != 0) continue;
      this.matched |= 1 << i;
    }
  }

  /** What of `limit` was used. */
  usedOf(limit: Limit, used: AnswerMeter): i64 {
    return limit.count.of(used.input, used.cachedInput, used.cacheCreation, used.output, used.reasoning);
  }

  /** Whether the limit at this position of the settings has state, and is for this request. */
  isMatched(index: i32): bool {
    return (this.matched & (1 << index)) != 0;
  }

  isFitting(index: i32): bool {
    return (this.fitting & (1 << index)) != 0;
  }
}
