import { BatchedCounters } from "../../assembly/filter/batched-counters";
import { Limit } from "./limit";

/** How a limit answered a request. */
export const enum Judgement {
  Passed,
  Denied,
  TooLarge,
}

const JUDGEMENTS: string[] = ["passed", "denied", "too_large"];

/** What happened to an answer, or to the store, beside the limits. */
export const enum Event {
  /** The usage was the provider's. */
  Reported,
  Estimated,
  /** The answer was compressed, so that it could only be measured. */
  Compressed,
  /** A new key had to share its limit's overflow account: the store was full. */
  Overflowed,
  /** A charge could not be written, or a service didn't take it. */
  Unsettled,
}

const EVENTS: string[] = ["usage_reported", "usage_estimated", "answers_compressed", "keys_overflowed", "unsettled"];

/** A configuration's counters: events, and `weir.token-limiter.requests` by limit and judgement. */
@final
export class LimitCounters {
  private readonly counters: BatchedCounters = new BatchedCounters("token-limiter");

  constructor(limits: Limit[]) {
    for (let i = 0; i < EVENTS.length; i++) this.counters.define(EVENTS[i]);
    for (let i = 0; i < limits.length; i++) {
      for (let j = 0; j < JUDGEMENTS.length; j++) {
        this.counters.define(`requests.limit.=.${limits[i].name}.=;.outcome.=.${JUDGEMENTS[j]}.=;.`);
      }
    }
  }

  /** Counts a request that the limit at this position of the configuration has judged. */
  judged(limit: i32, judgement: Judgement): void {
    this.counters.add(EVENTS.length + limit * JUDGEMENTS.length + judgement, 1);
  }

  happened(event: Event, times: i64 = 1): void {
    this.counters.add(event, times);
  }

  flush(): void {
    this.counters.flush();
  }
}
