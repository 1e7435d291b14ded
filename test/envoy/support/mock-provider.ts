import {
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  createServer,
} from "node:http";
import { type Http2ServerResponse, constants, createServer as createHttp2Server } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import { Gate } from "./gate.ts";
import type { Address } from "./gateway-config.ts";
import { anthropic } from "./mock-anthropic.ts";
import { cohere, ollama } from "./mock-cohere-ollama.ts";
import { bedrock, gemini } from "./mock-google-aws.ts";
import { openAi } from "./mock-openai.ts";
import type { Answer, ApiRequest, JsonObject, Shape } from "./mock-shape.ts";
import { within } from "./until.ts";

const SHAPES = {
  OpenAi: openAi,
  Anthropic: anthropic,
  Gemini: gemini,
  Bedrock: bedrock,
  Cohere: cohere,
  Ollama: ollama,
} satisfies Record<string, Shape>;

export type ShapeName = keyof typeof SHAPES;

/** How a mock answers from now on; what is left out is as a healthy provider does it. */
export interface Behaviour {
  /** Milliseconds between the end of the request and the answer. */
  delayMs?: number;
  /** The answer's headers wait for this. */
  until?: Promise<unknown>;
  /** Each piece after the first waits for its turn here: index of the piece to a promise. */
  beforePiece?: (index: number) => Promise<unknown> | undefined;
  /** The connection is reset after so many pieces; 0: before the headers. */
  resetAfterPieces?: number;
  trailers?: Record<string, string>;
  /** What answers report as used, in the provider's own form; null: nothing. */
  usage?: JsonObject | null;
  /** Answers as soon as the headers are there, not waiting for the body: needs `answer`. */
  early?: boolean;
  /** Answers this, whatever was asked. */
  answer?: Partial<Answer>;
}

/** A request as it reached a mock. Times are milliseconds of `performance.now()`. */
export class SeenRequest {
  readonly headersAt = performance.now();
  firstByteAt: number | undefined;
  endedAt: number | undefined;
  state: "Receiving" | "Complete" | "Aborted" = "Receiving";
  trailers: Record<string, string | undefined> = {};
  private readonly pieces: Buffer[] = [];
  private readonly first = new Gate();
  private readonly end = new Gate();

  constructor(
    readonly method: string,
    /** With the query. */
    readonly path: string,
    readonly headers: IncomingHttpHeaders,
    /** Name, value, name, value, as they came. */
    readonly rawHeaders: string[],
    readonly httpVersion: string,
  ) {}

  /** What of the body has come so far. */
  get body(): Buffer {
    return Buffer.concat(this.pieces);
  }

  get json(): JsonObject | undefined {
    return parseJson(this.body);
  }

  /** Resolves with the first byte of the body; rejects after `timeoutMs`. */
  firstByte(timeoutMs = 5000): Promise<void> {
    return within("the body's first byte reached the upstream", this.first.opened, timeoutMs);
  }

  /** Resolves when the request is complete or aborted; rejects after `timeoutMs`. */
  ended(timeoutMs = 5000): Promise<void> {
    return within("the request ended at the upstream", this.end.opened, timeoutMs);
  }

  /** Records a piece of the body. */
  add(piece: Buffer): void {
    this.firstByteAt ??= performance.now();
    this.pieces.push(piece);
    this.first.release();
  }

  /** Records the end, the first time that it is told. */
  finish(state: "Complete" | "Aborted"): void {
    if (this.state !== "Receiving") return;
    this.state = state;
    this.endedAt = performance.now();
    this.end.release();
  }
}

/**
 * A model provider on a port of its own (127.0.0.1): answers its API's paths with JSON or SSE, with usage, and everything
 * else with the provider's own error. Records what it sees. The answer's `x-mock-provider` header carries its name.
 */
export class MockProvider {
  /** Every request since the start or the last `reset()`, in the order of their headers. */
  seen: SeenRequest[] = [];
  private behaviourOf: (request: SeenRequest) => Behaviour = () => ({});
  private waiting: ((request: SeenRequest) => void)[] = [];
  private readonly sockets = new Set<Socket>();

  private constructor(
    readonly name: string,
    private readonly shapes: Shape[],
    private readonly server: Server,
  ) {}

  /** Starts a mock; with several shapes the first that has the path answers, and errors are the first one's. */
  static start(name: string, ...shapes: [ShapeName, ...ShapeName[]]): Promise<MockProvider> {
    return MockProvider.listen(
      name,
      shapes,
      createServer({ requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 0 }),
    );
  }

  /** The same over HTTP/2 without TLS. */
  static startHttp2(name: string, ...shapes: [ShapeName, ...ShapeName[]]): Promise<MockProvider> {
    // Node's compatibility API has all of HTTP/1's that is used here.
    return MockProvider.listen(name, shapes, createHttp2Server() as unknown as Server);
  }

  private static async listen(name: string, shapes: ShapeName[], server: Server): Promise<MockProvider> {
    const mock = new MockProvider(
      name,
      shapes.map((shape) => SHAPES[shape]),
      server,
    );
    server.on("connection", (socket: Socket) => {
      mock.sockets.add(socket);
      socket.once("close", () => mock.sockets.delete(socket));
    });
    server.on("request", (request, response) => void mock.serve(request, response).catch(() => response.destroy()));
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    return mock;
  }

  get address(): Address {
    return { host: "127.0.0.1", port: (this.server.address() as AddressInfo).port };
  }

  /** From now on answers like this, or each request, by its headers, as it is told. */
  behave(behaviour: Behaviour | ((request: SeenRequest) => Behaviour)): void {
    this.behaviourOf = typeof behaviour === "function" ? behaviour : () => behaviour;
  }

  /** Forgets what was seen, and behaves as a healthy provider again. */
  reset(): void {
    this.seen = [];
    this.behave({});
  }

  /** The next request whose headers arrive; rejects when none has after `timeoutMs`. */
  next(timeoutMs = 5000): Promise<SeenRequest> {
    const arrival = new Promise<SeenRequest>((arrive) => this.waiting.push(arrive));
    return within(`a request reached ${this.name}`, arrival, timeoutMs);
  }

  /** The only request seen; throws when there were none or more. */
  only(): SeenRequest {
    const [request, ...more] = this.seen;
    if (!request || more.length > 0) throw new Error(`${this.name} saw ${this.seen.length} requests, not 1`);
    return request;
  }

  async stop(): Promise<void> {
    const closed = new Promise((done) => this.server.close(done));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url = "", headers, rawHeaders, httpVersion } = request;
    const seen = new SeenRequest(method, url, headers, rawHeaders, httpVersion);
    const behaviour = this.behaviourOf(seen);
    this.seen.push(seen);
    for (const arrive of this.waiting.splice(0)) arrive(seen);

    request.on("data", (piece: Buffer) => seen.add(piece));
    request.on("end", () => {
      seen.trailers = { ...request.trailers };
      seen.finish("Complete");
    });
    request.on("close", () => seen.finish("Aborted"));
    if (behaviour.early !== true) {
      await new Promise<void>((ended) => request.once("close", ended).once("end", ended));
      if (seen.state === "Aborted") return;
    }
    await this.respond(response, { ...(await this.answerTo(seen, behaviour)), ...behaviour.answer }, behaviour);
  }

  private async answerTo(seen: SeenRequest, { early, usage }: Behaviour): Promise<Answer> {
    if (early === true) return { status: 200, headers: {}, pieces: [] };
    const api = { ...(await apiRequest(seen)), usage };
    for (const shape of this.shapes) {
      const answer = shape.answer(api, this.name);
      if (answer) return answer;
    }
    return (this.shapes[0] as Shape).notFound(api);
  }

  private async respond(
    response: ServerResponse,
    { status, headers, pieces }: Answer,
    behaviour: Behaviour,
  ): Promise<void> {
    const { delayMs, until, beforePiece, resetAfterPieces, trailers } = behaviour;
    if (delayMs !== undefined) await new Promise((later) => setTimeout(later, delayMs));
    await until;
    if (resetAfterPieces === 0) return reset(response);

    response.writeHead(status, {
      ...headers,
      "x-mock-provider": this.name,
      ...(trailers ? { trailer: Object.keys(trailers).join(", ") } : {}),
    });
    response.flushHeaders();
    for (const [index, piece] of pieces.entries()) {
      await beforePiece?.(index);
      await new Promise<void>((flushed) => response.write(piece, () => flushed()));
      if (resetAfterPieces === index + 1) return reset(response);
    }
    if (trailers) response.addTrailers(trailers);
    response.end();
  }
}

/** Resets the connection, or of HTTP/2 the stream. */
function reset(response: ServerResponse | Http2ServerResponse): void {
  if ("stream" in response) response.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  else response.socket?.resetAndDestroy();
}

async function apiRequest(seen: SeenRequest): Promise<ApiRequest> {
  const { method, body } = seen;
  const url = new URL(seen.path, "http://mock");
  const type = seen.headers["content-type"] ?? "";
  const contentType = (type.split(";")[0] ?? "").trim().toLowerCase();
  const form = contentType === "multipart/form-data" ? await parseForm(body, type) : undefined;
  return { method, path: url.pathname, query: url.searchParams, contentType, json: parseJson(body), form, body };
}

function parseJson(body: Buffer): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

async function parseForm(body: Buffer, contentType: string): Promise<Record<string, string> | undefined> {
  try {
    const form = await new Response(new Uint8Array(body), { headers: { "content-type": contentType } }).formData();
    return Object.fromEntries([...form].map(([key, value]) => [key, typeof value === "string" ? value : value.name]));
  } catch {
    return undefined;
  }
}
