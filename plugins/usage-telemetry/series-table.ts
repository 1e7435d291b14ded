import { BatchedCounters } from "../../assembly/filter/batched-counters";
import { Bytes } from "../../assembly/bytes/view";
import { tag } from "../../assembly/filter/tag";
import { CallRecord } from "./call-record";
import { ChosenLabels, SeenLabels } from "./labels";
import { operationOf } from "./operation";
import { Series } from "./series";

/** Bits of a key that each label's place takes. */
const LABEL_BITS: u64 = 12;
/** The statuses of errors and a few words: all that `errorName` can say. */
const MOST_ERRORS: i32 = 250;

const view = new Bytes();

/**
 * The series that a configuration's calls are counted in, by their labels. However many labels come together, there are at most
 * `mostSeries` combinations of them and one more, in which all labels are `other`.
 */
@final
export class SeriesTable {
  private readonly operations: SeenLabels = new SeenLabels();
  private readonly providers: SeenLabels = new SeenLabels();
  private readonly errors: SeenLabels = new SeenLabels(MOST_ERRORS);
  private readonly keys: u64[] = [];
  private readonly series: Series[] = [];
  private latestKey: u64 = u64.MAX_VALUE;
  private latest: Series | null = null;
  private rest: Series | null = null;

  constructor(
    private readonly counters: BatchedCounters,
    private readonly models: ChosenLabels,
    /** Null: calls are not told apart by consumer. */
    private readonly consumers: ChosenLabels | null,
    private readonly mostSeries: i32,
  ) {}

  add(call: CallRecord): void {
    this.of(call).add(call);
  }

  private of(call: CallRecord): Series {
    const named = operationOf(call.dialect);
    const operation = this.operations.of(view.set(named.pointer, named.length));
    const provider = this.providers.of(call.provider.value);
    const model = this.models.of(call.model.value);
    const responseModel = this.models.of(call.responseModel.value);
    const consumers = this.consumers;
    const consumer = consumers == null ? 0 : consumers.of(call.consumer.value);
    const error = this.errors.of(call.error.value);
    // Operations, providers and errors are few.
    const names = ((((<u64>operation) << 7) | provider) << 8) | error;
    const key = (((((names << LABEL_BITS) | model) << LABEL_BITS) | responseModel) << LABEL_BITS) | consumer;
    if (key == this.latestKey) return this.latest!;
    let series = this.find(key);
    if (series == null) {
      if (this.keys.length == this.mostSeries) return this.restOf();
      series = new Series(this.tagsOf(operation, provider, model, responseModel, consumer, error), this.counters);
      this.keys.push(key);
      this.series.push(series);
    }
    this.latestKey = key;
    this.latest = series;
    return series;
  }

  private find(key: u64): Series | null {
    const keys = this.keys;
    for (let i = 0; i < keys.length; i++) {
      if (unchecked(keys[i]) == key) return unchecked(this.series[i]);
    }
    return null;
  }

  private tagsOf(operation: i32, provider: i32, model: i32, responseModel: i32, consumer: i32, error: i32): string {
    const consumers = this.consumers;
    return (
      tag("gen_ai_operation_name", this.operations.texts[operation]) +
      tag("gen_ai_provider_name", this.providers.texts[provider]) +
      tag("gen_ai_request_model", this.models.texts[model]) +
      tag("gen_ai_response_model", this.models.texts[responseModel]) +
      (consumers == null ? "" : tag("consumer", consumers.texts[consumer])) +
      tag("error_type", this.errors.texts[error])
    );
  }

  private restOf(): Series {
    let rest = this.rest;
    if (rest == null) {
      rest = new Series(this.tagsOf(1, 1, 1, 1, 1, 1), this.counters);
      this.rest = rest;
    }
    return rest;
  }
}
