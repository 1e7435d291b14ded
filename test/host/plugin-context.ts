import type { BodyBuffer } from "./body-buffer.ts";
import { EMPTY, toBytes } from "./bytes.ts";
import { Callout, type CalloutEnd } from "./callout.ts";
import { BufferType, MapType, type Context } from "./context.ts";
import type { FilterState } from "./filter-state.ts";
import { type HeaderMap } from "./header-map.ts";
import type { LogLine } from "./log.ts";
import { outcomeOf, type Outcome, type RequestSpec, type ResponseSpec } from "./exchange.ts";
import { lookUp, mergeProperties, serializeProperty, type PropertyTree } from "./properties.ts";
import { Status } from "./status.ts";
import { Stream } from "./stream.ts";
import type { WasmHost } from "./wasm-host.ts";

/** How a plugin is created: what Envoy's filter configuration says about it. */
export interface PluginOptions {
  /** Text and bytes as they are; anything else as JSON. */
  configuration?: unknown;
  rootId?: string;
  name?: string;
}

/** What a stream may be given; the rest is the host's. */
export interface StreamOptions {
  properties?: PropertyTree;
  /** That of another stream, to chain plugins on one request. */
  filterState?: FilterState;
}

/** One plugin configuration in a VM: the root context, and where its streams begin. */
export class PluginContext implements Context {
  readonly root = this;
  readonly name: string;
  readonly rootId: string;
  readonly configuration: Uint8Array;
  /** What `proxy_on_configure` answered; true when there is none. */
  ok = false;
  isDeleted = false;

  #configuring = false;
  #callouts = new Map<number, Callout>();
  #ended: CalloutEnd | undefined;
  #cancelTick: () => void = () => undefined;
  #donePending = false;

  constructor(
    readonly host: WasmHost,
    readonly id: number,
    { configuration = "", rootId, name }: PluginOptions,
  ) {
    this.rootId = rootId ?? host.options.rootId ?? "";
    this.name = name ?? host.options.name ?? this.rootId;
    const isWritten = typeof configuration === "string" || configuration instanceof Uint8Array;
    this.configuration = toBytes(isWritten ? configuration : JSON.stringify(configuration));
  }

  /** Creates the context in the module, starts and configures it, as Envoy does for each plugin of a VM. */
  start(): void {
    this.host.call(this, "proxy_on_context_create", this.id, 0);
    const started = this.host.call(this, "proxy_on_vm_start", this.id, this.host.vmConfiguration.length);
    this.#configuring = true;
    const configured = this.host.call(this, "proxy_on_configure", this.id, this.configuration.length);
    this.#configuring = false;
    this.ok = started !== 0 && configured !== 0;
  }

  /** What was logged for this plugin or one of its streams. */
  get logs(): readonly LogLine[] {
    return this.host.logs.filter(({ plugin }) => plugin === this.id);
  }

  /** Callouts that nobody has answered yet, in their order. */
  get callouts(): readonly Callout[] {
    return [...this.#callouts.values()];
  }

  stream(options: StreamOptions = {}): Stream {
    return new Stream(this, this.host.nextContextId(), options);
  }

  /**
   * Sends one request through the plugin, answers it (with 200 and no body when `response` says nothing) if the upstream got
   * all of it, and ends the stream. A held request stays open: continue it with a tick or a callout's answer, then `finish`.
   */
  send(request: RequestSpec = {}, response: ResponseSpec = {}, options: StreamOptions = {}): Outcome {
    const stream = this.stream(options);
    stream.request(request);
    if (stream.upstream.complete && !stream.isClosed) stream.respond(response);
    return outcomeOf(stream);
  }

  /** Tears the plugin down; it goes at once unless `proxy_on_done` asks to wait for `proxy_done`. */
  delete(): void {
    if (this.isDeleted) return;
    this.#donePending = this.host.call(this, "proxy_on_done", this.id) === 0;
    if (!this.#donePending) this.#delete();
  }

  /** `proxy_done`. */
  done(): number {
    if (!this.#donePending) return Status.NotFound;
    this.#donePending = false;
    this.host.afterCall(() => this.#delete());
    return Status.Ok;
  }

  /** `proxy_set_tick_period_milliseconds`; 0 stops. */
  setTickPeriod(milliseconds: number): void {
    this.#cancelTick();
    if (milliseconds === 0) return;
    this.#cancelTick = this.host.process.clock.after(milliseconds, () => {
      this.setTickPeriod(milliseconds);
      this.host.call(this, "proxy_on_tick", this.id);
    });
  }

  /** Starts a callout and gives its token. */
  callOut(
    kind: Callout["kind"],
    cluster: string,
    headers: HeaderMap,
    body: Uint8Array,
    method: string,
    timeout: number,
  ): number {
    const token = this.host.nextToken();
    let stopTimer: () => void = () => undefined;
    const callout: Callout = new Callout(kind, token, cluster, headers, body, method, timeout, (end) => {
      stopTimer();
      this.#callouts.delete(token);
      if (end) this.#tell(token, end);
    });
    this.#callouts.set(token, callout);
    if (timeout > 0) stopTimer = this.host.process.clock.after(timeout, () => callout.timeOut());
    const handler = this.host.clusterHandler(cluster);
    if (handler) this.host.process.clock.after(0, () => callout.isPending && handler(callout));
    return token;
  }

  /** `proxy_grpc_cancel`, `proxy_grpc_close`. */
  cancelCallout(token: number): number {
    const callout = this.#callouts.get(token);
    if (callout?.kind !== "grpc") return Status.NotFound;
    callout.cancel();
    return Status.Ok;
  }

  readableMap(type: number): HeaderMap | undefined {
    const ended = this.#ended;
    if (ended?.kind !== "http") return undefined;
    if (type === MapType.CalloutHeaders) return ended.headers;
    return type === MapType.CalloutTrailers ? ended.trailers : undefined;
  }

  writableMap(): undefined {
    return undefined;
  }

  buffer(type: number): BodyBuffer | Uint8Array | undefined {
    const ended = this.#ended;
    if (type === BufferType.VmConfiguration) return this.host.vmConfiguration;
    if (type === BufferType.PluginConfiguration) return this.#configuring ? this.configuration : undefined;
    if (type === BufferType.CalloutBody) return ended?.kind === "http" ? ended.body : undefined;
    if (type === BufferType.GrpcMessage)
      return ended?.kind === "grpc" && "message" in ended.answer ? ended.answer.message : EMPTY;
    return type <= BufferType.CallData ? EMPTY : undefined;
  }

  getProperty(path: readonly string[]): Uint8Array | number {
    const value = lookUp(this.properties(), path);
    return value === undefined ? Status.NotFound : serializeProperty(value);
  }

  /** The properties that don't depend on a stream, the test's own laid upon them. */
  properties(): PropertyTree {
    const own = { plugin_name: this.name, plugin_root_id: this.rootId, plugin_vm_id: this.host.vmId };
    return mergeProperties(own, this.host.properties);
  }

  setProperty(): number {
    return Status.NotFound;
  }

  continueStream(): number {
    return Status.Ok;
  }

  closeStream(): number {
    return Status.Ok;
  }

  sendLocalReply(): void {}

  /** `proxy_get_status`: how the callout that is being told of ended. */
  callStatus(): { code: number; words: string } {
    if (this.#ended?.kind === "failure") return { code: Status.BrokenConnection, words: "reset" };
    if (this.#ended?.kind === "grpc" && "status" in this.#ended.answer) {
      return { code: this.#ended.answer.status, words: this.#ended.answer.words ?? "" };
    }
    return { code: 0, words: "" };
  }

  #tell(token: number, end: CalloutEnd): void {
    this.#ended = end;
    try {
      if (end.kind === "grpc") {
        if ("message" in end.answer)
          this.host.call(this, "proxy_on_grpc_receive", this.id, token, end.answer.message.length);
        else this.host.call(this, "proxy_on_grpc_close", this.id, token, end.answer.status);
      } else {
        const [headers, body, trailers] =
          end.kind === "http" ? [end.headers.pairs.length, end.body.length, end.trailers.pairs.length] : [0, 0, 0];
        this.host.call(this, "proxy_on_http_call_response", this.id, token, headers, body, trailers);
      }
    } finally {
      this.#ended = undefined;
    }
  }

  #delete(): void {
    this.#cancelTick();
    for (const callout of this.#callouts.values()) callout.cancel();
    this.host.call(this, "proxy_on_delete", this.id);
    this.isDeleted = true;
    this.host.forget(this.id);
  }
}
