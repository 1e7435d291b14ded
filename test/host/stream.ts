import { type BodyBuffer } from "./body-buffer.ts";
import { EMPTY, toBytes, type Bytes } from "./bytes.ts";
import { BufferType, MapType, StreamType, type Context, type LocalReplyRequest } from "./context.ts";
import { Direction } from "./direction.ts";
import { HostCrash } from "./errors.ts";
import {
  piecesOf,
  Received,
  requestHeaders,
  responseHeaders,
  outcomeOf,
  type BodySpec,
  type LocalReply,
  type Outcome,
  type RequestSpec,
  type ResponseSpec,
} from "./exchange.ts";
import { FilterView } from "./filter-view.ts";
import { FilterState } from "./filter-state.ts";
import { HeaderMap, type HeaderInput } from "./header-map.ts";
import { prepareLocalReply } from "./local-reply.ts";
import type { PluginContext, StreamOptions } from "./plugin-context.ts";
import { streamProperties } from "./stream-properties.ts";
import { lookUp, mergeProperties, serializeProperty, type PropertyTree } from "./properties.ts";
import { Status } from "./status.ts";

/** One HTTP stream through one plugin, between a client and an upstream that the test plays. */
export class Stream implements Context {
  readonly upstream = new Received();
  readonly client = new Received();
  readonly filterState: FilterState;
  /** Laid upon the host's own and those of `WasmHost`; the test may change it between steps. */
  properties: PropertyTree;
  /** The stream has been logged and deleted. */
  isClosed = false;
  wasReset = false;
  /** `clear_route_cache` calls. */
  routeCacheClears = 0;
  /** Why the response is what it is, as `%RESPONSE_CODE_DETAILS%` has it. */
  codeDetails: string | undefined;
  protocol = "HTTP/1.1";

  readonly #request: Direction;
  readonly #response: Direction;
  readonly #view: FilterView;
  #requestBytes = 0;
  #responseBytes = 0;
  #created = false;
  #requestAborted = false;
  #responseAborted = false;
  #prepared: LocalReplyRequest | undefined;
  #reply: LocalReplyRequest | undefined;

  constructor(
    readonly root: PluginContext,
    readonly id: number,
    { properties = {}, filterState = new FilterState() }: StreamOptions,
  ) {
    this.properties = properties;
    this.filterState = filterState;
    const { host } = root;
    host.adopt(this);
    this.#view = new FilterView(this, (type) => (type === StreamType.Request ? this.#request : this.#response));
    const { maps } = this.#view;
    const limit = host.options.bodyLimit ?? DEFAULT_BODY_LIMIT;
    this.#request = new Direction(
      this.#view.callbacks(StreamType.Request),
      this.upstream.receiver({
        headers: () => maps[MapType.RequestHeaders],
        trailers: () => maps[MapType.RequestTrailers],
        bytes: () => this.#requestBytes,
        onEnd: () => undefined,
      }),
      {
        stopped: () => this.isClosed || this.#requestAborted || this.#response.ended,
        overflow: () => this.sendLocalReply(hostReply(413, "Payload Too Large", "request_payload_too_large")),
        afterCallback: () => this.#sendPrepared(),
      },
      limit,
    );
    this.#response = new Direction(
      this.#view.callbacks(StreamType.Response),
      this.client.receiver({
        headers: () => maps[MapType.ResponseHeaders],
        trailers: () => maps[MapType.ResponseTrailers],
        bytes: () => this.#responseBytes,
        onEnd: () => this.finish(),
      }),
      {
        stopped: () => this.isClosed || this.#responseAborted,
        overflow: () => this.sendLocalReply(hostReply(500, "Internal Server Error", "response_payload_too_large")),
        afterCallback: () => undefined,
      },
      limit,
    );
  }

  /** What the client was told in the upstream's place, once it was. */
  get localReply(): LocalReply | undefined {
    const { headers, status, body } = this.client;
    if (!this.#reply || !headers) return undefined;
    const { details, grpcStatus } = this.#reply;
    return { status, headers, body, details, grpcStatus };
  }

  /** Sends a whole request, piece by piece, and says what has become of it so far. */
  request(spec: RequestSpec = {}): Outcome {
    const pieces = piecesOf(spec);
    this.protocol = spec.protocol ?? "HTTP/1.1";
    this.onRequestHeaders(requestHeaders(spec), pieces.length === 0 && spec.body === undefined && !spec.trailers);
    if (spec.body !== undefined) this.#feed(spec, pieces, (piece, end) => this.onRequestBody(piece, end));
    if (spec.trailers) this.onRequestTrailers(spec.trailers);
    return outcomeOf(this);
  }

  /** Answers as the upstream, piece by piece, whether or not it has got all of the request. */
  respond(spec: ResponseSpec = {}): Outcome {
    const pieces = piecesOf(spec);
    this.onResponseHeaders(responseHeaders(spec), spec.body === undefined && !spec.trailers);
    if (spec.body !== undefined) this.#feed(spec, pieces, (piece, end) => this.onResponseBody(piece, end));
    if (spec.trailers) this.onResponseTrailers(spec.trailers);
    return outcomeOf(this);
  }

  /** A filter in front answers the request: of all callbacks this one gets those of the end only. */
  endInFront(spec: RequestSpec, status: number, details: string): Outcome {
    this.#view.maps[MapType.RequestHeaders] = requestHeaders(spec);
    this.#view.maps[MapType.ResponseHeaders] = new HeaderMap([[":status", String(status)]]);
    this.codeDetails = details;
    this.finish();
    return outcomeOf(this);
  }

  onRequestHeaders(headers: HeaderMap | HeaderInput, end: boolean): void {
    this.#view.maps[MapType.RequestHeaders] = headers instanceof HeaderMap ? headers : new HeaderMap(headers);
    this.#create();
    this.#request.headers(end);
  }

  onRequestBody(piece: Bytes, end: boolean): void {
    const bytes = toBytes(piece);
    this.#requestBytes += bytes.length;
    if (!this.isClosed) this.#request.data(bytes, end);
  }

  onRequestTrailers(trailers: HeaderInput): void {
    this.#view.maps[MapType.RequestTrailers] = new HeaderMap(trailers);
    if (!this.isClosed) this.#request.trailers();
  }

  onResponseHeaders(headers: HeaderMap | HeaderInput, end: boolean): void {
    if (this.isClosed || this.#response.started) return;
    if (!this.upstream.headers) throw new Error("the upstream can't answer: it has not got the request's headers");
    this.codeDetails = "via_upstream";
    this.#view.maps[MapType.ResponseHeaders] = headers instanceof HeaderMap ? headers : new HeaderMap(headers);
    this.#response.headers(end);
  }

  onResponseBody(piece: Bytes, end: boolean): void {
    const bytes = toBytes(piece);
    this.#responseBytes += bytes.length;
    if (!this.isClosed && !this.#reply) this.#response.data(bytes, end);
  }

  onResponseTrailers(trailers: HeaderInput): void {
    if (this.isClosed || this.#reply) return;
    this.#view.maps[MapType.ResponseTrailers] = new HeaderMap(trailers);
    this.#response.trailers();
  }

  /** The client goes away. */
  reset(): void {
    this.codeDetails ??= "downstream_remote_disconnect";
    this.#resetStream();
  }

  /** Ends the stream as it stands: log, done, delete. Nothing when it has ended. */
  finish(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    if (this.upstream.headers && !this.#response.ended) this.upstream.wasReset = true;
    const { host } = this.root;
    this.#create();
    this.#view.isLogging = true;
    host.call(this, "proxy_on_log", this.id);
    this.#view.isLogging = false;
    host.call(this, "proxy_on_done", this.id);
    host.call(this, "proxy_on_delete", this.id);
    host.forget(this.id);
  }

  readableMap(type: number): HeaderMap | undefined {
    return type > MapType.ResponseTrailers ? this.root.readableMap(type) : this.#view.readable(type);
  }

  writableMap(type: number): HeaderMap | undefined {
    return this.#view.writable(type);
  }

  buffer(type: number): BodyBuffer | Uint8Array | undefined {
    const isBody = type === BufferType.RequestBody || type === BufferType.ResponseBody;
    return isBody ? this.#view.body(type) : this.root.buffer(type);
  }

  getProperty(path: readonly string[]): Uint8Array | number {
    const value = path.length === 1 && path[0] === "filter_state" ? {} : lookUp(this.#allProperties(), path);
    if (value !== undefined) return serializeProperty(value);
    const state =
      path[0] === "filter_state" && path.length === 2 ? path[1] : path.length === 1 ? `wasm.${path[0]}` : undefined;
    return (state === undefined ? undefined : this.filterState.raw(state)) ?? Status.NotFound;
  }

  setProperty(path: string, value: Uint8Array): number {
    this.filterState.set(path, value);
    return Status.Ok;
  }

  continueStream(type: number): number {
    if (type > StreamType.Response)
      return type === 2 ? Status.Ok : type === 3 ? Status.Unimplemented : Status.BadArgument;
    const isRequest = type === StreamType.Request;
    this.root.host.afterCall(() => {
      if (!isRequest && !this.#response.started) {
        throw new HostCrash(
          "proxy_continue_stream(response) before there is a response is a null dereference in Envoy 1.40",
        );
      }
      if (!this.isClosed) (isRequest ? this.#request : this.#response).resume();
    });
    this.#view.hideRequest();
    return Status.Ok;
  }

  closeStream(type: number): number {
    if (type > 3) return Status.BadArgument;
    if (type > StreamType.Response) return Status.Ok;
    this.codeDetails ??= "wasm_close_stream";
    this.root.host.afterCall(() => this.#resetStream());
    return Status.Ok;
  }

  sendLocalReply(reply: LocalReplyRequest): void {
    if (this.isClosed) return;
    if (this.#request.inCallback) this.#requestAborted = true;
    else if (this.#response.inCallback) this.#responseAborted = true;
    this.codeDetails = reply.details;
    if (this.#prepared && !this.#response.started) return;
    if (!this.#response.started) {
      this.#prepared = reply;
      if (!this.#request.inCallback) this.#sendPrepared();
    } else if (!this.client.headers) {
      this.#sendDirectly(reply);
    } else {
      this.#resetStream();
    }
  }

  #feed(
    { protocol, trailers }: BodySpec,
    pieces: readonly Uint8Array[],
    send: (piece: Uint8Array, end: boolean) => void,
  ): void {
    const endsWithPiece = protocol === "HTTP/2" && !trailers && pieces.length > 0;
    pieces.forEach((piece, index) => send(piece, endsWithPiece && index === pieces.length - 1));
    if (!endsWithPiece && !trailers) send(EMPTY, true);
  }

  #create(): void {
    if (this.#created) return;
    this.#created = true;
    this.root.host.call(this, "proxy_on_context_create", this.id, this.root.id);
  }

  #sendPrepared(): void {
    const reply = this.#prepared;
    if (!reply || this.#reply || this.isClosed) return;
    this.#reply = reply;
    const { headers, body } = prepareLocalReply(reply, this.#isGrpc());
    this.#view.maps[MapType.ResponseHeaders] = headers;
    const hasBody = body.length > 0 && !this.#isHead();
    this.#response.headers(!hasBody);
    if (hasBody && !this.isClosed) this.#response.data(body, true);
  }

  /** The filter has the response in its hands already: the reply goes round it. */
  #sendDirectly(reply: LocalReplyRequest): void {
    this.#reply = reply;
    const { headers, body } = prepareLocalReply(reply, this.#isGrpc());
    this.#view.maps[MapType.ResponseHeaders] = headers;
    const hasBody = body.length > 0 && !this.#isHead();
    this.#response.receiver.headers(!hasBody);
    if (hasBody) this.#response.receiver.data(body, true);
  }

  #isGrpc(): boolean {
    return this.#requestHeader("content-type").startsWith("application/grpc");
  }

  #isHead(): boolean {
    return this.#requestHeader(":method") === "HEAD";
  }

  #requestHeader(name: string): string {
    return this.#view.maps[MapType.RequestHeaders]?.get(name) ?? "";
  }

  #resetStream(): void {
    if (this.isClosed) return;
    this.wasReset = true;
    this.client.wasReset = true;
    this.finish();
  }

  #allProperties(): PropertyTree {
    const own = streamProperties({
      requestHeaders: this.readableMap(MapType.RequestHeaders),
      responseHeaders: this.readableMap(MapType.ResponseHeaders),
      responseTrailers: this.readableMap(MapType.ResponseTrailers),
      protocol: this.protocol,
      requestBytes: this.#requestBytes,
      responseBytes: this.#responseBytes,
      status: Number(this.#view.maps[MapType.ResponseHeaders]?.get(":status") ?? 0),
      codeDetails: this.codeDetails,
    });
    return mergeProperties(mergeProperties(own, this.root.properties()), this.properties);
  }
}

/** Envoy's `per_connection_buffer_limit_bytes`. */
const DEFAULT_BODY_LIMIT = 1024 * 1024;

function hostReply(status: number, words: string, details: string): LocalReplyRequest {
  return { status, headers: [], body: toBytes(words), details, grpcStatus: undefined };
}
