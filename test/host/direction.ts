import { BodyBuffer } from "./body-buffer.ts";
import { HostCrash } from "./errors.ts";

/** What a headers callback answers. */
export const HeadersAction = { Continue: 0, StopIteration: 1, StopAllAndBuffer: 3, StopAllAndWatermark: 4 } as const;
/** What a body callback answers. */
export const DataAction = { Continue: 0, StopAndBuffer: 1, StopAndWatermark: 2, StopNoBuffer: 3 } as const;
/** What a trailers callback answers. */
export const TrailersAction = { Continue: 0, Stop: 1 } as const;

/** The filter's side of one direction. */
export interface Callbacks {
  headers(end: boolean): number;
  data(piece: BodyBuffer, end: boolean): number;
  trailers(): number;
}

/** Who is after the filter: the upstream for requests, the client for responses. */
export interface Receiver {
  headers(end: boolean): void;
  data(bytes: Uint8Array, end: boolean): void;
  trailers(): void;
}

/** What the direction asks of its stream. */
export interface DirectionOwner {
  /** Nothing more may pass this way: the stream is over, or a local reply takes its place. */
  stopped(): boolean;
  /** More is held than the buffer limit. */
  overflow(): void;
  /** A callback of this direction has returned. */
  afterCallback(): void;
}

type Iteration = "continue" | "stop-single" | "stop-all-buffer" | "stop-all-watermark";

/**
 * One direction of a stream through one filter, as Envoy's filter manager runs it (`ActiveStreamFilterBase` in
 * source/common/http/filter_manager.cc): who is called with what after which action, what is held and when it goes on.
 */
export class Direction {
  /** Whether the headers have come, from whoever sends. */
  started = false;
  /** Whether the sender has sent its last. */
  ended = false;
  hasTrailers = false;
  /** The last piece of a body without trailers is with the filter, which may add some now. */
  mayAddTrailers = false;
  inCallback = false;
  /** What is held; also what body callbacks see once one of them has returned StopAndBuffer. */
  held: BodyBuffer | undefined;

  #iteration: Iteration = "continue";
  #headersPassed = false;
  #fromCurrent = false;
  #filterSawEnd = false;
  #backpressure = true;
  /** What the sender could not get rid of yet. */
  readonly #waiting: (() => void)[] = [];

  constructor(
    readonly callbacks: Callbacks,
    readonly receiver: Receiver,
    readonly owner: DirectionOwner,
    readonly limit: number,
  ) {}

  get isHolding(): boolean {
    return this.#iteration !== "continue";
  }

  headers(end: boolean): void {
    this.started = true;
    this.ended = end;
    if (this.owner.stopped()) return;
    this.#filterSawEnd = end;
    const action = this.#call(() => this.callbacks.headers(end));
    if (this.owner.stopped()) this.#iteration = "stop-single";
    else if (action === HeadersAction.StopIteration) this.#iteration = "stop-single";
    else if (action === HeadersAction.StopAllAndBuffer) this.#iteration = "stop-all-buffer";
    else if (action === HeadersAction.StopAllAndWatermark) this.#iteration = "stop-all-watermark";
    else {
      if (this.#headersPassed) throw new HostCrash("headers continued twice: by continue_stream and by the action");
      this.#headersPassed = true;
      this.receiver.headers(end);
    }
    this.owner.afterCallback();
  }

  data(bytes: Uint8Array, end: boolean): void {
    if (this.#isFull) {
      this.#waiting.push(() => this.data(bytes, end));
      return;
    }
    this.ended ||= end;
    const piece = this.#buffer();
    piece.append(bytes);
    this.#data(piece, end);
  }

  trailers(): void {
    if (this.#isFull) {
      this.#waiting.push(() => this.trailers());
      return;
    }
    this.hasTrailers = true;
    this.ended = true;
    this.#trailers();
  }

  /** Puts a piece to what is held before its callback sees it. */
  hold(piece: BodyBuffer): void {
    this.#backpressure = false;
    this.#store(piece);
  }

  /** `continueDecoding`, `continueEncoding`. */
  resume(): void {
    if (this.owner.stopped()) return;
    this.#fromCurrent = this.#iteration.startsWith("stop-all");
    this.#iteration = "continue";
    if (!this.#headersPassed) {
      this.#headersPassed = true;
      this.receiver.headers(this.ended && !this.held && !this.hasTrailers);
    }
    const hadTrailers = this.hasTrailers;
    if (this.held) {
      const end = this.ended && !hadTrailers;
      if (this.#fromCurrent) this.#data(this.held, end);
      else this.receiver.data(this.held.take(), end);
    }
    if (hadTrailers) {
      if (this.#fromCurrent) this.#trailers();
      else if (!this.owner.stopped()) this.receiver.trailers();
    }
    this.#fromCurrent = false;
    while (this.#waiting.length > 0 && !this.#isFull) this.#waiting.shift()?.();
  }

  /** The sender is not read from: too much is held by an action that slows it down rather than fails. */
  get #isFull(): boolean {
    return this.#backpressure && (this.held?.size ?? 0) > this.limit;
  }

  #data(piece: BodyBuffer, end: boolean): void {
    if (this.owner.stopped()) return;
    if (this.#iteration.startsWith("stop-all")) {
      this.#backpressure = this.#iteration === "stop-all-watermark";
      this.#store(piece);
      this.owner.afterCallback();
      return;
    }
    if (this.#filterSawEnd) return;
    this.#filterSawEnd = end && !this.hasTrailers;
    this.mayAddTrailers = this.#filterSawEnd;
    const action = this.#call(() => this.callbacks.data(piece, this.#filterSawEnd));
    const added = this.mayAddTrailers && this.hasTrailers;
    this.mayAddTrailers = false;
    if (!this.owner.stopped()) {
      const isPassed = this.#afterData(action, piece, end && !added);
      if (added && isPassed) this.receiver.trailers();
    }
    this.owner.afterCallback();
  }

  /** Whether the piece went straight on. */
  #afterData(action: number, piece: BodyBuffer, end: boolean): boolean {
    if (action === DataAction.Continue) {
      if (this.#iteration !== "stop-single") {
        this.receiver.data(piece.take(), end);
        return true;
      }
      this.#store(piece);
      this.resume();
      return false;
    }
    this.#iteration = "stop-single";
    if (action === DataAction.StopAndBuffer || action === DataAction.StopAndWatermark) {
      this.#backpressure = action === DataAction.StopAndWatermark;
      this.#store(piece);
    } else if (this.ended && !this.hasTrailers) {
      // What goes on later must still carry the end, if only with no bytes.
      this.held ??= this.#buffer();
    }
    return false;
  }

  #trailers(): void {
    if (this.owner.stopped() || this.#iteration.startsWith("stop-all")) return;
    const action = this.#call(() => this.callbacks.trailers());
    this.#filterSawEnd = true;
    if (!this.owner.stopped()) {
      if (action !== TrailersAction.Continue) this.#iteration = "stop-single";
      else if (this.#iteration === "stop-single") this.resume();
      else this.receiver.trailers();
    }
    this.owner.afterCallback();
  }

  #call(callback: () => number): number {
    this.inCallback = true;
    try {
      return callback();
    } finally {
      this.inCallback = false;
    }
  }

  #store(piece: BodyBuffer): void {
    if (piece === this.held) return;
    this.held ??= this.#buffer();
    this.held.append(piece.take());
  }

  #buffer(): BodyBuffer {
    const buffer: BodyBuffer = new BodyBuffer(this.limit, () => {
      // Only what is held counts, and a watermark only slows the sender down.
      if (buffer === this.held && !this.#backpressure) this.owner.overflow();
    });
    return buffer;
  }
}
