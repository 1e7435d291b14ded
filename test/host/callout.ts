import { EMPTY, toBytes, toText, type Bytes } from "./bytes.ts";
import { HeaderMap, type HeaderInput } from "./header-map.ts";

/** An HTTP answer; `status` is 200 when left out. */
export interface HttpAnswer {
  status?: number;
  headers?: HeaderInput;
  body?: Bytes;
  trailers?: HeaderInput;
}

/** A gRPC answer: a message, or a status other than 0 with its words. */
export type GrpcAnswer = { message: Uint8Array } | { status: number; words?: string };

/** How a callout ended, as its plugin is told. */
export type CalloutEnd =
  | { kind: "http"; headers: HeaderMap; body: Uint8Array; trailers: HeaderMap }
  | { kind: "failure" }
  | { kind: "grpc"; answer: GrpcAnswer };

/** A request that a module made with `proxy_http_call` or `proxy_grpc_call`; the test answers it. */
export class Callout {
  #end: ((end: CalloutEnd | undefined) => void) | undefined;

  constructor(
    readonly kind: "http" | "grpc",
    readonly token: number,
    readonly cluster: string,
    /** The HTTP headers, or the gRPC initial metadata. */
    readonly headers: HeaderMap,
    readonly body: Uint8Array,
    /** A gRPC call's `service/method`; "" for HTTP. */
    readonly method: string,
    /** 0 is none. */
    readonly timeoutMilliseconds: number,
    /** Is told how it ended, once; `undefined`: nobody is to be told. */
    end: (end: CalloutEnd | undefined) => void,
  ) {
    this.#end = end;
  }

  get text(): string {
    return toText(this.body);
  }

  get isPending(): boolean {
    return this.#end !== undefined;
  }

  /** Answers an HTTP call. */
  answer({ status = 200, headers = [], body = EMPTY, trailers = [] }: HttpAnswer = {}): void {
    const map = new HeaderMap([[":status", String(status)], ...new HeaderMap(headers).pairs]);
    this.#finish({ kind: "http", headers: map, body: toBytes(body), trailers: new HeaderMap(trailers) });
  }

  /** Answers a gRPC call. */
  answerGrpc(answer: GrpcAnswer): void {
    this.#finish({ kind: "grpc", answer });
  }

  /** The upstream goes away in the middle: no headers, no body. */
  fail(): void {
    if (this.kind === "http") this.#finish({ kind: "failure" });
    else this.answerGrpc({ status: 14, words: "reset" });
  }

  /** What the timeout does: 504 for HTTP, status 14 for gRPC. */
  timeOut(): void {
    if (this.kind === "http") this.answer({ status: 504, body: "upstream request timeout" });
    else this.answerGrpc({ status: 14, words: "timeout" });
  }

  /** Nobody is told. */
  cancel(): void {
    const end = this.#end;
    this.#end = undefined;
    end?.(undefined);
  }

  #finish(end: CalloutEnd): void {
    const tell = this.#end;
    if (!tell) throw new Error(`callout ${this.token} to ${this.cluster} has already ended`);
    this.#end = undefined;
    tell(end);
  }
}
