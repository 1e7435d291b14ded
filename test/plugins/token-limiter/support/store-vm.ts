import { SharedData } from "../../../host/shared-data.ts";
import { Status } from "../../../host/status.ts";

/** WASI's ENOSYS. */
const NO_CLOCK = 52;

interface StoreModule {
  memory: WebAssembly.Memory;
  proxy_on_memory_allocate(size: number): number;
  setup(maxKeys: number): void;
  addLimit(algorithm: number, isTokens: boolean, amount: bigint, capacity: bigint, periodMs: bigint): number;
  begin(ttlMs: bigint): number;
  force(r: number): void;
  ask(r: number, limit: number, key: number, amount: bigint): void;
  reserve(r: number, nowMs: bigint): number;
  use(r: number, index: number, used: bigint): void;
  fits(r: number, nowMs: bigint): number;
  renew(r: number, nowMs: bigint): number;
  renewAtMs(r: number): bigint;
  settle(r: number, nowMs: bigint): number;
  isHeld(r: number): number;
  isOverflow(r: number, index: number): number;
  reportLimit(r: number): number;
  reportRemaining(r: number): bigint;
  reportResetMs(r: number): bigint;
  reportRetryAfterMs(r: number): bigint;
}

export interface StoreLimit {
  algorithm: number;
  amount: bigint;
  capacity?: bigint;
  periodMs?: bigint;
  isTokens?: boolean;
}

export type Ask = [limit: number, key: number, amount: bigint];

/** The verdicts, by their numbers in the plugin. */
export const VERDICTS = ["Pass", "Denied", "TooLarge", "Unavailable"] as const;

export const TTL_MS = 120_000n;

/** What the VMs of one process share, and what may happen between a VM's read and its write. */
export class StoreProcess {
  readonly data = new SharedData();
  /** Runs before each write but those that it makes itself; its own VMs may do anything here. */
  beforeWrite: (() => void) | undefined;
  /** Statuses to answer in the place of doing anything. */
  fail: { get?: number; set?: number } = {};
  /** A host that compares with nothing where there is no value: not Envoy. */
  refusesCreation = false;
  reads = 0;
  writes = 0;
  conflicts = 0;

  get keys(): string[] {
    return this.data.keys("");
  }

  get bytes(): number {
    return this.keys.reduce((sum, key) => sum + this.data.get("", key)!.value.length, 0);
  }

  set(key: string, value: Uint8Array, cas: number): number {
    const hook = this.beforeWrite;
    if (hook) {
      this.beforeWrite = undefined;
      hook();
      this.beforeWrite = hook;
    }
    this.writes++;
    if (this.fail.set !== undefined) return this.fail.set;
    if (this.refusesCreation && cas !== 0 && !this.data.get("", key)) return Status.CasMismatch;
    const status = this.data.set("", key, value, cas);
    if (status === Status.CasMismatch) this.conflicts++;
    return status;
  }
}

/** A worker: a VM that holds a store, its limits and its reservations. */
export class StoreVm {
  readonly m: StoreModule;

  constructor(module: WebAssembly.Module, process: StoreProcess, limits: StoreLimit[], maxKeys = 1000) {
    const read = (at: number, length: number): Buffer => Buffer.from(this.m.memory.buffer.slice(at, at + length));
    const put = (at: number, word: number): void => new DataView(this.m.memory.buffer).setUint32(at, word, true);
    const env = {
      proxy_get_shared_data: (key: number, length: number, to: number, size: number, version: number): number => {
        process.reads++;
        if (process.fail.get !== undefined) return process.fail.get;
        const entry = process.data.get("", read(key, length).toString());
        if (!entry) return Status.NotFound;
        const at = this.m.proxy_on_memory_allocate(entry.value.length);
        new Uint8Array(this.m.memory.buffer).set(entry.value, at);
        put(to, at);
        put(size, entry.value.length);
        put(version, entry.cas);
        return Status.Ok;
      },
      proxy_set_shared_data: (key: number, keyLength: number, value: number, length: number, version: number): number =>
        process.set(read(key, keyLength).toString(), read(value, length), version >>> 0),
    };
    const wasi = {
      clock_time_get: (): number => NO_CLOCK,
      random_get: (at: number, length: number): number => {
        crypto.getRandomValues(new Uint8Array(this.m.memory.buffer, at, length));
        return 0;
      },
    };
    const imports = { env, wasi_snapshot_preview1: wasi };
    // The start function makes no host call.
    this.m = new WebAssembly.Instance(module, imports).exports as unknown as StoreModule;
    this.m.setup(maxKeys);
    for (const { algorithm, isTokens = true, amount, capacity = amount, periodMs = 60_000n } of limits) {
      this.m.addLimit(algorithm, isTokens, amount, capacity, algorithm === 3 ? 0n : periodMs);
    }
  }

  /** One request: what it asks of which limit, for which key. */
  request(nowMs: bigint, ...asks: Ask[]): StoreRequest {
    return this.#reserve(this.m.begin(TTL_MS), nowMs, asks);
  }

  /** One request of Audit. */
  forcedRequest(nowMs: bigint, ...asks: Ask[]): StoreRequest {
    const r = this.m.begin(TTL_MS);
    this.m.force(r);
    return this.#reserve(r, nowMs, asks);
  }

  #reserve(r: number, nowMs: bigint, asks: Ask[]): StoreRequest {
    for (const [limit, key, amount] of asks) this.m.ask(r, limit, key, amount);
    return new StoreRequest(this.m, r, VERDICTS[this.m.reserve(r, nowMs)]!);
  }
}

export class StoreRequest {
  constructor(
    private readonly m: StoreModule,
    private readonly r: number,
    readonly verdict: (typeof VERDICTS)[number],
  ) {}

  get passed(): boolean {
    return this.verdict === "Pass";
  }

  get report(): { limit: number; remaining: bigint; resetMs: bigint; retryAfterMs: bigint } {
    const { m, r } = this;
    return {
      limit: m.reportLimit(r),
      remaining: m.reportRemaining(r),
      resetMs: m.reportResetMs(r),
      retryAfterMs: m.reportRetryAfterMs(r),
    };
  }

  get isHeld(): boolean {
    return this.m.isHeld(this.r) !== 0;
  }

  get renewAtMs(): bigint {
    return this.m.renewAtMs(this.r);
  }

  isOverflow(index = 0): boolean {
    return this.m.isOverflow(this.r, index) !== 0;
  }

  fits(nowMs: bigint, ...used: bigint[]): boolean {
    used.forEach((amount, index) => this.m.use(this.r, index, amount));
    return this.m.fits(this.r, nowMs) !== 0;
  }

  renew(nowMs: bigint): boolean {
    return this.m.renew(this.r, nowMs) !== 0;
  }

  settle(nowMs: bigint, ...used: bigint[]): boolean {
    used.forEach((amount, index) => this.m.use(this.r, index, amount));
    return this.m.settle(this.r, nowMs) !== 0;
  }
}
