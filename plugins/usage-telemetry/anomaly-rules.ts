import { Bytes } from "../../assembly/bytes/view";
import { Bounds } from "../../assembly/statistics/recent-past";
import { AnomalyKind, ConsumerEntry, KINDS } from "./consumer-entry";

/** Errors that come and go: a deviation of their share is at least this. */
const LEAST_ERROR_DEVIATION: f64 = 0.05;

/** One value of one consumer that is unlike its own recent past. */
@final
export class Anomaly {
  constructor(
    /** Its name's bytes as they came; empty: all consumers together that are not looked at one by one. */
    readonly consumer: ArrayBuffer,
    readonly kind: AnomalyKind,
    readonly value: f64,
    readonly mean: f64,
    readonly deviation: f64,
  ) {}
}

/** Judges consumers, an interval at a time. Needs no host. */
@final
export class AnomalyRules {
  private readonly bounds: Bounds[] = [];

  constructor(
    deviations: f64,
    minTokens: i64,
    private readonly minRequests: i64,
  ) {
    this.bounds.push(new Bounds(deviations, <f64>minTokens, 0));
    this.bounds.push(new Bounds(deviations, <f64>minRequests, 0));
    this.bounds.push(new Bounds(deviations, 0, LEAST_ERROR_DEVIATION));
  }

  /** Whether there are sums of an interval that is over. */
  isDue(entry: ConsumerEntry, interval: i64): bool {
    return !entry.isEmpty && entry.interval < interval;
  }

  /**
   * Judges the sums of the interval that is over, makes them part of the past, and starts over; what is unusual goes to `found`.
   * Few calls say nothing about how many of them fail.
   */
  close(entry: ConsumerEntry, found: Anomaly[]): void {
    for (let kind = 0; kind < KINDS; kind++) {
      if (kind == AnomalyKind.Errors && entry.calls < this.minRequests) continue;
      const value = entry.value(kind);
      const bounds = this.bounds[kind];
      const past = entry.pastOf(kind);
      if (past.isUnusual(value, bounds)) {
        found.push(new Anomaly(copyOf(entry.name), kind, value, past.mean, past.deviation(bounds)));
      }
      past.learn(value, bounds);
    }
    entry.clearSums();
    entry.interval++;
  }

  /** Brings an entry without sums up to `interval`: none were heard of it in those between. */
  catchUp(entry: ConsumerEntry, interval: i64): void {
    const silent = interval - entry.interval;
    entry.pastOf(AnomalyKind.Tokens).learnSilence(silent);
    entry.pastOf(AnomalyKind.Refusals).learnSilence(silent);
    entry.interval = interval;
  }
}

function copyOf(name: Bytes): ArrayBuffer {
  const copy = new ArrayBuffer(name.length);
  memory.copy(changetype<usize>(copy), name.pointer, name.length);
  return copy;
}
