/** What a callback answers to the host. */
export const enum Action {
  Continue = 0,
  /** Holds this part, and buffers a body. Headers that are held stay changeable while the body comes. */
  Hold = 1,
  /** Takes a body piece out of the stream. */
  Drop = 3,
  /** Holds everything, without more callbacks, until somebody continues the stream (Envoy). */
  HoldAll = 4,
}

export const enum Direction {
  Request = 0,
  Response = 1,
}

/** One HTTP stream as the host drives it. What isn't overridden lets everything by. */
export abstract class StreamContext {
  constructor(readonly id: u32) {}

  onRequestHeaders(_count: i32, _end: bool): Action {
    return Action.Continue;
  }

  /** `size` is what the host has buffered so far while the body is held, else the size of this piece. */
  onRequestBody(_size: i32, _end: bool): Action {
    return Action.Continue;
  }

  onRequestTrailers(_count: i32): Action {
    return Action.Continue;
  }

  onResponseHeaders(_count: i32, _end: bool): Action {
    return Action.Continue;
  }

  onResponseBody(_size: i32, _end: bool): Action {
    return Action.Continue;
  }

  onResponseTrailers(_count: i32): Action {
    return Action.Continue;
  }

  /** A callout that this stream started has ended; `tag` is what it was started with. */
  onCallout(_tag: u32, _reply: CalloutReply): void {}

  /** The stream is over, however it ended. */
  onLog(): void {}

  onDelete(): void {}
}

/** One configuration of one plugin. */
export abstract class RootContext {
  constructor(readonly id: u32) {}

  /** False refuses the configuration; say why in the log. */
  abstract onConfigure(configuration: ArrayBuffer): bool;

  abstract createStream(id: u32): StreamContext;

  onTick(): void {}

  onQueueReady(_queue: u32): void {}

  /** A callout that this configuration started itself has ended. */
  onCallout(_tag: u32, _reply: CalloutReply): void {}

  onDelete(): void {}
}

export const enum CalloutKind {
  Http,
  Grpc,
}

/** How a callout ended. Its headers and body are readable (`calloutHeaders`, `calloutBody`, `grpcMessage`) until the callback returns. */
@final
export class CalloutReply {
  kind: CalloutKind = CalloutKind.Http;
  /** False: no answer came (timeout, connection failure, reset). */
  answered: bool = false;
  /** HTTP status, 0 without an answer; Envoy answers 503 and 504 itself for failures. gRPC: the gRPC status. */
  status: i32 = 0;
  bodySize: i32 = 0;
  trailerCount: i32 = 0;
}

/** Makes the contexts of one plugin; several in one module are told apart by root id. */
export abstract class RootFactory {
  constructor(readonly rootId: string) {}

  abstract create(id: u32): RootContext;
}
