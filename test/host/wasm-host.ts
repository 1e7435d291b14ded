import { readFile } from "node:fs/promises";
import { abiImports } from "./abi-imports.ts";
import { toBytes, type Bytes } from "./bytes.ts";
import type { Callout } from "./callout.ts";
import type { Context } from "./context.ts";
import { HostCrash, TrapError } from "./errors.ts";
import { GuestMemory } from "./guest-memory.ts";
import { HostProcess } from "./host-process.ts";
import type { LogLine } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import { PluginContext, type PluginOptions } from "./plugin-context.ts";
import type { PropertyTree } from "./properties.ts";
import { SeededRandom } from "./random.ts";
import { wasiImports } from "./wasi-imports.ts";

/** How a VM is set up; everything has Envoy's default. */
export interface HostOptions {
  /** Envoy's `allow_on_headers_stop_iteration`, and here on by default, because the examples turn it on. */
  allowOnHeadersStopIteration?: boolean;
  vmId?: string;
  vmConfiguration?: Bytes;
  environment?: Record<string, string>;
  /** The VMs of one process see each other's shared data, queues, metrics and clock. */
  process?: HostProcess;
  seed?: number;
  properties?: PropertyTree;
  /** For plugins that don't say their own. */
  rootId?: string;
  name?: string;
  /** What a held body may have before Envoy answers 413 (request) or 500 (response): 1 MiB. */
  bodyLimit?: number;
  /** The clusters that callouts find: names, or for each a function that answers at the next `tick`. */
  clusters?: readonly string[] | Record<string, (callout: Callout) => void>;
  /** Host calls that answer a status in the place of doing anything, such as `{ proxy_get_shared_data: 10 }`. */
  fail?: Record<string, number>;
  /** Foreign functions beside `clear_route_cache` and `sign`, or in place of them: the result, or the status that says why not. */
  foreignFunctions?: Record<string, (argument: Uint8Array) => Uint8Array | number>;
}

type Export = (...parameters: number[]) => number | undefined;

/** A VM with one instance of a proxy-wasm module, driven as Envoy 1.40 drives it (ABI 0.2.1). */
export class WasmHost {
  readonly process: HostProcess;
  readonly vmId: string;
  readonly vmConfiguration: Uint8Array;
  readonly logs: LogLine[] = [];
  /** How often the module made each host call. */
  readonly hostCalls = new Map<string, number>();
  /** As `HostOptions.fail`; may be changed at any time. */
  fail: Record<string, number>;
  /** As `HostOptions.properties`; may be changed at any time. */
  properties: PropertyTree;
  /** The trap that ended the VM. */
  trap: TrapError | undefined;

  readonly #contexts = new Map<number, Context>();
  readonly #exports: Record<string, unknown> = {};
  #guest: GuestMemory | undefined;
  #nextId = 1;
  #nextToken = 1;
  #current: Context | undefined;
  #effective: number | undefined;
  #afterCall: (() => void)[] = [];
  #stopped = false;
  #started = false;

  private constructor(readonly options: HostOptions) {
    this.process = options.process ?? new HostProcess();
    this.vmId = options.vmId ?? "";
    this.vmConfiguration = toBytes(options.vmConfiguration ?? "");
    this.fail = options.fail ?? {};
    this.properties = options.properties ?? {};
  }

  /** Compiles, links and starts the module in `file`. Fails where Envoy does: unknown imports, no ABI version, no allocator. */
  static async load(file: string, options: HostOptions = {}): Promise<WasmHost> {
    const host = new WasmHost(options);
    const module = await WebAssembly.compile(await readFile(file));
    const { exports } = await WebAssembly.instantiate(module, {
      env: abiImports(host),
      wasi_snapshot_preview1: wasiImports(host, new SeededRandom(options.seed ?? 1), options.environment ?? {}),
    });
    Object.assign(host.#exports, exports);
    if (!("proxy_abi_version_0_2_1" in exports)) throw new Error(`${file} does not say that it speaks ABI 0.2.1`);
    const allocate = exports["malloc"] ?? exports["proxy_on_memory_allocate"];
    if (typeof allocate !== "function") throw new Error(`${file} has no allocator for the host`);
    host.#guest = new GuestMemory(exports["memory"] as WebAssembly.Memory, allocate as (size: number) => number);
    for (const start of "_initialize" in exports ? ["_initialize", "main"] : ["_start"])
      (exports[start] as Export | undefined)?.(0, 0);
    host.#started = true;
    return host;
  }

  get guest(): GuestMemory {
    if (!this.#guest) throw new HostCrash("a host call before the module is instantiated");
    return this.#guest;
  }

  /** Whether the module has started; before that Envoy lets it do little more than log. */
  get isRunning(): boolean {
    return this.#started;
  }

  get metrics(): Metrics {
    return this.process.metrics;
  }

  /** The size of the module's memory, in pages of 64 kB. */
  get memoryPages(): number {
    return this.guest.memory.buffer.byteLength / 65536;
  }

  /** Every callout that nobody has answered yet. */
  get callouts(): readonly Callout[] {
    return [...this.#contexts.values()].flatMap((context) =>
      context instanceof PluginContext ? context.callouts : [],
    );
  }

  /** Adds a plugin to the VM: context create, VM start, configure. */
  createPlugin(options: PluginOptions = {}): PluginContext {
    const plugin = new PluginContext(this, this.nextContextId(), options);
    this.adopt(plugin);
    plugin.start();
    return plugin;
  }

  /** Moves the process's clock on and runs what is due: ticks, callout timeouts, answers of clusters, queues' items. */
  tick(milliseconds = 0): void {
    this.process.clock.advance(milliseconds);
  }

  /** Calls an export if the module has it, as Envoy does; `undefined` when it has none or gives nothing. */
  call(context: Context, name: string, ...parameters: number[]): number | undefined {
    return this.#call(context, name, parameters, (result) => result);
  }

  callHeaders(context: Context, name: string, count: number, end: boolean): number {
    return this.#call(context, name, [context.id, count, Number(end)], (result = 0) => {
      if (this.#stopped || result > 4) return 4;
      if (result === 1 && !(this.options.allowOnHeadersStopIteration ?? true)) return 4;
      return result === 2 ? 0 : result;
    });
  }

  callData(context: Context, name: string, size: number, end: boolean): number {
    return this.#call(context, name, [context.id, size, Number(end)], (result = 0) =>
      this.#stopped || result > 3 ? 3 : result,
    );
  }

  callTrailers(context: Context, name: string, count: number): number {
    return this.#call(context, name, [context.id, count], (result = 0) => (this.#stopped || result > 1 ? 1 : result));
  }

  /** Whom a host call is made for now. */
  get context(): Context {
    const context = (this.#effective === undefined ? undefined : this.#contexts.get(this.#effective)) ?? this.#current;
    if (!context) throw new HostCrash("a host call outside of a callback");
    return context;
  }

  /** `proxy_set_effective_context`; false when there is no such context. */
  setEffectiveContext(id: number): boolean {
    if (!this.#contexts.has(id)) return false;
    this.#effective = id;
    return true;
  }

  /** Runs `action` when the callback that is running has returned. */
  afterCall(action: () => void): void {
    this.#afterCall.push(action);
  }

  /** The callback that is running has sent a local reply: whatever it returns, nothing goes on. */
  stopIteration(): void {
    this.#stopped = true;
  }

  nextContextId(): number {
    return this.#nextId++;
  }

  nextToken(): number {
    return this.#nextToken++;
  }

  adopt(context: Context): void {
    this.#contexts.set(context.id, context);
  }

  forget(id: number): void {
    this.#contexts.delete(id);
  }

  hasCluster(name: string): boolean {
    const { clusters = [] } = this.options;
    return Array.isArray(clusters) ? clusters.includes(name) : Object.hasOwn(clusters, name);
  }

  clusterHandler(name: string): ((callout: Callout) => void) | undefined {
    const { clusters = [] } = this.options;
    return Array.isArray(clusters) ? undefined : (clusters as Record<string, (callout: Callout) => void>)[name];
  }

  #call<T>(context: Context, name: string, parameters: number[], convert: (result: number | undefined) => T): T {
    if (this.trap) throw this.trap;
    const callback = this.#exports[name] as Export | undefined;
    if (!callback) return convert(undefined);
    const [current, effective] = [this.#current, this.#effective];
    [this.#current, this.#effective] = [context, undefined];
    let result: T;
    try {
      result = convert(toUnsigned(callback(...parameters)));
    } catch (error) {
      if (error instanceof HostCrash) throw error;
      this.trap = new TrapError(name, error, this.logs);
      throw this.trap;
    } finally {
      [this.#current, this.#effective] = [current, effective];
      this.#stopped = false;
    }
    for (let action = this.#afterCall.shift(); action; action = this.#afterCall.shift()) action();
    return result;
  }
}

function toUnsigned(value: number | undefined): number | undefined {
  return value === undefined ? undefined : value >>> 0;
}
