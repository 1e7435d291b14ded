import { quote } from "../../assembly/config/json-value";
import { ConfigReader } from "../../assembly/config/reader";
import { BatchedCounters } from "../../assembly/filter/batched-counters";
import { BatchedGauge } from "../../assembly/filter/batched-gauge";
import { RecordSink, SinkSettings } from "../../assembly/filter/record-sink";
import { readServicePlace } from "../../assembly/filter/service-place";
import { CommonSettings, Settings } from "../../assembly/filter/settings";
import { formatDuration } from "../../assembly/config/units";
import { AnomalyReport } from "./anomaly-report";
import { AnomalyWatch } from "./anomaly-watch";
import { AnomalySettings, readAnomalies } from "./config-anomalies";
import { ChosenLabels } from "./labels";
import { Price, Prices } from "./prices";
import { SeriesTable } from "./series-table";

const MOST_NAMES: i32 = 1000;
const MOST_PRICES: i32 = 1000;
const LONGEST_NAME: i32 = 128;
const MOST_SERIES: i64 = 10_000;
const DEAREST: f64 = 10_000_000;
const MILLION: f64 = 1_000_000;
const LONGEST_PATH: i32 = 1024;
const LONGEST_TIMEOUT_MS: i64 = 30_000;

const USAGES: string[] = ["Read", "Published"];

/** What the operator wrote, ready for use, and what is counted in its name. */
@final
export class TelemetrySettings extends Settings {
  readonly series: SeriesTable;
  /** Calls that are under way, over all workers. */
  readonly inFlight: BatchedGauge = new BatchedGauge("weir.usage-telemetry.in_flight");
  /** From `prepare` on; null: anomalies are not looked for. */
  watch: AnomalyWatch | null = null;
  private readonly counters: BatchedCounters;

  constructor(
    common: CommonSettings,
    /** Reads bodies where no plugin in front has published what was used. */
    readonly readsUsage: bool,
    readonly requestsUsage: bool,
    models: ChosenLabels,
    private readonly consumers: ChosenLabels | null,
    mostSeries: i32,
    readonly prices: Prices | null,
    readonly publishesRecord: bool,
    readonly sink: RecordSink | null,
    private readonly anomalies: AnomalySettings | null,
  ) {
    super(common);
    const counters = new BatchedCounters("usage-telemetry");
    counters.define("records_dropped");
    this.counters = counters;
    this.series = new SeriesTable(counters, models, consumers, mostSeries);
  }

  prepare(filter: string): void {
    const anomalies = this.anomalies;
    if (anomalies == null) return;
    const interval = formatDuration(anomalies.intervalMs);
    const report = new AnomalyReport(this.counters, this.consumers, interval, anomalies.tightenMs);
    this.watch = new AnomalyWatch(filter, anomalies, report);
  }

  tick(): void {
    const sink = this.sink;
    if (sink != null) sink.tick();
    this.flush();
  }

  end(): void {
    const sink = this.sink;
    if (sink != null) sink.end();
    this.flush();
  }

  /** Whether somebody gets the records of calls. */
  get records(): bool {
    return this.publishesRecord || this.sink != null;
  }

  /** Whether a call's consumer makes a difference. */
  get tellsConsumers(): bool {
    return this.consumers != null || this.anomalies != null || this.records;
  }

  private flush(): void {
    const watch = this.watch;
    if (watch != null) watch.tick();
    const sink = this.sink;
    if (sink != null) {
      this.counters.add(0, sink.dropped);
      sink.dropped = 0;
    }
    this.counters.flush();
    this.inFlight.flush();
  }
}

export function readTelemetrySettings(config: ConfigReader, common: CommonSettings): TelemetrySettings {
  const models = readLabels(config, "models");
  const consumers = readLabels(config, "consumers");
  const audit = config.section("audit");
  return new TelemetrySettings(
    common,
    config.enumValue("usage", USAGES, 0) == 0,
    config.bool("requestUsage", false),
    models,
    consumers.isEmpty ? null : consumers,
    <i32>config.integer("maxSeries", 1000, 1, MOST_SERIES),
    readPrices(config),
    audit.bool("filterState", false),
    readSink(audit),
    readAnomalies(config),
  );
}

function readLabels(config: ConfigReader, key: string): ChosenLabels {
  const labels = new ChosenLabels(config.strings(key, 0, MOST_NAMES, LONGEST_NAME));
  const idle = labels.idle;
  if (idle != null) config.reject(key, `has ${quote(idle)} behind one that matches the same names`);
  return labels;
}

function readPrices(config: ConfigReader): Prices | null {
  const entries = config.objects("prices", 0, MOST_PRICES);
  if (entries.length == 0) return null;
  const patterns: string[] = [];
  const prices: Price[] = [];
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i];
    if (!entry.has("model")) entry.reject("model", "is required");
    const input = priceOf(entry, "input", 0);
    patterns.push(entry.string("model", "", 1, LONGEST_NAME));
    prices.push(
      new Price(
        input,
        priceOf(entry, "output", 0),
        priceOf(entry, "cachedInput", input),
        priceOf(entry, "cacheCreation", input),
      ),
    );
  }
  const table = new Prices(patterns, prices);
  const shadowed = table.models.shadowed;
  if (shadowed >= 0) entries[shadowed].reject("model", "is matched by an earlier one");
  return table;
}

function priceOf(entry: ConfigReader, key: string, fallback: i64): i64 {
  return entry.has(key) ? <i64>Math.round(entry.number(key, 0, 0, DEAREST) * MILLION) : fallback;
}

function readSink(audit: ConfigReader): RecordSink | null {
  const callout = audit.object("callout");
  if (callout == null) return null;
  return new RecordSink(
    new SinkSettings(
      readServicePlace(callout),
      callout.requestPath("path", "/", LONGEST_PATH),
      <u32>callout.durationMs("timeout", 1000, 1, LONGEST_TIMEOUT_MS),
      callout.sizeBytes("maxBufferedBytes", 1 << 20, 1 << 12, 64 << 20),
    ),
  );
}
