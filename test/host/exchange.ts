import { concat, splitAt, toBytes, toText, type Bytes } from "./bytes.ts";
import { HeaderMap, type HeaderInput } from "./header-map.ts";
import type { Receiver } from "./direction.ts";
import type { Stream } from "./stream.ts";

/** A body and how it arrives. */
export interface BodySpec {
  /** One value has a content-length; a list is a stream of pieces, without. */
  body?: Bytes | readonly Bytes[];
  /** Byte offsets at which the whole body is cut into pieces, in the place of a list's own cuts. */
  split?: readonly number[];
  trailers?: HeaderInput;
  /** HTTP/1.1 (the default) ends a body with a piece of no bytes, HTTP/2 with the last piece itself. */
  protocol?: "HTTP/1.1" | "HTTP/2";
}

/** A client's request. The method is POST with a body and GET without, the path /, unless said otherwise. */
export interface RequestSpec extends BodySpec {
  method?: string;
  path?: string;
  authority?: string;
  headers?: HeaderInput;
}

/** An upstream's response; 200 unless said otherwise. */
export interface ResponseSpec extends BodySpec {
  status?: number;
  headers?: HeaderInput;
}

/** What became of a request. */
export interface Outcome {
  /**
   * `forwarded`: the upstream got all of it. `local-reply`: the client was answered without the upstream. `held`: neither, and
   * the filter still decides. `reset`: the stream was torn down.
   */
  status: "forwarded" | "local-reply" | "held" | "reset";
  localReply: LocalReply | undefined;
  upstream: Received;
  client: Received;
  filterState: Record<string, string>;
  stream: Stream;
}

/** An answer that Envoy gave itself, for the filter or for a buffer that overflowed; the headers as the client sees them. */
export interface LocalReply {
  status: number;
  headers: HeaderMap;
  body: string;
  details: string;
  grpcStatus: number | undefined;
}

/** What one end of the stream received. */
export class Received {
  headers: HeaderMap | undefined;
  trailers: HeaderMap | undefined;
  /** The pieces as they arrived; pieces of no bytes are left out. */
  readonly pieces: Uint8Array[] = [];
  /** How many bytes of body the sender had sent when the headers arrived here. */
  headersAfterBytes: number | undefined;
  complete = false;
  wasReset = false;

  /** This end as the receiver of a direction; the maps and the count are looked up when they arrive. */
  receiver(sent: {
    headers: () => HeaderMap | undefined;
    trailers: () => HeaderMap | undefined;
    bytes: () => number;
    onEnd: () => void;
  }): Receiver {
    const finish = (end: boolean): void => {
      if (!end || this.complete) return;
      this.complete = true;
      sent.onEnd();
    };
    return {
      headers: (end) => {
        this.headers = sent.headers()?.copy();
        this.headersAfterBytes = sent.bytes();
        finish(end);
      },
      data: (bytes, end) => {
        if (bytes.length > 0 && !this.complete) this.pieces.push(bytes);
        finish(end);
      },
      trailers: () => {
        this.trailers = sent.trailers()?.copy();
        finish(true);
      },
    };
  }

  get bytes(): Uint8Array {
    return concat(this.pieces);
  }

  get body(): string {
    return toText(this.bytes);
  }

  /** The response's status, 0 before it. */
  get status(): number {
    return Number(this.headers?.get(":status") ?? 0);
  }

  /** Whether a complete message has as many bytes as its content-length says, or none. A wrong one breaks the connection. */
  get isFramed(): boolean {
    const length = this.headers?.get("content-length");
    return !this.complete || length === undefined || Number(length) === this.bytes.length;
  }
}

/** The pieces of a body, as they arrive. */
export function piecesOf({ body, split }: BodySpec): Uint8Array[] {
  if (body === undefined) return [];
  const pieces = (Array.isArray(body) ? (body as readonly Bytes[]) : [body as Bytes]).map(toBytes);
  return (split ? splitAt(concat(pieces), split) : pieces).filter((piece) => piece.length > 0);
}

/** The request's headers, pseudo-headers first. */
export function requestHeaders(spec: RequestSpec): HeaderMap {
  const headers = new HeaderMap([
    [":authority", spec.authority ?? "gateway.example"],
    [":path", spec.path ?? "/"],
    [":method", spec.method ?? (spec.body === undefined ? "GET" : "POST")],
    [":scheme", "http"],
    ...new HeaderMap(spec.headers).pairs,
  ]);
  setLength(headers, spec);
  return headers;
}

/** The response's headers, `:status` first. */
export function responseHeaders(spec: ResponseSpec): HeaderMap {
  const headers = new HeaderMap([[":status", String(spec.status ?? 200)], ...new HeaderMap(spec.headers).pairs]);
  setLength(headers, spec);
  return headers;
}

export function outcomeOf(stream: Stream): Outcome {
  const { upstream, client, localReply } = stream;
  const status = stream.wasReset ? "reset" : localReply ? "local-reply" : upstream.complete ? "forwarded" : "held";
  return { status, localReply, upstream, client, filterState: stream.filterState.all, stream };
}

function setLength(headers: HeaderMap, { body, trailers }: BodySpec): void {
  if (body === undefined || Array.isArray(body) || trailers || headers.has("content-length")) return;
  headers.add("content-length", String(toBytes(body as Bytes).length));
}
