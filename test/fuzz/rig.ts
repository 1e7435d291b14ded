import { clustersOf, DETERMINISTIC, loadVm } from "../contract/support/plugins.ts";
import { isUndecided, LONG_MS, visible, wrongWith } from "../contract/support/visible.ts";
import { type Callout } from "../host/callout.ts";
import { outcomeOf } from "../host/exchange.ts";
import { HeaderMap } from "../host/header-map.ts";
import { type PluginContext } from "../host/plugin-context.ts";
import { type Stream } from "../host/stream.ts";
import { type WasmHost } from "../host/wasm-host.ts";
import { type ExchangeCase, type Message } from "./case.ts";

/** A held body may be larger than any that is made here. */
const BODY_LIMIT = 64 * 2 ** 20;
/** How often callouts are answered until a message goes on: services, then a limit, then a token. */
const MOST_ROUNDS = 8;
const BYPASSED = ".bypassed";

/** What is wrong: in a few words that stay the same while a case shrinks, and in detail. */
export interface Problem {
  what: string;
  detail: string;
}

/** What one run of a case showed. */
export interface Seen {
  problem?: Problem;
  /** All that can be told apart from outside. */
  seen: ReturnType<typeof visible> & { upstreamBytes: string; clientBytes: string; complete: boolean };
  /** Whether the request was refused or torn down. */
  isRefused: boolean;
  /** Whether anything of it went up before that. */
  hasGoneUp: boolean;
  /** Whether it passed though it could not be judged, as FailOpen lets it. */
  isBypassed: boolean;
}

/** A VM with a plugin in several configurations, whose callouts are answered with what the case says. */
export class Rig {
  readonly #contexts = new Map<string, PluginContext>();
  #answer: ExchangeCase["callout"];

  private constructor(
    readonly plugin: string,
    readonly host: WasmHost,
  ) {}

  static async load(plugin: string): Promise<Rig> {
    const rigs: Rig[] = [];
    const clusters = Object.fromEntries(
      clustersOf(plugin).map((name) => [name, (callout: Callout) => rigs[0]!.#reply(callout)]),
    );
    const host = await loadVm(plugin, { ...DETERMINISTIC, clusters, bodyLimit: BODY_LIMIT });
    rigs.push(new Rig(plugin, host));
    return rigs[0]!;
  }

  /** The configuration in this VM; throws where it isn't taken. */
  context(settings: string): PluginContext {
    const present = this.#contexts.get(settings);
    if (present) return present;
    const context = this.host.createPlugin({ configuration: settings });
    if (!context.ok) throw new Error(`not taken: ${settings}: ${context.logs.map(({ text }) => text).join("\n")}`);
    this.#contexts.set(settings, context);
    return context;
  }

  /** Runs a case in its pieces, or each body in one piece. */
  run(fuzzCase: ExchangeCase, isCut: boolean): Seen {
    const { settings, request, response, callout } = fuzzCase;
    this.#answer = callout;
    const bypassed = this.host.metrics.total(BYPASSED);
    const stream = this.context(settings).stream();
    stream.protocol = request.endsWithPiece ? "HTTP/2" : "HTTP/1.1";
    send(request, isCut, (headers, end) => stream.onRequestHeaders(headers, end), {
      body: (piece, end) => stream.onRequestBody(piece, end),
      trailers: (trailers) => stream.onRequestTrailers(trailers),
    });
    this.#settle(() => !isUndecided(stream));
    const problem = wrongWith(stream, this.plugin);
    if (!problem && stream.upstream.complete && !stream.isClosed && !stream.localReply) {
      this.#respond(stream, response, isCut);
    }
    const wrong = problem ?? endOf(stream);
    if (!stream.isClosed) stream.finish();
    for (const left of this.host.callouts) left.timeOut();
    this.host.logs.length = 0;
    const { upstream, client } = stream;
    const seen = {
      ...visible(outcomeOf(stream)),
      upstreamBytes: upstream.complete ? latin1(upstream.bytes) : "",
      clientBytes: latin1(client.bytes),
      complete: client.complete,
    };
    const isBypassed = this.host.metrics.total(BYPASSED) > bypassed;
    const isRefused = stream.localReply !== undefined || stream.wasReset;
    const hasGoneUp = upstream.headers !== undefined;
    return {
      seen,
      isRefused,
      hasGoneUp,
      isBypassed,
      ...(wrong ? { problem: { what: "no defined end", detail: wrong } } : {}),
    };
  }

  #respond(stream: Stream, response: Message, isCut: boolean): void {
    send(response, isCut, (headers, end) => stream.onResponseHeaders(headers, end), {
      body: (piece, end) => stream.onResponseBody(piece, end),
      trailers: (trailers) => stream.onResponseTrailers(trailers),
    });
    this.#settle(() => stream.isClosed || stream.client.complete);
  }

  /** Answers callouts until `isDone`, and lets time pass where that is not enough. */
  #settle(isDone: () => boolean): void {
    for (let round = 0; round < MOST_ROUNDS && !isDone() && this.host.callouts.length > 0; round++) this.host.tick(0);
    if (!isDone()) this.host.tick(LONG_MS);
  }

  #reply(callout: Callout): void {
    const answer = this.#answer;
    if (!answer) callout.timeOut();
    else if (callout.kind === "http") callout.answer(answer);
    else callout.answerGrpc(answer.status === 200 ? { message: answer.body } : { status: answer.status & 15 || 2 });
  }
}

function send(
  message: Message,
  isCut: boolean,
  headers: (map: HeaderMap, end: boolean) => void,
  rest: { body: (piece: Uint8Array, end: boolean) => void; trailers: (pairs: Message["trailers"]) => void },
): void {
  const { body, cuts, trailers, endsWithPiece } = message;
  const hasTrailers = trailers.length > 0;
  const map = new HeaderMap(message.headers.map(([name, value]): [string, string] => [name, value]));
  if (body && !hasTrailers && !map.has("content-length")) map.add("content-length", String(body.length));
  headers(map, body === undefined && !hasTrailers);
  if (body) {
    const pieces = piecesOf(body, isCut ? cuts : []);
    const isWithLast = endsWithPiece && !hasTrailers && pieces.length > 0;
    pieces.forEach((piece, index) => rest.body(piece, isWithLast && index === pieces.length - 1));
    if (!isWithLast && !hasTrailers) rest.body(new Uint8Array(0), true);
  }
  if (hasTrailers) rest.trailers(trailers);
}

function piecesOf(body: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  return [0, ...cuts]
    .map((start, index) => body.subarray(start, cuts[index] ?? body.length))
    .filter((piece) => piece.length > 0);
}

function endOf({ client, localReply, wasReset }: Stream): string | undefined {
  if (localReply || wasReset) return undefined;
  if (!client.complete) return "the answer hangs";
  return client.isFramed ? undefined : "the client gets another length than the headers say";
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
}
