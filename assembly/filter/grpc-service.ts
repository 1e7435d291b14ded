import { Bytes } from "../bytes/view";
import { grpcMessage } from "../host/body";
import { grpcCallout } from "../host/callouts";
import { CalloutReply } from "../host/context";
import { ServicePlace } from "./service-place";

/** The configuration's own callouts, which outlive the stream. */
const NO_STREAM: u32 = 0;
const NO_TAG: u32 = 0;
/** Nobody waits for what `tell` sends. */
const TELL_TIMEOUT_MS: u32 = 5000;

/** One unary method of a gRPC service that a plugin calls. */
@final
export class GrpcService {
  constructor(
    private readonly place: ServicePlace,
    private readonly service: string,
    private readonly method: string,
    private readonly timeoutMs: u32,
  ) {}

  /** Sends a message; its answer comes to the exchange's `onReply(tag, ...)`. False: not sent, none will come. */
  ask(exchangeId: u32, tag: u32, message: Bytes): bool {
    return this.call(exchangeId, tag, message, this.timeoutMs);
  }

  /** Sends a message whose answer nobody needs, in the name of the configuration. False: not sent. */
  tell(message: Bytes): bool {
    return this.call(NO_STREAM, NO_TAG, message, TELL_TIMEOUT_MS);
  }

  private call(streamId: u32, tag: u32, message: Bytes, timeoutMs: u32): bool {
    const cluster = this.place.cluster;
    const id = grpcCallout(
      streamId,
      tag,
      cluster,
      this.service,
      this.method,
      message.pointer,
      message.length,
      timeoutMs,
    );
    if (id == 0) this.place.notAsked();
    return id != 0;
  }
}

/** A gRPC answer's message, valid until the next body read; null when none came. */
export function replyMessage(reply: CalloutReply): Bytes | null {
  return reply.answered ? grpcMessage.read(0, reply.bodySize) : null;
}
