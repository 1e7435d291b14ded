import { Bytes } from "../bytes/view";
import { grpcMessage } from "../host/body";
import { grpcCallout } from "../host/callouts";
import { CalloutReply } from "../host/context";
import { expectReply, forgetReply, NO_STREAM, RootCaller } from "./root-callout";
import { ServicePlace } from "./service-place";

/** Nobody waits for what `tell` sends. */
const TELL_TIMEOUT_MS: u32 = 5000;

/** One unary method of a gRPC service that a plugin calls. */
@final
export class GrpcService extends RootCaller {
  /** How many messages of `tell` had no answer, since somebody set it to 0. */
  untaken: i64 = 0;

  constructor(
    private readonly place: ServicePlace,
    private readonly service: string,
    private readonly method: string,
    private readonly timeoutMs: u32,
  ) {
    super();
  }

  /** Sends a message; its answer comes to the exchange's `onReply(tag, ...)`. False: not sent, none will come. */
  ask(exchangeId: u32, tag: u32, message: Bytes): bool {
    return this.call(exchangeId, tag, message, this.timeoutMs);
  }

  /** Sends a message in the name of the configuration; of its answer only counts whether it comes. */
  tell(message: Bytes): void {
    const tag = expectReply(this);
    if (this.call(NO_STREAM, tag, message, TELL_TIMEOUT_MS)) return;
    forgetReply(tag);
    this.untaken++;
  }

  override onReply(reply: CalloutReply): void {
    if (!reply.answered) this.untaken++;
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
