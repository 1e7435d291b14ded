import { BatchedCounters } from "../../assembly/filter/batched-counters";
import { Provider } from "./provider";

const CLASSES: string[] = ["none", "1xx", "2xx", "3xx", "4xx", "5xx"];

/** `weir.egress-auth.answers` by provider and class of status; `none` where an attempt ended without an answer. */
@final
export class AnswerCounters {
  private readonly counters: BatchedCounters = new BatchedCounters("egress-auth");

  constructor(providers: Provider[]) {
    for (let i = 0; i < providers.length; i++) {
      for (let k = 0; k < CLASSES.length; k++) {
        this.counters.define(`answers.provider.=.${providers[i].name.toString()}.=;.status.=.${CLASSES[k]}.=;.`);
      }
    }
  }

  /** `status` is 0 where there was no answer. */
  answered(provider: Provider, status: i32): void {
    const digit = status / 100;
    this.counters.add(provider.index * CLASSES.length + (digit < CLASSES.length ? digit : 0), 1);
  }

  flush(): void {
    this.counters.flush();
  }
}
