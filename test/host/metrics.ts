import { Status } from "./status.ts";

const KINDS = ["counter", "gauge", "histogram"] as const;
const KIND_MASK = 3;
const KIND_STEP = 4;

interface Metric {
  kind: (typeof KINDS)[number];
  value: bigint;
  records: bigint[];
}

/** The metrics of one process, by the name the module gave (Envoy puts `wasmcustom.` before it). */
export class Metrics {
  readonly #byName = new Map<string, Metric>();
  readonly #byId = new Map<number, Metric>();
  readonly #next = [0, 1, 2];

  /** Every name with its value, a histogram's with how many values it recorded. */
  get all(): Record<string, number> {
    return Object.fromEntries(
      [...this.#byName].map(([name, { kind, value, records }]) => [
        name.slice(kind.length + 1),
        kind === "histogram" ? records.length : Number(value),
      ]),
    );
  }

  /** The sum of all counters that have this in their names. */
  total(part: string): number {
    let sum = 0;
    for (const [key, { kind, value }] of this.#byName)
      if (kind === "counter" && key.includes(part)) sum += Number(value);
    return sum;
  }

  /** A counter's value; 0 before it is defined. */
  counter(name: string): number {
    return Number(this.#byName.get(`counter ${name}`)?.value ?? 0);
  }

  /** A gauge's value; 0 before it is defined. */
  gauge(name: string): number {
    return Number(this.#byName.get(`gauge ${name}`)?.value ?? 0);
  }

  /** The values that a histogram recorded, in their order. */
  histogram(name: string): number[] {
    return this.#byName.get(`histogram ${name}`)?.records.map(Number) ?? [];
  }

  /** A new id for the metric of this name, or undefined for a type there is not. */
  define(type: number, name: string): number | undefined {
    const kind = KINDS[type];
    if (kind === undefined) return undefined;
    const key = `${kind} ${name}`;
    const metric = this.#byName.get(key) ?? { kind, value: 0n, records: [] };
    this.#byName.set(key, metric);
    const id = (this.#next[type] = (this.#next[type] ?? 0) + KIND_STEP);
    this.#byId.set(id, metric);
    return id;
  }

  increment(id: number, offset: bigint): number {
    if (KINDS[id & KIND_MASK] === "histogram" || (id & KIND_MASK) === KIND_MASK) return Status.BadArgument;
    const metric = this.#byId.get(id);
    if (!metric) return Status.NotFound;
    if (metric.kind === "counter" && offset <= 0n) return Status.BadArgument;
    metric.value = BigInt.asUintN(64, metric.value + offset);
    return Status.Ok;
  }

  record(id: number, value: bigint): number {
    const metric = this.#byId.get(id);
    if (!metric) return Status.NotFound;
    const unsigned = BigInt.asUintN(64, value);
    if (metric.kind === "counter") metric.value += unsigned;
    else if (metric.kind === "gauge") metric.value = unsigned;
    else metric.records.push(unsigned);
    return Status.Ok;
  }

  /** The value, or the status that says why there is none. */
  read(id: number): bigint | number {
    if (KINDS[id & KIND_MASK] === "histogram" || (id & KIND_MASK) === KIND_MASK) return Status.BadArgument;
    return this.#byId.get(id)?.value ?? Status.NotFound;
  }
}
