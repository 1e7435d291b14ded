import { Budget } from "../../assembly/bytes/budget";
import { ByteBuffer } from "../../assembly/bytes/buffer";
import { Bytes } from "../../assembly/bytes/view";
import { formatInteger } from "../../assembly/config/integer";
import { AnomalousConsumers } from "../../assembly/filter/anomalous-consumers";
import { BatchedCounters } from "../../assembly/filter/batched-counters";
import { logWarning } from "../../assembly/filter/log";
import { tag } from "../../assembly/filter/tag";
import { appendJsonString } from "../../assembly/json/quote";
import { Anomaly } from "./anomaly-rules";
import { AnomalyKind } from "./consumer-entry";
import { ChosenLabels, OTHER } from "./labels";

const KIND_NAMES: string[] = ["tokens", "refusals", "errors"];
/** Room for a name in which each byte is escaped. */
const MOST_NAME_BYTES: i32 = 2048;

/** Says what was found: in a metric, in the log, and to plugins that limit. */
@final
export class AnomalyReport {
  private readonly names: string[] = [];
  private readonly indices: i32[] = [];
  private readonly anomalous: AnomalousConsumers | null;

  constructor(
    private readonly counters: BatchedCounters,
    /** Null: calls are not told apart by consumer. */
    private readonly labels: ChosenLabels | null,
    /** How an interval is called. */
    private readonly interval: string,
    /** How long limits are tighter, in ms; 0: they aren't. */
    private readonly tightenMs: i64,
  ) {
    this.anomalous = tightenMs > 0 ? new AnomalousConsumers() : null;
  }

  add(anomaly: Anomaly, nowMs: i64): void {
    const name = anomaly.consumer;
    const consumer = new Bytes().set(changetype<usize>(name), name.byteLength);
    this.count(anomaly.kind, consumer);
    let text = `usage-telemetry: anomaly: consumer ${quoted(consumer)}: ${KIND_NAMES[anomaly.kind]} `;
    text += `${figure(anomaly, anomaly.value)} in ${this.interval}, `;
    text += `mean ${figure(anomaly, anomaly.mean)}, deviation ${figure(anomaly, anomaly.deviation)}`;
    logWarning(this.tighten(anomaly, consumer, nowMs) ? text + "; limits are tighter" : text);
  }

  private count(kind: AnomalyKind, consumer: Bytes): void {
    const labels = this.labels;
    let name = "anomalies" + tag("kind", KIND_NAMES[kind]);
    if (labels != null) name += tag("consumer", consumer.length == 0 ? OTHER : labels.texts[labels.of(consumer)]);
    let index = this.names.indexOf(name);
    if (index < 0) {
      index = this.names.push(name) - 1;
      this.indices.push(this.counters.define(name + "."));
    }
    this.counters.add(this.indices[index], 1);
  }

  /** Errors are mostly the provider's. */
  private tighten(anomaly: Anomaly, consumer: Bytes, nowMs: i64): bool {
    const anomalous = this.anomalous;
    if (anomalous == null || consumer.length == 0 || anomaly.kind == AnomalyKind.Errors) return false;
    return anomalous.add(consumer, nowMs, nowMs + this.tightenMs);
  }
}

/** As in the audit record; `other` without quotes stands for all that are not looked at one by one. */
function quoted(consumer: Bytes): string {
  if (consumer.length == 0) return OTHER;
  const out = new ByteBuffer(new Budget(MOST_NAME_BYTES));
  appendJsonString(out, consumer.pointer, consumer.length);
  return new Bytes().set(out.pointer, out.length).toString();
}

function figure(anomaly: Anomaly, value: f64): string {
  if (anomaly.kind == AnomalyKind.Errors) return formatInteger(<i64>Math.round(value * 100)) + "%";
  return formatInteger(<i64>Math.round(value));
}
