import { ByteBuffer } from "../bytes/buffer";
import { calloutBody } from "../host/body";
import { httpCallout } from "../host/callouts";
import { CalloutReply } from "../host/context";
import { ServicePlace } from "./service-place";

const OK: i32 = 200;

/** One path of an HTTP service that a plugin posts JSON to. */
@final
export class HttpService {
  private readonly headers: string[];

  /** `headers` are names and values in turn, beside those that a POST of JSON has. */
  constructor(
    private readonly place: ServicePlace,
    path: string,
    private readonly timeoutMs: u32,
    headers: string[] = [],
  ) {
    this.headers = [
      ":method",
      "POST",
      ":path",
      path,
      ":authority",
      place.authority,
      "content-type",
      "application/json",
    ].concat(headers);
  }

  /** Posts a body; the answer comes to the exchange's `onHttpReply(tag, ...)`. False: not sent, none will come. */
  ask(exchangeId: u32, tag: u32, body: ByteBuffer): bool {
    const cluster = this.place.cluster;
    const isAsked = httpCallout(exchangeId, tag, cluster, this.headers, body.pointer, body.length, this.timeoutMs);
    if (!isAsked) this.place.notAsked();
    return isAsked;
  }
}

/** Appends an HTTP answer's body; false where none with status 200 came, or `out` has no room for it. */
export function readHttpReply(reply: CalloutReply, out: ByteBuffer): bool {
  if (!reply.answered || reply.status != OK) return false;
  let done = 0;
  while (done < reply.bodySize) {
    const piece = calloutBody.read(done, reply.bodySize - done);
    if (piece == null || piece.length == 0 || !out.append(piece.pointer, piece.length)) return false;
    done += piece.length;
  }
  return true;
}
