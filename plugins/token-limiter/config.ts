import { ConfigReader } from "../../assembly/config/reader";
import { Problem, refusalOf } from "../../assembly/filter/problem";
import { Refusal } from "../../assembly/filter/refusal";
import { CommonSettings, Settings } from "../../assembly/filter/settings";
import { readLimits } from "./config-limits";
import { Algorithm, CountKind, Limit } from "./limit";
import { KeySource, LimitKey } from "./limit-key";
import { SERVICE_FAILURE } from "./refusals";
import { SharedState } from "./shared-state";

const SECOND_MS: i64 = 1000;
const HOUR_MS: i64 = 3_600_000;
const MOST_OUTPUT: i64 = 1 << 31;
const MOST_KEYS: i64 = 10_000_000;
const LONGEST_CLUSTER: i32 = 256;
const LONGEST_DOMAIN: i32 = 128;
const LONGEST_TIMEOUT_MS: i64 = 10_000;

const RESERVE_INPUT: string[] = ["Estimate", "None"];
const RESERVE_OUTPUT: string[] = ["MaxTokens", "None"];
const STORES: string[] = ["Local", "RateLimitService"];
const ON_NO_CONSUMER: string[] = ["Reject", "Anonymous", "Pass"];

export const enum OnNoConsumer {
  /** 401. */
  Reject,
  /** Such requests share the accounts of the absent consumer. */
  Anonymous,
  /** Limits by consumer don't apply to them. */
  Pass,
}

/** What is reserved before the answer is known. */
@final
export class ReserveSettings {
  constructor(
    /** The estimated input; else none. */
    readonly input: bool,
    /** The most that the request lets the model write; else none. */
    readonly output: bool,
    /** For a request that sets no such bound. */
    readonly outputDefault: i64,
    /** How long a reservation lasts without a sign of life, in ms. */
    readonly ttlMs: i64,
  ) {}
}

export const enum StoreType {
  Local,
  RateLimitService,
}


@final
export class StoreSettings {
  constructor(
    readonly type: StoreType,
    /** `Local` only: how many accounts (one for each limit and key) are kept. */
    readonly maxKeys: i32,
    /** `RateLimitService` only, as are the following. */
    readonly cluster: string,
    readonly domain: string,
    readonly timeoutMs: i32,
  ) {}
}

/** What the operator wrote, ready for use. Immutable. */
@final
export class LimiterSettings extends Settings {
  /** From `prepare` on. */
  shared: SharedState | null = null;
  /** Whether a limit counts by the consumer. */
  readonly countsByConsumer: bool;
  /** Whether who asks matters: for a limit, or to be published. */
  readonly identifies: bool;
  /** Whether the model matters: a limit counts by it, or is for some models only. */
  readonly needsModel: bool;
  /** Whether a request's body decides anything here. */
  readonly readsRequests: bool;
  /** Whether a limit is tighter for a consumer that behaves unusually. */
  readonly tightens: bool;

  constructor(
    common: CommonSettings,
    readonly limits: Limit[],
    /** The different keys that the limits count by: a request needs each digest once. */
    readonly keys: LimitKey[],
    readonly reserve: ReserveSettings,
    readonly store: StoreSettings,
    readonly onNoConsumer: OnNoConsumer,
    readonly cutStreamsOverLimit: bool,
    readonly stripAcceptEncoding: bool,
    readonly includeUsage: bool,
  ) {
    super(common);
    let sources = 0;
    let hasModels = false;
    let tightens = false;
    for (let i = 0; i < keys.length; i++) sources |= keys[i].sources;
    for (let i = 0; i < limits.length; i++) {
      hasModels = hasModels || limits[i].models != null;
      tightens = tightens || limits[i].tighter != null;
    }
    this.tightens = tightens;
    const isFor = (1 << KeySource.Consumer) | (1 << KeySource.Group);
    this.countsByConsumer = (sources & (1 << KeySource.Consumer)) != 0;
    this.identifies = common.consumer.isConfigured || (sources & isFor) != 0;
    this.needsModel = hasModels || (sources & (1 << KeySource.Model)) != 0;
    this.readsRequests = limits.length > 0 || includeUsage;
  }

  prepare(filter: string): void {
    this.shared = new SharedState(this, filter);
  }

  tick(): void {
    this.shared!.tick();
  }

  end(): void {
    const shared = this.shared;
    if (shared != null) shared.counters.flush();
  }

  /** What a client is told when the store can't say. */
  get storeFailure(): Refusal {
    return this.store.type == StoreType.Local ? refusalOf(Problem.HostFailure) : SERVICE_FAILURE;
  }
}

export function readLimiterSettings(config: ConfigReader, common: CommonSettings): LimiterSettings {
  const keys: LimitKey[] = [];
  const limits = readLimits(config, keys);
  return new LimiterSettings(
    common,
    limits,
    keys,
    readReserve(config),
    readStore(config, limits),
    <OnNoConsumer>config.enumValue("onNoConsumer", ON_NO_CONSUMER, 0),
    config.bool("cutStreamsOverLimit", false),
    config.bool("stripAcceptEncoding", true),
    config.bool("includeUsage", true),
  );
}

function readReserve(config: ConfigReader): ReserveSettings {
  const reserve = config.section("reserve");
  return new ReserveSettings(
    reserve.enumValue("input", RESERVE_INPUT, 0) == 0,
    reserve.enumValue("output", RESERVE_OUTPUT, 0) == 0,
    reserve.integer("outputDefault", 1024, 0, MOST_OUTPUT),
    reserve.durationMs("ttl", 120 * SECOND_MS, SECOND_MS, HOUR_MS),
  );
}

function readStore(config: ConfigReader, limits: Limit[]): StoreSettings {
  const store = config.section("store");
  const type = <StoreType>store.enumValue("type", STORES, 0);
  const isLocal = type == StoreType.Local;
  if (isLocal) {
    onlyFor(store, "cluster", "RateLimitService");
    onlyFor(store, "domain", "RateLimitService");
    onlyFor(store, "timeout", "RateLimitService");
  } else {
    onlyFor(store, "maxKeys", "Local");
    if (!store.has("cluster")) store.reject("cluster", "is required");
    for (let i = 0; i < limits.length; i++) {
      if (limits[i].count.kind == CountKind.Concurrent)
        config.reject("store", "of RateLimitService can't count Concurrent");
      if (limits[i].algorithm == Algorithm.TokenBucket)
        config.reject("store", "of RateLimitService counts in fixed windows: no TokenBucket");
      if (limits[i].tighter != null)
        config.reject("store", "of RateLimitService has amounts of its own: no whenAnomalous");
    }
  }
  return new StoreSettings(
    type,
    <i32>store.integer("maxKeys", 100_000, 1, MOST_KEYS),
    store.headerValue("cluster", "", LONGEST_CLUSTER),
    store.headerValue("domain", "weir", LONGEST_DOMAIN),
    <i32>store.durationMs("timeout", 50, 1, LONGEST_TIMEOUT_MS),
  );
}

function onlyFor(store: ConfigReader, key: string, type: string): void {
  if (store.has(key)) store.reject(key, `is for ${type} only`);
}
