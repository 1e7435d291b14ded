import { Problem, refusalOf } from "../../assembly/filter/problem";
import { Refusal } from "../../assembly/filter/refusal";
import { ServicePlace } from "../../assembly/filter/service-place";
import { CommonSettings, Settings } from "../../assembly/filter/settings";
import { Limit } from "./limit";
import { KeySource, LimitKey } from "./limit-key";
import { SERVICE_FAILURE } from "./refusals";

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
    readonly place: ServicePlace,
    readonly domain: string,
    readonly timeoutMs: i32,
  ) {}
}

/** What the operator wrote, ready for use. Immutable. */
export class LimiterSettings extends Settings {
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

  /** What a client is told when the store can't say. */
  get storeFailure(): Refusal {
    return this.store.type == StoreType.Local ? refusalOf(Problem.HostFailure) : SERVICE_FAILURE;
  }
}
