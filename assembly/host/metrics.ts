import { encodeUtf8 } from "../bytes/text";
import { proxy_define_metric, proxy_get_metric, proxy_increment_metric, proxy_record_metric } from "./imports";
import { OUT_NUMBER } from "./memory";
import { Status } from "./status";

const enum MetricType {
  Counter = 0,
  Gauge = 1,
  Histogram = 2,
}

const UNDEFINED: u32 = 0xffffffff;

function define(type: MetricType, name: string): u32 {
  const bytes = encodeUtf8(name);
  const status = proxy_define_metric(type, changetype<usize>(bytes), bytes.byteLength, OUT_NUMBER);
  return status == Status.Ok ? load<u32>(OUT_NUMBER) : UNDEFINED;
}

function readMetric(id: u32): u64 {
  if (id == UNDEFINED || proxy_get_metric(id, OUT_NUMBER) != Status.Ok) return 0;
  return load<u64>(OUT_NUMBER);
}

/** Counts upwards, over all VMs of the host. Define it at load; where the host has no metrics, it does nothing. */
@final
export class Counter {
  private readonly id: u32;

  constructor(name: string) {
    this.id = define(MetricType.Counter, name);
  }

  add(amount: i64): void {
    if (this.id != UNDEFINED) proxy_increment_metric(this.id, amount);
  }

  value(): u64 {
    return readMetric(this.id);
  }
}

/** A level. `set` is last-writer-wins over VMs; `add` is exact over VMs. */
@final
export class Gauge {
  private readonly id: u32;

  constructor(name: string) {
    this.id = define(MetricType.Gauge, name);
  }

  set(value: u64): void {
    if (this.id != UNDEFINED) proxy_record_metric(this.id, value);
  }

  add(amount: i64): void {
    if (this.id != UNDEFINED) proxy_increment_metric(this.id, amount);
  }

  value(): u64 {
    return readMetric(this.id);
  }
}

/** A distribution, in the buckets that the host is configured with. */
@final
export class Histogram {
  private readonly id: u32;

  constructor(name: string) {
    this.id = define(MetricType.Histogram, name);
  }

  record(value: u64): void {
    if (this.id != UNDEFINED) proxy_record_metric(this.id, value);
  }
}
