import { EventEmitter } from "node:events";
import { type ClientRequest, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from "node:http";
import { type ClientHttp2Session, connect } from "node:http2";
import { request as tlsRequest } from "node:https";
import type { Address } from "./gateway-config.ts";
import type { JsonObject } from "./mock-shape.ts";
import { within } from "./until.ts";

/** The longest that any answer may take, in milliseconds: what takes longer hangs. */
const PATIENCE_MS = 8000;

/** What came back for a request. */
export class Answer {
  constructor(
    readonly status: number,
    readonly headers: IncomingHttpHeaders,
    readonly body: Buffer,
    /** False when the connection or the stream was cut before the body's end. */
    readonly isWhole: boolean,
  ) {}

  get text(): string {
    return this.body.toString();
  }

  /** The body as a JSON object; empty when it isn't one. */
  get json(): JsonObject {
    try {
      return JSON.parse(this.text) as JsonObject;
    } catch {
      return {};
    }
  }
}

export interface Sent {
  /** Default POST. */
  method?: string;
  path: string;
  /** A header with a list of values is sent once for each. */
  headers?: OutgoingHttpHeaders;
  body?: string | Buffer;
  /** After the body, which is chunked then. */
  trailers?: Record<string, string>;
}

/** An HTTP/1 request on a connection of its own, whose body is written piece by piece. */
export class OpenRequest {
  readonly answer: Promise<Answer>;
  /** Resolves when the answer's headers are here. */
  readonly begun: Promise<void>;
  private readonly request: ClientRequest;
  private readonly incoming = new EventEmitter();
  private text = "";

  constructor({ host, port }: Address, { method = "POST", path, headers = {} }: Omit<Sent, "body" | "trailers">) {
    this.request = request({
      host,
      port,
      method,
      path,
      agent: false,
      headers: { ...JSON_BODY, ...headers } as OutgoingHttpHeaders,
    });
    this.answer = within(`${method} ${path} was answered`, answerOf(this.request), PATIENCE_MS);
    this.answer.catch(() => undefined);
    this.begun = new Promise((begun) => this.request.once("response", () => begun()));
    this.request.once("response", (response) => response.on("data", (piece: Buffer) => this.hear(piece)));
    this.request.flushHeaders();
  }

  /** Resolves when this text of the answer's body is here. */
  received(text: string): Promise<void> {
    const received = new Promise<void>((done) => {
      const look = (): void => {
        if (this.text.includes(text)) done();
        else this.incoming.once("data", look);
      };
      look();
    });
    return within(`${text} was received`, received, PATIENCE_MS);
  }

  /** Resolves when the bytes are with the system. */
  write(piece: string | Buffer): Promise<void> {
    return new Promise((done) => this.request.write(piece, () => done()));
  }

  end(piece?: string | Buffer, trailers?: Record<string, string>): Promise<Answer> {
    if (trailers) this.request.addTrailers(trailers);
    this.request.end(piece);
    return this.answer;
  }

  destroy(): void {
    this.request.destroy();
  }

  private hear(piece: Buffer): void {
    this.text += piece.toString();
    this.incoming.emit("data");
  }
}

const JSON_BODY = { "content-type": "application/json" };

/** Sends a request over HTTP/1 on a connection of its own, with a content-length unless it has trailers or says otherwise. */
export function send(to: Address, { body, trailers, headers = {}, ...rest }: Sent): Promise<Answer> {
  const names = Object.keys(headers).map((name) => name.toLowerCase());
  const isFramed = trailers !== undefined || names.includes("transfer-encoding") || names.includes("content-length");
  const framing = isFramed ? {} : { "content-length": Buffer.byteLength(body ?? "") };
  const open = new OpenRequest(to, {
    ...rest,
    headers: { ...framing, ...(trailers ? { trailer: Object.keys(trailers) } : {}), ...headers } as OutgoingHttpHeaders,
  });
  return open.end(body, trailers);
}

/** How a client proves who it is, and whom it trusts. */
export interface Tls {
  /** The client's certificate; absent: none. */
  identity?: { cert: string; key: string } | undefined;
  /** PEM. */
  ca: string;
  serverName: string;
}

/** Sends a request over HTTP/1 and TLS on a connection of its own. Rejects when the handshake, or the connection, fails. */
export function sendTls(
  { host, port }: Address,
  tls: Tls,
  { method = "POST", path, headers, body }: Sent,
): Promise<Answer> {
  const client = tlsRequest({
    host,
    port,
    method,
    path,
    agent: false,
    headers: { ...JSON_BODY, ...headers } as OutgoingHttpHeaders,
    ...tls.identity,
    ca: tls.ca,
    servername: tls.serverName,
  });
  const answer = within(`${method} ${path} was answered over TLS`, answerOf(client), PATIENCE_MS);
  client.end(body);
  return answer;
}

function answerOf(client: ClientRequest): Promise<Answer> {
  return new Promise((answered, failed) => {
    client.on("error", failed);
    client.on("upgrade", (response, socket) => {
      socket.destroy();
      answered(new Answer(response.statusCode ?? 0, response.headers, Buffer.alloc(0), true));
    });
    client.on("response", (response) => {
      const pieces: Buffer[] = [];
      const finish = (isWhole: boolean): void => {
        answered(new Answer(response.statusCode ?? 0, response.headers, Buffer.concat(pieces), isWhole));
        client.destroy();
      };
      response.on("data", (piece: Buffer) => pieces.push(piece));
      response.on("end", () => finish(true));
      response.on("error", () => finish(false));
      response.on("close", () => finish(response.complete));
    });
  });
}

/** A connection that speaks HTTP/2 without TLS. */
export class Http2Client {
  private readonly session: ClientHttp2Session;

  constructor({ host, port }: Address) {
    this.session = connect(`http://${host}:${port}`);
    this.session.on("error", () => undefined);
  }

  /** Sends a request, its body in these pieces; with `trailers` they end it. */
  send({ method = "POST", path, headers = {}, body, trailers }: Sent): Promise<Answer> {
    const stream = this.session.request(
      { ":method": method, ":path": path, ...JSON_BODY, ...headers },
      { endStream: body === undefined && trailers === undefined, waitForTrailers: trailers !== undefined },
    );
    if (trailers) stream.on("wantTrailers", () => stream.sendTrailers(trailers));
    if (!stream.writableEnded) stream.end(body);
    const answer = new Promise<Answer>((answered, failed) => {
      let head: IncomingHttpHeaders & { ":status"?: number } = {};
      let isWhole = false;
      const pieces: Buffer[] = [];
      stream.on("response", (headers) => (head = headers as typeof head));
      stream.on("data", (piece: Buffer) => pieces.push(piece));
      stream.on("end", () => (isWhole = true));
      stream.on("error", () => (isWhole = false));
      stream.on("close", () => {
        if (head[":status"] === undefined)
          failed(new Error(`${path}: stream closed without an answer (${stream.rstCode})`));
        else answered(new Answer(head[":status"], head, Buffer.concat(pieces), isWhole && stream.rstCode === 0));
      });
    });
    return within(`${method} ${path} was answered over HTTP/2`, answer, PATIENCE_MS);
  }

  close(): void {
    this.session.destroy();
  }
}
