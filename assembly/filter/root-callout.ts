import { httpCallout } from "../host/callouts";
import { CalloutReply } from "../host/context";
import { IdTable } from "../host/id-table";
import { ByteBuffer } from "../bytes/buffer";

/** The configuration's own callouts, which outlive every stream. */
export const NO_STREAM: u32 = 0;

/** Who has sent a callout in the name of a configuration. */
export abstract class RootCaller {
  abstract onReply(reply: CalloutReply): void;
}

/** A callout that has no answer yet. */
@final
class Sent {
  constructor(
    /** The callout's tag. */
    readonly id: u32,
    readonly caller: RootCaller,
  ) {}
}

/** No callout's tag. */
export const NOT_SENT: u32 = 0;

const waiting = new IdTable<Sent>();
let latestTag: u32 = 0;

/**
 * Calls `cluster` over HTTP in the name of the configuration at hand; the reply comes to `caller`. Returns the callout's tag;
 * `NOT_SENT`: no reply will come. `headers` are names and values in turn, with `:method`, `:path` and `:authority`.
 */
export function rootCallout(
  caller: RootCaller,
  cluster: string,
  headers: string[],
  body: ByteBuffer,
  timeoutMs: u32,
): u32 {
  const tag = expectReply(caller);
  if (httpCallout(NO_STREAM, tag, cluster, headers, body.pointer, body.length, timeoutMs)) return tag;
  forgetReply(tag);
  return NOT_SENT;
}

/** The tag for a callout in the name of the configuration at hand, of which `caller` gets the reply. */
export function expectReply(caller: RootCaller): u32 {
  // 0 is no id of the table.
  latestTag = max(1, latestTag + 1);
  waiting.set(new Sent(latestTag, caller));
  return latestTag;
}

/** Nobody waits for this callout's reply any more; none will come to its caller. */
export function forgetReply(tag: u32): void {
  waiting.delete(tag);
}

/** A callout of a configuration has ended. */
export function deliverReply(tag: u32, reply: CalloutReply): void {
  const sent = waiting.get(tag);
  if (sent == null) return;
  waiting.delete(tag);
  sent.caller.onReply(reply);
}
